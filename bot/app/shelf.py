"""What every process keeps in memory, so that a turn needs no extra reading: flows, policy, people.

The store's version counters, read with every turn, say when something must be read again.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.app.committing import Versions
from bot.app.days_off import calendar
from bot.app.flow_reader import read_flow
from bot.app.policy_reader import read_policy
from bot.app.ports import Directory, Library, Rotas
from bot.app.watching import Unread
from bot.app.yaml_text import Misread
from bot.core.flow import Flow, Text
from bot.core.plan import Person, Plans, Policy, plans_for
from bot.core.rota import PLAIN, Calendar, Duty, duty_at
from bot.core.words import Words

log = logging.getLogger(__name__)

DEFAULT_FLOW = "default"

MOST_PLANS = 2000


@dataclass
class Shelf:
    """One organisation's flows, policy, people and changes of duty, as of the versions last seen."""

    library: Library
    directory: Directory
    rotas: Rotas
    words: Words
    default_policy: str
    versions: Versions = field(default_factory=lambda: Versions(people=-1, policy=-1, duty=-1))
    people: Mapping[str, Person] = field(default_factory=dict)
    changes: Calendar = PLAIN
    policy: Policy = field(init=False)
    policy_unread: str = ""
    flow_unread: str = ""
    """The place in what is stored that can't be read, as file:line; empty when all is well."""
    zone: ZoneInfo = field(init=False)
    _flows: dict[tuple[str, int], Flow] = field(default_factory=dict)
    _plans: dict[tuple[object, ...], Plans] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._take_policy(self.default_policy)

    @property
    def unread(self) -> Unread:
        return {"policy_unread": self.policy_unread, "flow_unread": self.flow_unread}

    async def refresh(self, versions: Versions) -> None:
        """Reads again what has changed since; usually nothing."""
        if versions.people != self.versions.people:
            self.people = await self.directory.people()
        if versions.policy != self.versions.policy:
            self._take_policy(await self.library.policy() or self.default_policy)
        if versions.duty != self.versions.duty:
            self.changes = await self.rotas.changes()
        if versions != self.versions:
            self._plans.clear()
        self.versions = versions

    async def flow(self, flow_id: str, revision: int) -> Flow:
        """A published revision. It never changes, so it is read once per process."""
        key = (flow_id, revision)
        if key not in self._flows:
            text = await self.library.text(flow_id, revision)
            self._flows[key] = read_flow(text, f"{flow_id}@{revision}", revision)
        return self._flows[key]

    async def live_flow(self, flow_id: str = DEFAULT_FLOW) -> Flow:
        """The live revision; where it can't be read, the newest one before it that can, and the operators are called."""
        live = self.versions.live[flow_id]
        for revision in range(live, 0, -1):
            try:
                flow = await self.flow(flow_id, revision)
            except Misread as error:
                self.flow_unread = _place(error)
                log.warning("the published flow can't be read (%s)", self.flow_unread)
                if revision == 1:
                    raise
                continue
            self.flow_unread = self.flow_unread if revision < live else ""
            return flow
        raise KeyError(flow_id)

    async def flow_at(self, place: str) -> Flow:
        """Where a person at this place begins: the policy may name another flow for it than the default one."""
        flow_id = self.policy.scenes.get(place, DEFAULT_FLOW)
        return await self.live_flow(flow_id if flow_id in self.versions.live else DEFAULT_FLOW)

    async def scenes(self) -> Mapping[str, Text]:
        """The live flows that are offered to a caller, with their short names, the default one first."""
        order = sorted(self.versions.live, key=lambda flow_id: (flow_id != DEFAULT_FLOW, flow_id))
        flows = [await self.live_flow(flow_id) for flow_id in order]
        return {flow.id: flow.scene for flow in flows if flow.scene}

    def plans(self, caller: Person, at: datetime) -> Plans:
        """The plans of a call at this moment. They differ only with who is on duty or away, so they are remembered."""
        duty = self.duty(at)
        key = (caller, tuple(duty.on.items()), duty.away)
        if key not in self._plans:
            if len(self._plans) >= MOST_PLANS:
                self._plans.clear()
            self._plans[key] = plans_for(self.policy, self.people, caller, duty)
        return self._plans[key]

    def duty(self, at: datetime) -> Duty:
        """Who is on duty and who is away at this moment."""
        local = at.astimezone(self.zone)
        return duty_at(self.policy.rotas.values(), local, self.calendar(local.date(), local.date()))

    def calendar(self, first: date, last: date) -> Calendar:
        """What is special about these days: days off, stand-ins, absences."""
        if not self.policy.rotas and not self.policy.hours:
            return self.changes
        return calendar(self.policy.holidays, first, last, self.changes)

    def _take_policy(self, text: str) -> None:
        """One that can't be read (kept by another version, restored from a copy) never stops calls for help: what was read
        last goes on, and the operators are called.
        """
        try:
            policy = read_policy(text, "policy.yaml")
        except Misread as error:
            if text == self.default_policy:
                raise
            self.policy_unread = _place(error)
            log.warning("the stored policy can't be read (%s); the one before it goes on", self.policy_unread)
            return
        self.policy, self.policy_unread = policy, ""
        self.zone = ZoneInfo(policy.timezone)


def _place(error: Misread) -> str:
    """Where it is, without the words that stand there."""
    return ":".join(error.lines[0].split(":")[:2])

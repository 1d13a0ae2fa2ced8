"""What every process keeps in memory, so that a turn needs no extra reading: flows, policy, people.

The store's version counters, read with every turn, say when something must be read again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.app.committing import Versions
from bot.app.days_off import calendar
from bot.app.flow_reader import read_flow
from bot.app.policy_reader import read_policy
from bot.app.ports import Directory, Library, Rotas
from bot.core.flow import Flow
from bot.core.plan import Person, Plans, Policy, plans_for
from bot.core.rota import PLAIN, Calendar, Duty, duty_at
from bot.core.words import Words

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
    zone: ZoneInfo = field(init=False)
    _flows: dict[tuple[str, int], Flow] = field(default_factory=dict)
    _plans: dict[tuple[object, ...], Plans] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._take_policy(self.default_policy)

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

    async def live_flow(self) -> Flow:
        return await self.flow(DEFAULT_FLOW, self.versions.live[DEFAULT_FLOW])

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
        self.policy = read_policy(text, "policy.yaml")
        self.zone = ZoneInfo(self.policy.timezone)

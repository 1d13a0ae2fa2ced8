"""What every process keeps in memory, so that a turn needs no extra reading: flows, policy, people.

The store's version counters, read with every turn, say when something must be read again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from bot.app.committing import Versions
from bot.app.flow_reader import read_flow
from bot.app.policy_reader import read_policy
from bot.app.ports import Directory, Library
from bot.core.flow import Flow
from bot.core.plan import Person, Plans, Policy, plans_for
from bot.core.words import Words

DEFAULT_FLOW = "default"


@dataclass
class Shelf:
    """One organisation's flows, policy and people, as of the versions last seen."""

    library: Library
    directory: Directory
    words: Words
    default_policy: str
    versions: Versions = field(default_factory=lambda: Versions(people=-1, policy=-1))
    people: Mapping[str, Person] = field(default_factory=dict)
    policy: Policy = field(init=False)
    zone: ZoneInfo = field(init=False)
    _flows: dict[tuple[str, int], Flow] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._take_policy(self.default_policy)

    async def refresh(self, versions: Versions) -> None:
        """Reads again what has changed since; usually nothing."""
        if versions.people != self.versions.people:
            self.people = await self.directory.people()
        if versions.policy != self.versions.policy:
            self._take_policy(await self.library.policy() or self.default_policy)
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

    def plans(self, caller: Person) -> Plans:
        return plans_for(self.policy, self.people, caller)

    def _take_policy(self, text: str) -> None:
        self.policy = read_policy(text, "policy.yaml")
        self.zone = ZoneInfo(self.policy.timezone)

"""The practice (port Practices): sums of answers in one hash, what a person saw today, whom a month's drill went to."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.app.delivering import Delivery
from bot.stores import keys
from bot.stores.contacts import APPLIED, rows_of
from bot.stores.keys import Keys
from bot.stores.pipeline import Pipeline
from bot.stores.turns import SEEN_MS, Command, apply

ASKED, ANSWERED = "asked", "answered"
INVITED = "invited"
SEPARATOR = "|"


class RedisPractices:
    """Who answered and what was answered are written by one script, and never into one field."""

    def __init__(self, pipeline: Pipeline, org: str) -> None:
        self._pipeline = pipeline
        self._keys = Keys(org)

    async def seen(self, person: str) -> frozenset[str]:
        cases = await self._pipeline.call("HKEYS", self._keys.round(person))
        return frozenset(case.decode() for case in cases)

    async def ask(
        self, event: str, person: str, case: str, deliveries: Sequence[Delivery], lease_until: datetime
    ) -> bool:
        shown = self._shown(person, case, ASKED)
        return await self._apply(
            event, (self._keys.versions, "", "0"), [*shown, *rows_of(self._keys, deliveries, lease_until)]
        )

    async def count(
        self,
        event: str,
        person: str,
        case: str,
        answer: str,
        deliveries: Sequence[Delivery],
        lease_until: datetime,
    ) -> bool:
        changes: list[Command] = [
            *self._shown(person, case, ANSWERED),
            ("HINCRBY", self._keys.training, SEPARATOR.join((case, answer)), 1),
            *rows_of(self._keys, deliveries, lease_until),
        ]
        return await self._apply(event, (self._keys.round(person), case, ASKED), changes)

    async def answers(self) -> Mapping[str, Mapping[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for case, answer, count in await self._sums():
            if case != INVITED:
                found.setdefault(case, {})[answer] = count
        return found

    async def invite(
        self, month: str, person: str, current: str, deliveries: Sequence[Delivery], lease_until: datetime
    ) -> bool:
        name = self._keys.invited(month)
        changes: list[Command] = [
            ("EXPECT", self._keys.current(person), current),
            ("HSET", name, person, INVITED),
            ("PEXPIRE", name, keys.milliseconds(keys.INVITED)),
            ("HINCRBY", self._keys.training, SEPARATOR.join((INVITED, month)), 1),
            *rows_of(self._keys, deliveries, lease_until),
        ]
        return await self._apply("", (name, person, "0"), changes)

    async def invited(self, month: str) -> frozenset[str]:
        people = await self._pipeline.call("HKEYS", self._keys.invited(month))
        return frozenset(person.decode() for person in people)

    async def invitations(self) -> Mapping[str, int]:
        return {month: count for word, month, count in await self._sums() if word == INVITED}

    async def _sums(self) -> list[tuple[str, str, int]]:
        flat = await self._pipeline.call("HGETALL", self._keys.training)
        pairs = zip(flat[::2], flat[1::2], strict=True)
        return [(*_parted(name.decode()), int(count)) for name, count in pairs]

    def _shown(self, person: str, case: str, state: str) -> list[Command]:
        name = self._keys.round(person)
        return [("HSET", name, case, state), ("PEXPIRE", name, keys.milliseconds(keys.ROUND))]

    async def _apply(self, event: str, compared: tuple[str, str, str], changes: Sequence[Command]) -> bool:
        seen = (self._keys.seen(event), SEEN_MS if event else "")
        return await apply(self._pipeline, seen, compared, changes) == APPLIED


def _parted(name: str) -> tuple[str, str]:
    first, _, second = name.partition(SEPARATOR)
    return first, second

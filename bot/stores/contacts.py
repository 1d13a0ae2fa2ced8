"""Whether people can be reached (port Contacts): confirmed addresses, roll-calls, and timers that have no incident."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.app.committing import Timer
from bot.app.delivering import Delivery
from bot.core.rota import RollCall
from bot.stores import keys
from bot.stores.instants import to_micros
from bot.stores.keys import Keys
from bot.stores.pipeline import Pipeline
from bot.stores.turns import Command, apply, delivery_row, due_key, timer_row

ASKED = "asked"
APPLIED = 0


class RedisContacts:
    """A roll-call is a hash: what it is about, and for each person `asked`, later the time of the answer."""

    def __init__(self, pipeline: Pipeline, org: str) -> None:
        self._pipeline = pipeline
        self._keys = Keys(org)

    async def confirm(self, address: str, person: str, at: datetime) -> None:
        await self._pipeline.call("HSET", self._keys.confirmed, address, f"{person} {at.isoformat()}")

    async def confirmed(self) -> Mapping[str, str]:
        flat = await self._pipeline.call("HGETALL", self._keys.confirmed)
        pairs = zip(flat[::2], flat[1::2], strict=True)
        return {address.decode(): words.decode().partition(" ")[0] for address, words in pairs}

    async def begin(
        self, rollcall: RollCall, deliveries: Sequence[Delivery], timer: Timer, lease_until: datetime
    ) -> bool:
        name = self._keys.rollcall(rollcall.id)
        about = ("site", rollcall.site, "opens", rollcall.opens.isoformat())
        until = ("deadline", rollcall.deadline.isoformat(), "told", "no")
        people = [word for person in rollcall.asked for word in (_field(person), ASKED)]
        changes: list[Command] = [
            ("HSET", name, *about, *until, *people),
            ("PEXPIRE", name, keys.milliseconds(keys.ROLLCALL)),
            *self._timer(timer),
            *rows_of(self._keys, deliveries, lease_until),
        ]
        return await self._apply((name, "deadline", "0"), changes)

    async def answer(self, rollcall_id: str, person: str, at: datetime) -> bool:
        name = self._keys.rollcall(rollcall_id)
        first: Command = ("HSET", name, _field(person), at.isoformat())
        if await self._apply((name, _field(person), ASKED), [first]):
            return True
        return bool(await self._pipeline.call("HEXISTS", name, _field(person)))

    async def rollcall(self, rollcall_id: str) -> RollCall | None:
        flat = await self._pipeline.call("HGETALL", self._keys.rollcall(rollcall_id))
        found = {n.decode(): v.decode() for n, v in zip(flat[::2], flat[1::2], strict=True)}
        return _rollcall(rollcall_id, found) if found else None

    async def close(self, rollcall: RollCall, deliveries: Sequence[Delivery], lease_until: datetime) -> bool:
        name = self._keys.rollcall(rollcall.id)
        told: Command = ("HSET", name, "told", "yes")
        return await self._apply((name, "told", "no"), [told, *rows_of(self._keys, deliveries, lease_until)])

    async def arm(self, timer: Timer, only_if_missing: bool = False) -> None:
        compared = (self._keys.timers, timer.row if only_if_missing else "", "0")
        await self._apply(compared, self._timer(timer))

    async def _apply(self, compared: tuple[str, str, str], changes: Sequence[Command]) -> bool:
        return await apply(self._pipeline, (self._keys.seen(""), ""), compared, changes) == APPLIED

    def _timer(self, timer: Timer) -> list[Command]:
        return [
            ("HSET", self._keys.timers, timer.row, timer_row(timer)),
            ("ZADD", self._keys.due_timers, to_micros(timer.due), timer.row),
        ]


def rows_of(k: Keys, deliveries: Sequence[Delivery], lease_until: datetime) -> list[Command]:
    """As a turn's: begun once, and due when the lease of the process that sends them ends."""
    due = to_micros(lease_until)
    rows: list[Command] = []
    for delivery in deliveries:
        rows.append(("HSET", k.deliveries, delivery.id, delivery_row(delivery)))
        rows.append(("ZADD", due_key(k, delivery), due, delivery.id))
    return rows


def _field(person: str) -> str:
    return f"person:{person}"


def _rollcall(rollcall_id: str, found: Mapping[str, str]) -> RollCall:
    people = {n.removeprefix("person:"): v for n, v in found.items() if n.startswith("person:")}
    return RollCall(
        rollcall_id,
        found["site"],
        datetime.fromisoformat(found["opens"]),
        datetime.fromisoformat(found["deadline"]),
        asked=tuple(people),
        answered=tuple(person for person, answer in people.items() if answer != ASKED),
        told=found["told"] == "yes",
    )

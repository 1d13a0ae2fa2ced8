"""The outbox and the timers (port Queue): rows are claimed for a while, done, and confirmed."""

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from bot.app.codec import TooNew, dump_delivery, load_delivery
from bot.app.committing import Due, Timer
from bot.app.delivering import Delivery
from bot.app.slots import slot_at
from bot.stores import keys
from bot.stores.instants import from_micros, to_micros
from bot.stores.keys import Keys
from bot.stores.pipeline import Pipeline
from bot.stores.scripts import CLAIM, FIRED, POSTPONE, SENT, SET_ASIDE
from bot.stores.turns import due_key, timer_row

log = logging.getLogger(__name__)


class RedisQueue:
    """A delivery's row begins with how often sending was begun.

    A claim returns that number as it stood before and raises the one that is kept.
    """

    def __init__(self, pipeline: Pipeline, org: str) -> None:
        self._pipeline = pipeline
        self._keys = Keys(org)

    async def claim(self, now: datetime, lease_until: datetime, limit: int) -> Due:
        k = self._keys
        names = (k.due_urgent, k.due_timers, k.due_calm, k.deliveries, k.timers)
        words = (to_micros(now), to_micros(lease_until), limit)
        rows, timers, next_due = await self._pipeline.run(CLAIM, names, words)
        deliveries = [await self._readable(name, row, now) for name, row in rows]
        pairs = list(zip(timers[::2], timers[1::2], strict=True))
        for name, row in pairs:
            if timer_of(name, row) is None:
                await self._drop_timer(name)
        return Due(
            deliveries=tuple(d for d in deliveries if d is not None),
            timers=tuple(timers_of(pairs)),
            next_due=_earliest(next_due),
        )

    async def sent(self, delivery: Delivery, ref: str, at: datetime) -> bool:
        names = (self._keys.deliveries, due_key(self._keys, delivery), self._keys.refs(delivery.incident))
        kept = ref if delivery.incident and delivery.slot else ""
        slot = slot_at(delivery.slot, str(delivery.address))
        words = (delivery.id, slot, kept, keys.milliseconds(keys.REFS))
        in_nobodys_way = not kept and not delivery.urgent
        return bool(await self._pipeline.run(SENT, names, words, patient=in_nobodys_way))

    async def postpone(self, delivery: Delivery, until: datetime, *, untouched: bool = False) -> None:
        names = (self._keys.deliveries, due_key(self._keys, delivery))
        words = (
            delivery.id,
            delivery.attempts + 1,
            to_micros(until),
            dump_delivery(delivery),
            int(untouched),
        )
        await self._pipeline.run(POSTPONE, names, words)

    async def set_aside(self, delivery: Delivery, reason: str, at: datetime) -> None:
        await self._bury(delivery.id, due_key(self._keys, delivery), dump_delivery(delivery), reason, at)

    async def fired(self, timer: Timer) -> None:
        names = (self._keys.timers, self._keys.due_timers)
        await self._pipeline.run(FIRED, names, (timer.row, timer_row(timer)))

    async def ref(self, incident: str, slot: str, address: str) -> str:
        found = await self._pipeline.call("HGET", self._keys.refs(incident), slot_at(slot, address))
        return found.decode() if found else ""

    async def dead_letters(self) -> Sequence[tuple[str, str]]:
        """What could not be sent, oldest first: the delivery's id and the reason."""
        letters = [json.loads(text) for text in await self._pipeline.call("ZRANGE", self._keys.dead, 0, -1)]
        return [(letter["id"], letter["reason"]) for letter in letters]

    async def _readable(self, name: bytes, row: bytes, now: datetime) -> Delivery | None:
        """One bad row never stops the others. A newer program's row is left to a newer process, after the lease."""
        begun, _, body = row.partition(b" ")
        try:
            return replace(load_delivery(body), attempts=int(begun))
        except TooNew as error:
            log.warning("delivery %s is left alone: %s", name.decode(), error)
        except ValueError as error:
            log.error("delivery %s is set aside: %s", name.decode(), error)
            for due in (self._keys.due_urgent, self._keys.due_calm):
                await self._bury(name.decode(), due, body, "unreadable", now)
        return None

    async def _drop_timer(self, name: bytes) -> None:
        """What was to be due can't be known any more; an alert that waits for it is found by the auditor."""
        log.error("timer %s is dropped: its row can't be read", name.decode(errors="replace"))
        await self._pipeline.call("ZREM", self._keys.due_timers, name)
        await self._pipeline.call("HDEL", self._keys.timers, name)

    async def _bury(self, name: str, due: str, body: bytes, reason: str, at: datetime) -> None:
        words = {"id": name, "reason": reason, "at": at.isoformat(), "body": body.decode(errors="replace")}
        letter = json.dumps(words, ensure_ascii=False)
        lifetime = keys.milliseconds(keys.DEAD)
        oldest = to_micros(at) - lifetime * 1000
        names = (self._keys.deliveries, due, self._keys.dead)
        await self._pipeline.run(SET_ASIDE, names, (name, to_micros(at), oldest, letter, lifetime))


def timer_of(name: bytes, row: bytes) -> Timer | None:
    """None for a row that nobody of ours wrote."""
    try:
        incident, _, word = name.decode().partition(":")
        due, stamp = row.split()
        return Timer(incident, word, from_micros(int(due)), int(stamp))
    except (ValueError, OverflowError):
        return None


def timers_of(rows: Iterable[tuple[bytes, bytes]]) -> Iterator[Timer]:
    """One row that can't be read never stops the others."""
    return (timer for timer in (timer_of(name, row) for name, row in rows) if timer is not None)


def _earliest(scores: Sequence[bytes]) -> datetime | None:
    known = [int(score) for score in scores if score]
    return from_micros(min(known)) if known else None

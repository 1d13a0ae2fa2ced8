"""What watches over the others keep and read (port Watch): beats, the auditor's turn and its survey, LINE's month."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from bot.app.codec import Unreadable, load_delivery
from bot.app.committing import LEASE, Timer
from bot.app.delivering import Delivery
from bot.app.watching import DEAD_SINCE, FORGOTTEN, Letter, Survey
from bot.core.calling import TIMERS
from bot.core.quota import Quota
from bot.stores import keys
from bot.stores.instants import from_micros, to_micros
from bot.stores.keys import Keys
from bot.stores.pipeline import Pipeline
from bot.stores.queue import timers_of
from bot.stores.scripts import BEAT, HOLD, REARM, SURVEY
from bot.stores.turns import Command, apply, delivery_row, due_key, timer_row

SAMPLE = 200
"""Rows of a kind that one survey reads: enough to see that something is wrong, little enough to look every two seconds."""

APPLIED = 0


class RedisWatch:
    def __init__(self, pipeline: Pipeline, org: str) -> None:
        self._pipeline = pipeline
        self._keys = Keys(org)

    async def beat(self, worker: str, now: datetime, pushed: int, spent_until: datetime | None) -> Quota:
        names = (self._keys.workers, self._keys.quota)
        oldest = to_micros(now - FORGOTTEN)
        until = spent_until.isoformat() if spent_until else ""
        lives = (keys.milliseconds(keys.WORKERS), keys.milliseconds(keys.QUOTA))
        words = (worker, to_micros(now), oldest, lives[0], pushed, until, lives[1])
        return _quota(_words(await self._pipeline.run(BEAT, names, words, patient=True)))

    async def leave(self, worker: str) -> None:
        await self._pipeline.call("ZREM", self._keys.workers, worker)

    async def hold(self, name: str, life: timedelta) -> bool:
        words = (name, life // timedelta(milliseconds=1))
        return bool(await self._pipeline.run(HOLD, (self._keys.watch,), words))

    async def survey(self, now: datetime) -> Survey:
        k = self._keys
        names = (k.open, k.timers, k.due_timers, k.deliveries, k.due_urgent, k.due_calm)
        more = (k.workers, k.dead, k.quota, k.told)
        words = (to_micros(now + LEASE), k.incident(""), SAMPLE, to_micros(now - DEAD_SINCE), *TIMERS)
        reply = await self._pipeline.run(SURVEY, (*names, *more), words)
        opened, alerts, unarmed, timers, rows, depth, workers, letters, quota, told = reply
        return Survey(
            at=now,
            open_incidents=opened,
            open_alerts=alerts,
            unarmed=tuple(incident.decode() for incident in unarmed),
            timers=tuple(timers_of(_pairs(timers))),
            waiting=tuple(_deliveries(row.partition(b" ")[2] for row in rows)),
            urgent_depth=depth[0],
            calm_depth=depth[1],
            workers={name.decode(): from_micros(int(at)) for name, at in _pairs(workers)},
            letters=tuple(_letters(letters)),
            quota=_quota(_words(quota)),
            told={name: datetime.fromisoformat(at) for name, at in _words(told).items()},
        )

    async def rearm(self, timer: Timer) -> bool:
        k = self._keys
        words = (timer.stamp, timer.row, timer_row(timer), to_micros(timer.due))
        return bool(
            await self._pipeline.run(REARM, (k.incident(timer.incident), k.timers, k.due_timers), words)
        )

    async def tell(
        self,
        finding: str,
        before: datetime | None,
        now: datetime,
        deliveries: Sequence[Delivery],
        lease_until: datetime,
    ) -> bool:
        k = self._keys
        changes: list[Command] = [
            ("HSET", k.told, finding, now.isoformat()),
            ("PEXPIRE", k.told, keys.milliseconds(keys.TOLD)),
        ]
        for delivery in deliveries:
            changes.append(("HSET", k.deliveries, delivery.id, delivery_row(delivery)))
            changes.append(("ZADD", due_key(k, delivery), to_micros(lease_until), delivery.id))
        compared = (k.told, finding, before.isoformat() if before else "0")
        return await apply(self._pipeline, (k.seen(""), ""), compared, changes) == APPLIED

    async def forget(self, names: Sequence[str]) -> None:
        if names:
            await self._pipeline.call("HDEL", self._keys.told, *names)

    async def put_quota(self, quota: Quota) -> None:
        k = self._keys
        limit = "" if quota.limit is None else quota.limit
        read = quota.read_at.isoformat() if quota.read_at else ""
        changes: list[Command] = [
            ("HSET", k.quota, "limit", limit, "used", quota.used, "read_at", read),
            ("PEXPIRE", k.quota, keys.milliseconds(keys.QUOTA)),
        ]
        if quota.spent_until is None:
            changes.append(("HDEL", k.quota, "spent_until", "spent_limit"))
        await apply(self._pipeline, (k.seen(""), ""), (k.quota, "", "0"), changes)

    async def write(self) -> None:
        await self._pipeline.call("SET", self._keys.probe, 1, "PX", keys.milliseconds(keys.PROBE))


def _deliveries(bodies: Iterator[bytes]) -> Iterator[Delivery]:
    """Rows that can't be read are set aside when they are claimed; here they are passed over."""
    for body in bodies:
        try:
            yield load_delivery(body)
        except Unreadable:
            continue


def _letters(texts: Sequence[bytes]) -> Iterator[Letter]:
    for text in texts:
        letter = json.loads(text)
        for delivery in _deliveries(iter([str(letter["body"]).encode()])):
            if delivery.urgent:
                yield Letter(letter["id"], delivery.incident, letter["reason"])


def _quota(words: Mapping[str, str]) -> Quota:
    return Quota(
        limit=_number(words.get("limit", "")),
        used=int(words.get("used", 0)),
        read_at=_time(words.get("read_at", "")),
        spent_until=_time(words.get("spent_until", "")),
        spent_limit=_number(words.get("spent_limit", "")),
    )


def _number(word: str) -> int | None:
    return int(word) if word else None


def _time(word: str) -> datetime | None:
    return datetime.fromisoformat(word) if word else None


def _words(flat: Sequence[bytes]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in _pairs(flat)}


def _pairs(flat: Sequence[bytes]) -> Iterator[tuple[bytes, bytes]]:
    return zip(flat[::2], flat[1::2], strict=True)

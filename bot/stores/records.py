"""Reading what was recorded (port Records): incidents, their journals, the figures."""

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot.app.codec import Unreadable, load_incident
from bot.app.committing import Entry
from bot.app.ports import Found
from bot.core.incident import Incident
from bot.stores.instants import to_micros
from bot.stores.keys import Keys
from bot.stores.pipeline import Pipeline
from bot.stores.recent import Recent
from bot.stores.scripts import OPEN_INCIDENTS

log = logging.getLogger(__name__)

AT_ONCE = 200
"""Bodies fetched in one round trip: some hundreds of kilobytes, so that turns beside a large report don't wait long."""


class RedisRecords:
    def __init__(self, pipeline: Pipeline, org: str) -> None:
        self._pipeline = pipeline
        self._keys = Keys(org)
        self._recent = Recent()
        self._told: set[str] = set()

    async def incidents(self, start: datetime, end: datetime) -> Sequence[Incident]:
        span = (to_micros(start), f"({to_micros(end)}")
        ids = [i.decode() for i in await self._pipeline.call("ZRANGEBYSCORE", self._keys.opened, *span)]
        found: list[Incident] = []
        for first in range(0, len(ids), AT_ONCE):
            some = ids[first : first + AT_ONCE]
            bodies = await asyncio.gather(*(self._body(i) for i in some))
            read = (self._read(i, load_incident, body) for i, body in zip(some, bodies, strict=True) if body)
            found += [incident for incident in read if incident is not None]
        return found

    async def open(self) -> Found:
        rows = await self._pipeline.run(OPEN_INCIDENTS, (self._keys.open,), (self._keys.incident(""),))
        read = {name.decode(): self._read(name.decode(), self._recent.load, body) for name, body in rows}
        known = tuple(incident for incident in read.values() if incident is not None)
        return Found(known, tuple(name for name, incident in read.items() if incident is None))

    async def incident(self, incident_id: str) -> Incident | None:
        body = await self._body(incident_id)
        return load_incident(body) if body else None

    async def journal(self, incident_id: str) -> Sequence[Entry]:
        rows = await self._pipeline.call("XRANGE", self._keys.journal(incident_id), "-", "+")
        return [_entry(_words(row[1])) for row in rows]

    async def figures(self, days: Sequence[str]) -> Mapping[str, int]:
        total: Counter[str] = Counter()
        for flat in await asyncio.gather(
            *(self._pipeline.call("HGETALL", self._keys.figures(d)) for d in days)
        ):
            total.update({name: int(count) for name, count in _words(flat).items()})
        return dict(total)

    async def _body(self, incident_id: str) -> bytes | None:
        body: bytes | None = await self._pipeline.call("HGET", self._keys.incident(incident_id), "body")
        return body

    def _read(self, incident_id: str, load: Callable[[bytes], Incident], body: bytes) -> Incident | None:
        try:
            return load(body)
        except Unreadable as error:
            if incident_id not in self._told:
                self._told.add(incident_id)
                log.error("incident %s is set aside: %s", incident_id, error)
            return None


def _words(flat: Sequence[bytes]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in zip(flat[::2], flat[1::2], strict=True)}


def _entry(words: Mapping[str, str]) -> Entry:
    return Entry(datetime.fromisoformat(words["at"]), words["kind"], words["by"], json.loads(words["data"]))

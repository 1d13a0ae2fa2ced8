"""Reading what was recorded (port Records): incidents, their journals, the figures."""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.app.codec import load_incident
from bot.app.committing import Entry
from bot.core.incident import Incident
from bot.stores.instants import to_micros
from bot.stores.keys import Keys
from bot.stores.pipeline import Pipeline
from bot.stores.recent import Recent
from bot.stores.scripts import NOTE, OPEN_INCIDENTS
from bot.stores.turns import entry_words

AT_ONCE = 200
"""Bodies fetched in one round trip: some hundreds of kilobytes, so that turns beside a large report don't wait long."""


class RedisRecords:
    def __init__(self, pipeline: Pipeline, org: str) -> None:
        self._pipeline = pipeline
        self._keys = Keys(org)
        self._recent = Recent()

    async def incidents(self, start: datetime, end: datetime) -> Sequence[Incident]:
        span = (to_micros(start), f"({to_micros(end)}")
        ids = [i.decode() for i in await self._pipeline.call("ZRANGEBYSCORE", self._keys.opened, *span)]
        found: list[Incident] = []
        for first in range(0, len(ids), AT_ONCE):
            some = await asyncio.gather(*(self.incident(i) for i in ids[first : first + AT_ONCE]))
            found += [incident for incident in some if incident is not None]
        return found

    async def open(self) -> Sequence[Incident]:
        bodies = await self._pipeline.run(OPEN_INCIDENTS, (self._keys.open,), (self._keys.incident(""),))
        return [self._recent.load(body) for body in bodies]

    async def incident(self, incident_id: str) -> Incident | None:
        body = await self._pipeline.call("HGET", self._keys.incident(incident_id), "body")
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

    async def note(self, incident_id: str, at: datetime, by: str, words: str) -> None:
        """Raises LookupError for an unknown incident."""
        entry = entry_words(Entry(at, "note", by, {"words": words}))
        names = (self._keys.incident(incident_id), self._keys.journal(incident_id))
        if await self._pipeline.run(NOTE, names, entry) is None:
            raise LookupError(f"there is no incident {incident_id!r}")


def _words(flat: Sequence[bytes]) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in zip(flat[::2], flat[1::2], strict=True)}


def _entry(words: Mapping[str, str]) -> Entry:
    return Entry(datetime.fromisoformat(words["at"]), words["kind"], words["by"], json.loads(words["data"]))

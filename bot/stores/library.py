"""Published flows and the policy, as the text they were written in (port Library)."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.stores.keys import Keys
from bot.stores.pipeline import Pipeline
from bot.stores.scripts import PUBLISH, PUT_POLICY
from bot.stores.turns import versions_from


class RedisLibrary:
    def __init__(self, pipeline: Pipeline, org: str) -> None:
        self._pipeline = pipeline
        self._keys = Keys(org)

    async def publish(self, flow: str, text: str, at: datetime, by: str, note: str) -> int:
        k = self._keys
        about = json.dumps({"at": at.isoformat(), "by": by, "note": note}, ensure_ascii=False)
        names = (k.flow_texts(flow), k.flow_notes(flow), k.versions)
        return int(await self._pipeline.run(PUBLISH, names, (flow, text, about)))

    async def text(self, flow: str, revision: int) -> str:
        """Raises LookupError for a revision that was never published."""
        found = await self._pipeline.call("HGET", self._keys.flow_texts(flow), revision)
        if found is None:
            raise LookupError(f"flow {flow!r} has no revision {revision}")
        return str(found, "utf-8")

    async def live(self) -> Mapping[str, int]:
        return versions_from(await self._pipeline.call("HGETALL", self._keys.versions)).live

    async def revisions(self, flow: str) -> Sequence[Mapping[str, str]]:
        """Oldest first: revision, at, by, note."""
        flat = await self._pipeline.call("HGETALL", self._keys.flow_notes(flow))
        notes = {int(flat[i]): json.loads(flat[i + 1]) for i in range(0, len(flat), 2)}
        return [{"revision": str(revision), **notes[revision]} for revision in sorted(notes)]

    async def policy(self) -> str:
        found = await self._pipeline.call("GET", self._keys.policy)
        return str(found, "utf-8") if found else ""

    async def put_policy(self, text: str) -> None:
        await self._pipeline.run(PUT_POLICY, (self._keys.policy, self._keys.versions), (text,))

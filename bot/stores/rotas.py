"""Stand-ins and absences (port Rotas): rows of the organisation that every process reads anew when one changes."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.app.codec import ABSENCES, OVERRIDES
from bot.core.rota import Absence, Calendar, Override
from bot.stores.keys import Keys
from bot.stores.pipeline import Pipeline
from bot.stores.turns import Command, apply

TRIES = 20
KEPT = timedelta(days=30)
"""How long after its end a row can still be looked up."""


class RedisRotas:
    """A row's id is a letter for its kind and the number of the change that wrote it: o12, a13."""

    def __init__(self, pipeline: Pipeline, org: str) -> None:
        self._pipeline = pipeline
        self._keys = Keys(org)

    async def changes(self) -> Calendar:
        flat = await self._pipeline.call("HGETALL", self._keys.duty)
        rows = dict(zip((name.decode() for name in flat[::2]), flat[1::2], strict=True))
        ids = sorted(rows, key=lambda name: int(name[1:]))
        return Calendar(
            overrides=tuple(OVERRIDES.load(rows[i]) for i in ids if i.startswith("o")),
            absences=tuple(ABSENCES.load(rows[i]) for i in ids if i.startswith("a")),
        )

    async def put(self, change: Override | Absence, now: datetime) -> str:
        for _ in range(TRIES):
            version = int(await self._pipeline.call("HGET", self._keys.versions, "duty") or 0)
            change_id = f"{'o' if isinstance(change, Override) else 'a'}{version + 1}"
            row: Command = ("HSET", self._keys.duty, change_id, _dumped(replace(change, id=change_id)))
            if await self._write(version, [row, *await self._outlived(now)]):
                return change_id
        raise RuntimeError("stand-ins and absences kept changing while one was written")

    async def clear(self, change_id: str) -> bool:
        for _ in range(TRIES):
            version = int(await self._pipeline.call("HGET", self._keys.versions, "duty") or 0)
            if not await self._pipeline.call("HEXISTS", self._keys.duty, change_id):
                return False
            if await self._write(version, [("HDEL", self._keys.duty, change_id)]):
                return True
        raise RuntimeError("stand-ins and absences kept changing while one was cleared")

    async def _write(self, version: int, changes: list[Command]) -> bool:
        """False: somebody else has written since `version` was read."""
        raised: Command = ("HINCRBY", self._keys.versions, "duty", 1)
        compared = (self._keys.versions, "duty", version)
        return await apply(self._pipeline, (self._keys.seen(""), ""), compared, [*changes, raised]) == 0

    async def _outlived(self, now: datetime) -> list[Command]:
        old = [c.id for c in (await self.changes()).changes if c.end < now - KEPT]
        return [("HDEL", self._keys.duty, *old)] if old else []


def _dumped(change: Override | Absence) -> bytes:
    return OVERRIDES.dump(change) if isinstance(change, Override) else ABSENCES.dump(change)

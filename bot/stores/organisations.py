"""The organisations of this installation: their ids and names."""

import json
from collections.abc import Mapping

from bot.stores.keys import ORGANISATIONS, Keys
from bot.stores.pipeline import Pipeline


class RedisOrganisations:
    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    async def add(self, org: str, name: str) -> bool:
        """False: there is one with this id already, and it stays as it is. Raises ValueError for a wrong id."""
        Keys(org)
        return bool(await self._pipeline.call("HSETNX", ORGANISATIONS, org, _entry(name)))

    async def rename(self, org: str, name: str) -> None:
        """Raises LookupError for an unknown organisation."""
        if org not in await self.list():
            raise LookupError(f"there is no organisation {org!r}")
        await self._pipeline.call("HSET", ORGANISATIONS, org, _entry(name))

    async def list(self) -> Mapping[str, str]:
        """Id to name, by id."""
        flat = await self._pipeline.call("HGETALL", ORGANISATIONS)
        pairs = zip(flat[::2], flat[1::2], strict=True)
        names = {org.decode(): str(json.loads(entry)["name"]) for org, entry in pairs}
        return dict(sorted(names.items()))


def _entry(name: str) -> str:
    return json.dumps({"name": name}, ensure_ascii=False)

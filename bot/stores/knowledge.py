"""An admin's confirmations of knowledge articles (port Confirmations): one hash, article to who, when, and of which text."""

import json
from collections.abc import Mapping

from bot.core.answers import Confirmation
from bot.stores.keys import Keys
from bot.stores.pipeline import Pipeline


class RedisConfirmations:
    def __init__(self, pipeline: Pipeline, org: str) -> None:
        self._pipeline = pipeline
        self._keys = Keys(org)

    async def confirm(self, confirmation: Confirmation) -> None:
        about = {
            "by": confirmation.by,
            "at": confirmation.at,
            "fingerprint": confirmation.fingerprint,
            "note": confirmation.note,
        }
        row = json.dumps(about, ensure_ascii=False)
        await self._pipeline.call("HSET", self._keys.knowledge, confirmation.article, row)

    async def withdraw(self, article: str) -> bool:
        return bool(await self._pipeline.call("HDEL", self._keys.knowledge, article))

    async def all(self) -> Mapping[str, Confirmation]:
        flat = await self._pipeline.call("HGETALL", self._keys.knowledge)
        pairs = zip(flat[::2], flat[1::2], strict=True)
        return {name.decode(): _confirmation(name.decode(), row) for name, row in pairs}


def _confirmation(article: str, row: bytes) -> Confirmation:
    about = json.loads(row)
    return Confirmation(article, about["by"], about["at"], about["fingerprint"], about.get("note", ""))

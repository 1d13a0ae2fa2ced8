"""Hearing what any process commits (port Changes): one subscription, made again whenever it is lost.

Plain channels, not sharded ones: a cluster carries their few bytes to every node, so any node will do, and it stays so
after a failover.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from bot.app.ports import Heard
from bot.stores.connection import AWAY, Client
from bot.stores.keys import Keys, channel_of_changes

QUIET_SECONDS = 5.0
"""After so long without a word the server is asked whether it is still there; as long again without an answer: lost."""

RETRY_SECONDS = 0.5


class RedisChanges:
    def __init__(self, client: Client, org: str, quiet: float = QUIET_SECONDS) -> None:
        self._client = client
        self._channel = channel_of_changes(Keys(org))
        self._quiet = quiet

    async def listen(self) -> AsyncGenerator[Heard, None]:
        is_heard = True
        while True:
            with contextlib.suppress(*AWAY):
                async with self._subscribed() as subscription:
                    async for heard in self._hear(subscription):
                        is_heard = True
                        yield heard
            if is_heard:
                yield Heard("lost")
            is_heard = False
            await asyncio.sleep(RETRY_SECONDS)

    @contextlib.asynccontextmanager
    async def _subscribed(self) -> AsyncIterator[Any]:
        subscription = self._client.pubsub()
        try:
            await subscription.subscribe(self._channel)
            yield subscription
        finally:
            with contextlib.suppress(*AWAY):
                await subscription.aclose()  # type: ignore[no-untyped-call]

    async def _hear(self, subscription: Any) -> AsyncGenerator[Heard, None]:
        """Ends when the server no longer answers; raises what the client raises when it has gone."""
        is_asked = False
        while True:
            message = await subscription.get_message(timeout=self._quiet)
            if message is None and is_asked:
                return
            if message is None:
                await subscription.ping()
            is_asked = message is None
            match message:
                case {"type": "subscribe"}:
                    yield Heard("connected")
                case {"type": "message", "data": bytes(incident)}:
                    yield Heard("changed", incident.decode())
                case _:
                    pass

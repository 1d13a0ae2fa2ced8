"""LINE's side of the wire: takes replies and pushes, notes the instant, answers as LINE does."""

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

TAKEN = b'{"sentMessages":[{"id":"461230966842064897","quoteToken":"IStG5h1Tz7b"}]}'

_REPLY_TOKEN = re.compile(rb'"replyToken": ?"([^"]+)"')
_TO = re.compile(rb'"to": ?"([^"]+)"')


@dataclass(frozen=True)
class Message:
    """What the bot sent, and when its last byte was here (time.time)."""

    at: float
    body: bytes


@dataclass
class LocalLine:
    """Replies go to whoever waits for their token; pushes to whoever watches."""

    on_push: Callable[[str, Message], None] | None = None
    _awaited: dict[str, asyncio.Future[Message]] = field(default_factory=dict)

    def expect(self, token: str) -> "asyncio.Future[Message]":
        """The reply that will use this token."""
        reply: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._awaited[token] = reply
        return reply

    def forget(self, token: str) -> None:
        self._awaited.pop(token, None)

    def take(self, path: str, body: bytes) -> bytes:
        message = Message(time.time(), body)
        if (token := _REPLY_TOKEN.search(body)) is not None:
            reply = self._awaited.pop(token[1].decode(), None)
            if reply is not None and not reply.done():
                reply.set_result(message)
        elif self.on_push is not None and (to := _TO.search(body)) is not None:
            self.on_push(to[1].decode(), message)
        return TAKEN

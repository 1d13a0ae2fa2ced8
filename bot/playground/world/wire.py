"""The last exchanges between the bot and the platforms, for people to read."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.playground.world.changes import Changes
from bot.playground.world.clock import Clock, rfc3339
from bot.playground.world.json_data import JsonObject

KEPT = 500
SECRET_KEYS = frozenset(
    {
        "token",
        "authorization",
        "x-line-signature",
        "x-slack-signature",
        "replyToken",
        "access_token",
        "client_secret",
    }
)
SHOWN_HEADERS = (
    "authorization",
    "x-line-retry-key",
    "x-line-request-id",
    "x-line-accepted-request-id",
    "x-line-signature",
    "x-slack-signature",
    "x-slack-request-timestamp",
    "x-slack-retry-num",
    "x-slack-retry-reason",
    "retry-after",
)


@dataclass(frozen=True)
class Side:
    """One half of an exchange, as it stood."""

    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class Exchange:
    n: int
    at: float
    platform: str
    direction: str
    method: str
    path: str
    status: int
    ms: float
    request: Side
    response: Side


class WireLog:
    """Keeps raw exchanges and makes them readable only when somebody looks: a bench pays next to nothing."""

    def __init__(self, clock: Clock, changes: Changes) -> None:
        self._clock = clock
        self._changes = changes
        self._kept: deque[Exchange] = deque(maxlen=KEPT)
        self._count = 0

    def note(
        self,
        platform: str,
        direction: str,
        method: str,
        path: str,
        status: int,
        ms: float,
        request: Side,
        response: Side,
    ) -> None:
        """`status` 0 means that no answer came or none was sent."""
        self._count += 1
        at = self._clock.now()
        self._kept.append(
            Exchange(self._count, at, platform, direction, method, path, status, ms, request, response)
        )
        self._changes.tell("wire", "")

    def since(self, n: int) -> list[JsonObject]:
        return [_readable(exchange) for exchange in self._kept if exchange.n > n]


def _readable(exchange: Exchange) -> JsonObject:
    return {
        "n": exchange.n,
        "at": rfc3339(exchange.at),
        "platform": exchange.platform,
        "direction": exchange.direction,
        "method": exchange.method,
        "path": exchange.path,
        "status": exchange.status,
        "ms": round(exchange.ms, 1),
        "request": _side(exchange.request),
        "response": _side(exchange.response),
    }


def _side(side: Side) -> JsonObject:
    headers = {name: side.headers[name] for name in SHOWN_HEADERS if name in side.headers}
    return {"headers": _without_secrets(headers), "body": _without_secrets(side.body)}


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: shorten(inner) if key in SECRET_KEYS and isinstance(inner, str) else _without_secrets(inner)
            for key, inner in value.items()
        }
    return [_without_secrets(inner) for inner in value] if isinstance(value, list) else value


def shorten(secret: str) -> str:
    word, _, rest = secret.rpartition(" ")
    return f"{word} {rest[:4]}…".strip()

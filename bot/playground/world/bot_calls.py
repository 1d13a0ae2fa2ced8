"""The way to the bot: one POST with the platform's own patience, written into the wire log."""

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import aiohttp

from bot.playground.world.json_data import JsonObject
from bot.playground.world.wire import Side, WireLog


@dataclass(frozen=True)
class BotAnswer:
    """status 0: no answer; then `trouble` says why (timeout or connection)."""

    status: int
    body: bytes
    ms: float
    headers: Mapping[str, str]
    trouble: str = ""

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300


CallBot = Callable[[str, bytes, Mapping[str, str], float], Awaitable[BotAnswer]]


class HttpBot:
    """POSTs over one kept session, opened at the first call; close() it at the end."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def __call__(
        self, url: str, body: bytes, headers: Mapping[str, str], patience_s: float
    ) -> BotAnswer:
        started = time.perf_counter()
        timeout = aiohttp.ClientTimeout(total=patience_s)
        try:
            async with self._open().post(url, data=body, headers=headers, timeout=timeout) as response:
                answer = await response.read()
                return BotAnswer(response.status, answer, _ms(started), dict(response.headers))
        except TimeoutError:
            return BotAnswer(0, b"", _ms(started), {}, "timeout")
        except aiohttp.ClientError:
            return BotAnswer(0, b"", _ms(started), {}, "connection")

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return self._session


class BotLine:
    """Carries webhooks to the bot and notes each of them."""

    def __init__(self, bot_url: str, call: CallBot, wire: WireLog) -> None:
        self._bot_url = bot_url.rstrip("/")
        self._call = call
        self._wire = wire

    def url(self, path: str) -> str:
        return self._bot_url + path

    async def post(
        self,
        platform: str,
        method: str,
        path: str,
        body: bytes,
        shown: JsonObject,
        headers: Mapping[str, str],
        patience_s: float,
    ) -> BotAnswer:
        answer = await self._call(self.url(path), body, headers, patience_s)
        response = Side(answer.headers, answer.trouble or answer.body.decode("utf-8", "replace")[:4000])
        self._wire.note(
            platform, "to_bot", method, path, answer.status, answer.ms, Side(headers, shown), response
        )
        return answer


def _ms(started: float) -> float:
    return (time.perf_counter() - started) * 1000

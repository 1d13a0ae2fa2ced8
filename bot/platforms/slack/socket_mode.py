"""Socket Mode for a bot that has no public address, with a watchdog over the SDK's client.

The SDK's client has been seen to reconnect and then stay silent for ever (slackapi/bolt-python issue 1529),
so a connection from which nothing comes, not even the answer to a ping, is thrown away whole and built anew.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import datetime

import aiohttp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.app import SlackEntry
from bot.platforms.slack.quiet import sdk_logger

_LOG = logging.getLogger(__name__)
_PING_S = 10.0
_SILENCE_S = 45.0
_CONNECT_S = 10


async def stay_connected(
    entry: SlackEntry,
    now: Callable[[], datetime],
    silence_s: float = _SILENCE_S,
    ping_s: float = _PING_S,
) -> None:
    """Hold one connection at a time, for ever. `silence_s` without a sign of life ends a connection."""
    while True:
        connection = _Connection(entry, now, ping_s)
        try:
            await connection.live(silence_s)
        finally:
            await connection.close()
        _LOG.warning("slack socket: nothing heard for %.0f s, connecting anew", silence_s)


class _Connection:
    def __init__(self, entry: SlackEntry, now: Callable[[], datetime], ping_s: float) -> None:
        self._entry = entry
        self._now = now
        self._heard = time.monotonic()
        self._pong: float | None = None
        web = AsyncWebClient(
            base_url=entry.api_base, timeout=_CONNECT_S, retry_handlers=[], logger=sdk_logger("web")
        )
        self._client = SocketModeClient(
            entry.app_token,
            logger=sdk_logger("socket"),
            web_client=web,
            ping_interval=ping_s,
            on_message_listeners=[self._hear],
        )
        self._client.socket_mode_request_listeners.append(self._take)

    async def live(self, silence_s: float) -> None:
        """Connect, and return once nothing has come for `silence_s`. Connecting counts as silence."""
        connecting = asyncio.create_task(self._client.connect())  # type: ignore[no-untyped-call]
        try:
            while self._silence() < silence_s:  # noqa: ASYNC110 the SDK tells nobody of the pongs it reads
                await asyncio.sleep(silence_s / 10)
        finally:
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)

    async def close(self) -> None:
        """The session is closed first: the SDK would wait ten seconds for a dead peer's goodbye."""
        self._client.closed = True
        await self._client.aiohttp_client_session.close()
        await self._client.close()  # type: ignore[no-untyped-call]

    def _silence(self) -> float:
        if self._client.last_ping_pong_time != self._pong:
            self._pong = self._client.last_ping_pong_time
            self._heard = time.monotonic()
        return time.monotonic() - self._heard

    async def _hear(self, _message: aiohttp.WSMessage) -> None:
        self._heard = time.monotonic()

    async def _take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        """Acknowledged only once it is kept: without that Slack sends an event again."""
        status = await self._entry.take(request.payload, self._now())
        if status == 200:
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))

"""The way in from Slack: what is really Slack's becomes a deed, and is acknowledged once it is kept.

The signature is checked here, before Bolt, which answers 500 to odd headers and logs the bodies it refuses.
"""

import json
import logging
import re
import traceback
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.app.inbound import Inbound
from bot.platforms.slack.parse import decode, read, verify
from bot.platforms.slack.quiet import sdk_logger

Receive = Callable[[Inbound], Awaitable[None]]
Response = tuple[int, dict[str, str], bytes]

_LOG = logging.getLogger(__name__)
_ANY = re.compile("")
_INBOUND = "inbound"
_OK, _UNSIGNED, _AWAY = 200, 401, 503


class SlackEntry:
    """One Slack app's way in, by HTTP (`handle`) or by Socket Mode (`run_socket_mode`)."""

    def __init__(self, app: AsyncApp, secrets: tuple[str, ...], app_token: str, api_base: str) -> None:
        self.app_token = app_token
        self.api_base = api_base
        self._app = app
        self._secrets = secrets

    async def handle(
        self, body: bytes, headers: Mapping[str, str], now: datetime, watch: datetime | None = None
    ) -> Response:
        """Answer one request to /slack/events.

        401: not signed by Slack. 503: it couldn't be kept now, and Slack sends events again. 200: kept, or
        there was nothing in it for us; people get their answers as messages, so the body is empty.
        `watch` is the machine's own time, by which signatures age, where a demo has pushed `now` forward.
        """
        given = {name.lower(): value for name, value in headers.items()}
        timestamp, signature = given.get("x-slack-request-timestamp"), given.get("x-slack-signature")
        if not verify(self._secrets, body, timestamp, signature, watch or now):
            _LOG.warning("slack request refused: signature missing, wrong or old")
            return _plain(_UNSIGNED)
        payload = decode(body)
        if isinstance(payload, str):
            return _plain(_ignored(payload))
        if payload.get("type") == "url_verification":
            return _json({"challenge": payload.get("challenge")})
        return _plain(await self.take(payload, now))

    async def take(self, payload: Mapping[str, Any], now: datetime) -> int:
        """Keep the deed in an authentic payload. 200 or 503 as in `handle`."""
        inbound = read(payload, now)
        if isinstance(inbound, str):
            return _ignored(inbound)
        try:
            request = AsyncBoltRequest(
                body=dict(payload),
                mode="socket_mode",  # Bolt's word for a payload that was authenticated and decoded before
                context={_INBOUND: inbound},
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            return _ignored("malformed")
        response = await self._app.async_dispatch(request)
        return response.status if response.status in {_OK, _AWAY} else _ignored("unmatched")


def build(
    receive: Receive,
    signing_secret: str,
    bot_token: str,
    api_base: str,
    session: aiohttp.ClientSession | None,
    app_token: str = "",
) -> SlackEntry:
    """The entry for one workspace. `receive` returns once the deed is kept, and raises if it can't be."""

    async def authorize() -> AuthorizeResult:
        # Known beforehand: Bolt's own way asks Slack during the first request.
        return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=bot_token)

    app = AsyncApp(
        name="mamori",
        logger=sdk_logger("bolt"),
        client=AsyncWebClient(
            base_url=api_base, session=session, retry_handlers=[], logger=sdk_logger("web")
        ),
        authorize=authorize,
        process_before_response=True,  # otherwise Bolt polls for the acknowledgement: 10 ms on every tap
        request_verification_enabled=False,
        ignoring_self_events_enabled=False,  # read() leaves out every bot
    )
    _listen(app, receive)
    return SlackEntry(app, (signing_secret,), app_token, api_base)


async def run_socket_mode(entry: SlackEntry, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
    """Take deeds over a WebSocket instead of HTTP until cancelled. Needs the entry's app token."""
    from bot.platforms.slack.socket_mode import stay_connected  # loaded only where Socket Mode is used

    await stay_connected(entry, now)


def _listen(app: AsyncApp, receive: Receive) -> None:
    """One listener for each kind that Bolt tells apart; which deed it is was read before."""

    async def keep(context: AsyncBoltContext, ack: AsyncAck) -> None:
        await receive(context[_INBOUND])
        await ack()

    for listen in (app.event, app.action, app.command, app.shortcut):
        listen(_ANY)(keep)
    app.error(_not_kept)


async def _not_kept(error: Exception) -> BoltResponse:
    """The trace without the error's own words, which could hold what a person wrote."""
    where = "".join(traceback.format_tb(error.__traceback__))
    _LOG.error("slack deed not kept: %s\n%s", type(error).__name__, where)
    return BoltResponse(status=_AWAY, body="")


def _ignored(reason: str) -> int:
    _LOG.info("slack payload ignored: %s", reason)
    return _OK


def _plain(status: int) -> Response:
    return status, {"content-type": "text/plain; charset=utf-8"}, b""


def _json(value: dict[str, Any]) -> Response:
    return _OK, {"content-type": "application/json; charset=utf-8"}, json.dumps(value).encode()

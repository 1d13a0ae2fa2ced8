"""A few calls of Twilio's SDK, in threads of their own: plain answers out, short patience, never a second try.

The SDK's client keeps its last answer in itself, so two threads sharing one could swap answers: each thread has its own.
https://github.com/twilio/twilio-python/issues/580
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

API_BASE: Final = "https://api.twilio.com"
PATIENCE_S: Final = (1.0, 1.8)
"""To connect, and to be answered: less than the three seconds after which a worker takes a delivery over."""

RING_S: Final = 20
LINES: Final = 8
ROUNDING: Final = timedelta(seconds=2)
"""Twilio keeps whole seconds by its own clock."""

_silent = logging.Logger("twilio", logging.CRITICAL + 1)
"""The SDK would write telephone numbers into the log. It stands outside the tree of loggers: configuring logging, as
uvicorn does at its start, switches disabled loggers of the tree on again."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """What Twilio said. status 0: nothing, or nothing that can be read; it may have acted all the same."""

    status: int
    code: int = 0
    found: bool = False

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300


class TwilioApi:
    """Places calls and sends text messages from one number. Never raises for what Twilio answers or for a dead line."""

    def __init__(self, account: str, auth_token: str, sender: str, api_base: str = API_BASE) -> None:
        self._account = account
        self._auth_token = auth_token
        self._sender = sender
        self._api_base = api_base.rstrip("/")
        self._own = threading.local()
        self._threads = ThreadPoolExecutor(LINES, "telephone")
        self._new_client()  # loads what the SDK loads late: a second, better now than at the first call

    async def call(self, to: str, url: str, status_url: str) -> Answer:
        """Rings once. An answering machine is noticed beside the call, so that a person never hears silence."""
        return await self._ask(
            "call",
            lambda client: client.calls.create(
                to=to,
                from_=self._sender,
                url=url,
                method="POST",
                status_callback=status_url,
                status_callback_event=["completed"],
                status_callback_method="POST",
                timeout=RING_S,
                machine_detection="Enable",
                async_amd="true",
                async_amd_status_callback=status_url,
                async_amd_status_callback_method="POST",
            ),
        )

    async def text(self, to: str, body: str, status_url: str) -> Answer:
        return await self._ask(
            "text",
            lambda client: client.messages.create(
                to=to, from_=self._sender, body=body, status_callback=status_url
            ),
        )

    async def has_called(self, to: str, since: datetime) -> Answer:
        """`found`: a call to this number was placed since then."""
        return await self._ask(
            "calls", lambda client: _any_since(client.calls, to, self._sender, since, None)
        )

    async def has_texted(self, to: str, body: str, since: datetime) -> Answer:
        return await self._ask(
            "texts", lambda client: _any_since(client.messages, to, self._sender, since, body)
        )

    async def close(self) -> None:
        self._threads.shutdown(wait=False)

    async def _ask(self, name: str, work: Callable[[Any], object]) -> Answer:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._threads, lambda: work(self._client()))
            answer = Answer(200, found=found is True)
        except TwilioRestException as refused:
            answer = Answer(refused.status, refused.code or 0)
        except (OSError, ValueError, KeyError, TwilioException) as trouble:
            # What `requests` raises is an OSError; ValueError and KeyError are answers that aren't Twilio's.
            log.warning("twilio %s: %s", name, type(trouble).__name__)
            return Answer(0)
        log.log(
            logging.INFO if answer.is_ok else logging.WARNING,
            "twilio %s: %d, code %d",
            name,
            answer.status,
            answer.code,
        )
        return answer

    def _client(self) -> Any:
        if not hasattr(self._own, "client"):
            self._own.client = self._new_client()
        return self._own.client

    def _new_client(self) -> Any:
        http = TwilioHttpClient(logger=_silent, max_retries=0)
        http.timeout = PATIENCE_S  # its parameter takes one figure only
        settled = {"TWILIO_REGION": "", "TWILIO_EDGE": ""}  # else the SDK looks into the environment
        client = Client(self._account, self._auth_token, http_client=http, environment=settled)
        client.api.base_url = self._api_base
        return client


def _any_since(resource: Any, to: str, sender: str, since: datetime, body: str | None) -> bool:
    """Whether the newest ones to this number hold one of ours since then (and with these words)."""
    return any(
        one.date_created is None or one.date_created >= since - ROUNDING
        for one in resource.list(to=to, from_=sender, limit=20)
        if body is None or one.body == body
    )

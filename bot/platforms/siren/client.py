"""Tells one machine of a call for help: JSON, signed, repeated until it is taken. docs/webhook.md is the contract."""

import hashlib
import hmac
import json
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

import aiohttp

from bot.app.delivering import Delivery, Later, Outcome, Refused, Sent

log = logging.getLogger(__name__)

PATIENCE_S: Final = 2.5
FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 30.0
TRY_AGAIN: Final = (408, 425, 429)
"""Client errors that don't mean "never"."""


class SirenChannel:
    """The port's channel for one address; made inside a running loop, one for a process."""

    def __init__(self, url: str, secret: str, organisation: str, now: Callable[[], datetime]) -> None:
        self._url = url
        self._secret = secret
        self._organisation = organisation
        self._now = now
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=PATIENCE_S), cookie_jar=aiohttp.DummyCookieJar()
        )

    async def send(self, delivery: Delivery, ref: str) -> Outcome:
        """Send once. The same delivery again has the same id, body and `at`, so that the machine can tell."""
        body = body_of(delivery, self._organisation)
        headers = headers_of(self._secret, delivery.id, body, self._now())
        try:
            async with self._session.post(
                self._url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                return _read(answer.status, delivery.attempts)
        except TimeoutError:
            return Later("siren_timeout", _wait(delivery.attempts))
        except (aiohttp.ClientError, OSError):
            return Later("siren_connection", _wait(delivery.attempts))

    async def close(self) -> None:
        await self._session.close()


def body_of(delivery: Delivery, organisation: str) -> bytes:
    """The message: codes only. `at` is when the call came to stand so; an older one must not undo a newer one."""
    facts = dict(delivery.cards[0].facts)
    message = {
        "id": delivery.incident,
        "at": delivery.created.isoformat(),
        "kind": facts.get("kind", ""),
        "organisation": organisation,
        "site": facts.get("site", ""),
        "place": facts.get("place", ""),
        "state": facts.get("state", ""),
        "drill": facts.get("drill") == "yes",
    }
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def headers_of(secret: str, delivery_id: str, body: bytes, now: datetime) -> dict[str, str]:
    timestamp = str(int(now.timestamp()))
    signed = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "Mamori",
        "X-Mamori-Delivery": delivery_id,
        "X-Mamori-Timestamp": timestamp,
        "X-Mamori-Signature": f"v1={signed}",
    }


def _read(status: int, attempts: int) -> Outcome:
    if 200 <= status < 300:
        return Sent()
    if 400 <= status < 500 and status not in TRY_AGAIN:
        return Refused(f"siren_refused_{status}")
    return Later(f"siren_{status}", _wait(attempts))


def _wait(attempts: int) -> float:
    return min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(attempts, 10))

"""The links that a call carries: which page it is for, signed and with an end, so that nothing need be stored for a call."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.app.by_phone import Ring

LIFE: Final = timedelta(hours=1)
"""A call rings for seconds and lasts minutes; a text message may be late."""


class Expired:
    """A link of ours, but too old to mean anything now."""


@dataclass(frozen=True)
class Links:
    """Links under the public address. Key material is the application's own; the purpose is mixed into it."""

    public_url: str
    key: str
    now: Callable[[], datetime]

    def to(self, path: str, ring: Ring) -> str:
        ends = int((self.now() + LIFE).timestamp())
        words = "\n".join((ring.way, ring.incident, ring.person, str(ring.tries), str(ends)))
        token = f"{_packed(words.encode())}.{self._signature(words)}"
        return f"{self.public_url.rstrip('/')}{path}?t={token}"

    def read(self, token: str) -> Ring | Expired | None:
        """None for what isn't ours."""
        packed, _, signature = token.partition(".")
        try:
            words = _unpacked(packed).decode()
            way, incident, person, tries, ends = words.split("\n")
        except ValueError:
            return None
        if not hmac.compare_digest(self._signature(words).encode(), signature.encode()):
            return None
        if self.now().timestamp() > int(ends):
            return Expired()
        return Ring("sms" if way == "sms" else "phone", incident, person, int(tries))

    def _signature(self, words: str) -> str:
        key = hmac.digest(self.key.encode(), b"mamori: links of calls, form 1", hashlib.sha256)
        return _packed(hmac.digest(key, words.encode(), hashlib.sha256))


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _unpacked(text: str) -> bytes:
    """Raises ValueError."""
    try:
        return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError(str(error)) from None

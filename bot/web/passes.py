"""Passes: short signed words that let a browser in until a day comes. Nothing is kept on the server."""

import base64
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Pass:
    """What its holder may see. `site`: only that site's incidents; empty: all of the organisation."""

    org: str
    until: datetime
    site: str = ""


def sign(key: bytes, given: Pass) -> str:
    body = _text(json.dumps([given.org, int(given.until.timestamp()), given.site]).encode())
    return f"{body}.{_seal(key, body)}"


def read(key: bytes, token: str, org: str, now: datetime) -> Pass | None:
    """The pass, if we gave it, for this organisation, and its day hasn't come."""
    body, _, seal = token.partition(".")
    if not hmac.compare_digest(_seal(key, body).encode(), seal.encode()):
        return None
    of, until, site = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    given = Pass(of, datetime.fromtimestamp(until, UTC), site)
    return given if given.org == org and now < given.until else None


def _seal(key: bytes, body: str) -> str:
    return _text(hmac.digest(key, body.encode(), "sha256"))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

"""One question to a platform by HTTP, for commands that check and set up: short patience, and never an exception."""

import json
import urllib.error
import urllib.request
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

PATIENCE_S = 4.0
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Answer:
    """status 0: nothing came, `trouble` says why. date: the clock of the other side, whole seconds."""

    status: int
    content: dict[str, Any] = field(default_factory=dict)
    date: datetime | None = None
    trouble: str = ""

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def reason(self) -> str:
        """What LINE or Slack say themselves, else what hindered the call."""
        said = self.content.get("message") or self.content.get("error") or self.trouble
        return " ".join(str(said).split())[:200]


def ask(method: str, url: str, token: str, body: object = None, user: str = "") -> Answer:
    """Sends `body` as JSON. A redirect isn't followed: it would carry the token elsewhere. `user`: whose password the
    token is; without a token nothing is shown that opens anything."""
    data = json.dumps(body).encode() if body is not None else None
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if user:
        headers["Authorization"] = f"Basic {b64encode(f'{user}:{token}'.encode()).decode()}"
    elif token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with _opener(url).open(request, timeout=PATIENCE_S) as taken:
            return Answer(taken.status, _object(taken.read()), _date(taken.headers.get("Date")))
    except urllib.error.HTTPError as refused:
        return Answer(refused.code, _object(refused.read()), _date(refused.headers.get("Date")))
    except urllib.error.URLError as error:
        return Answer(0, trouble=str(error.reason))
    except (OSError, ValueError) as error:
        return Answer(0, trouble=str(error) or type(error).__name__)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _opener(url: str) -> urllib.request.OpenerDirector:
    """A local platform is asked directly, whatever proxy the environment names."""
    direct = [urllib.request.ProxyHandler({})] if urlsplit(url).hostname in LOOPBACK else []
    return urllib.request.build_opener(_NoRedirect, *direct)


def _object(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body or b"{}")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _date(header: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(header) if header else None
    except ValueError:
        return None

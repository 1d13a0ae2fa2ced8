"""One call to LINE over its SDK's client: our own JSON in, a plain answer out.

The SDK's typed methods build a model for every message (some 0.6 ms) and drop fields that they don't
know, so the client's `request` is used with ready data. Made inside a running loop, once, and closed once:
building it costs 20 ms.
"""

import json
import logging
import time
import urllib.request
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from linebot.v3.messaging import ApiException, AsyncApiClient, Configuration

log = logging.getLogger(__name__)

API_BASE: Final = "https://api.line.me"
DATA_API_BASE: Final = "https://api-data.line.me"
CONNECTIONS: Final = 100


@dataclass(frozen=True)
class Answer:
    """What LINE said. status 0: nothing; then `trouble` says why: timeout or connection."""

    status: int
    body: bytes = b""
    trouble: str = ""

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def content(self) -> dict[str, Any]:
        """The JSON object in the body, empty if there is none."""
        try:
            content = json.loads(self.body or b"{}")
        except (ValueError, RecursionError):
            return {}
        return content if isinstance(content, dict) else {}


class LineApi:
    """LINE's endpoints by their path. Never raises for what LINE answers or for a dead line."""

    def __init__(
        self,
        token: str,
        api_base: str = API_BASE,
        data_api_base: str = DATA_API_BASE,
        *,
        session: aiohttp.ClientSession | None = None,
        patience_s: float = 2.5,
    ) -> None:
        self._api_base = api_base.rstrip("/")
        self._data_api_base = data_api_base.rstrip("/")
        self._patience_s = patience_s
        self._client = _client(token, self._api_base)
        self._to_close = _change_session(self._client.rest_client, session)

    async def get(self, path: str) -> Answer:
        return await self._call("GET", self._api_base, path)

    async def post(self, path: str, body: object = None, *, retry_key: str = "") -> Answer:
        """`retry_key`: only for push; LINE refuses a reply that carries one."""
        headers = {"X-Line-Retry-Key": retry_key} if retry_key else {}
        return await self._call("POST", self._api_base, path, headers, body)

    async def upload(self, path: str, content: bytes, content_type: str) -> Answer:
        """Bytes to the data API; takes its time."""
        headers = {"Content-Type": content_type}
        return await self._call("POST", self._data_api_base, path, headers, content, patience_s=30.0)

    async def close(self) -> None:
        """Close what was opened here; a lent session stays open."""
        await self._to_close.close()

    async def _call(
        self,
        method: str,
        base: str,
        path: str,
        headers: dict[str, str] | None = None,
        body: object = None,
        patience_s: float = 0.0,
    ) -> Answer:
        started = time.perf_counter()
        patience = aiohttp.ClientTimeout(total=patience_s or self._patience_s)
        sent = {**self._client.default_headers, **(headers or {})}
        try:
            taken = await self._client.request(
                method, base + path, headers=sent, body=body, _request_timeout=patience
            )
            answer, known_by = Answer(taken.status, taken.data), taken.getheaders()
        except ApiException as refused:
            answer, known_by = Answer(refused.status, refused.body or b""), refused.headers or {}
        except TimeoutError:
            answer, known_by = Answer(0, trouble="timeout"), {}
        except (aiohttp.ClientError, OSError):
            answer, known_by = Answer(0, trouble="connection"), {}
        _note(method, path, answer, known_by.get("x-line-request-id", ""), started)
        return answer


def _client(token: str, api_base: str) -> AsyncApiClient:
    configuration = Configuration(host=api_base, access_token=token)
    configuration.connection_pool_maxsize = CONNECTIONS
    configuration.proxy = _proxy_for(api_base)
    return AsyncApiClient(configuration)


def _change_session(rest: Any, lent: aiohttp.ClientSession | None) -> aiohttp.ClientSession:
    """The SDK's own session looks for a proxy and a .netrc before every call, in a thread; it gets another.

    Returns the session that we have to close in the end.
    """
    given: aiohttp.ClientSession = rest.pool_manager
    if lent:
        rest.pool_manager = lent
        return given
    ours = aiohttp.ClientSession(connector=given.connector, cookie_jar=aiohttp.DummyCookieJar())
    given.detach()
    rest.pool_manager = ours
    return ours


def _proxy_for(address: str) -> str | None:
    """The proxy that the environment asks for, looked up once."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    if host in ("localhost", "127.0.0.1", "::1") or urllib.request.proxy_bypass(host):
        return None
    return urllib.request.getproxies().get(parts.scheme)


def _note(method: str, path: str, answer: Answer, request_id: str, started: float) -> None:
    """LINE asks its users to keep the request id, time, path and status of every call."""
    level = logging.INFO if answer.is_ok else logging.WARNING
    spent_ms = (time.perf_counter() - started) * 1000
    outcome = answer.trouble or str(answer.status)
    log.log(level, "line %s %s: %s in %.0f ms, request %s", method, path, outcome, spent_ms, request_id)

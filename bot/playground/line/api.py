"""LINE's HTTP door: token, faults, rates, request ids, the wire log; then the right part of LINE."""

import hmac
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.playground.line.refusal import BAD_TOKEN, RATE_LIMIT, LineRefusal
from bot.playground.world.faults import Fault, Faults
from bot.playground.world.http_answers import dead_line, json_answer
from bot.playground.world.json_data import JsonObject, compact, read_object
from bot.playground.world.rates import Buckets, Rate
from bot.playground.world.wire import Side, WireLog

BODY_BYTES = 2 * 1024 * 1024
_PER_HOUR_100, _PER_HOUR_60, _USUAL = Rate(100 / 3600, 100), Rate(60 / 3600, 60), Rate(2000, 2000)
RATES = {
    "multicast": Rate(200, 200),
    "broadcast": _PER_HOUR_60,
    "loading": Rate(100, 100),
    "richmenu.create": _PER_HOUR_100,
    "richmenu.delete": _PER_HOUR_100,
    "richmenu.list": Rate(10, 10),
    "alias.delete": _PER_HOUR_100,
    "webhook.test": _PER_HOUR_60,
    "webhook.endpoint": Rate(1000 / 60, 1000),
}


@dataclass(frozen=True)
class LineCall:
    """One call of the bot, its body read once."""

    request: Request
    raw: bytes
    body: JsonObject
    request_id: str

    @property
    def retry_key(self) -> str | None:
        return self.request.headers.get("x-line-retry-key")

    def part(self, name: str) -> str:
        return str(self.request.path_params[name])


@dataclass(frozen=True)
class LineAnswer:
    status: int
    body: JsonObject | bytes
    media_type: str = "application/json"


Handler = Callable[[LineCall], LineAnswer | Awaitable[LineAnswer]]


class LineDoor:
    """Makes routes whose handlers only see calls that may be made."""

    def __init__(
        self, token: str, faults: Faults, buckets: Buckets, wire: WireLog, rate_limits: bool
    ) -> None:
        self._expected = f"Bearer {token}".encode()
        self._faults = faults
        self._buckets = buckets
        self._wire = wire
        self.rate_limits = rate_limits

    def route(self, verb: str, path: str, method: str, handler: Handler, reads_json: bool = True) -> Route:
        async def endpoint(request: Request) -> Response:
            return await self._serve(request, method, handler, reads_json)

        return Route(path, endpoint, methods=[verb])

    async def _serve(self, request: Request, method: str, handler: Handler, reads_json: bool) -> Response:
        started = time.perf_counter()
        raw = await request.body()
        call = LineCall(request, raw, (read_object(raw) or {}) if reads_json else {}, str(uuid.uuid4()))
        fault = self._faults.take("line", method)
        if fault is not None:
            await fault.hang()
        response, shown = await self._answer(call, method, handler, fault)
        lost = fault is not None and (fault.drop or fault.lose_answer)
        self._note(call, method, 0 if lost else response.status_code, started, response, shown)
        return await dead_line(request) if lost else response

    async def _answer(
        self, call: LineCall, method: str, handler: Handler, fault: Fault | None
    ) -> tuple[Response, object]:
        ids = {"x-line-request-id": call.request_id}
        if fault is not None and fault.drop:
            return Response(b"", 500), "the connection was closed"
        if fault is not None and fault.status is not None:
            body = fault.body if fault.body is not None else {"message": "fault on order"}
            return json_answer(fault.status, body, {**fault.headers, **ids}), body
        try:
            self._check(call, method)
            outcome = handler(call)
            answer = outcome if isinstance(outcome, LineAnswer) else await outcome
        except LineRefusal as refusal:
            return json_answer(refusal.status, refusal.body, {**refusal.headers, **ids}), refusal.body
        if isinstance(answer.body, bytes):
            shown = f"{len(answer.body)} bytes"
            return Response(answer.body, answer.status, ids, media_type=answer.media_type), shown
        return Response(compact(answer.body), answer.status, ids, media_type="application/json"), answer.body

    def _check(self, call: LineCall, method: str) -> None:
        given = call.request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode("latin-1", "replace"), self._expected):
            raise LineRefusal(401, BAD_TOKEN)
        if len(call.raw) > BODY_BYTES:
            raise LineRefusal(413, "Request entity too large")
        if self.rate_limits and self._buckets.wait_s(f"line {method}", RATES.get(method, _USUAL)):
            raise LineRefusal(429, RATE_LIMIT)
        if call.retry_key is not None and method not in ("reply", "push", "multicast", "broadcast"):
            raise LineRefusal(400, "The retry key can't be used with this API")

    def _note(
        self, call: LineCall, method: str, status: int, started: float, response: Response, shown: object
    ) -> None:
        ms = (time.perf_counter() - started) * 1000
        request = Side(call.request.headers, call.body or f"{len(call.raw)} bytes")
        path = call.request.url.path if call.request.query_params else call.request.scope["path"]
        self._wire.note("line", "from_bot", method, path, status, ms, request, Side(response.headers, shown))


def done(body: JsonObject | None = None, status: int = 200) -> LineAnswer:
    return LineAnswer(status, body or {})


def must_be_json(call: LineCall) -> JsonObject:
    if not call.body:
        raise LineRefusal(400, "The request body could not be parsed as JSON")
    return call.body

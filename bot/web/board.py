"""The live board's doors under /admin/board: the page, its parts, its data, and a stream of what changes.

A link with a signed pass opens it; the pass then lives in a cookie. Only reading: nothing here changes anything.
"""

import hashlib
import html
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.app.board import Board
from bot.app.ports import Clock
from bot.app.speaking import Speaker
from bot.reports.board_document import as_json, is_of, timeline
from bot.web.board_feed import Feed, Shown
from bot.web.passes import Pass, read

log = logging.getLogger(__name__)

PATH = "/admin/board"
PAGES = Path(__file__).parent / "pages" / "board"
COOKIE = "mamori_board"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}

LEAVING = (
    '<!doctype html><meta charset="utf-8"><title>守り</title><meta http-equiv="refresh" content="0; url={url}">'
    '<p><a href="{url}">応援の板へ</a></p>'
)
"""Not a redirect: after a click in a mail or a chat, browsers keep a strict cookie back all along a chain of redirects."""

Document = dict[str, object]
Answer = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class BoardRoom:
    """What the board's doors need. `today`: the machine's own clock, by which passes age also in a demo."""

    org: str
    key: Callable[[], bytes]
    board: Board
    feed: Feed
    speakers: Mapping[str, Speaker]
    clock: Clock
    today: Callable[[], datetime]
    is_secure: bool
    page: str = field(default_factory=lambda: _mark())
    """Changes with the page's parts: a screen on a wall is open for months, and must not outlive its server's words."""

    drawn: dict[tuple[str, str], tuple[int, Document]] = field(default_factory=dict)
    """What was read last, in each language and for each site that is looked at."""

    def pass_of(self, token: str) -> Pass | None:
        return read(self.key(), token, self.org, self.today()) if token else None

    def speaker(self, request: Request) -> Speaker:
        return self.speakers.get(request.query_params.get("lang", ""), self.speakers["ja"])


def board_routes(room: BoardRoom) -> list[Route]:
    return [
        Route(PATH, _page(room)),
        Route(f"{PATH}/state.json", _with_pass(room, _state)),
        Route(f"{PATH}/events", _with_pass(room, _events)),
        Route(f"{PATH}/timeline/{{incident}}.json", _with_pass(room, _timeline)),
        Route(f"{PATH}/parts/{{name}}", _part(_parts())),
    ]


def _page(room: BoardRoom) -> Answer:
    page = (PAGES / "board.html").read_text("utf-8")
    closed = (PAGES / "closed.html").read_text("utf-8")

    async def answer(request: Request) -> Response:
        given = request.query_params.get("pass")
        if given is not None:
            return _enter(room, request, given) or HTMLResponse(closed, 403, HEADERS)
        if room.pass_of(request.cookies.get(COOKIE, "")) is None:
            return HTMLResponse(closed, 403, HEADERS)
        return HTMLResponse(page, 200, HEADERS)

    return answer


def _enter(room: BoardRoom, request: Request, token: str) -> Response | None:
    """The pass goes from the address into a cookie, for as long as it lasts; the rest of the address stays."""
    given = room.pass_of(token)
    if given is None:
        return None
    url = request.url.remove_query_params("pass")
    target = html.escape(f"{PATH}?{url.query}" if url.query else PATH)
    answer = HTMLResponse(LEAVING.format(url=target), 200, HEADERS)
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int((given.until - room.today()).total_seconds()),
        path=PATH,
        secure=room.is_secure,
        httponly=True,
        samesite="strict",
    )
    return answer


def _with_pass(room: BoardRoom, answer: Callable[[BoardRoom, Request, Pass], Awaitable[Response]]) -> Answer:
    async def guarded(request: Request) -> Response:
        given = room.pass_of(request.cookies.get(COOKIE, ""))
        if given is None:
            return JSONResponse({"error": "the pass is unknown or has run out"}, 403, HEADERS)
        return await answer(room, request, given)

    return guarded


async def _state(room: BoardRoom, request: Request, given: Pass) -> Response:
    shown = await room.feed.now()
    return JSONResponse(
        _document(room, shown, room.speaker(request), given), 200 if shown.picture else 503, HEADERS
    )


async def _timeline(room: BoardRoom, request: Request, given: Pass) -> Response:
    try:
        told = await room.board.history(request.path_params["incident"])
    except (ConnectionError, LookupError, ValueError) as error:
        log.warning("a timeline can't be read: %s", type(error).__name__)
        return JSONResponse({"error": "the timeline can't be read now"}, 503, HEADERS)
    if told is None or not is_of(told, given.site):
        return JSONResponse({"error": "there is no such incident"}, 404, HEADERS)
    return JSONResponse({"timeline": timeline(told, room.speaker(request))}, 200, HEADERS)


async def _events(room: BoardRoom, request: Request, given: Pass) -> Response:
    """Server-sent events: `board` with the whole board when it has changed, `beat` with the time when it hasn't."""
    speaker = room.speaker(request)

    async def stream() -> AsyncIterator[str]:
        number = -1
        async for shown in room.feed.watch():
            if room.today() >= given.until:
                return
            if shown.number == number:
                kind, document = "beat", _head(room, shown, given)
            else:
                kind, document = "board", _document(room, shown, speaker, given)
            yield f"event: {kind}\ndata: {_as_line(document)}\n\n"
            number = shown.number

    headers = {**HEADERS, "X-Accel-Buffering": "no"}
    return StreamingResponse(stream(), media_type="text/event-stream", headers=headers)


def _document(room: BoardRoom, shown: Shown, speaker: Speaker, given: Pass) -> Document:
    """Drawn once for all who see the same: a hundred screens must not keep the webhooks of the same process waiting."""
    head = _head(room, shown, given)
    if shown.picture is None:
        return head
    seen = (speaker.language, given.site)
    number, drawn = room.drawn.get(seen, (-1, {}))
    if number != shown.number:
        drawn = as_json(shown.picture, speaker, given.site)
        room.drawn[seen] = (shown.number, drawn)
    return head | drawn


def _head(room: BoardRoom, shown: Shown, given: Pass) -> Document:
    """`is_fresh` false: the database gave no answer, and the board that a browser has is the last one known."""
    return {
        "at": room.clock.now().astimezone(room.board.shelf.zone).isoformat(timespec="milliseconds"),
        "zone": room.board.shelf.zone.key,
        "is_fresh": shown.picture is not None,
        "site": given.site,
        "page": room.page,
    }


def _as_line(document: Document) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _part(parts: Mapping[str, tuple[bytes, str]]) -> Answer:
    """Letters, colours and scripts. They hold nothing of anybody, so the page that says no can wear them, too."""

    async def answer(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in parts:
            return Response("no such part", 404, HEADERS, "text/plain")
        content, kind = parts[name]
        return Response(content, 200, HEADERS, kind)

    return answer


def _mark() -> str:
    content = b"".join(part.read_bytes() for part in sorted(PAGES.iterdir()))
    return hashlib.sha256(content).hexdigest()[:12]


def _parts() -> dict[str, tuple[bytes, str]]:
    return {p.name: (p.read_bytes(), TYPES[p.suffix]) for p in sorted(PAGES.iterdir()) if p.suffix in TYPES}

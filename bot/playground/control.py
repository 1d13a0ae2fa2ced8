"""The control addresses: what the page and tests ask of the playground itself."""

import base64
import binascii
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bot.playground.local import LocalPlatform
from bot.playground.picture import state_of
from bot.playground.slack.refusal import SlackRefusal
from bot.playground.world.acts import Done, NotPossible
from bot.playground.world.http_answers import json_answer
from bot.playground.world.json_data import JsonObject, read_object

Act = Callable[[Request, JsonObject], Awaitable[Done | JsonObject]]


class Control:
    """Each POST answers after the bot answered: {"ok", "status", "ms"}, plus what the phone should open."""

    def __init__(self, platform: LocalPlatform) -> None:
        self._platform = platform

    def routes(self) -> list[Route]:
        line, slack = "/line/{user}", "/slack/{user}"
        return [
            Route("/state", self._state),
            Route("/events", self._events),
            Route("/wire", self._wire),
            Route("/line/richmenu/{id}/image", self._menu_image),
            self._post("/line/content", self._content),
            self._post("/line/verify", self._verify_line),
            self._post("/slack/verify", self._verify_slack),
            self._post(f"{line}/text", self._text),
            self._post(f"{line}/tap", self._line_tap),
            self._post(f"{line}/menu", self._menu),
            self._post(f"{line}/media", self._media),
            self._post(f"{line}/sticker", lambda r, b: self._platform.line_sticker(_user(r))),
            self._post(f"{line}/location", self._location),
            self._post(f"{line}/follow", lambda r, b: self._platform.line_follow(_user(r))),
            self._post(f"{line}/unfollow", lambda r, b: self._platform.line_unfollow(_user(r))),
            self._post(f"{line}/join", lambda r, b: self._platform.line_join(_user(r))),
            self._post(f"{line}/event", lambda r, b: self._platform.line_raw_event(_user(r), b)),
            self._post(f"{slack}/message", self._message),
            self._post(f"{slack}/tap", self._slack_tap),
            self._post(f"{slack}/command", self._command),
            self._post(f"{slack}/shortcut", self._shortcut),
            self._post(f"{slack}/home", lambda r, b: self._platform.slack_home(_user(r))),
            self._post(f"{slack}/submit", self._submit),
            self._post(
                f"{slack}/close", lambda r, b: self._platform.slack_close(_user(r), _word(b, "view_id"))
            ),
            self._post(f"{slack}/presence", self._presence),
            self._post("/clock", self._clock),
            self._post("/faults", self._faults),
            self._post("/quota", self._quota),
            self._post("/limits", self._limits),
            self._post("/redeliver", self._redeliver),
        ]

    def _post(self, path: str, act: Act) -> Route:
        async def endpoint(request: Request) -> Response:
            return await self._do(request, act)

        return Route(path, endpoint, methods=["POST"])

    async def _do(self, request: Request, act: Act) -> Response:
        if not _is_own_page(request):
            return json_answer(403, {"ok": False, "error": "asked by a page of another site"})
        learn_own_url(self._platform, request)
        raw = await request.body()
        body = read_object(raw) if raw else {}
        if body is None:
            return json_answer(400, {"ok": False, "error": "the body must be a JSON object"})
        try:
            outcome = await act(request, body)
        except NotPossible as reason:
            return json_answer(409, {"ok": False, "error": str(reason)})
        except SlackRefusal as refusal:
            return json_answer(409, refusal.body)
        except (ValueError, TypeError) as reason:
            return json_answer(400, {"ok": False, "error": str(reason)})
        return json_answer(200, _told(outcome) if isinstance(outcome, Done) else {"ok": True, **outcome})

    async def _state(self, request: Request) -> Response:
        params = request.query_params
        state = state_of(self._platform, params.getlist("line"), params.getlist("slack"))
        return json_answer(200, state, {"cache-control": "no-store"})

    async def _wire(self, request: Request) -> Response:
        since = request.query_params.get("since", "0")
        return json_answer(200, self._platform.wire.since(int(since) if since.isdecimal() else 0))

    async def _events(self, request: Request) -> Response:
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(self._stream(), headers=headers, media_type="text/event-stream")

    async def _stream(self) -> AsyncIterator[str]:
        yield "retry: 1000\n\n"
        async for batch in self._platform.changes.listen():
            events = (json.dumps({"kind": kind, "key": key}) for kind, key in batch)
            yield "".join(f"event: change\ndata: {event}\n\n" for event in events) or ": still here\n\n"

    async def _menu_image(self, request: Request) -> Response:
        picture = self._platform.menus.image(str(request.path_params["id"]))
        if picture is None:
            return json_answer(404, {"ok": False, "error": "no picture"})
        return Response(picture[1], media_type=picture[0])

    async def _text(self, request: Request, body: JsonObject) -> Done:
        return await self._platform.line_text(
            _user(request), _word(body, "text"), str(body.get("group") or "")
        )

    async def _line_tap(self, request: Request, body: JsonObject) -> Done:
        action = body.get("action")
        if not isinstance(action, dict):
            raise ValueError("action must be the action object as drawn")
        message_id = body.get("message_id")
        return await self._platform.line_tap(
            _user(request), action, str(message_id) if message_id else None, body.get("params")
        )

    async def _menu(self, request: Request, body: JsonObject) -> Done:
        return await self._platform.line_menu(_user(request), int(body.get("area", -1)))

    async def _media(self, request: Request, body: JsonObject) -> Done:
        try:
            data = base64.b64decode(str(body.get("data_base64") or ""), validate=True)
        except binascii.Error as reason:
            raise ValueError(f"data_base64: {reason}") from None
        kind, name = str(body.get("type") or "image"), str(body.get("name") or "")
        return await self._platform.line_media(_user(request), kind, name, data)

    async def _location(self, request: Request, body: JsonObject) -> Done:
        place = (str(body.get("title") or ""), str(body.get("address") or ""))
        spot = (float(body.get("latitude", 0)), float(body.get("longitude", 0)))
        return await self._platform.line_location(_user(request), *place, *spot)

    async def _content(self, request: Request, body: JsonObject) -> JsonObject:
        if not self._platform.contents.set_state(_word(body, "message_id"), body.get("state")):
            raise NotPossible("no such content, or no such state")
        return {}

    async def _verify_line(self, request: Request, body: JsonObject) -> Done:
        return await self._platform.verify("line")

    async def _verify_slack(self, request: Request, body: JsonObject) -> Done:
        return await self._platform.verify("slack")

    async def _message(self, request: Request, body: JsonObject) -> Done:
        channel, thread = str(body.get("channel") or ""), body.get("thread_ts")
        return await self._platform.slack_message(_user(request), _word(body, "text"), channel, thread)

    async def _slack_tap(self, request: Request, body: JsonObject) -> Done:
        user, choice = _user(request), body.get("value")
        block_id, action_id = _word(body, "block_id"), _word(body, "action_id")
        if body.get("home") or body.get("view_id"):
            view_id = str(body.get("view_id") or "")
            return await self._platform.slack_tap_view(user, block_id, action_id, choice, view_id)
        channel, ts = _word(body, "channel"), _word(body, "ts")
        return await self._platform.slack_tap(user, channel, ts, block_id, action_id, choice)

    async def _command(self, request: Request, body: JsonObject) -> Done:
        text, channel = str(body.get("text") or ""), str(body.get("channel") or "")
        return await self._platform.slack_command(_user(request), _word(body, "command"), text, channel)

    async def _shortcut(self, request: Request, body: JsonObject) -> Done:
        channel, ts = str(body.get("channel") or ""), str(body.get("ts") or "")
        return await self._platform.slack_shortcut(_user(request), _word(body, "callback_id"), channel, ts)

    async def _submit(self, request: Request, body: JsonObject) -> Done:
        values = body.get("values") or {}
        return await self._platform.slack_submit(_user(request), _word(body, "view_id"), values)

    async def _presence(self, request: Request, body: JsonObject) -> JsonObject:
        self._platform.slack_presence(_user(request), bool(body.get("active", True)))
        return {}

    async def _clock(self, request: Request, body: JsonObject) -> JsonObject:
        await self._platform.advance(float(body.get("advance_s", 0)))
        return {"ahead_s": self._platform.clock.ahead_s}

    async def _faults(self, request: Request, body: JsonObject) -> JsonObject:
        """{"clear": true} takes back all that were ordered."""
        if body.get("clear"):
            self._platform.faults.clear()
            return {}
        platform, replies = body.get("platform"), body.get("replies")
        if platform not in ("line", "slack") or not isinstance(replies, list):
            raise ValueError('a fault needs "platform" line or slack, "method" and a list of "replies"')
        self._platform.order_faults(platform, _word(body, "method"), replies)
        return {}

    async def _quota(self, request: Request, body: JsonObject) -> JsonObject:
        limit = body.get("limit")
        self._platform.set_quota(None if limit is None else int(limit))
        return {"limit": limit, "used": self._platform.sending.used()}

    async def _limits(self, request: Request, body: JsonObject) -> JsonObject:
        line, slack = bool(body.get("line", True)), bool(body.get("slack", True))
        self._platform.set_limits(line, slack, int(body.get("slack_burst", 1)))
        return {"line": line, "slack": slack}

    async def _redeliver(self, request: Request, body: JsonObject) -> Done:
        ids = body.get("event_ids") or [_word(body, "event_id")]
        times = int(body.get("times", 1))
        return await self._platform.redeliver(str(body.get("platform")), [str(one) for one in ids], times)


def learn_own_url(platform: LocalPlatform, request: Request) -> None:
    """Where the bot reaches the playground, as long as nobody told: the address this page was asked at."""
    if not platform.own_url:
        mounted_at = str(request.scope.get("root_path", "")).removesuffix("/control")
        platform.own_url = f"{request.url.scheme}://{request.url.netloc}{mounted_at}"


def _told(done: Done) -> JsonObject:
    told: JsonObject = {"ok": True, "status": None, "ms": 0}
    if done.answer is not None:
        told |= {"status": done.answer.status, "ms": round(done.answer.ms, 1)}
        if done.answer.trouble:
            told |= {"ok": False, "status": None, "trouble": done.answer.trouble}
    if done.opened:
        told["opened"] = done.opened
    return told | ({"event_id": done.event_id} if done.event_id else {})


def _user(request: Request) -> str:
    return str(request.path_params["user"])


def _word(body: JsonObject, name: str) -> str:
    value: Any = body.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is missing")
    return value


def _is_own_page(request: Request) -> bool:
    """A page of another site must not press buttons here; callers that are no browser send no origin."""
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")

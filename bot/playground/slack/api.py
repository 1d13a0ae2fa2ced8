"""Slack's HTTP door: token, faults, rates, form or JSON; then the method that was named."""

import hmac
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

from bot.playground.slack.chat_methods import ChatMethods
from bot.playground.slack.lookup_methods import LookupMethods
from bot.playground.slack.refusal import SlackRefusal, invalid
from bot.playground.slack.sockets import Sockets
from bot.playground.slack.tickets import Tickets
from bot.playground.slack.views import Views
from bot.playground.slack.workspace import APP_ID, Workspace
from bot.playground.world.faults import Fault, Faults
from bot.playground.world.http_answers import dead_line, json_answer
from bot.playground.world.json_data import JsonObject, read_object
from bot.playground.world.rates import Buckets, Rate
from bot.playground.world.wire import Side, WireLog

Method = Callable[[JsonObject], JsonObject]
_JSON_ARGUMENTS = ("blocks", "attachments", "view", "metadata")
_TIERS = {
    tier: Rate(per_minute / 60, per_minute) for tier, per_minute in ((2, 20), (3, 50), (4, 100), (9, 600))
}


class SlackDoor:
    """Every method is one row of a table: its tier and what it does."""

    def __init__(
        self,
        bot_token: str,
        app_token: str,
        chat: ChatMethods,
        lookup: LookupMethods,
        views: Views,
        workspace: Workspace,
        tickets: Tickets,
        sockets: Sockets,
        faults: Faults,
        buckets: Buckets,
        wire: WireLog,
    ) -> None:
        self._bot_token = bot_token
        self._app_token = app_token
        self._chat = chat
        self._views = views
        self._workspace = workspace
        self._tickets = tickets
        self._sockets = sockets
        self._faults = faults
        self._buckets = buckets
        self._wire = wire
        self.rate_limits = True
        self._methods = self._table(chat, lookup)

    def routes(self) -> list[Route | WebSocketRoute]:
        return [
            Route("/api/{method}", self._serve, methods=["POST", "GET"]),
            Route("/response/{key}", self._respond, methods=["POST"]),
            WebSocketRoute("/socket", self._sockets.serve),
        ]

    def _table(self, chat: ChatMethods, lookup: LookupMethods) -> Mapping[str, tuple[int, Method]]:
        return {
            "chat.postMessage": (0, chat.post_message),
            "chat.update": (3, chat.update),
            "chat.delete": (3, chat.delete),
            "chat.postEphemeral": (4, chat.post_ephemeral),
            "chat.getPermalink": (9, chat.permalink),
            "views.open": (4, self._open_view),
            "views.push": (4, self._push_view),
            "views.update": (4, self._update_view),
            "views.publish": (4, self._publish_view),
            "conversations.open": (3, lookup.conversations_open),
            "conversations.info": (3, lookup.conversations_info),
            "conversations.join": (3, lookup.conversations_join),
            "conversations.list": (2, lookup.conversations_list),
            "conversations.members": (4, lookup.conversations_members),
            "conversations.history": (3, lookup.history),
            "conversations.replies": (3, lookup.replies),
            "users.info": (4, lookup.users_info),
            "users.list": (2, lookup.users_list),
            "users.lookupByEmail": (3, lookup.lookup_by_email),
            "users.getPresence": (3, lookup.presence),
            "dnd.info": (3, lookup.dnd_info),
            "auth.test": (9, lookup.auth_test),
            "team.info": (3, lookup.team_info),
            "bots.info": (3, lookup.bots_info),
            "api.test": (9, lambda args: {"args": args}),
        }

    async def _serve(self, request: Request) -> Response:
        started = time.perf_counter()
        raw = await request.body()
        method = str(request.path_params["method"])
        args = _arguments(request, raw)
        fault = self._faults.take("slack", method)
        if fault is not None:
            await fault.hang()
        response, shown = self._answer(request, method, args, fault)
        lost = fault is not None and (fault.drop or fault.lose_answer)
        status = 0 if lost else response.status_code
        self._note(request, method, status, started, args, response, shown)
        return await dead_line(request) if lost else response

    def _answer(
        self, request: Request, method: str, args: JsonObject | None, fault: Fault | None
    ) -> tuple[Response, object]:
        if fault is not None and fault.drop:
            return Response(b"", 500), "the connection was closed"
        if fault is not None and fault.status is not None:
            body = fault.body if fault.body is not None else {"ok": False, "error": _fault_word(fault.status)}
            return json_answer(fault.status, body, fault.headers), body
        try:
            answer = {"ok": True, **self._call(request, method, args)}
        except SlackRefusal as refusal:
            return json_answer(refusal.status, refusal.body, refusal.headers), refusal.body
        return json_answer(200, answer), answer

    def _call(self, request: Request, method: str, args: JsonObject | None) -> JsonObject:
        if args is None:
            raise SlackRefusal("invalid_json")
        token = _token(request, args)
        if method == "apps.connections.open":
            self._check_token(token, self._app_token)
            return {"url": self._socket_url(request)}
        known = self._methods.get(method)
        if known is None:
            raise SlackRefusal("unknown_method", req_method=method)
        self._check_token(token, self._bot_token)
        tier, do = known
        if tier and self.rate_limits:
            wait = self._buckets.wait_s(f"slack {method}", _TIERS[tier])
            if wait:
                raise SlackRefusal("ratelimited", 429, {"retry-after": str(wait)})
        try:
            return do(args)
        except (ValueError, TypeError, AttributeError) as reason:
            raise invalid("invalid_arguments", [str(reason)]) from reason

    def _check_token(self, given: str, expected: str) -> None:
        if not given:
            raise SlackRefusal("not_authed")
        if expected and hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
            return
        if given in (self._bot_token, self._app_token):
            raise SlackRefusal("not_allowed_token_type")
        raise SlackRefusal("invalid_auth")

    def _socket_url(self, request: Request) -> str:
        scheme = "wss" if request.url.scheme == "https" else "ws"
        mounted_at = request.scope.get("root_path", "")
        return f"{scheme}://{request.url.netloc}{mounted_at}/socket?ticket={self._sockets.new_ticket()}&app_id={APP_ID}"

    def _open_view(self, args: JsonObject) -> JsonObject:
        return {"view": self._views.open(self._triggered(args), _view(args), push=False)}

    def _push_view(self, args: JsonObject) -> JsonObject:
        return {"view": self._views.open(self._triggered(args), _view(args), push=True)}

    def _update_view(self, args: JsonObject) -> JsonObject:
        ids = (str(args.get("view_id") or ""), str(args.get("external_id") or ""))
        return {"view": self._views.update(*ids, _view(args), args.get("hash"))}

    def _publish_view(self, args: JsonObject) -> JsonObject:
        user = str(args.get("user_id") or "")
        if self._workspace.person(user) is None:
            raise SlackRefusal("user_not_found" if user else "invalid_arguments")
        return {"view": self._views.publish(user, _view(args), args.get("hash"))}

    def _triggered(self, args: JsonObject) -> str:
        """The trigger is spent even if the view turns out to be wrong."""
        return self._tickets.use_trigger(
            str(args.get("trigger_id") or args.get("interactivity_pointer") or "")
        )

    async def _respond(self, request: Request) -> Response:
        started = time.perf_counter()
        args = read_object(await request.body())
        shown: object = "ok"
        try:
            if args is None:
                raise SlackRefusal("invalid_payload", 400)
            self._chat.respond(self._tickets.use_url(str(request.path_params["key"])), args)
            response = Response("ok", media_type="text/plain")
        except SlackRefusal as refusal:
            shown = refusal.body
            response = json_answer(max(refusal.status, 400), refusal.body)
        self._note(request, "response_url", response.status_code, started, args, response, shown)
        return response

    def _note(
        self,
        request: Request,
        method: str,
        status: int,
        started: float,
        args: JsonObject | None,
        response: Response,
        shown: object,
    ) -> None:
        ms = (time.perf_counter() - started) * 1000
        path = request.scope["path"]
        asked, said = Side(request.headers, args), Side(response.headers, shown)
        self._wire.note("slack", "from_bot", method, path, status, ms, asked, said)


def _arguments(request: Request, raw: bytes) -> JsonObject | None:
    """Query, form or JSON; blocks and the like may be JSON inside a form. None: the body is no JSON."""
    args: JsonObject = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        body = read_object(raw) if raw else {}
        return None if body is None else args | body
    args |= dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
    for name in _JSON_ARGUMENTS:
        if isinstance(args.get(name), str):
            args[name] = _inner_json(name, args[name])
    return args


def _inner_json(name: str, text: str) -> Any:
    if name in ("blocks", "attachments"):
        wrapped = read_object(f'{{"list":{text}}}')
        return text if wrapped is None else wrapped["list"]
    inner = read_object(text)
    return text if inner is None else inner


def _token(request: Request, args: JsonObject) -> str:
    header = request.headers.get("authorization", "")
    return header.removeprefix("Bearer ") if header else str(args.get("token") or "")


def _view(args: JsonObject) -> JsonObject:
    view = args.get("view")
    if not isinstance(view, dict):
        raise SlackRefusal("invalid_arguments")
    return view


def _fault_word(status: int) -> str:
    return {429: "ratelimited", 503: "service_unavailable"}.get(status, "internal_error")

"""LINE's addresses: which part of LINE answers where."""

import re
import secrets

from starlette.routing import Route

from bot.playground.line.api import LineAnswer, LineCall, LineDoor, done, must_be_json
from bot.playground.line.chats import LineChats
from bot.playground.line.contents import Contents
from bot.playground.line.message_rules import check_messages
from bot.playground.line.refusal import FAILED_TO_SEND, LineRefusal, not_found, refuse_if
from bot.playground.line.rich_menus import RichMenus, check_menu
from bot.playground.line.sending import LineSending
from bot.playground.line.webhooks import DESTINATION, PATH, LineWebhooks
from bot.playground.world.bot_calls import BotLine
from bot.playground.world.clock import Clock, rfc3339
from bot.playground.world.shelf import Shelf

_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?/")


class MessageEndpoints:
    """Sending, and what a sender asks about."""

    def __init__(self, sending: LineSending, chats: LineChats, contents: Contents) -> None:
        self._sending = sending
        self._chats = chats
        self._contents = contents

    def routes(self, door: LineDoor) -> list[Route]:
        bot = "/v2/bot"
        return [
            door.route("POST", f"{bot}/message/reply", "reply", self._reply),
            door.route("POST", f"{bot}/message/push", "push", self._push),
            door.route("POST", f"{bot}/chat/loading/start", "loading", self._loading),
            door.route("POST", f"{bot}/message/multicast", "multicast", self._multicast),
            door.route("POST", f"{bot}/message/broadcast", "broadcast", self._broadcast),
            door.route("POST", f"{bot}/message/validate/{{kind}}", "validate", self._validate),
            door.route("GET", f"{bot}/message/quota", "quota", self._quota),
            door.route("GET", f"{bot}/message/quota/consumption", "consumption", self._consumption),
            door.route("POST", f"{bot}/chat/markAsRead", "markAsRead", self._mark_as_read),
            door.route("GET", f"{bot}/profile/{{user}}", "profile", self._profile),
            door.route("GET", f"{bot}/followers/ids", "followers", self._followers),
            door.route("POST", f"{bot}/user/{{user}}/linkToken", "linkToken", self._link_token),
            door.route("GET", f"{bot}/info", "info", self._info),
        ]

    def data_routes(self, door: LineDoor) -> list[Route]:
        content = "/v2/bot/message/{id}/content"
        return [
            door.route("GET", content, "content", self._content),
            door.route("GET", f"{content}/preview", "content", self._content),
            door.route("GET", f"{content}/transcoding", "transcoding", self._transcoding),
        ]

    def _reply(self, call: LineCall) -> LineAnswer:
        return done(self._sending.reply(must_be_json(call), len(call.raw), call.retry_key))

    def _push(self, call: LineCall) -> LineAnswer:
        return done(self._sending.push(must_be_json(call), len(call.raw), call.retry_key, call.request_id))

    def _multicast(self, call: LineCall) -> LineAnswer:
        return done(
            self._sending.multicast(must_be_json(call), len(call.raw), call.retry_key, call.request_id)
        )

    def _broadcast(self, call: LineCall) -> LineAnswer:
        return done(
            self._sending.broadcast(must_be_json(call), len(call.raw), call.retry_key, call.request_id)
        )

    def _validate(self, call: LineCall) -> LineAnswer:
        if call.part("kind") not in ("reply", "push", "multicast", "narrowcast", "broadcast"):
            raise not_found()
        refuse_if(check_messages(must_be_json(call), len(call.raw)))
        return done()

    def _quota(self, call: LineCall) -> LineAnswer:
        limit = self._sending.quota()
        return done({"type": "none"} if limit is None else {"type": "limited", "value": limit})

    def _consumption(self, call: LineCall) -> LineAnswer:
        return done({"totalUsage": self._sending.used()})

    def _loading(self, call: LineCall) -> LineAnswer:
        chat, seconds = must_be_json(call).get("chatId"), call.body.get("loadingSeconds", 20)
        if not isinstance(seconds, int) or seconds % 5 or not 5 <= seconds <= 60:
            raise LineRefusal(400, "loadingSeconds must be a multiple of 5 between 5 and 60")
        if not isinstance(chat, str) or self._chats.person(chat) is None:
            raise LineRefusal(400, "The chatId is invalid")
        self._chats.show_typing(chat, seconds)
        return done(status=202)

    def _mark_as_read(self, call: LineCall) -> LineAnswer:
        if not must_be_json(call).get("markAsReadToken"):
            raise LineRefusal(400, "The markAsReadToken is invalid")
        return done()

    def _profile(self, call: LineCall) -> LineAnswer:
        user = call.part("user")
        person = self._chats.person(user)
        if person is None or not self._chats.is_friend(user):
            raise not_found()
        return done({"userId": user, "displayName": person.name, "language": "ja"})

    def _followers(self, call: LineCall) -> LineAnswer:
        return done({"userIds": [user for user in self._chats.users if self._chats.is_friend(user)]})

    def _link_token(self, call: LineCall) -> LineAnswer:
        if not self._chats.is_friend(call.part("user")):
            raise LineRefusal(400, FAILED_TO_SEND)
        return done({"linkToken": secrets.token_urlsafe(24)})

    def _info(self, call: LineCall) -> LineAnswer:
        return done(
            {
                "userId": DESTINATION,
                "basicId": "@playground",
                "displayName": "Mamori",
                "chatMode": "bot",
                "markAsReadMode": "auto",
            }
        )

    def _content(self, call: LineCall) -> LineAnswer:
        content = self._contents.get(call.part("id"))
        if content is None:
            raise not_found()
        if content.state == "gone":
            raise LineRefusal(410, "Gone")
        if content.state == "preparing":
            return done(status=202)
        return LineAnswer(200, content.data, content.media_type)

    def _transcoding(self, call: LineCall) -> LineAnswer:
        content = self._contents.get(call.part("id"))
        if content is None:
            raise not_found()
        words = {"preparing": "processing", "ready": "succeeded", "gone": "failed"}
        return done({"status": words[content.state]})


class MenuEndpoints:
    def __init__(self, menus: RichMenus, chats: LineChats) -> None:
        self._menus = menus
        self._chats = chats

    def routes(self, door: LineDoor) -> list[Route]:
        menu, alias = "/v2/bot/richmenu", "/v2/bot/richmenu/alias"
        everybody, one = "/v2/bot/user/all/richmenu", "/v2/bot/user/{user}/richmenu"
        return [
            door.route("POST", menu, "richmenu.create", self._create),
            door.route("POST", f"{menu}/validate", "richmenu.validate", self._validate),
            door.route("GET", f"{menu}/list", "richmenu.list", self._list),
            door.route("POST", alias, "alias.create", self._create_alias),
            door.route("GET", f"{alias}/list", "alias.list", self._aliases),
            door.route("GET", f"{alias}/{{alias}}", "alias.get", self._alias),
            door.route("POST", f"{alias}/{{alias}}", "alias.update", self._update_alias),
            door.route("DELETE", f"{alias}/{{alias}}", "alias.delete", self._delete_alias),
            door.route("POST", f"{menu}/bulk/link", "richmenu.link", self._link_many),
            door.route("POST", f"{menu}/bulk/unlink", "richmenu.unlink", self._unlink_many),
            door.route("GET", f"{menu}/{{id}}", "richmenu.get", self._get),
            door.route("DELETE", f"{menu}/{{id}}", "richmenu.delete", self._delete),
            door.route("GET", everybody, "richmenu.default", self._default),
            door.route("DELETE", everybody, "richmenu.default", self._unset_default),
            door.route("POST", f"{everybody}/{{id}}", "richmenu.default", self._set_default),
            door.route("GET", one, "richmenu.linked", self._linked),
            door.route("DELETE", one, "richmenu.unlink", self._unlink),
            door.route("POST", f"{one}/{{id}}", "richmenu.link", self._link),
        ]

    def data_routes(self, door: LineDoor) -> list[Route]:
        content = "/v2/bot/richmenu/{id}/content"
        return [
            door.route("POST", content, "richmenu.image", self._set_image, reads_json=False),
            door.route("GET", content, "richmenu.image", self._image),
        ]

    def _create(self, call: LineCall) -> LineAnswer:
        return done({"richMenuId": self._menus.create(must_be_json(call))})

    def _validate(self, call: LineCall) -> LineAnswer:
        refuse_if(check_menu(must_be_json(call)))
        return done()

    def _list(self, call: LineCall) -> LineAnswer:
        return done({"richmenus": self._menus.all()})

    def _get(self, call: LineCall) -> LineAnswer:
        return done(self._menus.get(call.part("id")))

    def _delete(self, call: LineCall) -> LineAnswer:
        self._menus.delete(call.part("id"))
        return done()

    def _default(self, call: LineCall) -> LineAnswer:
        menu_id = self._menus.default()
        if menu_id is None:
            raise LineRefusal(404, "no default richmenu")
        return done({"richMenuId": menu_id})

    def _unset_default(self, call: LineCall) -> LineAnswer:
        self._menus.set_default(None)
        return done()

    def _set_default(self, call: LineCall) -> LineAnswer:
        self._menus.set_default(call.part("id"))
        return done()

    def _linked(self, call: LineCall) -> LineAnswer:
        menu_id = self._menus.linked(call.part("user"))
        if menu_id is None:
            raise LineRefusal(404, "the user has no richmenu")
        return done({"richMenuId": menu_id})

    def _link(self, call: LineCall) -> LineAnswer:
        if self._chats.person(call.part("user")) is None:
            raise not_found()
        self._menus.link(call.part("user"), call.part("id"))
        return done()

    def _unlink(self, call: LineCall) -> LineAnswer:
        self._menus.unlink(call.part("user"))
        return done()

    def _link_many(self, call: LineCall) -> LineAnswer:
        menu_id = str(must_be_json(call).get("richMenuId"))
        for user in _users(call):
            self._menus.link(user, menu_id)
        return done(status=202)

    def _unlink_many(self, call: LineCall) -> LineAnswer:
        for user in _users(call):
            self._menus.unlink(user)
        return done(status=202)

    def _create_alias(self, call: LineCall) -> LineAnswer:
        alias = str(must_be_json(call).get("richMenuAliasId"))
        self._menus.set_alias(alias, str(call.body.get("richMenuId")), must_be_new=True)
        return done()

    def _update_alias(self, call: LineCall) -> LineAnswer:
        menu_id = str(must_be_json(call).get("richMenuId"))
        self._menus.set_alias(call.part("alias"), menu_id, must_be_new=False)
        return done()

    def _alias(self, call: LineCall) -> LineAnswer:
        return done(self._menus.alias(call.part("alias")))

    def _aliases(self, call: LineCall) -> LineAnswer:
        return done({"aliases": self._menus.aliases()})

    def _delete_alias(self, call: LineCall) -> LineAnswer:
        self._menus.delete_alias(call.part("alias"))
        return done()

    def _set_image(self, call: LineCall) -> LineAnswer:
        media_type = call.request.headers.get("content-type", "").partition(";")[0].strip()
        self._menus.set_image(call.part("id"), media_type, call.raw)
        return done()

    def _image(self, call: LineCall) -> LineAnswer:
        picture = self._menus.image(call.part("id"))
        if picture is None:
            raise not_found()
        return LineAnswer(200, picture[1], picture[0])


class WebhookEndpoints:
    """The address on record can be set and read; deliveries go to the bot of the settings alone."""

    def __init__(self, webhooks: LineWebhooks, line: BotLine, shelf: Shelf, clock: Clock) -> None:
        self._webhooks = webhooks
        self._line = line
        self._shelf = shelf
        self._clock = clock

    def routes(self, door: LineDoor) -> list[Route]:
        endpoint = "/v2/bot/channel/webhook/endpoint"
        return [
            door.route("GET", endpoint, "webhook.endpoint", self._get),
            door.route("PUT", endpoint, "webhook.endpoint", self._set),
            door.route("POST", "/v2/bot/channel/webhook/test", "webhook.test", self._test),
        ]

    def _get(self, call: LineCall) -> LineAnswer:
        address = self._shelf.get("line_setting", "webhook_endpoint") or self._line.url(PATH)
        return done({"endpoint": address, "active": True})

    def _set(self, call: LineCall) -> LineAnswer:
        address = must_be_json(call).get("endpoint")
        if not isinstance(address, str) or len(address) > 500:
            raise LineRefusal(400, "Invalid webhook endpoint URL")
        if not address.startswith("https://") and not _LOOPBACK.match(address):
            raise LineRefusal(400, "Invalid webhook endpoint URL")
        self._shelf.put("line_setting", "webhook_endpoint", address)
        return done()

    async def _test(self, call: LineCall) -> LineAnswer:
        answer = await self._webhooks.send([])
        reason = {"timeout": "REQUEST_TIMEOUT", "connection": "COULD_NOT_CONNECT"}.get(answer.trouble)
        return done(
            {
                "success": answer.is_ok,
                "timestamp": rfc3339(self._clock.now()),
                "statusCode": answer.status,
                "reason": "OK" if answer.is_ok else reason or "ERROR_STATUS_CODE",
                "detail": str(answer.status or answer.trouble),
            }
        )


def _users(call: LineCall) -> list[str]:
    users = call.body.get("userIds")
    if not isinstance(users, list) or not 1 <= len(users) <= 500:
        raise LineRefusal(400, "The property, 'userIds', in the request body is invalid (line: -, column: -)")
    return [str(user) for user in users]

"""What a person does on the LINE phone, and the event LINE makes of it."""

import base64
import secrets

from bot.playground.line.chats import LineChats
from bot.playground.line.contents import Contents
from bot.playground.line.rich_menus import RichMenus
from bot.playground.line.webhooks import LineWebhooks
from bot.playground.world.acts import Done, NotPossible
from bot.playground.world.json_data import JsonObject


class LinePhone:
    def __init__(
        self, chats: LineChats, webhooks: LineWebhooks, menus: RichMenus, contents: Contents
    ) -> None:
        self._chats = chats
        self._webhooks = webhooks
        self._menus = menus
        self._contents = contents

    async def text(self, user: str, text: str, group: str = "") -> Done:
        self._must_be_friend(user)
        message = {"type": "text", "text": text}
        return await self._say(group or user, user, message, {"quoteToken": _token()})

    async def sticker(self, user: str, package_id: str = "446", sticker_id: str = "1988") -> Done:
        self._must_be_friend(user)
        message = {
            "type": "sticker",
            "packageId": package_id,
            "stickerId": sticker_id,
            "stickerResourceType": "STATIC",
        }
        return await self._say(user, user, message, {"quoteToken": _token()})

    async def location(self, user: str, title: str, address: str, latitude: float, longitude: float) -> Done:
        self._must_be_friend(user)
        place = {"title": title, "address": address, "latitude": latitude, "longitude": longitude}
        return await self._say(user, user, {"type": "location", **place}, {})

    async def media(self, user: str, kind: str, name: str = "", data: bytes = b"") -> Done:
        self._must_be_friend(user)
        message_id = self._chats.new_id()
        size = self._contents.keep(message_id, kind, name, data)
        extra: JsonObject
        match kind:
            case "image":
                extra = {"quoteToken": _token(), "contentProvider": {"type": "line"}}
            case "video":
                extra = {"quoteToken": _token(), "duration": 5000, "contentProvider": {"type": "line"}}
            case "audio":
                extra = {"duration": 5000, "contentProvider": {"type": "line"}}
            case "file":
                extra = {"fileName": name or "file.bin", "fileSize": size}
            case _:
                raise NotPossible(f"a phone sends image, video, audio or file, not {kind!r}")
        return await self._say(user, user, {"type": kind}, extra, display=name or None, message_id=message_id)

    async def follow(self, user: str) -> Done:
        self._must_exist(user)
        unblocked = not self._chats.is_friend(user)
        self._chats.set_friend(user, True)
        return await self._send(user, "follow", {"follow": {"isUnblocked": unblocked}})

    async def unfollow(self, user: str) -> Done:
        self._must_exist(user)
        self._chats.set_friend(user, False)
        return await self._send(user, "unfollow", {}, can_reply=False)

    async def join(self, group: str) -> Done:
        """The account is invited to a group; the group exists from now on."""
        self._chats.add_group(group)
        return await self._send(group, "join", {})

    async def raw_event(self, user: str, event: JsonObject) -> Done:
        """Any event, for what LINE may invent tomorrow: common fields are filled in, given ones win."""
        self._must_exist(user)
        whole = {**self._webhooks.event(user, str(event.get("type", "unknown")), {}), **event}
        return Done(await self._webhooks.send([whole]), event_id=str(whole["webhookEventId"]))

    async def tap(
        self, user: str, message_id: str | None, action: JsonObject, params: JsonObject | None = None
    ) -> Done:
        """A button in a message; with `message_id` the action must really stand in that message."""
        self._must_be_friend(user)
        if message_id:
            row = self._chats.find(message_id)
            if row is None or row["chat"] != user:
                raise NotPossible(f"no message {message_id} in this chat")
            if not _stands_in(row["message"], action):
                raise NotPossible("no such button in that message")
        return await self._act(user, action, params)

    async def menu(self, user: str, area: int) -> Done:
        self._must_be_friend(user)
        areas = self._menus.shown_to(user)["areas"]
        if not 0 <= area < len(areas):
            raise NotPossible(f"the rich menu has {len(areas)} areas")
        return await self._act(user, areas[area]["action"], None)

    async def _act(self, user: str, action: JsonObject, params: JsonObject | None) -> Done:
        match action.get("type"):
            case "postback":
                return await self._postback(user, action)
            case "message":
                return await self.text(user, str(action.get("text", "")))
            case "datetimepicker":
                if not params:
                    return Done(opened={"datetimepicker": action})
                details = {"postback": {"data": action.get("data"), "params": params}}
                return await self._send(user, "postback", details)
            case "richmenuswitch":
                status = self._menus.switch(user, str(action.get("richMenuAliasId")))
                outcome = {"newRichMenuAliasId": action.get("richMenuAliasId"), "status": status}
                details = {"postback": {"data": action.get("data"), "params": outcome}}
                return await self._send(user, "postback", details)
            case "uri":
                return Done(opened={"uri": action.get("uri")})
            case kind:
                return Done(opened={str(kind): action})

    async def _postback(self, user: str, action: JsonObject) -> Done:
        shown = action.get("displayText") or action.get("text")
        if shown:
            self._chats.add(
                user, "user", {"type": "postback", "data": action.get("data")}, display=str(shown)
            )
        done = await self._send(user, "postback", {"postback": {"data": action.get("data")}})
        if action.get("inputOption") in ("openKeyboard", "openVoice", "openRichMenu", "closeRichMenu"):
            opened = {str(action["inputOption"]): action.get("fillInText") or ""}
            return Done(done.answer, opened, done.event_id)
        return done

    async def _say(
        self,
        chat: str,
        user: str,
        message: JsonObject,
        extra: JsonObject,
        display: str | None = None,
        message_id: str = "",
    ) -> Done:
        if chat != user and not self._chats.is_group(chat):
            raise NotPossible(f"the account is not in the group {chat}")
        key = self._chats.add(chat, "user", message, display, message_id=message_id)
        content = {**message, "id": key, **extra, "markAsReadToken": _token()}
        return await self._send(chat, "message", {"message": content}, user=user)

    async def _send(
        self, chat: str, kind: str, details: JsonObject, user: str = "", can_reply: bool = True
    ) -> Done:
        event = self._webhooks.event(chat, kind, details, user, can_reply)
        return Done(await self._webhooks.send([event]), event_id=str(event["webhookEventId"]))

    def _must_exist(self, user: str) -> None:
        if self._chats.person(user) is None:
            raise NotPossible(f"no LINE user {user}")

    def _must_be_friend(self, user: str) -> None:
        self._must_exist(user)
        if not self._chats.is_friend(user):
            raise NotPossible("this person has blocked the account")


def _stands_in(part: object, action: JsonObject) -> bool:
    """The same type and payload somewhere inside: pages may draw an action with less than it holds."""
    if isinstance(part, list):
        return any(_stands_in(inner, action) for inner in part)
    if not isinstance(part, dict):
        return False
    payload = ("type", "data", "text", "uri", "clipboardText")
    if part.get("type") == action.get("type") and all(part.get(key) == action.get(key) for key in payload):
        return True
    return any(_stands_in(inner, action) for inner in part.values() if isinstance(inner, dict | list))


def _token() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(48)).decode()

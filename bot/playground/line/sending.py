"""The bot speaks: replies, pushes, multicasts; with reply tokens, retry keys and the monthly quota."""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

from bot.playground.line.chats import LineChats
from bot.playground.line.message_rules import check_messages
from bot.playground.line.refusal import (
    FAILED_TO_SEND,
    INVALID_REPLY_TOKEN,
    MONTHLY_LIMIT,
    RETRY_KEY_TAKEN,
    LineRefusal,
    refuse_if,
)
from bot.playground.line.reply_tokens import ReplyTokens
from bot.playground.world.clock import Clock
from bot.playground.world.json_data import JsonObject
from bot.playground.world.shelf import Shelf

RETRY_KEY_ALIVE_S = 24 * 3600.0
MULTICAST = 500
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CHAT_ID = re.compile(r"[UCR][0-9a-f]{32}")
_JAPAN = timezone(timedelta(hours=9))


class LineSending:
    def __init__(self, chats: LineChats, tokens: ReplyTokens, shelf: Shelf, clock: Clock) -> None:
        self._chats = chats
        self._tokens = tokens
        self._shelf = shelf
        self._clock = clock

    def reply(self, body: JsonObject, size: int, retry_key: str | None) -> JsonObject:
        """A refused message leaves the token good."""
        if retry_key is not None:
            raise LineRefusal(400, "The retry key can't be used with this API")
        refuse_if(check_messages(body, size))
        chat = self._tokens.use(str(body.get("replyToken")))
        if chat is None:
            raise LineRefusal(400, INVALID_REPLY_TOKEN)
        return {"sentMessages": self._show(chat, body["messages"], "reply")}

    def push(self, body: JsonObject, size: int, retry_key: str | None, request_id: str) -> JsonObject:
        self._refuse_known_key(retry_key)
        refuse_if(check_messages(body, size))
        chat = body.get("to")
        if not isinstance(chat, str) or not _CHAT_ID.fullmatch(chat):
            raise LineRefusal(400, "The property, 'to', in the request body is invalid (line: -, column: -)")
        if not self._chats.knows(chat):
            raise LineRefusal(400, FAILED_TO_SEND)
        self._count([chat])
        sent = self._show(chat, body["messages"], "push")
        self._accept(retry_key, request_id, sent)
        return {"sentMessages": sent}

    def multicast(self, body: JsonObject, size: int, retry_key: str | None, request_id: str) -> JsonObject:
        """Ids that nobody has are passed over in silence."""
        self._refuse_known_key(retry_key)
        refuse_if(check_messages(body, size))
        chats = body.get("to")
        if not isinstance(chats, list) or not 1 <= len(chats) <= MULTICAST:
            raise LineRefusal(400, "The property, 'to', in the request body is invalid (line: -, column: -)")
        return self._to_many([str(chat) for chat in chats], body, retry_key, request_id)

    def broadcast(self, body: JsonObject, size: int, retry_key: str | None, request_id: str) -> JsonObject:
        self._refuse_known_key(retry_key)
        refuse_if(check_messages(body, size))
        return self._to_many(self._chats.users, body, retry_key, request_id)

    def set_quota(self, limit: int | None) -> None:
        self._shelf.put("line_setting", "quota", limit)

    def quota(self) -> int | None:
        limit: int | None = self._shelf.get("line_setting", "quota")
        return limit

    def used(self) -> int:
        return int(self._shelf.get("line_usage", self._month()) or 0)

    def _to_many(
        self, chats: Sequence[str], body: JsonObject, retry_key: str | None, request_id: str
    ) -> JsonObject:
        known = [chat for chat in dict.fromkeys(chats) if self._chats.person(chat)]
        self._count(known)
        for chat in known:
            self._show(chat, body["messages"], "push")
        self._accept(retry_key, request_id, None)
        return {}

    def _show(self, chat: str, messages: Sequence[JsonObject], via: str) -> list[JsonObject]:
        """Somebody who blocked the account gets nothing, and LINE doesn't tell."""
        reaches = self._chats.reaches(chat)
        sent = []
        for message in messages:
            message_id = self._chats.add(chat, "bot", message, via=via) if reaches else self._chats.new_id()
            sent.append({"id": message_id, "quoteToken": secrets.token_urlsafe(48)})
        return sent

    def _count(self, chats: Sequence[str]) -> None:
        """Per recipient, not per message; people who blocked the account don't count."""
        month, used = self._month(), self.used()
        more = sum(self._chats.reaches(chat) for chat in chats)
        limit = self.quota()
        if limit is not None and used + more > limit:
            raise LineRefusal(429, MONTHLY_LIMIT)
        self._shelf.put("line_usage", month, used + more)

    def _month(self) -> str:
        return datetime.fromtimestamp(self._clock.now(), _JAPAN).strftime("%Y-%m")

    def _refuse_known_key(self, key: str | None) -> None:
        """Whatever the body says: a key that was accepted once is accepted no more for a day."""
        if key is None:
            return
        if not _UUID.fullmatch(key):
            raise LineRefusal(400, "The retry key is invalid. It must be a UUID")
        accepted: JsonObject | None = self._shelf.get("line_retry_key", key)
        if accepted is None or self._clock.now() - accepted["at"] > RETRY_KEY_ALIVE_S:
            return
        body: JsonObject = {"message": RETRY_KEY_TAKEN}
        if accepted["sent"] is not None:
            body["sentMessages"] = accepted["sent"]
        refusal = LineRefusal(409, body=body)
        refusal.headers["x-line-accepted-request-id"] = accepted["request_id"]
        raise refusal

    def _accept(self, key: str | None, request_id: str, sent: list[JsonObject] | None) -> None:
        if key is not None:
            row = {"at": self._clock.now(), "request_id": request_id, "sent": sent}
            self._shelf.put("line_retry_key", key, row)

"""LINE's signed webhooks: the envelope of an event, its delivery, its redelivery on demand."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

from bot.playground.line.chats import LineChats
from bot.playground.line.reply_tokens import ReplyTokens
from bot.playground.world.bot_calls import BotAnswer, BotLine
from bot.playground.world.clock import Clock
from bot.playground.world.json_data import JsonObject, compact

PATH = "/line/webhook"
PATIENCE_S = 2.0
REMEMBERED = 2000
DESTINATION = "U" + hashlib.md5(b"playground official account", usedforsecurity=False).hexdigest()
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class LineWebhooks:
    """Every event goes out once; LINE's redelivery is off unless somebody asks for it here."""

    def __init__(
        self, secret: str, line: BotLine, clock: Clock, chats: LineChats, tokens: ReplyTokens
    ) -> None:
        self._secret = secret.encode()
        self._line = line
        self._clock = clock
        self._chats = chats
        self._tokens = tokens
        self._sent: dict[str, JsonObject] = {}

    def event(
        self, chat: str, kind: str, details: JsonObject, user: str = "", can_reply: bool = True
    ) -> JsonObject:
        """An event of `chat`; in a group `user` is who did it."""
        event: JsonObject = {
            "type": kind,
            **details,
            "webhookEventId": ulid(self._clock.now()),
            "deliveryContext": {"isRedelivery": False},
            "timestamp": int(self._clock.now() * 1000),
            "source": self._source(chat, user),
            "mode": "active",
        }
        if can_reply:
            event["replyToken"] = self._tokens.issue(chat)
        return event

    async def send(self, events: Sequence[JsonObject]) -> BotAnswer:
        for event in events:
            self._remember(event)
        body: JsonObject = {"destination": DESTINATION, "events": list(events)}
        raw = compact(body)
        headers = {
            "content-type": "application/json; charset=utf-8",
            "user-agent": "LineBotWebhook/2.0",
            "x-line-signature": sign(self._secret, raw),
        }
        return await self._line.post("line", "webhook", PATH, raw, body, headers, PATIENCE_S)

    async def redeliver(self, event_ids: Sequence[str]) -> BotAnswer | None:
        """One request with those events in the order given, marked as redelivered; None if one is unknown."""
        events = [self._sent.get(event_id) for event_id in event_ids]
        again = [
            {**event, "deliveryContext": {"isRedelivery": True}} for event in events if event is not None
        ]
        if len(again) != len(events):
            return None
        for event in again:
            self._tokens.received_again(str(event.get("replyToken", "")))
        return await self.send(again)

    def _remember(self, event: JsonObject) -> None:
        self._sent[str(event.get("webhookEventId"))] = event
        if len(self._sent) > REMEMBERED:
            del self._sent[next(iter(self._sent))]

    def _source(self, chat: str, user: str) -> JsonObject:
        if not self._chats.is_group(chat):
            return {"type": "user", "userId": chat}
        return {"type": "group", "groupId": chat, **({"userId": user} if user else {})}


def sign(secret: bytes, raw: bytes) -> str:
    return base64.b64encode(hmac.digest(secret, raw, "sha256")).decode()


def ulid(at: float) -> str:
    """48 bits of milliseconds and 80 random bits, in Crockford's base 32: sorts by time."""
    number = int(at * 1000) << 80 | secrets.randbits(80)
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))

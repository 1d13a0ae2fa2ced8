"""Slack reaches the app: signed requests with three retries for events, or an open socket instead."""

import hmac
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from bot.playground.slack.sockets import Sockets
from bot.playground.slack.workspace import APP_ID, BOT_USER, TEAM_ID
from bot.playground.world.bot_calls import BotAnswer, BotLine
from bot.playground.world.clock import Clock
from bot.playground.world.json_data import JsonObject, compact
from bot.playground.world.later import Later

PATH = "/slack/events"
PATIENCE_S = 3.0
RETRY_GAPS_S = (0.0, 60.0, 300.0)
REMEMBERED = 2000
VERIFICATION_TOKEN = "playground"  # the old, unsigned proof; kept in payloads by Slack too


@dataclass(frozen=True)
class Attempt:
    """`number` 0 is the first delivery; retries follow at the playground's own pace."""

    number: int
    due: float
    reason: str = ""


class SlackDelivery:
    def __init__(
        self, signing_secret: str, line: BotLine, clock: Clock, later: Later, sockets: Sockets
    ) -> None:
        self._secret = signing_secret.encode()
        self._line = line
        self._clock = clock
        self._later = later
        self._sockets = sockets
        self._sent: dict[str, JsonObject] = {}

    async def event(self, event: JsonObject) -> tuple[str, BotAnswer]:
        """The event's id and the first attempt's answer; a failed attempt is retried later."""
        event_id = f"Ev{secrets.token_hex(5).upper()}"
        envelope = self._envelope(event_id, event)
        self._sent[event_id] = envelope
        if len(self._sent) > REMEMBERED:
            del self._sent[next(iter(self._sent))]
        return event_id, await self._attempt(envelope, Attempt(0, self._clock.now()))

    async def again(self, event_id: str, number: int) -> BotAnswer | None:
        """The same event as a retry, on demand."""
        envelope = self._sent.get(event_id)
        if envelope is None:
            return None
        return await self._post_event(envelope, Attempt(number, self._clock.now(), "http_timeout"))

    async def interaction(self, payload: JsonObject) -> BotAnswer:
        """Three seconds, no retry."""
        if self._sockets.is_open:
            return await self._sockets.send("interactive", payload, accepts_response=True)
        return await self._post_form(
            {"payload": compact(payload).decode()}, payload, str(payload.get("type"))
        )

    async def command(self, form: JsonObject) -> BotAnswer:
        if self._sockets.is_open:
            return await self._sockets.send("slash_commands", form, accepts_response=True)
        return await self._post_form({key: str(value) for key, value in form.items()}, form, "slash_command")

    async def url_verification(self, challenge: str) -> BotAnswer:
        body = {"token": VERIFICATION_TOKEN, "challenge": challenge, "type": "url_verification"}
        return await self._post(compact(body), body, "url_verification", "application/json", {})

    async def _attempt(self, envelope: JsonObject, attempt: Attempt) -> BotAnswer:
        answer = await self._post_event(envelope, attempt)
        refuses = answer.headers.get("x-slack-no-retry", answer.headers.get("X-Slack-No-Retry")) == "1"
        if not answer.is_ok and not refuses and attempt.number < len(RETRY_GAPS_S):
            reason = {"timeout": "http_timeout", "connection": "connection_failed"}.get(answer.trouble)
            due = attempt.due + RETRY_GAPS_S[attempt.number]
            retry = Attempt(attempt.number + 1, due, reason or "http_error")
            self._later.at(due, lambda: self._retry(envelope, retry))
        return answer

    async def _retry(self, envelope: JsonObject, attempt: Attempt) -> None:
        await self._attempt(envelope, attempt)

    async def _post_event(self, envelope: JsonObject, attempt: Attempt) -> BotAnswer:
        if self._sockets.is_open:
            return await self._sockets.send("events_api", envelope, False, attempt.number, attempt.reason)
        headers = {}
        if attempt.number:
            headers = {"x-slack-retry-num": str(attempt.number), "x-slack-retry-reason": attempt.reason}
        kind = str(envelope["event"].get("type"))
        return await self._post(compact(envelope), envelope, kind, "application/json", headers)

    async def _post_form(self, form: dict[str, str], shown: JsonObject, method: str) -> BotAnswer:
        body = urlencode(form).encode()
        return await self._post(body, shown, method, "application/x-www-form-urlencoded", {})

    async def _post(
        self, body: bytes, shown: JsonObject, method: str, media_type: str, more: dict[str, str]
    ) -> BotAnswer:
        """Signed at the real time: the app compares it with its own watch, which nobody pushed forward."""
        stamp = str(int(self._clock.wall()))
        headers = {
            "content-type": media_type,
            "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": sign(self._secret, stamp, body),
            **more,
        }
        return await self._line.post("slack", method, PATH, body, shown, headers, PATIENCE_S)

    def _envelope(self, event_id: str, event: JsonObject) -> JsonObject:
        return {
            "token": VERIFICATION_TOKEN,
            "team_id": TEAM_ID,
            "context_team_id": TEAM_ID,
            "context_enterprise_id": None,
            "api_app_id": APP_ID,
            "event": event,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": int(self._clock.now()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": TEAM_ID,
                    "user_id": BOT_USER,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"4-{event_id}",
        }


def sign(secret: bytes, stamp: str, body: bytes) -> str:
    return "v0=" + hmac.digest(secret, f"v0:{stamp}:".encode() + body, "sha256").hex()

"""Deliveries over LINE: by the free reply while its token lives, else by a push that can be repeated safely.

A reply has no retry key: if its answer is lost, it may or may not have gone. While the token lives the same
reply is sent again, and LINE's "no" to a used token then means that the first one went. A push carries the
delivery's id as retry key, and LINE takes it once, however often it is sent within a day.
https://developers.line.biz/en/docs/messaging-api/retrying-api-request/
"""

import logging
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

import aiohttp

from bot.app.delivering import Delivery, Later, Outcome, Refused, Sent
from bot.platforms.limits import LINE_LOADING_S, LINE_LOADING_STEP_S
from bot.platforms.line.api import API_BASE, DATA_API_BASE, Answer, LineApi
from bot.platforms.line.render import Json, render

log = logging.getLogger(__name__)

REPLY_AGAIN_S: Final = 0.5
FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 30.0
LONGEST_RATE_WAIT_S: Final = 60.0
_REMEMBERED_TOKENS: Final = 2000

_REFUSALS: Final = {
    401: "line_bad_token",
    403: "line_forbidden",
    404: "line_not_found",
    410: "line_gone",
    413: "line_too_long",
}


class Quota(NamedTuple):
    """Pushes of this month; limit None: unlimited."""

    limit: int | None
    used: int


class LineChannel:
    """The port's channel for LINE; made inside a running loop, one for a process."""

    def __init__(
        self,
        token: str,
        api_base: str = API_BASE,
        *,
        now: Callable[[], datetime],
        data_api_base: str = DATA_API_BASE,
        session: aiohttp.ClientSession | None = None,
        patience_s: float = 2.5,
    ) -> None:
        self.api = LineApi(token, api_base, data_api_base, session=session, patience_s=patience_s)
        self._now = now
        self._dead_tokens: OrderedDict[str, None] = OrderedDict()

    async def send(self, delivery: Delivery, ref: str) -> Outcome:
        """Send once. LINE can't edit: `ref` means nothing here, and a quiet change of a message is left out.

        A Later with `reply_dead` must be repeated without the token, or a used one would pass for a reply that went.
        """
        if delivery.home:
            return Refused("line_has_no_home")
        if delivery.slot and delivery.quiet:
            return Sent()
        messages = render(delivery.cards)
        if not messages:
            return Refused("line_nothing_to_send")
        if self._is_reply_possible(delivery):
            outcome = await self._reply(delivery, messages)
            if outcome is not None:
                return outcome
        if delivery.free:
            return Refused("line_reserve")
        return await self._push(delivery, messages)

    async def loading(self, user_id: str, seconds: int = 20) -> None:
        """Show the three dots in a private chat until the next message, if LINE happens to be there."""
        least, most = LINE_LOADING_S
        stepped = -(-seconds // LINE_LOADING_STEP_S) * LINE_LOADING_STEP_S
        body = {"chatId": user_id, "loadingSeconds": min(most, max(least, stepped))}
        await self.api.post("/v2/bot/chat/loading/start", body)

    async def profile_language(self, user_id: str) -> str | None:
        """The person's language in LINE as a BCP 47 tag, or None where LINE doesn't tell."""
        answer = await self.api.get(f"/v2/bot/profile/{user_id}")
        language = answer.content.get("language") if answer.is_ok else None
        return language if isinstance(language, str) and language else None

    async def quota(self) -> Quota | None:
        """How many pushes the plan allows and how many are used, or None while LINE doesn't answer."""
        plan = await self.api.get("/v2/bot/message/quota")
        spent = await self.api.get("/v2/bot/message/quota/consumption")
        used = spent.content.get("totalUsage")
        if not (plan.is_ok and spent.is_ok and isinstance(used, int)):
            return None
        limit = plan.content.get("value") if plan.content.get("type") == "limited" else None
        return Quota(limit if isinstance(limit, int) else None, used)

    async def close(self) -> None:
        await self.api.close()

    # ---- reply --------------------------------------------------------------------------------------------

    def _is_reply_possible(self, delivery: Delivery) -> bool:
        if not delivery.reply_token or delivery.reply_until is None:
            return False
        return self._now() < delivery.reply_until and delivery.reply_token not in self._dead_tokens

    async def _reply(self, delivery: Delivery, messages: list[Json]) -> Outcome | None:
        """The outcome, or None when the token turned out to be of no use and nothing has been sent."""
        body = {"replyToken": delivery.reply_token, "messages": messages}
        answer = await self.api.post("/v2/bot/message/reply", body)
        if answer.status != 400:
            return _read_reply(answer, delivery.attempts)
        if delivery.attempts > 0 and not _is_about_the_body(answer):
            log.info("line_reply_had_gone: delivery %s", delivery.id)
            return Sent()
        self._forget(delivery.reply_token)
        return None

    def _forget(self, token: str) -> None:
        """Otherwise a push that has to wait would be taken at its next attempt for a reply that went."""
        self._dead_tokens[token] = None
        while len(self._dead_tokens) > _REMEMBERED_TOKENS:
            self._dead_tokens.popitem(last=False)

    # ---- push ---------------------------------------------------------------------------------------------

    async def _push(self, delivery: Delivery, messages: list[Json]) -> Outcome:
        body = {"to": delivery.address.id, "messages": messages}
        answer = await self.api.post("/v2/bot/message/push", body, retry_key=delivery.id)
        outcome = _read_push(answer, delivery.attempts)
        if isinstance(outcome, Refused):
            log.warning("%s: delivery %s, %s", outcome.reason, delivery.id, ", ".join(_properties(answer)))
        return outcome


def _read_reply(answer: Answer, attempts: int) -> Outcome:
    if answer.is_ok:
        return Sent()
    if answer.status == 429:
        return Later("line_reply_rate", _wait(attempts, LONGEST_RATE_WAIT_S))
    if answer.status in _REFUSALS:
        return Refused(_REFUSALS[answer.status])
    if 400 < answer.status < 500:
        return Refused(f"line_refused_{answer.status}")
    return Later("line_reply_doubt", REPLY_AGAIN_S)


def _read_push(answer: Answer, attempts: int) -> Outcome:
    """409 says that an earlier attempt with this key was taken. A 429 wasn't taken; its text says why."""
    match answer.status:
        case 409:
            return Sent()
        case 429 if "monthly limit" in _message(answer):
            return Refused("line_quota")
        case 429:
            return Later("line_push_rate", _wait(attempts, LONGEST_RATE_WAIT_S), reply_dead=True)
        case 400:
            return Refused("line_unknown_user" if _is_about_the_person(answer) else "line_bad_message")
        case status if status in _REFUSALS:
            return Refused(_REFUSALS[status])
        case status if 400 < status < 500:
            return Refused(f"line_refused_{status}")
    if answer.is_ok:
        return Sent()
    return Later(f"line_push_{answer.trouble or answer.status}", _wait(attempts), reply_dead=True)


def _wait(attempts: int, longest_s: float = LONGEST_WAIT_S) -> float:
    return min(longest_s, FIRST_WAIT_S * 2.0 ** min(attempts, 10))


def _is_about_the_body(answer: Answer) -> bool:
    return any(name.startswith("messages") for name in _properties(answer))


def _is_about_the_person(answer: Answer) -> bool:
    """LINE says "Failed to send messages" for an unknown person and names `to` for what is no id."""
    message = _message(answer)
    return "failed to send" in message or "'to'" in message or "to" in _properties(answer)


def _message(answer: Answer) -> str:
    return str(answer.content.get("message", "")).lower()


def _properties(answer: Answer) -> list[str]:
    """Where in our request LINE sees a fault; paths like messages[0].altText, never words of a person."""
    details = answer.content.get("details")
    if not isinstance(details, list):
        return []
    return [str(one.get("property", ""))[:80] for one in details if isinstance(one, dict)]

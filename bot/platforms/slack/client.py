"""Slack's Web API as a channel: a delivery posted, edited in place or published as App Home, and its outcome.

Nothing is tried twice here: Slack has no key against doubles, so a send in doubt is looked up by its mark
before the outbox sends it again. https://docs.slack.dev/reference/methods/chat.postMessage
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.app.delivering import Delivery, Later, Outcome, Refused, Sent
from bot.platforms.slack.pace import Pace
from bot.platforms.slack.quiet import sdk_logger
from bot.platforms.slack.render import home, render

MARK = "mamori_delivery"

_LOG = logging.getLogger(__name__)
_TIMEOUT_S = 2.5
_HISTORY = 50
_THREAD_HISTORY = 200
# Twice what a signature may be old: with clocks further apart nothing would reach us anyway.
_CLOCKS_APART = timedelta(minutes=10)
_RATE = {"ratelimited", "rate_limited"}
# Slack says of these that they pass, or that part of the work may have been done.
_PASSING = {
    "external_channel_migrating",
    "fatal_error",
    "internal_error",
    "org_login_required",
    "request_timeout",
    "service_unavailable",
    "team_added_to_org",
    "update_failed",
}
# The message can't be edited any more, its reader can still be reached.
_GONE = {
    "block_mismatch",
    "cant_update_message",
    "channel_not_found",
    "edit_window_closed",
    "is_inactive",
    "message_not_found",
}


@dataclass(frozen=True)
class _Answer:
    """What a method gave back: `data`, or the outcome that stands for its failure with Slack's own code."""

    data: Mapping[str, Any] = field(default_factory=dict)
    failure: Later | Refused | None = None
    code: str = ""


class SlackChannel:
    """The Slack way to people. Build it inside a running loop; `session` is used, never closed."""

    def __init__(
        self,
        token: str,
        api_base: str,
        now: Callable[[], datetime],
        session: aiohttp.ClientSession | None = None,
        timeout_s: float = _TIMEOUT_S,
        pace: Pace | None = None,
    ) -> None:
        self._own = None if session else aiohttp.ClientSession()
        self._client = AsyncWebClient(
            token,
            base_url=api_base,
            session=session or self._own,
            retry_handlers=[],  # the SDK's default posts again after a dropped connection: two pages
            logger=sdk_logger("web"),
        )
        self._now = now
        self._timeout_s = timeout_s
        self._private: dict[str, str] = {}
        self._team = ""
        self._pace = pace or Pace()

    async def close(self) -> None:
        if self._own:
            await self._own.close()

    async def send(self, delivery: Delivery, ref: str) -> Outcome:
        """Edit the tapped message or the one in the slot; where it is gone, or there is none, post anew."""
        if delivery.home:
            return await self._publish(delivery)
        for place in dict.fromkeys(filter(None, (delivery.message, ref))):
            answer = await self._update(place, delivery)
            if answer.failure is None:
                return Sent(place)
            if answer.code not in _GONE:
                return answer.failure
        return await self._post(delivery)

    async def email_of(self, user_id: str) -> str:
        """A colleague's e-mail if Slack has confirmed it, else an empty string."""
        team = await self._own_team()
        answer = await self._ask("users.info", self._client.users_info(user=user_id))
        user = answer.data.get("user")
        if not team or not isinstance(user, Mapping) or not _is_colleague(user, team):
            return ""
        profile = user.get("profile")
        email = profile.get("email") if isinstance(profile, Mapping) else ""
        return email if isinstance(email, str) else ""

    async def _publish(self, delivery: Delivery) -> Outcome:
        view = home(delivery.cards)
        publishing = self._client.views_publish(user_id=delivery.address.id, view=view)
        return (await self._ask("views.publish", publishing)).failure or Sent()

    async def _update(self, place: str, delivery: Delivery) -> _Answer:
        """Metadata is left out: Slack then keeps the mark of the delivery that first posted the message."""
        channel, _, ts = place.partition(":")
        text, blocks = render(delivery.cards)
        updating = self._client.chat_update(channel=channel, ts=ts, text=text, blocks=blocks, parse="none")
        return await self._ask("chat.update", updating)

    async def _post(self, delivery: Delivery) -> Outcome:
        """1. Find the conversation. 2. In doubt, see whether the message stands there already. 3. Its turn? 4. Post it."""
        room, _, thread = delivery.thread.partition(":")
        channel = room or await self._conversation(delivery.address.id)
        if not isinstance(channel, str):
            return channel
        if delivery.attempts:
            known = await self._look_up(channel, thread, delivery)
            if known is not None:
                return known
        wait_s = self._pace.wait_s(channel, _seconds_now(), urgent=delivery.urgent)
        if wait_s:
            return Later("slack_pace", wait_s, untouched=True)
        answer = await self._post_to(channel, thread, delivery)
        if isinstance(answer.failure, Later) and answer.failure.reason == "slack_rate":
            self._pace.refused(channel, _seconds_now(), answer.failure.after_s)
        if answer.failure is None:
            return Sent(f"{answer.data.get('channel', channel)}:{answer.data.get('ts', '')}")
        if answer.code == "channel_not_found":
            self._private.pop(delivery.address.id, None)
        return answer.failure

    async def _post_to(self, channel: str, thread: str, delivery: Delivery) -> _Answer:
        text, blocks = render(delivery.cards)
        posting = self._client.chat_postMessage(
            channel=channel,
            text=text,
            blocks=blocks,
            thread_ts=thread or None,
            metadata={"event_type": MARK, "event_payload": {"id": delivery.id}},
            unfurl_links=False,
            unfurl_media=False,
        )
        return await self._ask("chat.postMessage", posting)

    async def _conversation(self, address: str) -> str | Later | Refused:
        """A person's private conversation with the app. Posting to the user id would land with Slackbot."""
        if not address.startswith(("U", "W")):
            return address
        if address not in self._private:
            answer = await self._ask("conversations.open", self._client.conversations_open(users=address))
            if answer.failure:
                return answer.failure
            channel = answer.data.get("channel")
            if not isinstance(channel, Mapping) or not isinstance(channel.get("id"), str):
                return Later("slack_doubt")
            self._private[address] = channel["id"]
        return self._private[address]

    async def _look_up(self, channel: str, thread: str, delivery: Delivery) -> Outcome | None:
        """None: not there, or it can't be known; then a second message is better than none.

        Only where the look-up may succeed in a moment it is waited for, and never for an urgent page.
        """
        answer = await self._history(channel, thread, delivery.created)
        if answer.failure:
            return None if delivery.urgent or isinstance(answer.failure, Refused) else answer.failure
        for message in answer.data.get("messages") or ():
            if _mark_of(message) == delivery.id:
                return Sent(f"{channel}:{message.get('ts', '')}")
        return None

    async def _history(self, channel: str, thread: str, created: datetime) -> _Answer:
        if not thread:
            latest = self._client.conversations_history(
                channel=channel, limit=_HISTORY, include_all_metadata=True
            )
            return await self._ask("conversations.history", latest)
        oldest = f"{(created - _CLOCKS_APART).timestamp():.6f}"  # a thread is told from its beginning
        replies = self._client.conversations_replies(
            channel=channel, ts=thread, limit=_THREAD_HISTORY, oldest=oldest, include_all_metadata=True
        )
        return await self._ask("conversations.replies", replies)

    async def _own_team(self) -> str:
        if not self._team:
            team = (await self._ask("auth.test", self._client.auth_test())).data.get("team_id")
            self._team = team if isinstance(team, str) else ""
        return self._team

    async def _ask(self, method: str, call: Awaitable[AsyncSlackResponse]) -> _Answer:
        """The SDK leaves time-outs to a shared session, so ours stands around the call."""
        began = self._now()
        answer = await self._answer_to(call)
        took = (self._now() - began) / timedelta(milliseconds=1)
        if answer.failure:
            _LOG.warning("slack %s: %s after %d ms", method, answer.failure.reason, took)
        else:
            _LOG.debug("slack %s: ok after %d ms", method, took)
        return answer

    async def _answer_to(self, call: Awaitable[AsyncSlackResponse]) -> _Answer:
        try:
            async with asyncio.timeout(self._timeout_s):
                response = await call
        except SlackApiError as error:
            return _failure(error.response)
        except aiohttp.ClientConnectorError:
            return _Answer(failure=Later("slack_unreachable"))
        except (aiohttp.ClientError, OSError, TimeoutError):
            return _Answer(failure=Later("slack_doubt"))
        except (AttributeError, TypeError, ValueError):  # a body that the SDK itself stumbles over
            return _Answer(failure=Later("slack_doubt"))
        return _Answer(response.data if isinstance(response.data, dict) else {})


def _seconds_now() -> float:
    """By the event loop's watch: spacing is real time, also where a demo has moved the clock."""
    return asyncio.get_running_loop().time()


def _failure(response: Any) -> _Answer:
    """`response` is the SDK's, or aiohttp's where the body was no JSON."""
    status = getattr(response, "status_code", 0) or getattr(response, "status", 0)
    data = getattr(response, "data", None)
    code = str(data.get("error") or "") if isinstance(data, dict) else ""
    if status == 429 or code in _RATE:
        return _Answer(failure=Later("slack_rate", _seconds(response.headers.get("Retry-After"))), code=code)
    if status >= 500 or code in _PASSING or (status < 400 and not code):
        return _Answer(failure=Later("slack_doubt"), code=code)
    return _Answer(failure=Refused(f"slack_{code or f'http_{status}'}"), code=code)


def _seconds(retry_after: str | None) -> float:
    return float(retry_after) if retry_after and retry_after.isascii() and retry_after.isdigit() else 1.0


def _mark_of(message: Any) -> str:
    metadata = message.get("metadata") if isinstance(message, Mapping) else None
    if not isinstance(metadata, Mapping) or metadata.get("event_type") != MARK:
        return ""
    payload = metadata.get("event_payload")
    return str(payload.get("id", "")) if isinstance(payload, Mapping) else ""


def _is_colleague(user: Mapping[str, Any], team: str) -> bool:
    """Someone else's workspace can confirm any address, so a guest from there proves nothing by it.

    https://docs.slack.dev/reference/objects/user-object
    """
    outside = user.get("deleted") or user.get("is_bot") or user.get("is_stranger")
    return bool(user.get("is_email_confirmed")) and not outside and user.get("team_id") == team

"""Sending to Slack over HTTP with the official client: what goes out, and what becomes of each answer."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.app.delivering import Delivery, Later, Refused, Sent
from bot.app.inbound import Address
from bot.core.messages import Button, Card
from bot.platforms.slack.client import SlackChannel
from bot.platforms.slack.render import home, render
from tests.platforms.slack.conftest import LoopbackSlack

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
CARDS = (Card("お知らせ", title="対応中", body=("秘密のことば",), bottom=(Button("応援", "m1.help"),)),)
TO_PERSON = Delivery("id-1", Address("slack", "U1"), CARDS, NOW)
TO_ROOM = replace(TO_PERSON, address=Address("slack", "C1"))
STANDING = "D1:1600000000.000001"


@pytest.fixture
async def channel(slack: LoopbackSlack) -> AsyncIterator[SlackChannel]:
    async with aiohttp.ClientSession() as session:
        made = SlackChannel("xoxb-secret", slack.base, lambda: NOW, session)
        yield made
        await made.close()
        assert not session.closed


# ---- what goes out -----------------------------------------------------------------------------------------


async def test_a_person_is_reached_in_their_private_conversation(
    slack: LoopbackSlack, channel: SlackChannel
) -> None:
    assert await channel.send(TO_PERSON, "") == Sent("D1:1700000000.000001")
    text, blocks = render(CARDS)
    posted = slack.asked("chat.postMessage")
    assert (posted["channel"], posted["text"], posted["blocks"]) == ("D1", text, blocks)
    assert posted["metadata"] == {"event_type": "mamori_delivery", "event_payload": {"id": "id-1"}}
    assert "thread_ts" not in posted


async def test_the_private_conversation_is_opened_once(slack: LoopbackSlack, channel: SlackChannel) -> None:
    await channel.send(TO_PERSON, "")
    await channel.send(replace(TO_PERSON, id="id-2"), "")
    assert slack.methods() == ["conversations.open", "chat.postMessage", "chat.postMessage"]


async def test_a_room_gets_the_message_itself(slack: LoopbackSlack, channel: SlackChannel) -> None:
    assert await channel.send(TO_ROOM, "") == Sent("C1:1700000000.000001")
    assert slack.methods() == ["chat.postMessage"]


async def test_an_answer_in_a_thread_stands_in_the_thread(
    slack: LoopbackSlack, channel: SlackChannel
) -> None:
    await channel.send(replace(TO_ROOM, thread="C1:1500000000.000001"), "")
    assert slack.asked("chat.postMessage")["thread_ts"] == "1500000000.000001"


async def test_the_standing_message_is_edited_in_place(slack: LoopbackSlack, channel: SlackChannel) -> None:
    assert await channel.send(TO_PERSON, STANDING) == Sent(STANDING)
    assert slack.methods() == ["chat.update"]
    updated = slack.asked("chat.update")
    assert (updated["channel"], updated["ts"]) == ("D1", "1600000000.000001")
    assert "metadata" not in updated


async def test_the_tapped_message_comes_before_the_standing_one(
    slack: LoopbackSlack, channel: SlackChannel
) -> None:
    assert await channel.send(replace(TO_PERSON, message="D1:5.5"), STANDING) == Sent("D1:5.5")
    assert slack.methods() == ["chat.update"]


@pytest.mark.parametrize("code", ["message_not_found", "cant_update_message", "edit_window_closed"])
async def test_where_the_message_is_gone_a_new_one_is_posted(
    slack: LoopbackSlack, channel: SlackChannel, code: str
) -> None:
    slack.fails("chat.update", code)
    assert await channel.send(TO_PERSON, STANDING) == Sent("D1:1700000000.000001")
    assert slack.methods() == ["chat.update", "conversations.open", "chat.postMessage"]


async def test_a_home_is_published_and_nothing_posted(slack: LoopbackSlack, channel: SlackChannel) -> None:
    assert await channel.send(replace(TO_PERSON, home=True), "") == Sent("")
    assert slack.methods() == ["views.publish"]
    published = slack.asked("views.publish")
    assert (published["user_id"], published["view"]) == ("U1", home(CARDS))


# ---- in doubt ----------------------------------------------------------------------------------------------


def marked(delivery_id: str, ts: str) -> dict[str, Any]:
    return {"ts": ts, "metadata": {"event_type": "mamori_delivery", "event_payload": {"id": delivery_id}}}


async def test_a_message_that_stands_there_already_is_not_posted_twice(
    slack: LoopbackSlack, channel: SlackChannel
) -> None:
    slack.says("conversations.history", {"messages": [{"ts": "9.9"}, marked("id-1", "8.8")]})
    assert await channel.send(replace(TO_PERSON, attempts=1), "") == Sent("D1:8.8")
    assert slack.methods() == ["conversations.open", "conversations.history"]
    assert slack.asked("conversations.history")["include_all_metadata"] in ("1", "true", "True")


async def test_someone_elses_mark_is_not_ours(slack: LoopbackSlack, channel: SlackChannel) -> None:
    other = {"ts": "7.7", "metadata": {"event_type": "other", "event_payload": {"id": "id-1"}}}
    slack.says("conversations.history", {"messages": [marked("id-2", "8.8"), other, {"metadata": 5}]})
    assert await channel.send(replace(TO_PERSON, attempts=1), "") == Sent("D1:1700000000.000001")


async def test_in_a_thread_the_thread_is_looked_through(slack: LoopbackSlack, channel: SlackChannel) -> None:
    slack.says("conversations.replies", {"messages": [marked("id-1", "8.8")]})
    delivery = replace(TO_ROOM, thread="C1:1.1", attempts=2)
    assert await channel.send(delivery, "") == Sent("C1:8.8")
    assert slack.methods() == ["conversations.replies"]


async def test_while_it_cannot_be_looked_up_it_is_not_sent(
    slack: LoopbackSlack, channel: SlackChannel
) -> None:
    slack.fails("conversations.history", "internal_error")
    assert await channel.send(replace(TO_PERSON, attempts=1), "") == Later("slack_doubt")
    assert "chat.postMessage" not in slack.methods()


async def test_an_urgent_page_comes_twice_rather_than_late(
    slack: LoopbackSlack, channel: SlackChannel
) -> None:
    slack.fails("conversations.history", "internal_error")
    urgent = replace(TO_PERSON, attempts=1, urgent=True)
    assert await channel.send(urgent, "") == Sent("D1:1700000000.000001")


async def test_without_the_right_to_look_it_is_sent(slack: LoopbackSlack, channel: SlackChannel) -> None:
    slack.fails("conversations.history", "missing_scope")
    assert await channel.send(replace(TO_PERSON, attempts=1), "") == Sent("D1:1700000000.000001")


async def test_an_edit_is_simply_made_again(slack: LoopbackSlack, channel: SlackChannel) -> None:
    assert await channel.send(replace(TO_PERSON, attempts=3), STANDING) == Sent(STANDING)
    assert slack.methods() == ["chat.update"]


# ---- what becomes of each answer ---------------------------------------------------------------------------


def answer(status: int, body: str, kind: str = "application/json", **headers: str) -> web.Response:
    return web.Response(status=status, text=body, content_type=kind, headers=headers)


RATED = '{"ok":false,"error":"ratelimited"}'


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        (lambda: answer(429, RATED, **{"Retry-After": "30"}), Later("slack_rate", 30.0)),
        (lambda: answer(429, "", "text/html", **{"Retry-After": "soon"}), Later("slack_rate", 1.0)),
        (lambda: answer(200, '{"ok":false,"error":"rate_limited"}'), Later("slack_rate", 1.0)),
        (lambda: answer(500, ""), Later("slack_doubt")),
        (lambda: answer(503, "<html>", "text/html"), Later("slack_doubt")),
        (lambda: answer(502, "bad gateway", "text/plain"), Later("slack_doubt")),
        (lambda: answer(200, "nonsense", "text/plain"), Later("slack_doubt")),
        (lambda: answer(200, "{"), Later("slack_doubt")),
        (lambda: answer(200, "[]"), Later("slack_doubt")),
        (lambda: answer(200, '{"ok":false}'), Later("slack_doubt")),
        (lambda: answer(200, '{"ok":false,"error":"fatal_error"}'), Later("slack_doubt")),
        (lambda: answer(404, "<html>", "text/html"), Refused("slack_http_404")),
    ],
)
async def test_each_answer_has_its_outcome(
    slack: LoopbackSlack, channel: SlackChannel, told: Any, outcome: Any
) -> None:
    slack.answers["chat.postMessage"].append(told())
    assert await channel.send(TO_ROOM, "") == outcome
    assert slack.methods() == ["chat.postMessage"]


@pytest.mark.parametrize(
    "code",
    [
        "channel_not_found",
        "is_archived",
        "invalid_auth",
        "account_inactive",
        "invalid_blocks",
        "msg_too_long",
    ],
)
async def test_what_will_never_be_taken_is_refused(
    slack: LoopbackSlack, channel: SlackChannel, code: str
) -> None:
    slack.fails("chat.postMessage", code)
    assert await channel.send(TO_ROOM, "") == Refused(f"slack_{code}")


async def test_an_unknown_person_is_refused(slack: LoopbackSlack, channel: SlackChannel) -> None:
    slack.fails("conversations.open", "user_not_found")
    assert await channel.send(TO_PERSON, "") == Refused("slack_user_not_found")


async def test_a_conversation_that_vanished_is_opened_anew_next_time(
    slack: LoopbackSlack, channel: SlackChannel
) -> None:
    slack.fails("chat.postMessage", "channel_not_found")
    assert await channel.send(TO_PERSON, "") == Refused("slack_channel_not_found")
    assert await channel.send(TO_PERSON, "") == Sent("D1:1700000000.000001")
    assert slack.methods().count("conversations.open") == 2


async def test_silence_is_doubt_and_ends_in_time(slack: LoopbackSlack) -> None:
    hasty = SlackChannel("xoxb", slack.base, lambda: NOW, timeout_s=0.1)
    slack.answers["chat.postMessage"].append(0.5)
    assert await hasty.send(TO_ROOM, "") == Later("slack_doubt")
    await hasty.close()


async def test_nobody_at_the_address_is_later(unused_tcp_port: int) -> None:
    channel = SlackChannel("xoxb", f"http://127.0.0.1:{unused_tcp_port}/api/", lambda: NOW)
    assert await channel.send(TO_ROOM, "") == Later("slack_unreachable")
    await channel.close()


async def test_neither_words_nor_tokens_are_logged(
    slack: LoopbackSlack, channel: SlackChannel, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        await channel.send(TO_PERSON, "")
        slack.fails("chat.postMessage", "invalid_blocks")
        await channel.send(TO_PERSON, "")
    assert "invalid_blocks" in caplog.text
    assert "秘密" not in caplog.text
    assert "xoxb-secret" not in caplog.text


# ---- who someone is ----------------------------------------------------------------------------------------

COLLEAGUE = {
    "id": "U1",
    "team_id": "T1",
    "is_email_confirmed": True,
    "profile": {"email": "sato@city.example"},
}


async def test_a_colleagues_confirmed_address_is_told(slack: LoopbackSlack, channel: SlackChannel) -> None:
    slack.says("users.info", {"user": COLLEAGUE})
    assert await channel.email_of("U1") == "sato@city.example"
    assert slack.asked("users.info")["user"] == "U1"


@pytest.mark.parametrize(
    "change",
    [
        {"is_email_confirmed": False},
        {"is_email_confirmed": None},
        {"deleted": True},
        {"is_bot": True},
        {"is_stranger": True},
        {"team_id": "T2"},
        {"team_id": None},
        {"profile": None},
        {"profile": {}},
    ],
)
async def test_nobody_elses_address_is_told(
    slack: LoopbackSlack, channel: SlackChannel, change: dict[str, Any]
) -> None:
    slack.says("users.info", {"user": COLLEAGUE | change})
    assert await channel.email_of("U1") == ""


async def test_while_slack_does_not_say_who_we_are_no_address_is_told(
    slack: LoopbackSlack, channel: SlackChannel
) -> None:
    slack.fails("auth.test", "internal_error")
    slack.says("users.info", {"user": COLLEAGUE | {"team_id": ""}})
    assert await channel.email_of("U1") == ""


async def test_an_unknown_user_has_no_address(slack: LoopbackSlack, channel: SlackChannel) -> None:
    slack.fails("users.info", "user_not_found")
    assert await channel.email_of("U404") == ""

"""Sending over LINE, with its SDK over HTTP: replies while they are free, never a lost or doubled push."""

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from bot.app.delivering import Delivery, Later, Refused, Sent
from bot.app.inbound import Address
from bot.core.messages import Button, Card
from bot.platforms.line.client import LineChannel, Quota

pytestmark = pytest.mark.anyio

START = datetime(2026, 4, 1, 1, 0, tzinfo=UTC)
USER = "U" + "a1" * 16
CARD = Card(alt="確認の質問です", body=("大声は続いていますか。",), choices=(Button("はい", "m1.help"),))
PUSH = Delivery("8c9a1f60-1111-4222-8333-444455556666", Address("line", USER), (CARD,), created=START)
REPLY = replace(PUSH, reply_token="token-1", reply_until=START + timedelta(seconds=50))
AGAIN = replace(REPLY, attempts=1)

USED_TOKEN = (400, {"message": "Invalid reply token"})
BAD_MESSAGE = (
    400,
    {
        "message": "The request body has 1 error(s)",
        "details": [{"message": "May not be empty", "property": "messages[0].altText"}],
    },
)
MONTHLY = (429, {"message": "You have reached your monthly limit."})
RATE = (429, {"message": "The API rate limit has been exceeded. Try again later."})


class Clock:
    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def channel(line: Any, clock: Clock) -> AsyncIterator[LineChannel]:
    made = LineChannel("secret-token", line.url, now=clock, data_api_base=line.url, patience_s=0.3)
    yield made
    await made.close()


# ---- replies --------------------------------------------------------------------------------------------


async def test_while_the_token_lives_the_answer_is_a_free_reply(line: Any, channel: LineChannel) -> None:
    assert await channel.send(REPLY, "") == Sent()
    (call,) = line.calls
    assert (call.method, call.path) == ("POST", "/v2/bot/message/reply")
    assert call.body["replyToken"] == "token-1"
    assert call.body["messages"][0]["altText"] == "確認の質問です"
    assert call.headers["Authorization"] == "Bearer secret-token"
    assert "X-Line-Retry-Key" not in call.headers


@pytest.mark.parametrize("past", [timedelta(seconds=50), timedelta(minutes=30)])
async def test_a_token_that_ran_out_is_not_tried(
    line: Any, channel: LineChannel, clock: Clock, past: timedelta
) -> None:
    clock.time += past
    assert await channel.send(REPLY, "") == Sent()
    assert line.paths() == ["push"]


async def test_a_token_that_is_no_good_turns_into_a_push_at_once(line: Any, channel: LineChannel) -> None:
    line.answers = [USED_TOKEN]
    assert await channel.send(REPLY, "") == Sent()
    assert line.paths() == ["reply", "push"]


@pytest.mark.parametrize("trouble", ["hang", "drop", (500, {}), (503, {})])
async def test_a_reply_whose_answer_is_lost_is_tried_again_with_its_token(
    line: Any, channel: LineChannel, trouble: Any
) -> None:
    line.answers = [trouble, (200, {})]
    assert await channel.send(REPLY, "") == Later("line_reply_doubt", 0.5)
    assert await channel.send(AGAIN, "") == Sent()
    assert line.paths() == ["reply", "reply"]


async def test_a_doubtful_reply_whose_token_is_used_up_had_gone(line: Any, channel: LineChannel) -> None:
    line.answers = ["hang", USED_TOKEN]
    await channel.send(REPLY, "")
    assert await channel.send(AGAIN, "") == Sent()
    assert line.paths() == ["reply", "reply"]


async def test_a_push_that_has_to_wait_is_not_mistaken_for_a_reply_that_went(
    line: Any, channel: LineChannel
) -> None:
    line.answers = [USED_TOKEN, (503, {}), (200, {})]
    assert isinstance(await channel.send(REPLY, ""), Later)
    assert await channel.send(AGAIN, "") == Sent()
    assert line.paths() == ["reply", "push", "push"]


async def test_a_doubtful_reply_after_the_tokens_life_is_pushed(
    line: Any, channel: LineChannel, clock: Clock
) -> None:
    clock.time += timedelta(minutes=2)
    assert await channel.send(AGAIN, "") == Sent()
    assert line.paths() == ["push"]


async def test_a_reply_that_line_finds_faulty_is_refused(line: Any, channel: LineChannel) -> None:
    line.answers = [BAD_MESSAGE, BAD_MESSAGE]
    assert await channel.send(AGAIN, "") == Refused("line_bad_message")


async def test_too_many_replies_wait(line: Any, channel: LineChannel) -> None:
    line.answers = [RATE]
    assert await channel.send(REPLY, "") == Later("line_reply_rate", 0.5)


# ---- pushes ---------------------------------------------------------------------------------------------


async def test_every_attempt_of_a_push_is_the_same_request_with_the_same_key(
    line: Any, channel: LineChannel
) -> None:
    line.answers = ["hang", "drop", (409, {"message": "The retry key is already accepted"})]
    outcomes = [await channel.send(replace(PUSH, attempts=n), "") for n in range(3)]
    assert outcomes == [
        Later("line_push_timeout", 0.5, reply_dead=True),
        Later("line_push_connection", 1.0, reply_dead=True),
        Sent(),
    ]
    assert {call.headers["X-Line-Retry-Key"] for call in line.calls} == {PUSH.id}
    assert len({call.raw for call in line.calls}) == 1
    assert line.calls[0].body["to"] == USER


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ((200, {"sentMessages": []}), Sent()),
        ((409, {}), Sent()),
        (MONTHLY, Refused("line_quota")),
        (RATE, Later("line_push_rate", 0.5, reply_dead=True)),
        ((400, {"message": "Failed to send messages"}), Refused("line_unknown_user")),
        (
            (400, {"message": "The property, 'to', in the request body is invalid"}),
            Refused("line_unknown_user"),
        ),
        (BAD_MESSAGE, Refused("line_bad_message")),
        ((400, []), Refused("line_bad_message")),
        ((401, {}), Refused("line_bad_token")),
        ((403, {}), Refused("line_forbidden")),
        ((404, {}), Refused("line_not_found")),
        ((413, {}), Refused("line_too_long")),
        ((415, {}), Refused("line_refused_415")),
        ((500, {}), Later("line_push_500", 0.5, reply_dead=True)),
    ],
)
async def test_what_line_says_of_a_push(line: Any, channel: LineChannel, answer: Any, outcome: Any) -> None:
    line.answers = [answer]
    assert await channel.send(PUSH, "") == outcome


async def test_the_waits_grow_but_not_for_ever(line: Any, channel: LineChannel) -> None:
    line.answers = [(503, {})] * 4
    outcomes = [await channel.send(replace(PUSH, attempts=n), "") for n in (0, 3, 6, 500)]
    assert [one.after_s for one in outcomes if isinstance(one, Later)] == [0.5, 4.0, 30.0, 30.0]


async def test_nobody_listening_is_no_error_of_ours(clock: Clock) -> None:
    channel = LineChannel("t", "http://127.0.0.1:9", now=clock, patience_s=1)
    assert await channel.send(PUSH, "") == Later("line_push_connection", 0.5, reply_dead=True)
    assert await channel.send(REPLY, "") == Later("line_reply_doubt", 0.5)
    assert await channel.quota() is None
    assert await channel.profile_language(USER) is None
    await channel.loading(USER, 20)
    await channel.close()


# ---- standing messages ----------------------------------------------------------------------------------


async def test_a_quiet_change_of_a_standing_message_is_left_out(line: Any, channel: LineChannel) -> None:
    assert await channel.send(replace(PUSH, slot="page", quiet=True), "") == Sent()
    assert line.calls == []


async def test_a_loud_change_of_a_standing_message_is_a_new_one(line: Any, channel: LineChannel) -> None:
    assert await channel.send(replace(PUSH, slot="page"), "") == Sent()
    assert line.paths() == ["push"]


async def test_what_line_does_not_have_is_refused_without_asking(line: Any, channel: LineChannel) -> None:
    assert await channel.send(replace(PUSH, home=True), "") == Refused("line_has_no_home")
    assert await channel.send(replace(PUSH, cards=()), "") == Refused("line_nothing_to_send")
    assert line.calls == []


# ---- beside sending -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("wanted", "sent"), [(1, 5), (20, 20), (21, 25), (600, 60)])
async def test_the_dots_show_for_a_time_that_line_allows(
    line: Any, channel: LineChannel, wanted: int, sent: int
) -> None:
    line.answers = [(202, {})]
    await channel.loading(USER, wanted)
    (call,) = line.calls
    assert (call.path, call.body) == ("/v2/bot/chat/loading/start", {"chatId": USER, "loadingSeconds": sent})


@pytest.mark.parametrize("trouble", [(400, {}), (429, {}), (500, {}), "drop"])
async def test_the_dots_never_stop_anything(line: Any, channel: LineChannel, trouble: Any) -> None:
    line.answers = [trouble]
    await channel.loading(USER, 20)


async def test_the_language_is_the_profiles_where_it_tells(line: Any, channel: LineChannel) -> None:
    line.answers = [(200, {"userId": USER, "language": "en"}), (200, {"userId": USER}), (404, {})]
    assert [await channel.profile_language(USER) for _ in range(3)] == ["en", None, None]
    assert line.calls[0].path == f"/v2/bot/profile/{USER}"


@pytest.mark.parametrize(
    ("plan", "spent", "quota"),
    [
        ((200, {"type": "limited", "value": 200}), (200, {"totalUsage": 7}), Quota(200, 7)),
        ((200, {"type": "none"}), (200, {"totalUsage": 7}), Quota(None, 7)),
        ((200, {"type": "none"}), (500, {}), None),
        ((401, {}), (200, {"totalUsage": 7}), None),
    ],
)
async def test_the_quota_is_what_the_plan_allows_and_what_is_spent(
    line: Any, channel: LineChannel, plan: Any, spent: Any, quota: Quota | None
) -> None:
    line.answers = [plan, spent]
    assert await channel.quota() == quota


async def test_the_log_names_ids_and_outcomes_but_no_words_and_no_tokens(
    line: Any, channel: LineChannel, caplog: pytest.LogCaptureFixture
) -> None:
    line.answers = [USED_TOKEN, BAD_MESSAGE]
    with caplog.at_level(logging.DEBUG, "bot"):
        await channel.send(REPLY, "")
    assert PUSH.id in caplog.text
    assert "messages[0].altText" in caplog.text
    assert "r-1" in caplog.text
    for secret in ("secret-token", "token-1", "大声", "確認"):
        assert secret not in caplog.text


async def test_a_session_that_was_lent_is_used_and_left_open(line: Any, clock: Clock) -> None:
    async with aiohttp.ClientSession(headers={"X-Lent": "yes"}) as session:
        channel = LineChannel("t", line.url, now=clock, session=session)
        assert await channel.send(PUSH, "") == Sent()
        await channel.close()
        assert not session.closed
    assert line.calls[0].headers["X-Lent"] == "yes"


async def test_a_proxy_of_the_environment_is_not_looked_up_at_every_call(
    line: Any, channel: LineChannel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK's own session would follow this variable in a thread for every message."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    assert await channel.send(PUSH, "") == Sent()

"""What both platforms share: clock, memory over a restart, faults, wire log, control addresses."""

import asyncio
import json
from pathlib import Path

import aiohttp
import pytest
from linebot.v3.messaging import ApiException, PushMessageRequest, TextMessage

from bot.playground.world.changes import Changes
from bot.playground.world.clock import Clock
from bot.playground.world.faults import read_fault
from bot.playground.world.shelf import FILE_NAME, Shelf
from bot.playground.world.wire import KEPT
from tests.playground.stage import CHANNEL, HANA, RIKU, Stage, stage

pytestmark = pytest.mark.anyio
PUSH = {"to": HANA, "messages": [{"type": "text", "text": "x"}]}


async def test_chats_survive_a_restart(tmp_path: Path) -> None:
    async with stage(tmp_path) as before:
        await before.platform.line_text(HANA, "前")
        await before.slack.chat_postMessage(channel=CHANNEL, text="前")
        await before.slack.views_publish(user_id=RIKU, view={"type": "home", "blocks": [{"type": "divider"}]})
        await before.platform.line_unfollow(HANA)
        await before.platform.advance(600)
        old_ts = before.platform.slack_messages(CHANNEL)[0]["ts"]
    async with stage(tmp_path) as after:
        assert [row["message"]["text"] for row in after.platform.line_messages(HANA)] == ["前"]
        assert after.platform.views.home(RIKU) is not None
        assert not after.platform.chats.is_friend(HANA)
        assert after.platform.clock.ahead_s == 600
        await after.slack.chat_update(channel=CHANNEL, ts=old_ts, text="後")
        assert after.platform.slack_messages(CHANNEL)[0]["text"] == "後"
        await after.platform.line_follow(HANA)
        assert after.bot.events[-1]["follow"] == {"isUnblocked": True}


async def test_a_retry_key_is_known_after_a_restart(tmp_path: Path) -> None:
    key = "123e4567-e89b-12d3-a456-426614174000"
    async with stage(tmp_path) as before:
        assert (await before.line_call("/message/push", PUSH, x_line_retry_key=key))[0] == 200
    async with stage(tmp_path) as after:
        assert (await after.line_call("/message/push", PUSH, x_line_retry_key=key))[0] == 409


def test_a_line_torn_by_a_crash_loses_only_itself(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.put("t", "a", 1)
    shelf.close()
    with (tmp_path / FILE_NAME).open("ab") as file:
        file.write(b'["t","b",{"cut')
    shelf = Shelf(tmp_path)
    shelf.put("t", "c", 3)
    shelf.drop("t", "a")
    shelf.close()
    shelf = Shelf(tmp_path)
    assert list(shelf.items("t")) == [("c", 3)]
    shelf.close()


async def test_the_clock_is_shared_through_its_file(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    async with stage(clock_file=file) as running:
        told = await running.control("/clock", advance_s=60)
        assert (told["ahead_s"], float(file.read_text())) == (60.0, 60.0)
        assert Clock(file).ahead_s == 60
        assert (await running.control("/clock", advance_s=-1))["ok"] is False
        assert (await running.get("/state"))["clock"]["ahead_s"] == 60


async def test_ordered_faults_come_one_after_another_then_it_works(play: Stage) -> None:
    replies = [{"status": 503}, {"status": 429, "body": {"message": "m"}, "headers": {"x-a": "b"}}]
    assert (await play.control("/faults", platform="line", method="push", replies=replies))["ok"]
    first = await play.line_call("/message/push", PUSH)
    second = await play.line_call("/message/push", PUSH)
    third = await play.line_call("/message/push", PUSH)
    assert (first[0], second[0], second[1]["x-a"], second[2], third[0]) == (
        503,
        429,
        "b",
        {"message": "m"},
        200,
    )


async def test_a_lost_answer_leaves_the_work_done_and_a_dropped_call_does_not(play: Stage) -> None:
    replies = [{"accept_then": "drop"}, {"drop": True}]
    await play.control("/faults", platform="line", method="*", replies=replies)
    for done in (1, 1):
        with pytest.raises(aiohttp.ClientError):
            await play.line_call("/message/push", PUSH)
        assert len(play.platform.line_messages(HANA)) == done
    with pytest.raises(ApiException):
        await play.line.push_message(PushMessageRequest(to="U" + "f" * 32, messages=[TextMessage(text="x")]))


async def test_slack_can_lose_an_answer_too(play: Stage) -> None:
    replies = [{"accept_then": "drop"}]
    await play.control("/faults", platform="slack", method="chat.postMessage", replies=replies)
    with pytest.raises(aiohttp.ClientError):
        await play.slack_call("chat.postMessage", channel=CHANNEL, text="a")
    assert [row["text"] for row in play.platform.slack_messages(CHANNEL)] == ["a"]


async def test_a_call_can_hang(play: Stage) -> None:
    await play.control("/faults", platform="line", method="push", replies=[{"hang_s": 0.3}])
    started = asyncio.get_running_loop().time()
    assert (await play.line_call("/message/push", PUSH))[0] == 200
    assert asyncio.get_running_loop().time() - started >= 0.3


@pytest.mark.parametrize("reply", [{}, {"statsu": 1}, {"accept_then": "nothing"}])
def test_a_fault_that_makes_no_sense_is_refused(reply: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"accept_then|made of"):
        read_fault(reply)


async def test_the_wire_shows_both_ways_without_secrets(play: Stage) -> None:
    await play.platform.line_text(HANA, "a")
    token = play.bot.events[0]["replyToken"]
    body = {"replyToken": token, "messages": [{"type": "text", "text": "x"}]}
    await play.line_call("/message/reply", body)
    await play.slack.chat_postMessage(channel=CHANNEL, text="a")
    wire = await play.get("/wire?since=0")
    shown = [(row["direction"], row["platform"], row["method"], row["status"]) for row in wire]
    assert shown == [
        ("to_bot", "line", "webhook", 200),
        ("from_bot", "line", "reply", 200),
        ("from_bot", "slack", "chat.postMessage", 200),
    ]
    text = json.dumps(wire)
    assert not any(secret in text for secret in ("line-token", "xoxb-test", token))
    assert [row["n"] for row in await play.get("/wire?since=2")] == [3]


async def test_the_wire_keeps_five_hundred(play: Stage) -> None:
    for _ in range(KEPT + 5):
        await play.line_call("/message/push", PUSH)
    rows = play.platform.wire.since(0)
    assert (len(rows), rows[0]["n"]) == (KEPT, 6)


async def test_pages_hear_of_changes_once_each() -> None:
    changes = Changes()
    heard = changes.listen()
    first = asyncio.ensure_future(anext(heard))
    await asyncio.sleep(0)
    for _ in range(3):
        changes.tell("line", HANA)
    changes.tell("wire", "")
    assert await first == [("line", HANA), ("wire", "")]
    await heard.aclose()
    changes.tell("line", HANA)


async def test_the_event_stream_names_what_changed(play: Stage) -> None:
    async with play.http.get(f"{play.url}/control/events") as stream:
        assert (await stream.content.readline()).startswith(b"retry")
        await stream.content.readline()
        await play.line_call("/message/push", PUSH)
        assert await stream.content.readline() == b"event: change\n"
        assert json.loads((await stream.content.readline()).removeprefix(b"data: ")) == {
            "kind": "line",
            "key": HANA,
        }


async def test_the_state_can_be_narrowed(play: Stage) -> None:
    whole, part = await play.get("/state"), await play.get(f"/state?slack={CHANNEL}")
    assert set(whole["slack"]["conversations"]) == {"D0RIKU0001", "D0MIO00001", CHANNEL}
    assert (len(whole["line"]), part["line"], list(part["slack"]["conversations"])) == (2, {}, [CHANNEL])
    assert whole["people"][0]["name"] == "佐藤 花"


async def test_control_answers_bad_orders_with_a_sentence(play: Stage) -> None:
    for path, body in (
        (f"/line/{HANA}/text", {}),
        (f"/line/{HANA}/menu", {"area": 9}),
        ("/line/nobody/text", {"text": "a"}),
        (f"/slack/{RIKU}/message", {"text": "a", "channel": "C0NOWHERE"}),
        (f"/slack/{RIKU}/tap", {"channel": CHANNEL, "ts": "1.0", "block_id": "a", "action_id": "b"}),
        ("/redeliver", {"platform": "line", "event_id": "none"}),
        ("/faults", {"platform": "fax", "method": "*", "replies": []}),
        ("/clock", {"advance_s": "soon"}),
    ):
        told = await play.control(path, **body)
        assert (told["ok"], bool(told["error"])) == (False, True), path


async def test_pages_of_other_sites_may_not_press_buttons(play: Stage) -> None:
    headers = {"origin": "http://elsewhere.example"}
    async with play.http.post(f"{play.url}/control/clock", json={"advance_s": 60}, headers=headers) as answer:
        assert answer.status == 403
    assert play.platform.clock.ahead_s == 0


async def test_a_bot_that_is_not_there_is_told_apart_from_one_that_refuses() -> None:
    async with stage() as running:
        running.bot.statuses = [500]
        refused = await running.control(f"/line/{HANA}/text", text="a")
        assert (refused["ok"], refused["status"]) == (True, 500)
    async with stage(bot_url="http://127.0.0.1:1") as running:
        silent = await running.control(f"/line/{HANA}/text", text="a")
        assert (silent["ok"], silent["status"], silent["trouble"]) == (False, None, "connection")

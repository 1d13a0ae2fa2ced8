"""How soon the next message may go to one conversation."""

from dataclasses import replace

import pytest

from bot.app.delivering import Later, Sent
from bot.app.inbound import Address
from bot.platforms.slack.client import SlackChannel
from bot.platforms.slack.pace import REMEMBERED, Pace
from tests.platforms.slack.conftest import LoopbackSlack
from tests.platforms.slack.test_client import TO_ROOM, channel

__all__ = ["channel"]


def test_a_room_takes_one_message_a_second() -> None:
    pace = Pace()
    waits = [pace.wait_s("C1", at, urgent=False) for at in (0.0, 0.25, 1.0, 1.5, 9.0)]
    assert waits == [0.0, 0.75, 0.0, 0.5, 0.0]


def test_two_rooms_do_not_wait_for_each_other() -> None:
    pace = Pace()
    assert [pace.wait_s(room, 0.0, urgent=False) for room in ("C1", "C2")] == [0.0, 0.0]


def test_a_private_chat_takes_three_at_once_and_then_one_a_second() -> None:
    pace = Pace()
    assert [pace.wait_s("D1", 0.0, urgent=False) for _ in range(5)] == [0.0, 0.0, 0.0, 1.0, 1.0]
    assert pace.wait_s("D1", 1.0, urgent=False) == 0.0


def test_a_page_never_waits_but_others_wait_for_it() -> None:
    pace = Pace()
    assert [pace.wait_s("C1", 0.0, urgent=True) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert pace.wait_s("C1", 0.0, urgent=False) == 3.0


def test_after_a_429_nobody_but_a_page_tries_before_slack_allows_it() -> None:
    pace = Pace()
    pace.refused("C1", 0.0, 30.0)
    assert pace.wait_s("C1", 10.0, urgent=False) == 20.0
    assert pace.wait_s("C1", 10.0, urgent=True) == 0.0


def test_conversations_that_were_long_silent_are_forgotten() -> None:
    pace = Pace()
    for n in range(REMEMBERED + 1):
        pace.wait_s(f"C{n}", 0.0, urgent=False)
    assert pace.wait_s("C0", 0.0, urgent=False) == 0.0


@pytest.mark.anyio
async def test_a_message_that_would_be_too_soon_is_not_even_sent(
    slack: LoopbackSlack, channel: SlackChannel
) -> None:
    assert isinstance(await channel.send(TO_ROOM, ""), Sent)
    later = await channel.send(replace(TO_ROOM, id="id-2"), "")
    assert isinstance(later, Later)
    assert (later.reason, later.untouched) == ("slack_pace", True)
    assert 0 < later.after_s <= 1
    assert slack.methods() == ["chat.postMessage"]
    page = replace(TO_ROOM, id="id-3", urgent=True)
    assert isinstance(await channel.send(page, ""), Sent)


@pytest.mark.anyio
async def test_an_edit_waits_for_nobody(slack: LoopbackSlack, channel: SlackChannel) -> None:
    room = replace(TO_ROOM, address=Address("slack", "C1"))
    for _ in range(3):
        assert await channel.send(room, "C1:1.0") == Sent("C1:1.0")

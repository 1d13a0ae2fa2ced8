"""The auditor over a real database: what is lost is found and mended, the operators hear of it, once in ten minutes."""

import logging
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.app.auditor import Auditor
from bot.app.committing import Timer
from bot.app.delivering import Later
from bot.stores.connection import Client
from bot.stores.keys import Keys
from bot.stores.watch import RedisWatch
from tests.transcripts.stage import POLICY, Stage, refused, stage

pytestmark = pytest.mark.anyio

KEYS = Keys("default")


@pytest.fixture
async def play(redis_url: str, store_connection: Client) -> AsyncIterator[Stage]:
    async with stage(redis_url) as playing:
        yield playing


@pytest.fixture
async def auditor(play: Stage) -> Auditor:
    return play.mamori.auditor("one")


async def looks(play: Stage, auditor: Auditor, times: int = 1) -> list[str]:
    """So many looks, two seconds apart, with a worker that turns between them; what the last one found."""
    found: list[str] = []
    for _ in range(times):
        await play.worker.round()
        await play.worker.settled()
        found = [finding.name for finding in await auditor.round()]
        play.clock.time += timedelta(seconds=2)
    return found


async def loses(play: Stage, *names: str) -> None:
    """As if the database had lost its last writes."""
    for timer in await play.timers():
        if timer.name in names or not names:
            await play.mamori.stores.pipeline.call("HDEL", KEYS.timers, timer.row)
            await play.mamori.stores.pipeline.call("ZREM", KEYS.due_timers, timer.row)


def heard(play: Stage, name: str = "kei") -> list[str]:
    """What an operator reads on Slack, and the same on LINE."""
    slack, line = play.person(name, "slack"), play.person(name, "line")
    told = [line for card in slack.cards for line in card.body if card.title == "守りの点検から"]
    assert told == [line for card in line.cards for line in card.body if card.title == "守りの点検から"]
    return told


# --- a timer that is missing ---


async def test_an_alert_without_its_timer_goes_on_at_once_and_the_operators_hear(
    play: Stage, auditor: Auditor
) -> None:
    await play.person("aiko", "line").presses("応援")
    await loses(play)
    assert await looks(play, auditor) == [f"timer_missing:{(await play.incident()).id}"]
    assert len(heard(play)) == 1
    assert await looks(play, auditor) == []
    assert sorted(play.pages_to("mori")) == ["2 line", "2 slack"]
    assert await play.audit() == []


async def test_an_incident_that_can_not_be_read_stops_neither_the_mending_nor_the_call_to_the_operators(
    play: Stage, auditor: Auditor
) -> None:
    await play.person("aiko", "line").presses("応援")
    await play.person("kenji", "line").presses("応援")
    await loses(play)
    first, second = await play.incidents()
    await play.mamori.stores.pipeline.call("HSET", KEYS.incident(first.id), "body", '{"v":2,"body":{}}')
    await auditor.round()
    assert [timer.incident for timer in await play.timers()] == [second.id]
    assert len(heard(play)) == 2


async def test_a_timer_of_an_older_stamp_does_not_count(play: Stage, auditor: Auditor) -> None:
    await play.person("aiko", "line").presses("応援")
    (timer,) = await play.timers()
    await play.mamori.stores.pipeline.call("HSET", KEYS.timers, timer.row, f"{10**16} {timer.stamp - 1}")
    assert await looks(play, auditor) == [f"timer_missing:{timer.incident}"]


async def test_somebody_on_the_way_whose_timer_is_lost_is_expected_again(
    play: Stage, auditor: Auditor
) -> None:
    await play.person("aiko", "line").presses("応援")
    await play.person("sato", "slack").taps("向かう")
    await loses(play)
    await looks(play, auditor, 2)
    assert [t.name for t in await play.timers()] == ["runs_out"]
    assert await play.audit() == []
    assert play.pages_to("mori") == []


async def test_an_alert_that_has_gone_on_meanwhile_is_left_alone(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    (timer,) = await play.timers()
    await aiko.taps("もう大丈夫")
    stale = Timer(timer.incident, "next_tier", play.clock.now(), timer.stamp)
    assert await play.mamori.stores.watch.rearm(stale) is False
    assert await play.timers() == []


async def test_in_a_whole_incident_the_auditor_finds_nothing(play: Stage, auditor: Auditor) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    assert await looks(play, auditor, 2) == []
    await play.passes(200)
    assert await looks(play, auditor, 2) == []
    await sato.taps("向かう")
    assert await looks(play, auditor, 2) == []
    await aiko.taps("来てくれた")
    await aiko.taps("終わった")
    assert await looks(play, auditor, 2) == []
    assert heard(play) == []


# --- what waits too long ---


async def test_pages_that_cannot_be_sent_are_told_to_the_operators(
    play: Stage, auditor: Auditor, caplog: pytest.LogCaptureFixture
) -> None:
    for person in ("sato", "mori"):
        play.chats["line"].broken[play.person(person, "line").address.id] = Later("line_503", 30)
        play.chats["slack"].broken[play.person(person, "slack").address.id] = Later("slack_503", 30)
    await play.person("aiko", "line").presses("応援")
    play.clock.time += timedelta(seconds=11)
    with caplog.at_level(logging.ERROR):
        assert "pages_waiting" in await looks(play, auditor, 2)
    assert len(heard(play)) == 1
    (line,) = [r.getMessage() for r in caplog.records if "watch: pages_waiting" in r.getMessage()]
    assert "愛子" not in line


async def test_timers_that_nobody_fires_are_told(play: Stage, auditor: Auditor) -> None:
    await play.person("aiko", "line").presses("応援")
    play.clock.time += timedelta(seconds=36)
    for _ in range(2):
        await play.mamori.deliverer.allowance.beat(play.mamori.stores.watch, play.clock.now(), "w")
        found = [f.name for f in await auditor.round()]
        play.clock.time += timedelta(seconds=2)
    assert found == ["timers_late"]
    assert len(heard(play)) == 1


async def test_a_clock_that_was_set_or_a_moment_of_rush_calls_nobody(play: Stage, auditor: Auditor) -> None:
    await play.person("aiko", "line").presses("応援")
    play.clock.time += timedelta(hours=1)
    assert "timers_late" in [f.name for f in await auditor.round()]
    assert await looks(play, auditor, 2) == []
    assert heard(play) == []


async def test_a_page_that_was_refused_is_told(play: Stage, auditor: Auditor) -> None:
    play.chats["slack"].broken[play.person("sato", "slack").address.id] = refused("slack_user_gone")
    await play.person("aiko", "line").presses("応援")
    assert await looks(play, auditor, 2) == ["pages_dead"]
    assert len(heard(play)) == 1


# --- workers ---


async def test_a_worker_that_stops_while_another_turns_is_missed(play: Stage, auditor: Auditor) -> None:
    watch = play.mamori.stores.watch
    await watch.beat("w2", play.clock.now(), 0, None)
    play.clock.time += timedelta(seconds=6)
    assert await looks(play, auditor, 2) == ["worker_stopped:w2"]
    assert len(heard(play)) == 1
    play.clock.time += timedelta(minutes=1)
    assert await looks(play, auditor) == []


async def test_a_worker_that_ends_in_order_is_not_missed(play: Stage, auditor: Auditor) -> None:
    watch = play.mamori.stores.watch
    await watch.beat("w2", play.clock.now(), 0, None)
    await watch.leave("w2")
    play.clock.time += timedelta(seconds=6)
    assert await looks(play, auditor, 2) == []


async def test_without_any_worker_the_operators_are_called_by_whoever_is_left(
    play: Stage, auditor: Auditor
) -> None:
    for _ in range(6):
        assert heard(play) == []
        found = [f.name for f in await auditor.round()]
        play.clock.time += timedelta(seconds=2)
    assert found == ["no_worker"]
    assert len(heard(play)) == 1


# --- who hears it, how often ---


async def test_the_same_finding_is_told_once_in_ten_minutes(play: Stage, auditor: Auditor) -> None:
    for _ in range(10):
        await auditor.round()
    assert len(heard(play)) == 1
    play.clock.time += timedelta(minutes=9, seconds=59)
    await auditor.round()
    assert len(heard(play)) == 1
    play.clock.time += timedelta(seconds=1)
    await auditor.round()
    assert len(heard(play)) == 2


async def test_two_auditors_never_tell_the_same_twice(play: Stage, auditor: Auditor) -> None:
    other = play.mamori.auditor("two")
    for _ in range(8):
        await auditor.round()
        assert await other.round() == ()
    assert len(heard(play)) == 1


async def test_when_the_auditor_is_gone_another_takes_over(play: Stage, auditor: Auditor) -> None:
    await auditor.round()
    await play.mamori.stores.pipeline.call("DEL", KEYS.watch)  # what its lifetime does to it
    assert [f.name for f in await play.mamori.auditor("two").round()] == ["no_worker"]
    assert await auditor.round() == ()


async def test_the_auditors_turn_ends_by_itself(play: Stage, auditor: Auditor) -> None:
    await auditor.round()
    left = await play.mamori.stores.pipeline.call("PTTL", KEYS.watch)
    assert 0 < left <= 6000


@pytest.mark.parametrize(("named", "hears"), [("[mori]", {"mori"}), ("[]", {"kei"}), ("[nobody]", {"kei"})])
async def test_the_policy_says_who_hears_it_and_without_that_the_admins(
    play: Stage, auditor: Auditor, named: str, hears: set[str]
) -> None:
    await play.mamori.stores.library.put_policy(f"{POLICY}operators: {named}\n")
    for _ in range(6):
        await auditor.round()
    assert {p for p in ("aiko", "sato", "mori", "kei") if heard(play, p)} == hears


async def test_what_was_told_long_ago_is_forgotten(play: Stage, auditor: Auditor) -> None:
    watch: RedisWatch = play.mamori.stores.watch
    await watch.tell("timer_missing:old", None, play.clock.now() - timedelta(days=41), (), play.clock.now())
    for _ in range(6):
        await auditor.round()
    assert list((await watch.survey(play.clock.now())).told) == ["no_worker"]


# --- what is stored and can't be read ---


async def test_a_stored_policy_that_can_not_be_read_stops_no_call_and_the_operators_hear(
    play: Stage, auditor: Auditor
) -> None:
    await play.mamori.stores.library.put_policy("policy: 2\n")
    aiko, mori = play.person("aiko", "line"), play.person("mori", "slack")
    await aiko.presses("応援")
    await play.worker.round()
    await play.worker.settled()
    assert mori.last().title
    assert play.mamori.shelf.policy_unread == "policy.yaml:1"
    assert await looks(play, auditor, 2) == ["policy_unread:policy.yaml:1"]
    assert "mamori policy push" in heard(play)[-1]
    await play.mamori.stores.library.put_policy(POLICY)
    await play.person("kenji", "line").presses("迷う")
    assert await looks(play, auditor) == []


async def test_a_published_flow_that_can_not_be_read_stops_no_call_and_the_operators_hear(
    play: Stage, auditor: Auditor
) -> None:
    await play.mamori.stores.library.publish("default", "flow: default\n", play.clock.now(), "kei", "")
    await play.person("aiko", "line").presses("応援")
    assert (await play.incident()).walk.revision == 1
    assert await looks(play, auditor, 2) == ["flow_unread:default@2:1"]

"""Before the doors open, and after somebody has registered: whether calls for help arrive."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.app.committing import Timer
from bot.app.inbound import Address
from bot.app.rollcall import unconfirmed
from bot.core.rota import Absence
from bot.stores.connection import Client
from tests.transcripts.stage import Stage, refused, stage

pytestmark = pytest.mark.anyio

POLICY = """policy: 1
channels: [slack, line]
standard:
  tiers:
    - {rota: 窓口当番, wait: 60, again: 30}
    - {roles: [supervisor, admin], wait: 60, again: 30}
danger:
  tiers:
    - {roles: [supervisor, admin]}
rotas:
  窓口当番:
    weekly:
      - {days: 月-金, from: 08:30, to: 12:00, people: [sato]}
      - {days: 月-金, from: 13:00, to: 17:15, people: [mori]}
hours:
  本庁舎:
    - {days: 月-金, from: 08:30, to: 17:15}
rollcall: {minutes_before: 15, minutes_to_answer: 10}
"""
ASK = "今日、応援の連絡を受けられますか"
SILENT = "佐藤係長から、受信の確認に返事がありません"
GAP = "12:00から13:00まで、「窓口当番」に連絡のつく人がいません"
FULL = POLICY.replace("from: 08:30, to: 12:00", "from: 08:30, to: 13:00")


def tokyo(words: str) -> datetime:
    """ "25 08:15" in November 2026; the 25th is a Wednesday, the 23rd a holiday."""
    return datetime.fromisoformat(f"2026-11-{words}:00+09:00").astimezone(UTC)


@pytest.fixture
async def play(redis_url: str, store_connection: Client) -> AsyncIterator[Stage]:
    """No gap in the rota; the timer goes round, as it does after any start of a process."""
    async with stage(redis_url, FULL) as playing:
        await playing.mamori.turn.rollcalls.start()
        yield playing


async def comes(play: Stage, words: str) -> None:
    play.clock.time = tokyo(words)
    await play.work()


def heard(play: Stage, name: str, words: str) -> int:
    """How often these words stand in this person's chats."""
    chats = [play.person(name, platform).cards for platform in ("line", "slack")]  # type: ignore[arg-type]
    return sum(words in text for cards in chats for card in cards for text in card.body)


async def test_whoever_is_called_first_today_is_asked_before_the_doors_open(play: Stage) -> None:
    await comes(play, "25 08:14")
    assert not heard(play, "sato", ASK)
    await comes(play, "25 08:15")
    assert heard(play, "sato", ASK) == 2
    assert play.person("sato", "line").buttons() == ["受け取りました"]
    assert not heard(play, "mori", ASK)


async def test_an_answer_on_one_platform_is_enough_and_nobody_else_hears_of_it(play: Stage) -> None:
    await comes(play, "25 08:15")
    await play.person("sato", "slack").taps("受け取りました")
    assert play.person("sato", "slack").sees("ありがとうございます。08:15 に確認できました。")
    await comes(play, "25 08:30")
    assert not heard(play, "kei", "受信の確認")


async def test_the_answer_stands_in_the_place_of_the_question_where_that_can_be(play: Stage) -> None:
    await comes(play, "25 08:15")
    await play.person("sato", "slack").taps("受け取りました")
    assert heard(play, "sato", ASK) == 1


async def test_without_an_answer_the_admins_hear_it_before_the_doors_open(play: Stage) -> None:
    await comes(play, "25 08:15")
    await comes(play, "25 08:24")
    assert not heard(play, "kei", SILENT)
    await comes(play, "25 08:25")
    assert heard(play, "kei", SILENT) == 2
    assert heard(play, "mori", SILENT) == 0


async def test_somebody_who_has_blocked_the_bot_counts_as_silent(play: Stage) -> None:
    for platform in ("line", "slack"):
        sato = play.person("sato", platform)  # type: ignore[arg-type]
        play.chats[sato.address.platform].broken[sato.address.id] = refused("blocked")
    await comes(play, "25 08:15")
    await comes(play, "25 08:25")
    assert heard(play, "kei", SILENT) == 2


async def test_a_second_tap_and_a_late_one_are_thanked_and_change_nothing(play: Stage) -> None:
    await comes(play, "25 08:15")
    sato = play.person("sato", "line")
    await sato.taps("受け取りました")
    await sato.taps("受け取りました")
    (tap,) = {b.data for c in sato.cards for b in c.choices if b.label == "受け取りました"}
    await comes(play, "25 09:00")
    await sato.taps("受け取りました")
    assert sato.sees("09:00 に確認できました")
    rollcall = await play.mamori.stores.contacts.rollcall(tap.split(".")[-1])
    assert rollcall is not None
    assert (rollcall.answered, rollcall.silent, rollcall.told) == (("sato",), (), True)
    assert not heard(play, "kei", SILENT)


async def test_when_somebody_who_was_told_as_silent_answers_the_admins_hear_it_once(play: Stage) -> None:
    await comes(play, "25 08:15")
    await comes(play, "25 08:25")
    assert heard(play, "kei", SILENT) == 2
    await comes(play, "25 08:29")
    await play.person("sato", "slack").taps("受け取りました")
    await play.person("sato", "line").taps("受け取りました")
    assert heard(play, "kei", "佐藤係長から、確認の返事が届きました") == 2
    assert heard(play, "mori", "確認の返事") == 0


async def test_it_is_asked_once_a_day_however_often_the_timer_fires(play: Stage) -> None:
    await comes(play, "25 08:15")
    again = Timer("", "rollcall", play.clock.now(), 0)
    assert await play.mamori.turn.fire(again) == ()
    assert await play.mamori.turn.fire(again) == ()
    await play.work()
    await comes(play, "25 08:25")
    answers = [d for chat in play.chats.values() for d in chat.taken if SILENT in "".join(d.cards[0].body)]
    assert heard(play, "sato", ASK) == 2
    assert len(answers) == 2
    await comes(play, "26 08:15")
    assert heard(play, "sato", ASK) == 4


async def test_a_worker_that_dies_before_it_sends_loses_no_question(play: Stage) -> None:
    """What it committed is in the outbox, and the timer goes round again."""
    play.clock.time = tokyo("25 08:15")
    due = await play.mamori.stores.queue.claim(play.clock.now(), play.clock.now() + timedelta(seconds=8), 100)
    (timer,) = due.timers
    assert await play.mamori.turn.fire(timer)
    assert heard(play, "sato", ASK) == 0
    play.clock.time += timedelta(seconds=4)
    await play.work()
    assert heard(play, "sato", ASK) == 2
    await comes(play, "25 08:26")
    assert heard(play, "kei", SILENT) == 2


async def test_a_worker_that_dies_before_it_asks_leaves_the_timer_to_another(play: Stage) -> None:
    play.clock.time = tokyo("25 08:15")
    await play.mamori.stores.queue.claim(play.clock.now(), play.clock.now() + timedelta(seconds=8), 100)
    await play.work()
    assert heard(play, "sato", ASK) == 0
    play.clock.time += timedelta(seconds=9)
    await play.work()
    assert heard(play, "sato", ASK) == 2


@pytest.mark.parametrize(("moment", "asked"), [("25 09:29", 2), ("25 09:30", 0)])
async def test_after_an_outage_it_is_asked_late_but_not_when_the_morning_is_over(
    play: Stage, moment: str, asked: int
) -> None:
    await comes(play, moment)
    assert heard(play, "sato", ASK) == asked


@pytest.mark.parametrize("moment", ["23 08:15", "28 08:15", "29 08:15"])
async def test_on_holidays_and_weekends_nobody_is_asked(
    redis_url: str, store_connection: Client, moment: str
) -> None:
    async with stage(redis_url, FULL) as play:
        play.clock.time = tokyo("20 18:00")
        await play.mamori.turn.rollcalls.start()
        await comes(play, moment)
        assert not any(chat.taken for chat in play.chats.values())


async def test_whoever_is_away_is_not_asked_and_their_hours_are_told_as_a_gap(play: Stage) -> None:
    away = Absence("", "sato", tokyo("25 00:00"), tokyo("26 00:00"))
    await play.mamori.stores.rotas.put(away, play.clock.now())
    await comes(play, "25 08:15")
    assert not heard(play, "sato", ASK)
    assert heard(play, "mori", ASK) == 2
    await comes(play, "25 08:25")
    assert heard(play, "kei", "08:30から13:00まで、「窓口当番」に連絡のつく人がいません") == 2


async def test_hours_without_anybody_on_duty_are_told_in_the_morning(
    redis_url: str, store_connection: Client
) -> None:
    async with stage(redis_url, POLICY) as play:
        await play.mamori.turn.rollcalls.start()
        await comes(play, "25 08:15")
        await play.person("sato", "line").taps("受け取りました")
        await comes(play, "25 08:25")
        assert heard(play, "kei", GAP) == 2
        assert not heard(play, "kei", SILENT)


async def test_a_policy_without_a_roll_call_asks_nobody_and_a_new_one_is_noticed_within_minutes(
    redis_url: str, store_connection: Client
) -> None:
    async with stage(redis_url, FULL.partition("rollcall:")[0]) as play:
        await play.mamori.turn.rollcalls.start()
        await comes(play, "25 08:15")
        assert not heard(play, "sato", ASK)
        await play.mamori.stores.library.put_policy(FULL)
        await comes(play, "25 08:21")
        assert heard(play, "sato", ASK) == 2


# --- the plan of the moment ---


async def test_the_call_goes_to_whoever_is_on_duty_at_that_minute(play: Stage) -> None:
    await comes(play, "25 12:59")
    await play.person("aiko", "line").presses("応援")
    alert = (await play.incident()).alert
    assert alert is not None
    assert [t.person for t in alert.plan.tiers[0].targets] == ["sato"]
    assert not alert.plan.off_duty


async def test_a_call_in_an_older_incident_is_planned_for_the_moment_of_the_call(play: Stage) -> None:
    await comes(play, "25 12:59")
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    await comes(play, "25 13:00")
    await aiko.taps("応援")
    alert = (await play.incident()).alert
    assert alert is not None
    assert [t.person for t in alert.plan.tiers[0].targets] == ["mori"]


async def test_out_of_hours_the_call_goes_on_to_the_others_and_the_plan_says_so(play: Stage) -> None:
    await comes(play, "25 18:00")
    await play.person("aiko", "line").presses("応援")
    alert = (await play.incident()).alert
    assert alert is not None
    assert alert.plan.off_duty
    assert [t.person for t in alert.plan.tiers[0].targets] == ["kei", "mori", "sato"]


# --- at enrolment ---


async def test_whoever_registers_gets_a_test_page_that_must_be_tapped(
    redis_url: str, store_connection: Client
) -> None:
    async with stage(redis_url, FULL) as play:
        stores = play.mamori.stores
        await stores.directory.unlink(str(play.person("aiko", "line").address))
        await stores.directory.invite("K7X2K7X2", "aiko", 7)
        newcomer = play.stranger()
        await newcomer.types("K7X2K7X2")
        assert newcomer.sees("応援の連絡は、ここに届きます")
        assert [m.via for m in newcomer.chat] == ["reply", "push"]
        assert (
            "line" in unconfirmed(await stores.directory.people(), await stores.contacts.confirmed())["aiko"]
        )
        await newcomer.taps("受け取りました")
        assert newcomer.sees("に確認できました")
        assert (
            "line"
            not in unconfirmed(await stores.directory.people(), await stores.contacts.confirmed())["aiko"]
        )


async def test_a_confirmed_address_that_gets_another_owner_is_unconfirmed_again(play: Stage) -> None:
    stores, address = play.mamori.stores, Address("line", "U" + "9" * 32)
    await stores.directory.link("aiko", str(address))
    await stores.contacts.confirm(str(address), "aiko", play.clock.now())
    await stores.directory.link("kenji", str(address))
    assert "line" in unconfirmed(await stores.directory.people(), await stores.contacts.confirmed())["kenji"]


# --- one way after the other ---

ONE_BY_ONE = """policy: 1
standard:
  tiers:
    - {people: [sato], channels: [line, slack], at_once: false, wait: 60, again: 30}
    - {people: [mori]}
danger:
  tiers:
    - {roles: [supervisor]}
"""


def ways(play: Stage, name: str) -> list[str]:
    """The platform of each page that was taken."""
    return [page.split()[-1] for page in play.pages_to(name)]


async def test_channels_one_by_one_take_the_next_with_each_try(
    redis_url: str, store_connection: Client
) -> None:
    async with stage(redis_url, ONE_BY_ONE) as play:
        await play.person("aiko", "line").presses("応援")
        assert ways(play, "sato") == ["line"]
        await play.passes(30)
        assert ways(play, "sato") == ["line", "slack"]


async def test_one_by_one_a_channel_that_fails_is_followed_by_the_next_at_once(
    redis_url: str, store_connection: Client
) -> None:
    async with stage(redis_url, ONE_BY_ONE) as play:
        sato = play.person("sato", "line")
        play.chats["line"].broken[sato.address.id] = refused("blocked")
        await play.person("aiko", "line").presses("応援")
        assert ways(play, "sato") == ["slack"]
        assert not play.pages_to("mori")


async def test_one_by_one_when_all_channels_fail_the_next_person_is_called_at_once(
    redis_url: str, store_connection: Client
) -> None:
    async with stage(redis_url, ONE_BY_ONE) as play:
        for platform in ("line", "slack"):
            sato = play.person("sato", platform)  # type: ignore[arg-type]
            play.chats[sato.address.platform].broken[sato.address.id] = refused("blocked")
        await play.person("aiko", "line").presses("応援")
        assert not play.pages_to("sato")
        assert play.pages_to("mori")


async def test_whoever_becomes_known_by_their_first_call_is_helped_first_and_tested_later(
    redis_url: str, store_connection: Client
) -> None:
    async with stage(redis_url, FULL) as play:
        aiko = play.person("aiko", "slack")
        await play.mamori.stores.directory.unlink(str(aiko.address))
        play.chats["slack"].emails[aiko.address.id] = "aiko@example.jp"
        await aiko.presses("応援")
        assert play.pages_to("sato")
        assert not aiko.sees("応援の連絡は、ここに届きます")
        play.clock.time += timedelta(minutes=5)
        await play.work()
        assert aiko.sees("応援の連絡は、ここに届きます")

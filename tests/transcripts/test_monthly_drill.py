"""A drill of two minutes each month: on an open day, once a person, never over anything else, never at the cost of pages."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.app.agreement import agreement_report
from bot.app.inbound import PlatformName
from bot.app.monthly_drill import first_open
from bot.app.policy_reader import read_policy
from bot.app.reporting import Period, counters_of
from bot.app.yaml_text import Misread
from bot.core.buttons import CallerTap, Tap, TrainingTap, decode, encode
from bot.core.quota import Quota
from bot.core.rota import Absence
from bot.stores.connection import Client
from tests.transcripts.stage import PEOPLE, Stage, refused, stage

pytestmark = pytest.mark.anyio
on_both = pytest.mark.parametrize("platform", ["line", "slack"])

POLICY = """policy: 1
channels: [slack, line]
standard:
  tiers:
    - {roles: [supervisor, admin], wait: 60, again: 30}
danger:
  tiers:
    - {roles: [supervisor, admin]}
hours:
  本庁舎:
    - {days: 月-金, from: 08:30, to: 17:15}
training: {monthly: true, day: 23, time: "11:00"}
"""
STAFF = [p.id for p in PEOPLE.values() if p.role == "staff" and (p.line_user_id or p.slack_user_id)]


def tokyo(words: str) -> datetime:
    """ "24 11:00" in November 2026. The 23rd is a holiday, a Monday; the 21st a Saturday."""
    return datetime.fromisoformat(f"2026-11-{words}:00+09:00").astimezone(UTC)


@pytest.fixture
async def play(redis_url: str, store_connection: Client) -> AsyncIterator[Stage]:
    """Before the day; the timer goes round, as it does after any start of a process."""
    async with stage(redis_url, POLICY) as playing:
        playing.clock.time = tokyo("20 09:00")
        await playing.mamori.turn.training.drills.start()
        yield playing


async def comes(play: Stage, words: str) -> None:
    play.clock.time = tokyo(words)
    await play.work()


def invited(play: Stage) -> list[str]:
    """Who took an invitation, in their names' order, once for each."""
    return sorted(
        d.person
        for chat in play.chats.values()
        for d in chat.taken
        if any(is_invitation(decode(b.data)) for card in d.cards for b in card.choices)
    )


def is_invitation(tap: Tap | None) -> bool:
    return isinstance(tap, TrainingTap) and tap.word == "later"


# --- when ---


async def test_on_a_holiday_nobody_is_asked_and_on_the_next_open_day_everybody_is_once(play: Stage) -> None:
    for early in ("23 11:00", "23 15:00", "24 10:59"):
        await comes(play, early)
        assert invited(play) == []
    await comes(play, "24 11:00")
    assert invited(play) == sorted(STAFF)
    for late in ("24 11:05", "24 13:55", "25 11:00", "30 11:00"):
        await comes(play, late)
    assert invited(play) == sorted(STAFF)


async def test_it_comes_again_the_next_month(play: Stage) -> None:
    await comes(play, "24 11:00")
    play.clock.time = datetime(2026, 12, 23, 2, 0, tzinfo=UTC)
    await play.work()
    assert len(invited(play)) == 2 * len(STAFF)


async def test_without_the_rule_nobody_is_asked_and_a_new_one_is_noticed_within_minutes(
    redis_url: str, store_connection: Client
) -> None:
    async with stage(redis_url, POLICY.replace("true", "false")) as play:
        play.clock.time = tokyo("24 10:03")
        await play.mamori.turn.training.drills.start()
        await comes(play, "24 11:00")
        assert invited(play) == []
        await play.mamori.stores.library.put_policy(POLICY)
        await comes(play, "24 11:06")
        assert invited(play) == sorted(STAFF)


async def test_after_an_outage_of_the_morning_nobody_is_asked_in_the_evening(play: Stage) -> None:
    await comes(play, "24 14:00")
    assert invited(play) == []


@pytest.mark.parametrize(
    ("hours", "day", "first"),
    [
        ("月-金, from: 08:30, to: 17:15", "2026-11-10", "2026-11-10 10:00"),
        ("月-金, from: 08:30, to: 17:15", "2026-11-21", "2026-11-24 10:00"),
        ("月-金, from: 13:00, to: 21:00", "2026-11-10", "2026-11-10 13:00"),
        ("[土, 日], from: 09:00, to: 18:00", "2026-11-10", "2026-11-14 10:00"),
        ("月-金, from: 08:30, to: 09:30", "2026-11-10", "None"),
        ("", "2026-11-21", "2026-11-24 10:00"),
        ("", "2026-12-29", "2027-01-04 10:00"),
    ],
)
def test_the_day_moves_to_the_next_moment_at_which_the_site_is_open(hours: str, day: str, first: str) -> None:
    text = POLICY.replace("月-金, from: 08:30, to: 17:15", hours) if hours else _without_hours()
    policy = read_policy(f"{text}holidays: {{also: [12-29, 12-30, 12-31, 01-02, 01-03]}}\n", "policy.yaml")
    found = first_open(policy, "本庁舎", datetime.fromisoformat(day).date(), 600)
    assert (f"{found:%Y-%m-%d %H:%M}" if found else "None") == first


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("day: 31", "policy.yaml:12: training.day: 28 以下にしてください"),
        ("day: 0", "policy.yaml:12: training.day: 1 以上にしてください"),
        ('time: "25:00"', "policy.yaml:12: training.time: 「25:00」は時刻ではありません"),
        ("weekly: true", "policy.yaml:12: training.weekly: "),
    ],
)
def test_a_rule_that_can_not_be_used_is_told_in_one_line(rule: str, told: str) -> None:
    text = POLICY.partition("training:")[0] + f"training: {{monthly: true, {rule}}}\n"
    with pytest.raises(Misread) as wrong:
        read_policy(text, "policy.yaml")
    assert len(wrong.value.lines) == 1
    assert wrong.value.lines[0].startswith(told)


def _without_hours() -> str:
    return POLICY.replace("hours:\n  本庁舎:\n    - {days: 月-金, from: 08:30, to: 17:15}\n", "")


# --- who ---


async def test_only_staff_who_are_here_are_asked_and_on_slack_where_they_have_it(play: Stage) -> None:
    away = Absence("", "kenji", tokyo("24 00:00"), tokyo("25 00:00"))
    await play.mamori.stores.rotas.put(away, play.clock.now())
    gone = replace(PEOPLE["aiko"], active=False)
    await play.mamori.stores.directory.put_people([gone])
    await comes(play, "24 11:00")
    assert invited(play) == sorted(set(STAFF) - {"kenji", "aiko"})
    asked = {d.person: d.address.platform for chat in play.chats.values() for d in chat.taken}
    assert all(p == ("slack" if PEOPLE[name].slack_user_id else "line") for name, p in asked.items())


async def test_whoever_is_in_the_midst_of_something_is_asked_when_it_is_over(play: Stage) -> None:
    play.clock.time = tokyo("24 10:50")
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    await comes(play, "24 11:00")
    assert "aiko" not in invited(play)
    await aiko.taps_data(encode(CallerTap((await play.incident()).id, "finished")))
    await comes(play, "24 11:05")
    assert "aiko" in invited(play)


async def test_a_call_that_begins_between_the_look_and_the_invitation_wins(play: Stage) -> None:
    """The mark and the message are kept only while the person's open incident is the one that was looked at."""
    practices, now = play.mamori.stores.practices, play.clock.now()
    await play.person("aiko", "line").presses("迷う")
    assert not await practices.invite("2026-11", "aiko", "", (), now)
    assert await practices.invited("2026-11") == frozenset()


async def test_a_drill_that_was_left_behind_keeps_nobody_from_the_next(play: Stage) -> None:
    await comes(play, "24 10:03")
    await play.person("aiko", "line").types("訓練 迷う")
    await comes(play, "24 11:00")
    assert "aiko" not in invited(play)
    await comes(play, "24 11:05")
    assert "aiko" in invited(play)


async def test_two_workers_ask_everybody_once(play: Stage) -> None:
    play.clock.time = tokyo("24 11:00")
    drills = play.mamori.turn.training.drills
    sent = await asyncio.gather(*(drills.fire() for _ in range(4)))
    assert sorted(d.person for some in sent for d in some) == sorted(STAFF)
    assert await play.mamori.stores.practices.invitations() == {"2026-11": len(STAFF)}


async def test_a_worker_that_dies_before_it_sends_loses_no_invitation(play: Stage) -> None:
    play.clock.time = tokyo("24 11:00")
    assert await play.mamori.turn.training.drills.fire()
    assert invited(play) == []
    play.clock.time += timedelta(seconds=4)
    await play.work()
    assert invited(play) == sorted(STAFF)


# --- what is kept for pages ---


@pytest.fixture
async def on_line_alone(redis_url: str, store_connection: Client) -> AsyncIterator[Stage]:
    async with stage(redis_url, POLICY.replace("channels: [slack, line]", "channels: [line]")) as playing:
        playing.clock.time = tokyo("20 09:00")
        await playing.mamori.turn.training.drills.start()
        yield playing


@pytest.mark.parametrize(("left_over_reserve", "asked"), [(0, 0), (1, 1), (100, None)])
async def test_what_is_kept_of_the_month_for_pages_is_not_touched(
    on_line_alone: Stage, left_over_reserve: int, asked: int | None
) -> None:
    """A plan of 200 keeps 50 by itself."""
    play, have = on_line_alone, [p for p in PEOPLE.values() if p.role == "staff" and p.line_user_id]
    await play.mamori.stores.watch.put_quota(Quota(200, 150 - left_over_reserve, play.clock.now()))
    await comes(play, "24 11:00")
    play.mamori.deliverer.allowance.take_over(Quota(200, 150 - left_over_reserve, play.clock.now()))
    for minute in (5, 10, 15):
        await comes(play, f"24 11:{minute:02}")
    assert len(invited(play)) == (len(have) if asked is None else asked)


# --- the drill itself ---


@on_both
async def test_the_same_screens_a_story_first_and_the_level_at_the_end(
    redis_url: str, store_connection: Client, platform: PlatformName
) -> None:
    channels = f"channels: [{platform}]"
    async with stage(redis_url, POLICY.replace("channels: [slack, line]", channels)) as play:
        play.clock.time = tokyo("24 10:59")
        await play.mamori.turn.training.drills.start()
        await comes(play, "24 11:00")
        aiko = play.person("aiko", platform)
        await aiko.taps("はじめる")
        case = (await play.incident()).practice
        assert case is not None
        story = play.mamori.turn.training.cases[case.case].story["ja"]
        assert aiko.sees(story)
        since = next(n for n, card in enumerate(aiko.cards) if story in card.body)
        await aiko.taps("ない")
        for _ in range(8):
            if "終わった" in aiko.buttons():
                break
            await aiko.taps("わからない")
        await aiko.taps("終わった")
        assert aiko.sees("おつかれさまでした。")
        assert aiko.sees("この話の、守りの目安は「")
        assert all("【訓練】" in card.title for card in aiko.cards[since:] if card.alt != "窓口の連絡先")
        assert (await play.incident()).drill


async def test_putting_it_off_leaves_it_one_tap_away(play: Stage) -> None:
    await comes(play, "24 11:00")
    aiko = play.person("aiko", "slack" if PEOPLE["aiko"].slack_user_id else "line")
    await aiko.taps("あとで")
    assert aiko.sees("手があいたら、ここから始められます。")
    assert await play.incidents() == []
    await aiko.taps("はじめる")
    assert (await play.incident()).drill


async def test_pages_of_a_monthly_drill_are_marked_as_any_drills(play: Stage) -> None:
    await comes(play, "24 11:00")
    aiko = play.person("aiko", "slack" if PEOPLE["aiko"].slack_user_id else "line")
    await aiko.taps("はじめる")
    await aiko.taps("応援")
    pages = [d for chat in play.chats.values() for d in chat.taken if d.urgent]
    assert pages
    assert all(card.title.startswith("【訓練】") for d in pages for card in d.cards)


async def test_a_story_that_is_gone_is_a_drill_without_one(play: Stage) -> None:
    await comes(play, "24 11:00")
    aiko = play.person("aiko", "line")
    await aiko.taps_data("m1.t.begin.no_longer_there")
    assert (await play.incident()).drill
    assert (await play.incident()).practice is None


async def test_invitations_starts_ends_and_answers_are_counted_and_nobody_is_named(play: Stage) -> None:
    await comes(play, "24 11:00")
    for name in STAFF:
        one = play.person(name, "slack" if PEOPLE[name].slack_user_id else "line")
        await one.taps("Start" if PEOPLE[name].language == "en" else "はじめる")
        await one.taps("No" if PEOPLE[name].language == "en" else "ない")
    stores, shelf = play.mamori.stores, play.mamori.shelf
    day = play.clock.now().astimezone(shelf.zone).date()
    days = await counters_of(stores.records, Period(day, day, shelf.zone))
    names = [name for figures in days.values() for name in figures]
    assert not [n for n in names if n.startswith("real|")]
    report = agreement_report(
        await shelf.live_flow(),
        play.mamori.turn.training.cases,
        await stores.practices.answers(),
        await stores.practices.invitations(),
        days,
    )
    drills = report.drills["2026-11"]
    assert (drills.invited, drills.begun, drills.finished) == (len(STAFF), len(STAFF), 0)
    (danger,) = [line for line in report.questions if line.step == "danger"]
    assert danger.people.answered == len(STAFF)


async def test_a_platform_that_refuses_the_invitation_is_not_asked_again(play: Stage) -> None:
    for chat in play.chats.values():
        chat.broken.update({p.slack_user_id: refused("blocked") for p in PEOPLE.values()})
        chat.broken.update({p.line_user_id: refused("blocked") for p in PEOPLE.values()})
    await comes(play, "24 11:00")
    for chat in play.chats.values():
        chat.broken.clear()
    await comes(play, "24 11:05")
    assert invited(play) == []


async def test_every_button_of_the_invitation_names_its_story(play: Stage) -> None:
    await comes(play, "24 11:00")
    cards = [card for chat in play.chats.values() for d in chat.taken for card in d.cards]
    assert {getattr(decode(b.data), "case", "") for card in cards for b in card.choices} & set(
        play.mamori.turn.training.cases
    )

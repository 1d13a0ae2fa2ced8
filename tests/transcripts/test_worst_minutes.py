"""What a bad minute brings: many failures at once, a platform that is away for an hour, old buttons, drills in earnest."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from bot.app.committing import LEASE
from bot.core.buttons import CallerTap, CallerWord, ReplyTap, encode
from bot.core.plan import Person
from bot.stores.connection import Client
from tests.transcripts.calls import DANGER, PAIRS, alert, breaks, heals, on_slack
from tests.transcripts.stage import PEOPLE, POLICY, Actor, Stage, later, refused, stage

pytestmark = pytest.mark.anyio

MANY = 60
CROWD = "policy: 1\nchannels: [line]\nstandard:\n  tiers:\n    - {roles: [supervisor], wait: 60, again: 30}\n"


@pytest.fixture
async def crowd(redis_url: str, store_connection: Client) -> AsyncIterator[Stage]:
    """Sixty supervisors, all called at once."""
    async with stage(redis_url, CROWD + DANGER, people=["aiko", "sato", "mori", "kei"]) as playing:
        more = [
            Person(f"s{n}", f"係長{n}", "supervisor", "本庁舎", line_user_id=f"U{n:032d}")
            for n in range(MANY)
        ]
        await playing.mamori.stores.directory.put_people(more)
        yield playing
        assert await playing.audit() == []


async def test_when_everybodys_page_fails_at_once_every_failure_counts(crowd: Stage) -> None:
    for n in range(MANY):
        crowd.chats["line"].broken[f"U{n:032d}"] = refused()
    breaks(crowd, "sato", refused())
    breaks(crowd, "mori", refused())
    await crowd.person("aiko", "line").presses("応援")
    assert {p.reach for p in (await alert(crowd)).pages} == {"unreachable"}


async def test_failures_of_some_do_not_flood_the_caller(crowd: Stage) -> None:
    for n in range(MANY):
        crowd.chats["line"].broken[f"U{n:032d}"] = refused()
    aiko = crowd.person("aiko", "line")
    await aiko.presses("応援")
    assert {p.person for p in (await alert(crowd)).waiting_for()} == {"sato", "mori"}
    assert len(aiko.chat) == 1


async def test_when_everybody_answers_in_one_moment_everybody_is_heard(crowd: Stage) -> None:
    aiko = crowd.person("aiko", "line")
    await aiko.presses("応援")
    going = encode(ReplyTap((await crowd.incident()).id, "coming"))
    actors = [crowd.stranger("line", f"U{n:032d}") for n in range(MANY)]
    await asyncio.gather(*(actor.taps_data(going) for actor in actors))
    assert len((await alert(crowd)).on_the_way()) == MANY


async def test_after_an_hour_in_which_a_platform_was_away_nobody_gets_all_pages_at_once(play: Stage) -> None:
    sato = play.person("sato", "line")
    play.chats["line"].broken[sato.address.id] = later("line_503")
    await play.person("aiko", "slack").presses("応援")
    await play.passes(3600)
    heals(play)
    await play.passes(30)
    assert len([m for m in sato.chat if m.via == "push"]) <= 2


async def test_a_page_that_got_through_after_all_is_no_longer_told_as_lost(play: Stage) -> None:
    breaks(play, "sato", later())
    aiko = play.person("aiko", "slack")
    await aiko.presses("応援")
    assert ("佐藤係長", "届いていません") in aiko.last().facts or aiko.sees("届いていません")
    heals(play)
    await play.passes(5)
    assert not any(("佐藤係長", "届いていません") in card.facts for card in aiko.cards)
    assert (await alert(play)).state == "calling"


async def test_a_process_that_was_stopped_for_a_while_sends_nothing_of_a_call_that_has_ended(
    play: Stage,
) -> None:
    """It had claimed the page; when it wakes, everybody has been stood down."""
    breaks(play, "sato", later())
    aiko, queue = play.person("aiko", "slack"), play.mamori.stores.queue
    await aiko.presses("応援")
    heals(play)
    claimed = play.clock.now() + timedelta(seconds=3)
    due = await queue.claim(claimed, claimed + LEASE, 100)
    play.clock.time = claimed
    await aiko.taps("もう大丈夫")
    play.clock.time = claimed + LEASE
    await play.mamori.deliverer.deliver_all(due.deliveries, claimed=claimed)
    assert due.deliveries
    assert [d for chat in play.chats.values() for d in chat.taken if d.urgent and d.person == "sato"] == []


async def test_a_clock_that_is_set_back_does_not_make_a_call_deaf(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    play.clock.time -= timedelta(minutes=10)
    await aiko.presses("応援")
    assert play.person("mori", "slack").sees("2番窓口")
    play.clock.time += timedelta(minutes=20)
    await play.work()


async def test_a_caller_whose_platform_hangs_reads_on_the_other_that_somebody_comes(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    play.chats["line"].broken[aiko.address.id] = later("line_503")
    await sato.taps("向かう")
    await play.passes(10)
    assert play.person("aiko", "slack").sees("佐藤係長が向かっています")


# --- what stands last on LINE ---


async def test_below_word_of_the_call_the_caller_finds_the_question_again(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    question = aiko.last()
    await sato.taps("向かう")
    message = aiko.chat[-1]
    assert message.via == "push"
    assert message.cards[0].body[0].startswith("佐藤係長が向かっています")
    assert message.cards[-1].body == question.body
    assert "佐藤係長" in message.cards[-1].title


async def test_where_the_word_itself_asks_nothing_stands_below_it(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await sato.taps("向かう")
    await sato.taps("着いた")
    assert "来てくれた" in [b.label for b in aiko.last().choices]
    await aiko.taps("もう大丈夫")
    assert "対応" not in aiko.last().title or aiko.last().choices == ()


# --- several people, several ends ---


async def test_a_colleague_who_joined_hears_that_it_is_over(play: Stage) -> None:
    beside = replace(PEOPLE["kenji"], place=PEOPLE["aiko"].place, site=PEOPLE["aiko"].site)
    await play.mamori.stores.directory.put_people([beside])
    aiko, kenji = play.person("aiko", "line"), play.person("kenji", "line")
    await aiko.presses("応援")
    await kenji.presses("応援")
    await aiko.taps_data(encode(CallerTap((await play.incident()).id, "finished")))
    assert kenji.last().body == ("2番窓口の件は終わりました。ありがとうございました。",)


async def test_whoever_asked_another_to_go_hears_that_this_one_can_not(play: Stage) -> None:
    sato, mori = play.person("sato", "line"), play.person("mori", "slack")
    await play.person("aiko", "slack").presses("応援")
    await sato.taps("向かう")
    await sato.taps("引き継ぐ")
    await sato.taps("森課長")
    await mori.taps("行けない")
    assert sato.sees("森課長は行けません。あなたが向かってください。")
    assert (await alert(play)).state == "coming"


async def test_a_caller_on_line_reads_at_once_that_one_of_two_has_turned_back(
    redis_url: str, store_connection: Client
) -> None:
    async with stage(redis_url, PAIRS + DANGER) as play:
        aiko, sato, mori = (play.person(n, "line") for n in ("aiko", "sato", "mori"))
        await aiko.presses("応援")
        await mori.taps("向かう")
        await sato.taps("向かう")
        await sato.taps("行けなくなった")
        assert aiko.chat[-1].cards[0].body[0].startswith("森課長が向かっています")


# --- who may say what ---


async def test_somebody_who_was_not_called_can_not_end_it(play: Stage) -> None:
    aiko, kenji = play.person("aiko", "line"), play.person("kenji", "line")
    await aiko.presses("迷う")
    incident = await play.incident()
    seen = len(aiko.chat)
    for word in ("finished", "coming", "police", "more"):
        await kenji.taps_data(encode(ReplyTap(incident.id, word)))
    assert (await play.incident()).is_open
    assert len(aiko.chat) == seen
    assert len(kenji.chat) == 4


async def test_an_old_incidents_buttons_touch_nothing_of_the_new_one(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    first = (await play.incident()).id
    await aiko.taps_data(encode(CallerTap(first, "finished")))
    await play.passes(300)
    await aiko.presses("応援")
    for word in ("coming", "arrived", "finished", "undo"):
        await sato.taps_data(encode(ReplyTap(first, word)))
    for word in get_args(CallerWord):
        await aiko.taps_data(encode(CallerTap(first, word)))
    stood = (await play.incident(1)).alert
    assert stood is not None
    assert (stood.state, stood.kind) == ("calling", "standard")


async def test_an_answer_from_two_platforms_at_once_is_one_answer(play: Stage) -> None:
    await play.person("aiko", "line").presses("応援")
    going = encode(ReplyTap((await play.incident()).id, "coming"))
    both: list[Actor] = [play.person("sato", "line"), play.person("sato", "slack")]
    await asyncio.gather(*(actor.taps_data(going) for actor in both))
    assert [k for k in await play.kinds() if k == "coming"] == ["coming"]


# --- forced, and in danger ---


FORCED = POLICY + "\nduress_cancel: true\nduress_phrases: [赤いファイルをお願いします]\n"


async def test_a_sign_of_force_outlasts_somebody_who_said_that_they_are_there(
    redis_url: str, store_connection: Client
) -> None:
    """Whoever is forced can't object: the clock that waits for an objection must not end the call."""
    async with stage(redis_url, FORCED) as play:
        aiko, sato = play.person("aiko", "slack"), play.person("sato", "slack")
        await aiko.presses("応援")
        await sato.taps("向かう")
        await sato.taps("着いた")
        await aiko.types("赤いファイルをお願いします")
        await play.passes(200)
        assert (await alert(play)).state == "calling"
        assert len(on_slack(play.pages_to("mori"))) > 1


# --- drills, and what is real ---


async def test_a_drill_begins_with_one_tap_on_the_greeting(play: Stage) -> None:
    aiko = play.person("aiko", "slack")
    await aiko.appears(home=True)
    await aiko.taps("訓練をはじめる")
    assert (await play.incident()).drill
    assert play.person("sato", "slack").last().title.startswith("【訓練】")


async def test_the_menu_card_can_be_asked_for_and_holds_the_drill(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.types("メニュー")
    assert aiko.buttons()[:4] == ["危険", "応援", "迷う", "記録"]
    assert "訓練をはじめる" in aiko.buttons()[4:]


async def test_out_of_a_drill_what_is_real_is_one_tap_away_and_ends_the_drill(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.types("訓練")
    await play.passes(10)
    await aiko.taps("訓練ではない・応援")
    drill, real = await play.incidents()
    assert (drill.drill, drill.is_open, real.drill, real.is_open) == (True, False, False, True)
    assert not sato.last().title.startswith("【訓練】")
    assert not aiko.last().title.startswith("【訓練】")
    await aiko.presses("応援")
    assert len(await play.incidents()) == 2


async def test_after_a_drill_that_nobody_ended_a_call_is_real(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.types("訓練")
    await play.person("sato", "slack").taps("向かう")
    await aiko.taps("来てくれた")
    await play.passes(2 * 3600)
    await aiko.presses("応援")
    drill, real = await play.incidents()
    assert (drill.is_open, real.drill, real.is_open) == (False, False, True)


async def test_a_drill_can_not_begin_in_the_midst_of_something_real(play: Stage) -> None:
    aiko = play.person("aiko", "slack")
    await aiko.appears(home=True)
    await aiko.presses("応援")
    await aiko.taps("訓練をはじめる")
    assert [i.drill for i in await play.incidents()] == [False]

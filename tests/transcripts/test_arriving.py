"""Nobody is counted as there on a responder's word alone: the caller says so, or has had the time to object."""

from datetime import timedelta

import pytest

from bot.core.walk import facts_of
from tests.transcripts.calls import alert, on_slack
from tests.transcripts.stage import POLICY, Actor, Stage

pytestmark = pytest.mark.anyio


async def at_the_door(play: Stage) -> tuple[Actor, Actor]:
    """佐藤係長 says 向かう, and twenty seconds later 着いた."""
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await sato.taps("向かう")
    await play.passes(20)
    await sato.taps("着いた")
    return aiko, sato


async def test_when_a_responder_says_there_the_caller_is_asked(play: Stage) -> None:
    aiko, sato = await at_the_door(play)
    assert aiko.news() == "佐藤係長から「着いた」。来てくれましたか。"
    assert aiko.buttons()[:2] == ["来てくれた", "まだ来ない"]
    assert sato.sees("着いたことを愛子さんに確かめています(10:02)")
    assert (await alert(play)).state == "claimed"


async def test_the_callers_word_stops_the_clock(play: Stage) -> None:
    aiko, sato = await at_the_door(play)
    await aiko.taps("来てくれた")
    assert await play.timers() == []
    assert aiko.news() == "佐藤係長が着きました"
    assert sato.sees("あなたが着きました(10:02)")


async def test_no_objection_in_time_stops_the_clock(play: Stage) -> None:
    aiko, _ = await at_the_door(play)
    await play.passes(59)
    assert (await alert(play)).state == "claimed"
    await play.passes(1)
    assert (await alert(play)).state == "arrived"
    assert await play.timers() == []
    assert "settled" in await play.kinds()
    assert aiko.news() == "佐藤係長が着きました"


async def test_the_time_to_object_is_the_policys(play: Stage) -> None:
    longer = POLICY.replace("standard:\n", "standard:\n  objection: 90\n", 1)
    await play.mamori.stores.library.put_policy(longer)
    await at_the_door(play)
    await play.passes(89)
    assert (await alert(play)).state == "claimed"
    await play.passes(1)
    assert (await alert(play)).state == "arrived"


async def test_not_yet_after_there_widens_at_once(play: Stage) -> None:
    aiko, _ = await at_the_door(play)
    await aiko.taps("まだ来ない")
    assert on_slack(play.pages_to("mori")) == ["20"]
    assert on_slack(play.pages_to("sato")) == ["0", "20"]
    assert (await alert(play)).state == "calling"


async def test_an_objection_after_the_time_is_heard_all_the_same(play: Stage) -> None:
    aiko, _ = await at_the_door(play)
    await play.passes(100)
    await aiko.taps("まだ来ない")
    assert on_slack(play.pages_to("mori")) == ["120"]
    assert (await alert(play)).there is None


async def test_while_the_caller_is_asked_nobody_else_is_called(play: Stage) -> None:
    await at_the_door(play)
    await play.passes(40)
    assert play.pages_to("mori") == []


async def test_the_time_of_arrival_is_when_it_was_said_not_when_it_settled(play: Stage) -> None:
    await at_the_door(play)
    await play.passes(60)
    stood = await alert(play)
    assert stood.there is not None
    assert stood.there - stood.started == timedelta(seconds=20)


async def test_a_second_responder_may_come_while_the_caller_is_asked(play: Stage) -> None:
    await play.mamori.stores.library.put_policy(POLICY.replace("[sato]", "[sato, mori]", 1))
    aiko, _ = await at_the_door(play)
    await play.person("mori", "slack").taps("私も向かう")
    assert (await alert(play)).state == "claimed"
    assert [t.name for t in await play.timers()] == ["settles"]
    await aiko.taps("まだ来ない")
    assert (await alert(play)).state == "calling"


async def test_there_twice_is_there_once(play: Stage) -> None:
    _, sato = await at_the_door(play)
    (before,) = await play.timers()
    there, _ = sato.find("もっと人を")
    await sato.taps_data(there.data.replace(".more.", ".arrived."))
    assert await play.timers() == [before]
    assert (await play.kinds()).count("arrived") == 1


async def test_a_responder_can_not_end_it_before_the_caller_has_spoken(play: Stage) -> None:
    _, sato = await at_the_door(play)
    assert "終わった" not in sato.buttons()
    more, _ = sato.find("もっと人を")
    await sato.taps_data(more.data.replace(".more.", ".finished."))
    assert (await play.incident()).is_open


async def test_whoever_never_tapped_going_may_say_there(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    going, _ = sato.find("向かう")
    await sato.taps_data(going.data.replace(".coming.", ".arrived."))
    assert aiko.news() == "佐藤係長から「着いた」。来てくれましたか。"
    await play.passes(60)
    assert (await alert(play)).state == "arrived"


async def test_the_figures_count_the_first_answer_and_the_arrival(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await play.passes(15)
    await sato.taps("向かう")
    await play.passes(30)
    await sato.taps("着いた")
    await aiko.taps("来てくれた")
    figures = await play.mamori.stores.records.figures(["2026-11-24"])
    by_metric = {name.split("|")[1]: count for name, count in figures.items()}
    assert (by_metric["answered"], by_metric["seconds_to_answer"]) == (1, 15)
    assert (by_metric["there"], by_metric["seconds_to_arrive"]) == (1, 45)


# --- the time that was named ---


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ("今すぐ", "佐藤係長がすぐ来ます"),
        ("1分", "佐藤係長が向かっています。あと1分ほど"),
        ("3分", "佐藤係長が向かっています。あと3分ほど"),
        ("5分", "佐藤係長が向かっています。あと5分ほど"),
    ],
)
async def test_the_caller_reads_the_time_that_was_named(play: Stage, named: str, says: str) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await sato.taps("向かう")
    await sato.taps(named)
    assert aiko.news() == says


async def test_at_once_runs_out_after_the_grace_alone(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await sato.taps("向かう")
    await sato.taps("今すぐ")
    await play.passes(59)
    assert play.pages_to("mori") == []
    await play.passes(1)
    assert on_slack(play.pages_to("mori")) == ["60"]


# --- colleagues who keep an eye on it ---


async def test_a_colleague_who_watches_is_shown_and_the_call_goes_on(play: Stage) -> None:
    aiko, kenji = play.person("aiko", "slack"), play.person("kenji", "line")
    await aiko.presses("応援")
    await play.passes(121)
    await kenji.taps("見守り中")
    assert any("健司" in line and "見守っています" in line for card in aiko.cards for line in card.body)
    assert (await alert(play)).state == "calling"
    await play.passes(30)
    assert on_slack(play.pages_to("sato"))[-1] == "150"


async def test_with_somebody_watching_the_caller_is_not_alone(play: Stage) -> None:
    await play.person("aiko", "line").presses("応援")
    sato, mori = play.person("sato", "slack"), play.person("mori", "slack")
    await play.passes(61)
    await sato.taps("見守り中")
    assert mori.last().title.endswith("ほかに人がいる")


async def test_from_then_on_the_guidance_speaks_to_two(play: Stage) -> None:
    await play.person("aiko", "line").presses("応援")
    await play.person("sato", "slack").taps("見守り中")
    walk = (await play.incident()).walk
    flow = await play.mamori.shelf.flow(walk.flow, walk.revision)
    assert facts_of(flow, walk)["staff_alone"] == "no"


# --- a few words ---


async def test_the_callers_words_reach_whoever_is_coming_on_their_own_platform(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await sato.taps("向かう")
    await aiko.types("裏口から入ってください")
    assert sato.sees("愛子: 裏口から入ってください")
    assert "裏口" not in sato.last().alt + sato.last().title
    assert aiko.sees("書きとめて、佐藤係長に伝えました。")


async def test_the_responders_words_reach_the_caller(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await sato.types("いま階段です")
    assert aiko.sees("佐藤係長: いま階段です")
    assert aiko.last().alt == "連絡があります"
    assert sato.sees("愛子さんに伝えました。")
    assert "note" in await play.kinds()
    assert len(await play.incidents()) == 1


async def test_whoever_writes_has_seen_the_call(play: Stage) -> None:
    aiko, sato = play.person("aiko", "slack"), play.person("sato", "line")
    await aiko.presses("応援")
    await sato.types("どんな様子ですか")
    assert dict(aiko.cards[0].facts)["佐藤係長"] == "10:02 見ました"


async def test_words_of_danger_by_somebody_who_is_called_are_about_themselves(play: Stage) -> None:
    """Being called by a colleague must not swallow one's own cry for help."""
    await play.person("aiko", "line").presses("応援")
    await play.person("sato", "slack").types("刃物を持った人がいます。助けて")
    assert {i.caller.person for i in await play.incidents()} == {"aiko", "sato"}


async def test_a_wish_for_people_by_somebody_who_is_called_is_about_themselves(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await sato.types("応援お願いします")
    assert not aiko.sees("応援お願いします")
    assert "応援を呼ぶ" in sato.buttons()


async def test_once_somebody_is_there_the_words_of_the_others_are_about_themselves(play: Stage) -> None:
    aiko, sato, mori = (
        play.person("aiko", "line"),
        play.person("sato", "slack"),
        play.person("mori", "slack"),
    )
    await aiko.presses("応援")
    await play.passes(61)
    await sato.taps("向かう")
    await aiko.taps("来てくれた")
    await mori.types("窓口で怒鳴られています")
    assert not aiko.sees("窓口で怒鳴られています")


async def test_the_big_four_of_somebody_who_is_called_are_about_themselves(play: Stage) -> None:
    await play.person("aiko", "line").presses("迷う")
    await play.person("aiko", "line").presses("応援")
    await play.person("sato", "slack").presses("記録")
    assert {i.caller.person for i in await play.incidents()} == {"aiko", "sato"}


async def test_after_the_end_words_are_not_passed_on(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await aiko.taps("来てくれた")
    await aiko.taps("終わった")
    await sato.types("もう終わりましたか")
    assert not aiko.sees("もう終わりましたか")

"""Silence is a signal: a caller who gives no sign is asked, and without an answer more people are called."""

import pytest

from tests.transcripts.calls import alert, on_slack
from tests.transcripts.stage import POLICY, Stage

pytestmark = pytest.mark.anyio

CHECK = "まだ大丈夫?"


async def test_in_danger_the_caller_is_asked_after_a_minute_without_a_sign(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("危険")
    await play.passes(59)
    assert not aiko.sees(CHECK)
    await play.passes(1)
    assert aiko.sees(CHECK)
    assert {"大丈夫", "応援"} <= set(aiko.buttons())


async def test_the_question_says_nothing_to_whoever_reads_along(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("危険")
    await play.passes(60)
    card = next(c for c in aiko.cards if CHECK in c.body)
    assert (card.alt, card.title) == ("連絡があります", "")


async def test_no_answer_in_danger_calls_everyone(play: Stage) -> None:
    slow = POLICY.replace("wait: 30, again: 15", "wait: 600, again: 590")
    await play.mamori.stores.library.put_policy(slow)
    await play.person("aiko", "line").presses("危険")
    await play.passes(89)
    assert play.pages_to("kenji") == []
    await play.passes(1)
    assert on_slack(play.pages_to("kenji")) == ["90"]
    assert on_slack(play.pages_to("sato")) == ["0", "90"]
    kinds = await play.kinds()
    assert kinds.index("checked") < kinds.index("silent")


async def test_the_responders_read_that_there_is_no_answer(play: Stage) -> None:
    await play.person("aiko", "line").presses("危険")
    sato = play.person("sato", "slack")
    await sato.taps("向かう")
    await play.passes(90)
    assert sato.sees("10:03から、本人の返事がありません。")


async def test_whoever_is_on_the_way_is_not_called_again_for_silence(play: Stage) -> None:
    await play.person("aiko", "line").presses("危険")
    await play.person("sato", "slack").taps("向かう")
    await play.passes(95)
    assert on_slack(play.pages_to("sato")) == ["0"]
    assert (await alert(play)).state == "coming"
    assert on_slack(play.pages_to("kenji")) == ["90"]


async def test_a_standard_call_is_asked_after_three_minutes(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    await play.passes(179)
    assert not aiko.sees(CHECK)
    await play.passes(1)
    assert aiko.sees(CHECK)


async def test_in_a_standard_call_with_somebody_on_the_way_nobody_else_is_called_for_silence(
    play: Stage,
) -> None:
    """They know, and are about to be there; a caller at the counter has no hand for the telephone."""
    await play.person("aiko", "line").presses("応援")
    sato = play.person("sato", "slack")
    await sato.taps("向かう")
    await sato.taps("5分")
    await play.passes(215)
    assert play.pages_to("mori") == []
    assert sato.sees("10:05から、本人の返事がありません。")


async def test_how_long_is_the_policys(play: Stage) -> None:
    await play.mamori.stores.library.put_policy(POLICY.replace("danger:\n", "danger:\n  silence: 20\n", 1))
    aiko = play.person("aiko", "line")
    await aiko.presses("危険")
    await play.passes(20)
    assert aiko.sees(CHECK)


@pytest.mark.parametrize("sign", ["tap", "words", "sticker", "menu"])
async def test_any_sign_of_the_caller_sets_the_clock_anew(play: Stage, sign: str) -> None:
    aiko = play.person("aiko", "slack")
    await aiko.presses("危険")
    await play.passes(50)
    match sign:
        case "tap":
            await aiko.taps("もどる")
        case "words":
            await aiko.types("奥にいます")
        case "sticker":
            await aiko.sends("sticker")
        case _:
            await aiko.presses("迷う")
    await play.passes(59)
    assert not aiko.sees(CHECK)
    await play.passes(1)
    assert aiko.sees(CHECK)


async def test_all_right_sets_it_anew_and_calls_nobody(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("危険")
    await sato.taps("向かう")
    await play.passes(60)
    await aiko.taps("大丈夫")
    await play.passes(59)
    assert "silent" not in await play.kinds()
    assert play.pages_to("kenji") == []


async def test_help_from_the_question_widens_at_once(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    await play.person("sato", "slack").taps("向かう")
    await play.person("sato", "slack").taps("5分")
    await play.passes(181)
    await aiko.taps("応援")
    assert on_slack(play.pages_to("mori")) == ["181"]


async def test_it_is_asked_once_and_then_others_look(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("危険")
    await play.passes(600)
    assert aiko.shows().count(CHECK) == 1
    assert (await play.kinds()).count("silent") == 1


async def test_a_sign_after_silence_is_told_to_those_who_were_worried(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("危険")
    await sato.taps("向かう")
    await play.passes(95)
    await aiko.types("だいじょうぶです、奥にいます")
    assert (await alert(play)).silent is None
    assert "sign_of_life" in await play.kinds()
    assert not sato.sees("10:03から、本人の返事がありません。")


@pytest.mark.parametrize("end", ["来てくれた", "もう大丈夫"])
async def test_the_clock_stops_when_somebody_is_there_or_it_is_over(play: Stage, end: str) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("危険")
    await aiko.taps(end)
    assert [t.name for t in await play.clocks() if t.name == "silence"] == []
    await play.passes(600)
    assert not aiko.sees(CHECK)


async def test_the_clock_stops_when_a_responder_says_there_and_goes_on_when_they_are_not(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("危険")
    await sato.taps("向かう")
    await sato.taps("着いた")
    assert [t for t in await play.clocks() if t.name == "silence"] == []
    await aiko.taps("まだ来ない")
    assert len([t for t in await play.clocks() if t.name == "silence"]) == 1


async def test_without_a_call_nobody_asks(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    await play.passes(600)
    assert not aiko.sees(CHECK)


async def test_an_answer_of_a_responder_is_no_sign_of_the_caller(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("危険")
    await play.passes(50)
    await play.person("sato", "slack").taps("向かう")
    await play.passes(10)
    assert aiko.sees(CHECK)

"""A caller who is being forced: their screen shows a cancel like any other, and the call goes out all the same."""

from collections.abc import AsyncIterator

import pytest

from bot.core.messages import Card
from bot.stores.connection import Client
from tests.transcripts.calls import alert, on_slack
from tests.transcripts.stage import POLICY, Actor, Stage, stage

pytestmark = pytest.mark.anyio

PHRASE = "赤いファイルをお願いします"
FORCED = POLICY + f"\nduress_cancel: true\nduress_phrases: [{PHRASE}]\n"
QUIETLY = "声をかけず、様子を見に来てください。"


@pytest.fixture
async def play(redis_url: str, store_connection: Client) -> AsyncIterator[Stage]:
    async with stage(redis_url, FORCED) as playing:
        yield playing
        assert await playing.audit() == []


async def called(play: Stage) -> tuple[Actor, Actor]:
    aiko, sato = play.person("aiko", "slack"), play.person("sato", "slack")
    await aiko.presses("応援")
    await play.passes(10)
    return aiko, sato


async def after_cancel(play: Stage, answer: str) -> list[Card]:
    """What stands on the caller's screen after もう大丈夫 and this answer."""
    aiko, _ = await called(play)
    await aiko.taps("もう大丈夫")
    await aiko.taps(answer)
    return aiko.cards


async def test_fine_now_is_asked_back_with_two_answers(play: Stage) -> None:
    aiko, _ = await called(play)
    await aiko.taps("もう大丈夫")
    card = next(c for c in aiko.cards if "止めます。" in c.body)
    assert [b.label for b in card.choices] == ["はい", "はい、大丈夫"]
    assert (await alert(play)).state == "calling"


async def test_the_first_answer_really_cancels(play: Stage) -> None:
    await after_cancel(play, "はい")
    assert (await alert(play)).state == "cancelled"
    await play.passes(600)
    assert on_slack(play.pages_to("sato")) == ["0"]


async def test_the_second_answer_calls_for_danger_and_says_to_come_quietly(play: Stage) -> None:
    await after_cancel(play, "はい、大丈夫")
    stood = await alert(play)
    assert (stood.state, stood.kind, stood.duress) == ("calling", "danger", True)
    for name in ("sato", "mori", "kei", "kenji"):
        assert play.person(name, "slack").sees(QUIETLY)


async def test_both_answers_look_the_same_to_the_last_word(
    redis_url: str, play: Stage, store_connection: Client
) -> None:
    really = await after_cancel(play, "はい")
    real = [_without_names(card) for card in really]
    await store_connection.flushdb()
    async with stage(redis_url, FORCED) as other:
        forced = [_without_names(card) for card in await after_cancel(other, "はい、大丈夫")]
    assert forced == real


def _without_names(card: Card) -> tuple[object, ...]:
    """All that is seen; what a button carries isn't."""
    labels = [b.label for b in (*card.choices, *card.actions, *card.bottom)]
    return card.alt, card.title, card.body, card.aloud, card.facts, card.note, labels


async def test_the_code_phrase_looks_like_a_cancel_and_calls_for_danger(play: Stage) -> None:
    aiko, sato = await called(play)
    await aiko.types(f"{PHRASE}。")
    assert aiko.last().body == ("応援を止めました。必要なら、また押してください。",)
    assert sato.sees(QUIETLY)
    assert (await alert(play)).kind == "danger"


async def test_the_code_phrase_opens_a_call_where_none_was(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.types(f"すみません、{PHRASE}")
    assert aiko.shows() == ["応援を止めました。必要なら、また押してください。"]
    assert on_slack(play.pages_to("sato")) == ["0"]
    assert play.person("sato", "line").sees(QUIETLY)


async def test_the_phrase_is_heard_after_a_real_cancel_as_well(play: Stage) -> None:
    aiko, sato = await called(play)
    await aiko.taps("もう大丈夫")
    await aiko.taps("はい")
    await aiko.types(PHRASE)
    assert sato.sees(QUIETLY)
    assert (await alert(play)).state == "calling"


async def test_nothing_of_what_follows_reaches_the_callers_screen(play: Stage) -> None:
    aiko, sato = await called(play)
    await aiko.types(PHRASE)
    before, messages = [_without_names(c) for c in aiko.cards], len(aiko.chat)
    await sato.taps("向かう")
    await sato.taps("3分")
    await sato.types("すぐ行きます")
    await play.passes(120)
    await sato.taps("着いた")
    await play.passes(60)
    assert [_without_names(c) for c in aiko.cards] == before
    assert len(aiko.chat) == messages
    assert sato.sees("今は、相手の画面に出さないため、伝えていません。")


async def test_the_caller_is_not_asked_whether_all_is_well(play: Stage) -> None:
    aiko, _ = await called(play)
    await aiko.types(PHRASE)
    await play.passes(300)
    assert not aiko.sees("まだ大丈夫?")


@pytest.mark.parametrize("word", ["fine", "stop", "arrived", "finished"])
async def test_whoever_holds_the_telephone_can_not_stop_the_call(play: Stage, word: str) -> None:
    aiko, _ = await called(play)
    fine, message = aiko.find("もう大丈夫")
    await aiko.types(PHRASE)
    await aiko.taps_data(fine.data.replace(".fine", f".{word}"), message.ref)
    assert (await play.incident()).is_open
    assert (await alert(play)).is_open


async def test_it_goes_on_until_somebody_comes(play: Stage) -> None:
    aiko, _ = await called(play)
    await aiko.types(PHRASE)
    await play.passes(300)
    assert len(on_slack(play.pages_to("mori"))) >= 4


async def test_whoever_is_on_the_way_goes_on_and_reads_it(play: Stage) -> None:
    aiko, sato = await called(play)
    await sato.taps("向かう")
    await aiko.types(PHRASE)
    assert (await alert(play)).state == "coming"
    assert sato.sees(QUIETLY)
    assert on_slack(play.pages_to("sato")) == ["0"]


async def test_the_caller_may_still_call_openly(play: Stage) -> None:
    aiko, _ = await called(play)
    await aiko.types(PHRASE)
    await play.passes(10)
    await aiko.presses("危険")
    assert aiko.sees("向かって") or any("知らせました" in line for c in aiko.cards for line in c.body)


async def test_without_the_policys_word_fine_now_is_one_tap(redis_url: str, store_connection: Client) -> None:
    """Two answers that look alike need people who know the difference; until then one is enough."""
    async with stage(redis_url) as play:
        aiko, _ = await called(play)
        await aiko.taps("もう大丈夫")
        assert (await alert(play)).state == "cancelled"


async def test_the_room_says_nothing_of_it(play: Stage) -> None:
    """The caller's telephone may show the room."""
    aiko, _ = await called(play)
    await aiko.types(PHRASE)
    await play.passes(30)
    assert not play.room().sees(QUIETLY)

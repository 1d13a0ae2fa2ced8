"""Several alarms about one thing are one call; and a drill is a drill from its first event to its figures."""

import asyncio
from dataclasses import replace

import pytest

from tests.transcripts.calls import alert, on_slack
from tests.transcripts.stage import PEOPLE, POLICY, Actor, Stage, texts

pytestmark = pytest.mark.anyio

PLACE = PEOPLE["aiko"].place


@pytest.fixture
async def neighbour(play: Stage) -> Actor:
    """健司 works at the same counter."""
    beside = replace(PEOPLE["kenji"], place=PLACE, site=PEOPLE["aiko"].site)
    await play.mamori.stores.directory.put_people([beside])
    return play.person("kenji", "slack")


async def test_a_second_call_from_the_same_place_joins_the_first(play: Stage, neighbour: Actor) -> None:
    await play.person("aiko", "line").presses("応援")
    await play.passes(20)
    await neighbour.presses("応援")
    assert len(await play.incidents()) == 1
    assert on_slack(play.pages_to("sato")) == ["0"]
    assert "joined" in await play.kinds()


async def test_the_second_caller_is_told_and_sees_how_it_stands(play: Stage, neighbour: Actor) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await neighbour.presses("応援")
    assert neighbour.last().body[0] == "愛子さんが呼んだ応援に加わりました。"
    assert aiko.sees("健司さんも、同じ場所から応援を呼びました。")
    await sato.taps("向かう")
    assert neighbour.last().body[1] == "佐藤係長が向かっています"
    assert sato.last().title.endswith("ほかに人がいる")


async def test_the_second_caller_can_still_widen_it(play: Stage, neighbour: Actor) -> None:
    await play.person("aiko", "line").presses("応援")
    await neighbour.presses("応援")
    await play.passes(20)
    await neighbour.taps("応援")
    assert on_slack(play.pages_to("mori")) == ["20"]
    assert len(await play.incidents()) == 1


async def test_danger_by_the_second_makes_it_graver_at_once(play: Stage, neighbour: Actor) -> None:
    await play.person("aiko", "line").presses("応援")
    await play.passes(5)
    await neighbour.presses("危険")
    assert (await alert(play)).kind == "danger"
    assert on_slack(play.pages_to("mori")) == ["5"]


async def test_two_taps_of_a_shaking_thumb_join_once(play: Stage, neighbour: Actor) -> None:
    await play.person("aiko", "line").presses("応援")
    await neighbour.presses("応援")
    await neighbour.presses("応援")
    assert play.pages_to("mori") == []
    assert len((await play.incident()).witnesses) == 1


async def test_two_who_call_in_the_same_moment_are_one_call(play: Stage, neighbour: Actor) -> None:
    await asyncio.gather(play.person("aiko", "line").presses("応援"), neighbour.presses("応援"))
    assert len(await play.incidents()) == 1
    assert on_slack(play.pages_to("sato")) == ["0"]


async def test_after_two_minutes_it_is_another_call(play: Stage, neighbour: Actor) -> None:
    await play.person("aiko", "line").presses("応援")
    await play.passes(121)
    await neighbour.presses("応援")
    assert len(await play.incidents()) == 2


async def test_how_long_a_second_call_joins_is_the_policys(play: Stage, neighbour: Actor) -> None:
    await play.mamori.stores.library.put_policy(POLICY + "\nmerge: 30\n")
    await play.person("aiko", "line").presses("応援")
    await play.passes(31)
    await neighbour.presses("応援")
    assert len(await play.incidents()) == 2


async def test_another_place_is_another_call(play: Stage) -> None:
    await play.mamori.stores.directory.put_people([replace(PEOPLE["kenji"], place="5番窓口")])
    await play.person("aiko", "line").presses("応援")
    await play.person("kenji", "slack").presses("応援")
    assert len(await play.incidents()) == 2


async def test_where_no_place_is_known_nothing_is_merged(play: Stage) -> None:
    nowhere = [replace(PEOPLE[name], place="") for name in ("aiko", "kenji")]
    await play.mamori.stores.directory.put_people(nowhere)
    await play.person("aiko", "line").presses("応援")
    await play.person("kenji", "slack").presses("応援")
    assert len(await play.incidents()) == 2


async def test_a_call_that_is_over_is_not_joined(play: Stage, neighbour: Actor) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    await aiko.taps("来てくれた")
    await aiko.taps("終わった")
    await neighbour.presses("応援")
    assert len(await play.incidents()) == 2
    assert len(on_slack(play.pages_to("sato"))) == 2


async def test_a_question_or_a_record_is_never_merged(play: Stage, neighbour: Actor) -> None:
    await play.person("aiko", "line").presses("応援")
    await neighbour.presses("記録")
    assert len(await play.incidents()) == 2


# --- drills ---


async def drill(play: Stage, words: str = "訓練") -> tuple[Actor, Actor]:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.types(words)
    return aiko, sato


def unmarked(actor: Actor) -> list[tuple[str, str]]:
    return [
        (c.alt, c.title) for c in actor.cards if not c.alt.startswith("【訓練】") or "【訓練】" not in c.title
    ]


async def test_every_message_of_a_drill_is_marked(play: Stage) -> None:
    aiko, sato = await drill(play)
    await play.passes(65)
    await sato.taps("向かう")
    await sato.taps("今すぐ")
    await sato.types("向かっています")
    await aiko.types("お願いします")
    await sato.taps("引き継ぐ")
    await sato.taps("110番カード")
    await sato.taps("着いた")
    await aiko.taps("まだ来ない")
    await play.passes(200)
    await aiko.taps("来てくれた")
    await aiko.taps("終わった")
    await play.passes(5)
    actors = [aiko, *(play.person(n, p) for n in ("sato", "mori", "kei", "kenji") for p in ("line", "slack"))]
    assert [unmarked(a) for a in actors if a.chat] == [[] for a in actors if a.chat]
    assert unmarked(play.room())[1:] == [] or all(
        line.startswith("【訓練】") for m in play.room().chat[1:] for c in m.cards for line in c.body
    )


async def test_a_drill_is_one_from_its_first_event_to_its_figures(play: Stage) -> None:
    aiko, _ = await drill(play)
    await aiko.taps("来てくれた")
    await aiko.taps("終わった")
    assert (await play.incident()).drill
    figures = await play.mamori.stores.records.figures(["2026-11-24"])
    assert {name.split("|")[0] for name, count in figures.items() if count} == {"drill"}


async def test_a_drill_for_danger_calls_by_the_plan_for_danger(play: Stage) -> None:
    await drill(play, "訓練 危険")
    assert (await alert(play)).kind == "danger"
    assert on_slack(play.pages_to("mori")) == ["0"]


async def test_a_drill_never_joins_what_is_real(play: Stage, neighbour: Actor) -> None:
    await drill(play)
    await neighbour.presses("応援")
    found = await play.incidents()
    assert sorted(i.drill for i in found) == [False, True]
    assert len(on_slack(play.pages_to("sato"))) == 2


async def test_two_drills_of_one_place_are_one(play: Stage, neighbour: Actor) -> None:
    await drill(play)
    await neighbour.types("訓練")
    assert len(await play.incidents()) == 1


async def test_the_word_in_a_sentence_begins_no_drill(play: Stage) -> None:
    await play.person("aiko", "line").types("避難訓練の日程を聞かれました")
    assert await play.incidents() == []


async def test_in_a_real_call_the_word_changes_nothing(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    await aiko.types("訓練")
    assert not (await play.incident()).drill
    assert len(await play.incidents()) == 1


async def test_a_drill_says_so_aloud_and_in_the_title(play: Stage) -> None:
    _, sato = await drill(play)
    card = sato.last()
    assert card.alt.startswith("【訓練】")
    assert any(t.startswith("【訓練】") for t in texts(card))

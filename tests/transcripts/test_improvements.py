"""A fair complaint leaves something behind: one line, asked for after the thanks, never in the way of a call for help."""

from collections.abc import Mapping

import pytest

from bot.app.improving import Improvement, Improvements
from tests.transcripts.stage import MORNING, Actor, Stage

pytestmark = pytest.mark.anyio

ASKED = "よくなることがあれば、一行どうぞ。"
LINE = "領収書の控えを、その場でお渡しするとよい"


async def our_fault_ends(play: Stage, begin: str = "応援") -> Actor:
    aiko = play.person("aiko", "line")
    if begin == "訓練":
        await aiko.types("訓練")
    else:
        await aiko.presses(begin)
    await aiko.taps("こちらに非があるかも")
    await aiko.taps("来てくれた")
    await aiko.taps("終わった")
    return aiko


def of(play: Stage) -> Improvements:
    m = play.mamori
    return Improvements(m.stores.turns, m.stores.records, m.shelf, play.clock)


async def tickets(play: Stage) -> list[Improvement]:
    return await of(play).all(MORNING, MORNING.replace(year=2027))


async def figures(play: Stage) -> Mapping[str, int]:
    counted = await play.mamori.stores.records.figures(["2026-11-24"])
    return {name: n for name, n in counted.items() if "improvement" in name and n}


async def test_after_the_thanks_and_only_then_one_line_is_asked_for(play: Stage) -> None:
    aiko = await our_fault_ends(play)
    assert aiko.shows()[-2:] == ["おつかれさまでした。", ASKED]
    assert [b.label for b in aiko.last().bottom] == ["危険", "応援", "迷う", "記録"]
    (ticket,) = await tickets(play)
    assert (ticket.state, ticket.line) == ("open", "")


async def test_the_next_words_are_the_line_and_it_is_said_so(play: Stage) -> None:
    aiko = await our_fault_ends(play)
    await aiko.types(LINE)
    assert aiko.shows()[-1].startswith("ありがとうございます。改善の一行として残しました。")
    (ticket,) = await tickets(play)
    assert ticket.line == LINE
    assert LINE not in repr(await play.incident())
    assert len(await play.incidents()) == 1


async def test_only_the_first_words_are_the_line(play: Stage) -> None:
    aiko = await our_fault_ends(play)
    await aiko.types(LINE)
    await aiko.types("窓口がこんでいる")
    (ticket,) = await tickets(play)
    assert ticket.line == LINE
    assert "改善の一行" not in aiko.shows()[-1]


async def test_an_hour_later_words_mean_something_else(play: Stage) -> None:
    aiko = await our_fault_ends(play)
    await play.passes(61 * 60)
    await aiko.types(LINE)
    (ticket,) = await tickets(play)
    assert ticket.line == ""


async def test_who_writes_nothing_is_asked_nothing_more(play: Stage) -> None:
    aiko = await our_fault_ends(play)
    before = len(aiko.cards)
    await play.passes(3 * 60 * 60)
    assert len(aiko.cards) == before


@pytest.mark.parametrize("words", ["なぐられた 助けて", "刃物を持っています"])
async def test_words_of_danger_call_at_once_and_are_no_line(play: Stage, words: str) -> None:
    aiko = await our_fault_ends(play)
    await aiko.types(words)
    (ticket,) = await tickets(play)
    assert ticket.line == ""
    assert len(await play.incidents()) == 2


@pytest.mark.parametrize("words", ["応援", "場所 3番窓口", "訓練", "メニュー", "録音してもいい?"])
async def test_commands_and_questions_are_no_line(play: Stage, words: str) -> None:
    aiko = await our_fault_ends(play)
    await aiko.types(words)
    (ticket,) = await tickets(play)
    assert ticket.line == ""


async def test_a_menu_button_begins_anew_although_a_line_is_waited_for(play: Stage) -> None:
    aiko = await our_fault_ends(play)
    await aiko.presses("応援")
    assert len(await play.incidents()) == 2
    await aiko.types("となりの人が大声です")
    assert all(t.line == "" for t in await tickets(play))


async def test_a_case_that_is_neither_fair_nor_our_fault_leaves_none(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    await aiko.taps("来てくれた")
    await aiko.taps("終わった")
    assert not aiko.sees(ASKED)
    assert await tickets(play) == []


FAIR = ("ない", "大声・強い言い方", "おさまった", "ない", "決まりで応えられる", "とくにない", "だいじょうぶ")


async def test_a_fair_request_that_ends_green_leaves_one_too(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    for label in (*FAIR, "終わった"):
        await aiko.taps(label)
    assert aiko.shows()[-1] == ASKED
    (ticket,) = await tickets(play)
    assert ticket.level == "green"


async def test_a_drill_leaves_none(play: Stage) -> None:
    aiko = await our_fault_ends(play, "訓練")
    assert not aiko.sees(ASKED)
    assert await tickets(play) == []
    assert await figures(play) == {}


async def test_it_is_counted_beside_the_incidents_open_first_then_settled(play: Stage) -> None:
    await our_fault_ends(play)
    assert await figures(play) == {"real|improvement|本庁舎|line|open": 1}
    incident = await play.incident()
    assert await of(play).settle(incident.id, "控えを渡すことにした", "admin") == "settled"
    assert await figures(play) == {"real|improvement|本庁舎|line|settled": 1}
    (ticket,) = await tickets(play)
    assert (ticket.state, ticket.note) == ("settled", "控えを渡すことにした")


async def test_settling_twice_or_what_has_no_ticket_changes_nothing(play: Stage) -> None:
    await our_fault_ends(play)
    incident = await play.incident()
    await of(play).settle(incident.id, "", "admin")
    version = (await play.incident()).version
    assert await of(play).settle(incident.id, "", "admin") == "before"
    assert await of(play).settle("nosuch", "", "admin") == "unknown"
    assert (await play.incident()).version == version


async def test_after_it_is_settled_no_line_is_taken(play: Stage) -> None:
    aiko = await our_fault_ends(play)
    await of(play).settle((await play.incident()).id, "", "admin")
    await aiko.types(LINE)
    (ticket,) = await tickets(play)
    assert ticket.line == ""


async def test_the_line_and_every_change_stand_in_the_journal(play: Stage) -> None:
    aiko = await our_fault_ends(play)
    await aiko.types(LINE)
    await of(play).settle((await play.incident()).id, "直した", "admin")
    tail = (await play.kinds())[-4:]
    assert tail == ["improvement", "note", "improvement", "note"]
    assert (await play.kinds()).count("improvement") == 3

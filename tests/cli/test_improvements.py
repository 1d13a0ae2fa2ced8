"""What may be made better, by its commands."""

import asyncio

import pytest

from tests.cli.conftest import Program
from tests.transcripts.stage import stage

DAY = "2026-11-24"
LINE = "控えを、その場でお渡しするとよい"


@pytest.fixture
def played(mamori: Program, database: str) -> Program:
    """愛子's case was our fault; she wrote a line."""
    asyncio.run(_play(database))
    return mamori


async def _play(url: str) -> None:
    async with stage(url) as play:
        aiko = play.person("aiko", "line")
        await aiko.presses("応援")
        await aiko.taps("こちらに非があるかも")
        await aiko.taps("来てくれた")
        await aiko.taps("終わった")
        await aiko.types(LINE)


def test_the_list_names_day_place_level_and_the_line(played: Program) -> None:
    (ticket,) = played.well("improvements", "list", "--json").document
    assert (ticket["date"][:10], ticket["site"], ticket["place"]) == (DAY, "本庁舎", "2番窓口")
    assert (ticket["line"], ticket["state"], ticket["note"]) == (LINE, "open", "")
    assert LINE in played.well("improvements", "list").out


def test_one_is_settled_once_with_what_was_done(played: Program) -> None:
    (ticket,) = played.well("improvements", "list", "--json").document
    close = ("improvements", "close", ticket["id"], "--note", "渡すことにした")
    assert "済みにしました" in played.well(*close).out
    assert "もう済み" in played.well(*close).out
    (settled,) = played.well("improvements", "list", "--json").document
    assert (settled["state"], settled["note"]) == ("settled", "渡すことにした")
    assert played.well("improvements", "list", "--open", "--json").document == []


def test_an_id_without_a_ticket_is_one_line_that_says_where_to_look(played: Program) -> None:
    ended = played("improvements", "close", "nosuch")
    assert ended.code == 1
    assert "mamori improvements list" in ended.error


def test_the_report_counts_them_beside_the_incidents(played: Program) -> None:
    (ticket,) = played.well("improvements", "list", "--json").document
    words = ("report", "--from", DAY, "--to", DAY, "--rebuild", "--json")
    before = played.well(*words).document["real"]["total"]
    assert (before["improvements"], before["improvements_open"]) == (1, 1)
    played.well("improvements", "close", ticket["id"])
    after = played.well(*words).document
    assert (after["real"]["total"]["improvements"], after["real"]["total"]["improvements_open"]) == (1, 0)
    assert after["counters_equal"]


def test_the_timeline_tells_it_in_words(played: Program) -> None:
    (ticket,) = played.well("improvements", "list", "--json").document
    shown = played.well("incidents", "show", ticket["id"]).out
    assert "よくすること: まだ" in shown
    assert "よくすること: 一行が書かれました" in shown

"""`mamori understand learned`: the words that people corrected, as lines that an admin may add to the phrases."""

import asyncio

import pytest

from bot.app.yaml_text import Document
from tests.cli.conftest import Program
from tests.transcripts.stage import stage
from tests.transcripts.test_confirming import LOUD, WORDS
from tests.transcripts.test_questions import hearing

DAY = "2026-11-24"


@pytest.fixture
def corrected(mamori: Program, database: str) -> Program:
    asyncio.run(_play(database))
    return mamori


async def _play(url: str) -> None:
    async with stage(url) as play:
        hearing(play, **{WORDS: LOUD})
        aiko = play.person("aiko", "line")
        await aiko.types(WORDS)
        await aiko.taps("✓ 大声・威圧")
        await aiko.taps("くり返し")
        await aiko.taps("これで進む")


def test_what_is_printed_can_be_pasted_as_it_is(corrected: Program) -> None:
    said = corrected.well("understand", "learned", "--from", DAY, "--to", DAY).out
    assert "威圧的な言動 → 本人: 継続的、執拗な言動" in said
    (phrase,) = Document(said, "pasted").data
    assert (phrase["text"], phrase["acts"]) == (WORDS, ["persistent"])


def test_as_json_it_says_what_was_guessed_and_what_was_picked(corrected: Program) -> None:
    (one,) = corrected.well("understand", "learned", "--json").document
    assert (one["words"], one["guessed"], one["picked"], one["cut"]) == (
        WORDS,
        ["intimidation"],
        ["persistent"],
        False,
    )
    assert one["phrase"].startswith("- {text: ")


def test_another_period_holds_nothing(corrected: Program) -> None:
    said = corrected.well("understand", "--language", "en", "learned", "--to", "2026-11-23").out
    assert said.startswith("# 0 corrected.")

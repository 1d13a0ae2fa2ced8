"""`mamori training`: the made-up cases, and where people agree least."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot.app.case_reader import load_cases
from bot.wiring.parts import open_stores
from tests.cli.conftest import CONTENT, Program

CASES = load_cases(CONTENT)


def test_the_list_tells_every_case_its_level_and_this_months_drill(mamori: Program) -> None:
    listed = mamori("training", "list", "--json").document
    assert {row["case"]: row["level"] for row in listed} == {c.id: c.level for c in CASES.values()}
    assert [row for row in listed if row["level"] != row["written_for"]] == []
    assert len([row for row in listed if row["this_month"]]) == 1
    assert all(row["drill"] for row in listed if row["this_month"])


@pytest.mark.parametrize(("language", "words"), [("ja", "今月"), ("en", "this month")])
def test_the_list_is_read_in_both_languages(mamori: Program, language: str, words: str) -> None:
    lines = mamori("training", "list", "--language", language).out.splitlines()
    assert len(lines) == len(CASES) + 1
    assert len([line for line in lines if words in line]) == 1


def test_before_anybody_answered_nothing_is_claimed(mamori: Program) -> None:
    report = mamori("training", "report", "--json").document
    assert {row["few"] for row in report["cases"]} == {True}
    assert {row["answered"] for row in report["cases"]} == {None}
    assert (report["questions"], report["drills"]) == ([], {})


def test_least_agreement_comes_first_and_few_answers_are_not_told(mamori: Program, database: str) -> None:
    asyncio.run(_answered(database))
    report = mamori("training", "report", "--json").document
    first, second, *rest = report["cases"]
    assert (first["case"], first["answered"], first["most"], first["agree_share"]) == (
        "shop_hair_in_food",
        6,
        "orange",
        0.333,
    )
    assert (second["case"], second["agree_share"]) == ("counter_dogeza", 1.0)
    assert {row["answered"] for row in rest} == {None}
    assert {row["most"] for row in rest} == {None}
    lines = mamori("training", "report").out.splitlines()
    assert lines[3].startswith("shop_hair_in_food")
    assert [line for line in lines if line.startswith("online_fire") and "4" in line] == []
    assert len([line for line in lines if "5人未満" in line]) == len(CASES) - 2


async def _answered(url: str) -> None:
    now = datetime.now(UTC)
    said = {
        "shop_hair_in_food": ["orange"] * 4 + ["green"] * 2,
        "counter_dogeza": ["orange"] * 5,
        "online_fire": ["red"] * 4,
    }
    async with open_stores(url, "default") as stores:
        for case, answers in said.items():
            for number, answer in enumerate(answers):
                person = f"{case}{number}"
                await stores.practices.ask(f"a-{person}", person, case, (), now)
                assert await stores.practices.count(f"b-{person}", person, case, answer, (), now)

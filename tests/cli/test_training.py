"""`mamori training`: the made-up cases, and where people agree least."""

from typing import Any

import pytest

from bot.app.case_reader import load_cases
from bot.stores.training import RedisPractices
from tests.cli.conftest import CONTENT, Program

CASES = load_cases(CONTENT)


def test_the_list_tells_every_case_its_level_and_this_months_drill(program: Program) -> None:
    listed = program("training", "list", "--json").document
    assert {row["case"]: row["level"] for row in listed} == {c.id: c.level for c in CASES.values()}
    assert [row for row in listed if row["level"] != row["written_for"]] == []
    assert len([row for row in listed if row["this_month"]]) == 1
    assert all(row["drill"] for row in listed if row["this_month"])


@pytest.mark.parametrize(("language", "words"), [("ja", "今月"), ("en", "this month")])
def test_the_list_is_read_in_both_languages(program: Program, language: str, words: str) -> None:
    lines = program("training", "list", "--language", language).out.splitlines()
    assert len(lines) == len(CASES) + 1
    assert len([line for line in lines if words in line]) == 1


def test_before_anybody_answered_nothing_is_claimed(program: Program) -> None:
    report = program("training", "report", "--json").document
    assert {row["few"] for row in report["cases"]} == {True}
    assert {row["answered"] for row in report["cases"]} == {None}
    assert (report["questions"], report["drills"]) == ([], {})


def test_least_agreement_comes_first_and_few_answers_are_not_told(program: Program) -> None:
    program.fill(_answered)
    report = program("training", "report", "--json").document
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
    lines = program("training", "report").out.splitlines()
    assert lines[3].startswith("shop_hair_in_food")
    assert [line for line in lines if line.startswith("phone_fire") and "4" in line] == []
    assert len([line for line in lines if "5人未満" in line]) == len(CASES) - 2


async def _answered(stores: Any) -> None:
    practices: RedisPractices = stores.practices
    said = {
        "shop_hair_in_food": ["orange"] * 4 + ["green"] * 2,
        "counter_dogeza": ["orange"] * 5,
        "online_fire": ["red"] * 4,
    }
    for case, answers in said.items():
        for number, answer in enumerate(answers):
            person, now = f"{case}{number}", stores.clock_now
            await practices.ask(f"a-{person}", person, case, (), now)
            await practices.count(f"b-{person}", person, case, answer, (), now)

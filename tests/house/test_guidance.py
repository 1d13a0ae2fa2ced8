"""docs/guidance.md says how each sentence of the city's policy is realised: what it names exists, and nothing is left out."""

import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from bot.app.flow_reader import read_flow
from bot.app.proving import finder, text_of
from bot.cli.commands import PLACES
from bot.core.facts import ACTS, FACTS, STEPS
from bot.core.flow import Ask, Flow

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "guidance.md").read_text("utf-8")
ROWS = {
    cells[1]: cells[3]
    for line in PAGE.splitlines()
    if re.match(r"\| [A-G]\d+ \|", line) and (cells := [c.strip() for c in line.split("|")])
}
SENTENCES = (
    *(f"A{n}" for n in range(1, 6)),  # the idea
    *(f"B{n}" for n in range(1, 4)),  # the definition, in three elements
    *(f"C{n}" for n in range(1, 4)),  # its three notes
    *(f"D{n}" for n in range(1, 3)),  # two kinds of content
    *(f"E{n}" for n in range(1, 11)),  # ten kinds of manner
    *(f"F{n}" for n in range(1, 7)),  # the response
    *(f"G{n}" for n in range(1, 4)),  # the measures
)
NAMED = sorted(
    set(re.findall(r"`((?:default|phone|visit|street|online|act|fact|step|article|pack)/[a-z0-9_:]+)`", PAGE))
)


@cache
def flow(name: str) -> Flow:
    file = ROOT / "flows" / f"{name}.yaml"
    return read_flow(text_of(file), file.name, find=finder(file.parent))


def exists(name: str) -> bool:
    kind, _, what = name.partition("/")
    match kind:
        case "act":
            return what in ACTS
        case "fact":
            return what in FACTS
        case "step":
            return what in STEPS
        case "article":
            return (ROOT / "knowledge" / "articles" / f"{what}.yaml").exists()
        case "pack":
            return (ROOT / "flows" / "packs" / f"{what}.yaml").exists()
    step_id, _, choice = what.partition(":")
    step = flow(kind).steps.get(step_id)
    return step is not None and (
        not choice or (isinstance(step, Ask) and choice in {c.id for c in step.choices})
    )


@pytest.mark.parametrize("name", NAMED)
def test_what_the_page_names_exists(name: str) -> None:
    assert exists(name)


def test_every_sentence_of_the_policy_has_a_row_that_names_something() -> None:
    assert tuple(ROWS) == SENTENCES
    assert [number for number, realised in ROWS.items() if "`" not in realised] == []


def test_each_of_the_twelve_kinds_of_act_is_realised_by_a_choice_that_asserts_it() -> None:
    for act in ACTS:
        row = next(text for text in ROWS.values() if f"`act/{act}`" in text)
        choices = re.findall(r"`default/([a-z_]+):([a-z_]+)`", row)
        asserted = {
            one
            for step_id, choice_id in choices
            if isinstance(step := flow("default").steps[step_id], Ask)
            for choice in step.choices
            if choice.id == choice_id
            for one in choice.acts
        }
        assert act in asserted, act


def test_the_commands_that_the_page_names_exist() -> None:
    for command in set(re.findall(r"`mamori ([a-z]+)", PAGE)):
        assert command in {place.name for place in PLACES}, command


def test_a_name_that_is_wrong_would_be_noticed() -> None:
    assert not exists("default/our_falt")
    assert not exists("default/demand:monye")
    assert not exists("article/none")


def test_the_number_of_scenarios_that_the_page_speaks_of_is_true() -> None:
    files = (ROOT / "flows" / "scenarios").glob("*.yaml")
    assert sum(1 for file in files for one in yaml.safe_load_all(file.read_text("utf-8")) if one) >= 300

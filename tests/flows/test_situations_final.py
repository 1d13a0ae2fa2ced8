"""Situations that neither the flow's author nor its scenarios had seen: how often the default flow answers them right.

situations_final.jsonl was written before its first run and isn't changed afterwards: only so is the figure worth anything.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from bot.app.flow_reader import read_flow
from bot.app.proving import finder
from bot.app.walking import Walked, walk_facts
from bot.core.facts import FACTS, LEVELS, STEPS, FactValue
from tests.flows.means import ROOT

FLOWS = ROOT / "flows"
FILE = ROOT / "tests" / "flows" / "situations_final.jsonl"


@dataclass(frozen=True)
class Situation:
    """What is known, and what must and must not come of it."""

    id: str
    facts: Mapping[str, FactValue]
    level: str
    steps_include: tuple[str, ...]
    steps_exclude: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """A situation and where the flow ended with its facts."""

    situation: Situation
    walked: Walked

    @property
    def is_level_right(self) -> bool:
        return self.walked.level == self.situation.level

    @property
    def missing(self) -> list[str]:
        return [step for step in self.situation.steps_include if step not in self.walked.steps]

    @property
    def harmful(self) -> list[str]:
        return [step for step in self.situation.steps_exclude if step in self.walked.steps]

    def __str__(self) -> str:
        told = self.situation
        known = {name: value for name, value in told.facts.items() if value != "no"}
        return (
            f"{told.id} {told.level} -> {self.walked.level}, missing {self.missing}, forbidden {self.harmful}, "
            f"{known}, {' '.join(self.walked.path)}"
        )


def test_at_least_95_in_100_levels_are_right() -> None:
    wrong = [result for result in results() if not result.is_level_right]
    share = 1 - len(wrong) / len(results())
    assert share >= 0.95, told(share, wrong)


def test_no_red_situation_is_missed() -> None:
    missed = [r for r in results() if r.situation.level == "red" and not r.is_level_right]
    assert not missed, told(len(missed), missed)


def test_at_least_95_in_100_required_steps_are_there() -> None:
    required = sum(len(result.situation.steps_include) for result in results())
    short = [result for result in results() if result.missing]
    share = 1 - sum(len(result.missing) for result in short) / required
    assert share >= 0.95, told(share, short)


def test_no_forbidden_step_is_ever_told() -> None:
    seen = [result for result in results() if result.harmful]
    assert not seen, told(len(seen), seen)


def test_the_situations_are_many_and_written_with_known_words() -> None:
    found = list(situations())
    assert len({one.id for one in found}) == len(found) >= 80
    assert {one.level for one in found} == set(LEVELS)
    assert {name for one in found for name in one.facts} <= set(FACTS)
    assert {step for one in found for step in (*one.steps_include, *one.steps_exclude)} <= set(STEPS)


@cache
def results() -> tuple[Result, ...]:
    flow = read_flow((FLOWS / "default.yaml").read_text("utf-8"), "default.yaml", find=finder(FLOWS))
    return tuple(Result(one, walk_facts(flow, one.facts)) for one in situations())


def situations() -> Iterator[Situation]:
    for line in FILE.read_text("utf-8").splitlines():
        data = json.loads(line)
        steps = tuple(data["steps_include"]), tuple(data["steps_exclude"])
        yield Situation(data["id"], data["facts"], data["level"], *steps)


def told(figure: float, misses: list[Result]) -> str:
    return "\n".join([f"{figure:.3f}", *map(str, misses)])

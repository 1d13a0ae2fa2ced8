"""Walks a flow without a person: from facts, or from a scenario with what is expected of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from pydantic import Field, ValidationError

from bot.app.flow_written import Act, FactValues, Id, LevelName, StepCode, Written
from bot.app.yaml_text import Document, Mistake, Place
from bot.core.events import Answered
from bot.core.facts import FACTS, FactValue
from bot.core.flow import UNSURE, Ask, End, Flow, Say
from bot.core.walk import Walk, acts_of, begin, level_of, step

NEVER = datetime(2000, 1, 1, tzinfo=UTC)
"""The time of taps that nobody makes: the walk doesn't look at it."""


Difference = tuple[str, dict[str, str]]
"""What came out otherwise: a code and what fills its sentence."""


@dataclass(frozen=True)
class Walked:
    """Where a walk ended. path: every answer as step:choice, then the end. taps: how many answers it took."""

    level: str
    acts: tuple[str, ...]
    steps: tuple[str, ...]
    path: tuple[str, ...]
    taps: int

    def as_json(self) -> dict[str, object]:
        return {
            "level": self.level,
            "acts": list(self.acts),
            "steps": list(self.steps),
            "path": list(self.path),
            "taps": self.taps,
        }


@dataclass(frozen=True)
class Scenario:
    """A situation and what must come of it. `taps` answer what is asked, in turn; after them わからない.

    pack: the one that lies over the flow in this situation, or none. source: why it must come out so.
    """

    name: str
    flow: str
    facts: Mapping[str, FactValue]
    taps: tuple[str, ...]
    level: str
    acts_include: tuple[str, ...] = ()
    steps_include: tuple[str, ...] = ()
    steps_exclude: tuple[str, ...] = ()
    most_taps: int | None = None
    pack: str = ""
    source: str = ""


class WrittenExpectation(Written):
    level: LevelName
    acts_include: tuple[Act, ...] = ()
    steps_include: tuple[StepCode, ...] = ()
    steps_exclude: tuple[StepCode, ...] = ()
    most_taps: int | None = None


class WrittenScenario(Written):
    name: str
    flow: Id
    pack: Id | Literal[""] = ""
    source: str = ""
    facts: FactValues = Field(default_factory=dict)
    taps: tuple[Id, ...] = ()
    expect: WrittenExpectation


def walk_facts(flow: Flow, facts: Mapping[str, FactValue]) -> Walked:
    """Answers every question from the facts, わからない where they are silent; other names are ignored."""
    return _outcome(flow, begin(flow, _usable(facts)).walk, ())[0]


def walk_told(flow: Flow, facts: Mapping[str, FactValue], taps: tuple[str, ...]) -> Walked:
    """As `walk_facts`; `taps` answer what the facts leave open, in turn. One that doesn't fit counts as わからない."""
    return _outcome(flow, begin(flow, _usable(facts)).walk, taps)[0]


def run_scenario(flow: Flow, scenario: Scenario, place: Place = ("", 1)) -> list[Mistake]:
    """What came out otherwise than the scenario expects; nothing when all is well. place: where it is written."""
    walked, left = _outcome(flow, begin(flow, _usable(scenario.facts)).walk, scenario.taps)
    way = " → ".join(walked.path)
    found = [*left, *_differences(scenario, walked)]
    return [Mistake(place, f"scenario_{code}", "", {**args, "way": way}) for code, args in found]


def read_scenario(text: str, name: str, before: int = 0) -> Scenario:
    """The scenario written in `text`. Raises Misread, a line per mistake; `name`: the file to show.

    before: how many lines of the file stand above it; several scenarios may share one, with `---` between.
    """
    document = Document(text, name, before)
    try:
        written = WrittenScenario.model_validate(document.data)
    except ValidationError as error:
        raise document.explained(error) from None
    expect = written.expect
    return Scenario(
        name=written.name,
        flow=written.flow,
        facts=dict(written.facts),
        taps=written.taps,
        level=expect.level,
        acts_include=expect.acts_include,
        steps_include=expect.steps_include,
        steps_exclude=expect.steps_exclude,
        most_taps=expect.most_taps,
        pack=written.pack,
        source=written.source,
    )


def _usable(facts: Mapping[str, FactValue]) -> dict[str, FactValue]:
    return {name: value for name, value in facts.items() if name in FACTS and value != "unknown"}


def _outcome(flow: Flow, walk: Walk, taps: tuple[str, ...]) -> tuple[Walked, list[Difference]]:
    """1. answer what is asked; 2. keep the guidance that was shown on the way; 3. read what the end says."""
    says, problems, left = list(walk.passed), list[Difference](), list(taps)
    while isinstance(asked := flow.steps[walk.at], Ask):
        choice = left.pop(0) if left else UNSURE
        if choice != UNSURE and choice not in {c.id for c in asked.choices}:
            problems.append(("no_choice", {"step": asked.id, "choice": choice}))
            choice = UNSURE
        walk = step(flow, walk, Answered(NEVER, asked.id, choice, walk.revision, walk.flow)).walk
        says += walk.passed
    if left:
        problems.append(("untapped", {"end": walk.at, "taps": ", ".join(left)}))
    path = (*(f"{a.step}:{a.choice}" for a in walk.trail), walk.at)
    level, acts, steps = level_of(flow, walk), acts_of(flow, walk), _steps(flow, says, walk.at)
    return Walked(level, acts, steps, path, taps=len(walk.trail)), problems


def _steps(flow: Flow, says: list[str], end_id: str) -> tuple[str, ...]:
    """What the end tells to do, then what the guidance on the way told beside it; each once."""
    end = flow.steps[end_id]
    told = list(end.guidance.steps) if isinstance(end, End) else []
    for say_id in says:
        say = flow.steps[say_id]
        told += say.guidance.steps if isinstance(say, Say) else ()
    return tuple(dict.fromkeys(told))


def _differences(scenario: Scenario, walked: Walked) -> Iterator[Difference]:
    if walked.level != scenario.level:
        yield "level", {"level": walked.level, "wanted": scenario.level}
    for act in (a for a in scenario.acts_include if a not in walked.acts):
        yield "no_act", {"act": act}
    for code in (s for s in scenario.steps_include if s not in walked.steps):
        yield "no_step", {"code": code}
    for code in (s for s in scenario.steps_exclude if s in walked.steps):
        yield "wrong_step", {"code": code}
    if scenario.most_taps is not None and walked.taps > scenario.most_taps:
        yield "taps", {"taps": str(walked.taps), "most": str(scenario.most_taps)}

"""Follows every way through a flow, so that what is proved holds for all conversations and not for some.

A situation is a step and the facts known there, less what no step after it reads: two ways that differ only
in facts nobody will ask about again are one. So the work is bounded by the different answers that are still
to be read further on, not by the number of ways. A flow that keeps very many open at once is given up as
`TooMany`, never half proved.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.core.checks.finding import MAX_STATES
from bot.core.checks.shape import in_walking_order
from bot.core.facts import DANGER_FACTS, FactValue, merged
from bot.core.flow import UNSURE, Ask, Choice, Decide, End, Flow, Say, targets
from bot.core.walk import matching_choice

Facts = frozenset[tuple[str, FactValue]]
Test = tuple[str, FactValue]
"""("is", value) or ("from", number): one thing that a later step wants to know of a fact."""


class TooMany(Exception):
    """More than MAX_STATES situations; `step` is where they grew too many."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


@dataclass(frozen=True)
class Arrival:
    """How one situation can be reached, at most.

    silent: taps while nothing was said yet, else -1. says: guidance cards since the last tap.
    before, by: the way here with the most taps.
    """

    taps: int = 0
    silent: int = 0
    says: int = 0
    before: "Place | None" = None
    by: str = ""


Place = tuple[str, Facts]
Arrivals = Mapping[str, Mapping[Facts, Arrival]]


@dataclass(frozen=True)
class Start:
    """What is known before the first question. any_answer: known questions can have been tapped as well."""

    marks: Mapping[str, FactValue]
    any_answer: bool = False
    only_negative: bool = False


@dataclass(frozen=True)
class Move:
    to: str
    facts: Facts
    tapped: str = ""


class Map:
    """A flow with what each of its steps, or a step after it, reads; and how much exploring is left. No loops."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.order = in_walking_order(flow)
        self.left = MAX_STATES
        self.matters: dict[str, dict[tuple[str, FactValue], bool]] = {step: {} for step in flow.steps}
        self.reads: dict[str, dict[str, frozenset[Test]]] = {}
        for step_id in reversed(self.order):
            self.reads[step_id] = self._read_from(step_id)

    def explore(self, start: Start) -> dict[str, dict[Facts, Arrival]]:
        """Every situation that can be reached from here, by step in walking order. Raises TooMany."""
        arrivals: dict[str, dict[Facts, Arrival]] = {step: {} for step in self.order}
        arrivals[self.flow.start][self.project(self.flow.start, dict(start.marks))] = Arrival()
        for step_id in self.order:
            self.left -= len(arrivals[step_id])
            if self.left < 0:
                raise TooMany(step_id)
            for facts, arrival in arrivals[step_id].items():
                for move in self.moves(step_id, facts, start):
                    self._arrive(arrivals[move.to], arrival, (step_id, facts), move)
        return arrivals

    def moves(self, step_id: str, facts: Facts, start: Start) -> Iterator[Move]:
        """Where a person can come from here by one answer, or without one."""
        step, known = self.flow.steps[step_id], dict(facts)
        match step:
            case Say(to=to):
                yield Move(to, self.project(to, known))
            case Decide():
                to = step.next(known)
                yield Move(to, self.project(to, known))
            case Ask():
                yield from self._answers(step, known, start)
            case End():
                return

    def project(self, step_id: str, facts: Mapping[str, FactValue]) -> Facts:
        """The facts that can still matter from this step on."""
        matters = self.matters[step_id]
        return frozenset(
            [f for f in facts.items() if (matters[f] if f in matters else self._judge(step_id, f))]
        )

    def _judge(self, step_id: str, fact: tuple[str, FactValue]) -> bool:
        tests = self.reads[step_id].get(fact[0], frozenset())
        return self.matters[step_id].setdefault(fact, any(_says(test, fact[1]) for test in tests))

    def _answers(self, ask: Ask, known: dict[str, FactValue], start: Start) -> Iterator[Move]:
        matched = matching_choice(ask, known)
        if matched:
            yield Move(matched.to, self.project(matched.to, known))
            if not start.any_answer:
                return
        for choice in ask.choices:
            if not (start.only_negative and "yes" in choice.facts.values()):
                after = merged((known, _asserted(choice, start)))
                yield Move(choice.to, self.project(choice.to, after), f"{ask.id}:{choice.id}")
        yield Move(ask.unsure, self.project(ask.unsure, known), f"{ask.id}:{UNSURE}")

    def _arrive(self, there: dict[Facts, Arrival], before: Arrival, place: Place, move: Move) -> None:
        is_say = isinstance(self.flow.steps[place[0]], Say)
        tapped = 1 if move.tapped else 0
        taps = before.taps + tapped
        silent = -1 if is_say or before.silent < 0 else before.silent + tapped
        says = 0 if tapped else before.says + is_say
        old = there.get(move.facts)
        if old is None:
            there[move.facts] = Arrival(taps, silent, says, place, move.tapped)
        elif taps > old.taps or silent > old.silent or says > old.says:
            way = (place, move.tapped) if taps > old.taps else (old.before, old.by)
            most = max(taps, old.taps), max(silent, old.silent), max(says, old.says)
            there[move.facts] = Arrival(*most, *way)

    def _read_from(self, step_id: str) -> dict[str, frozenset[Test]]:
        step = self.flow.steps[step_id]
        found: dict[str, set[Test]] = {}
        for name, test in _tests(step):
            found.setdefault(name, set()).add(test)
        for to in set(targets(step)):
            for name, tests in self.reads[to].items():
                found.setdefault(name, set()).update(tests)
        return {name: frozenset(tests) for name, tests in found.items()}


def way_to(arrivals: Arrivals, place: Place) -> tuple[str, ...]:
    """The taps of one way to a situation, as step:choice."""
    taps: list[str] = []
    here: Place | None = place
    while here is not None:
        arrival = arrivals[here[0]][here[1]]
        taps += [arrival.by] if arrival.by else []
        here = arrival.before
    return tuple(reversed(taps))


def _asserted(choice: Choice, start: Start) -> dict[str, FactValue]:
    return {n: v for n, v in choice.facts.items() if v != "unknown" and n not in start.marks}


def _tests(step: Ask | Say | Decide | End) -> Iterator[tuple[str, Test]]:
    match step:
        case Decide(rows=rows):
            for condition in (c for row in rows for c in row.conditions()):
                number = condition.at_least
                yield condition.fact, ("is", condition.value) if number is None else ("from", number)
        case Ask(choices=choices):
            for name, value in (item for choice in choices for item in choice.facts.items()):
                yield name, ("from", value) if isinstance(value, int) else ("is", value)
        case End(level="green"):
            yield from ((name, ("is", "yes")) for name in DANGER_FACTS)


def _says(test: Test, value: FactValue) -> bool:
    """Whether this value comes out differently from not knowing, which every test but `is unknown` fails."""
    kind, wanted = test
    if kind == "from":
        return isinstance(value, int) and isinstance(wanted, int) and value >= wanted
    return (value == wanted) != (wanted == "unknown")

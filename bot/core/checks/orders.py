"""Proves that the order of the questions doesn't matter: what is told one by one gives the level of the same known before.

Every conversation by taps is followed to its end; there, the same facts are taken as known from the start, and what is
still asked is answered as before. Conversations with the same answers are one, and facts are bits of one number, so that
tens of thousands take a second.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_

from bot.core.checks.finding import MAX_ORDERS, Finding
from bot.core.checks.shape import in_walking_order
from bot.core.facts import NUMBER_FACTS, FactValue
from bot.core.flow import UNSURE, Ask, Choice, Condition, Decide, End, Flow, Row, Say, Step, targets

Test = tuple[str, FactValue | None, int | None]
"""A fact with the value or the least number that some step looks for; neither: whether it is known at all."""

State = tuple[str, int, int]
"""An open question or an end, the facts known there, the answers that were tapped."""


@dataclass(frozen=True)
class _Answer:
    """A choice in bits: what must be known for it to be given unasked (0: never), what it asserts, where it leads."""

    bit: int
    name: str
    needs: int
    keeps: int
    puts: int
    to: str

    def after(self, facts: int) -> int:
        return facts & self.keeps | self.puts


@dataclass(frozen=True)
class _Line:
    """A row in bits. `unknown` bits say that a fact is known at all."""

    to: str
    all: int
    all_unknown: int
    any: int
    any_unknown: tuple[int, ...]
    none: int
    none_unknown: tuple[int, ...]

    def holds(self, facts: int) -> bool:
        if facts & self.all != self.all or facts & self.none or facts & self.all_unknown:
            return False
        if self.none_unknown and not all(facts & known for known in self.none_unknown):
            return False
        wanted = self.any or self.any_unknown
        return not wanted or bool(facts & self.any) or any(not facts & known for known in self.any_unknown)


class Bits:
    """A flow in which facts are bits. It walks as `bot.core.walk` does, which a test compares."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.bits: dict[Test, int] = {}
        self.masks: dict[str, int] = {}
        for test in sorted({t for step in flow.steps.values() for t in _tests_of(step)}, key=str):
            self.bits[test] = 1 << len(self.bits)
            self.masks[test[0]] = self.masks.get(test[0], 0) | self.bits[test]
        self.onward: dict[str, str] = {}
        self.lines: dict[str, tuple[_Line, ...]] = {}
        self.answers: dict[str, tuple[_Answer, ...]] = {}
        self.unasked: dict[str, tuple[_Answer, ...]] = {}
        self.puts: dict[int, int] = {}
        self.saying = 0
        self._compile()
        self.looks: dict[str, int] = {}
        self.asks: dict[str, int] = {}
        self._ends: dict[State, str] = {}
        self._settled: dict[tuple[str, int], tuple[str, int, int]] = {}
        for step_id in reversed(in_walking_order(flow)):
            self._look_ahead(step_id)

    def known(self, facts: Mapping[str, FactValue]) -> int:
        """Facts as bits: every test that they pass."""
        return sum(bit for test, bit in self.bits.items() if _passes(test, facts.get(test[0], "unknown")))

    def settled(self, step_id: str, facts: int) -> tuple[str, int]:
        """The next question that nobody has answered yet, or an end; and the facts there."""
        key = (step_id, facts & self.looks[step_id])
        found = self._settled.get(key)
        if found is None:
            found = self._settled[key] = self._settle(*key)
        to, keeps, puts = found
        return to, facts & keeps | puts

    def _settle(self, step_id: str, facts: int) -> tuple[str, int, int]:
        """Where that is, which facts stay, and which are put there by questions whose answer is known."""
        keeps, puts = ~0, 0
        while True:
            if step_id in self.onward:
                step_id = self._led(step_id, facts)
            elif given := self._given(step_id, facts):
                step_id, facts = given.to, given.after(facts)
                keeps, puts = keeps & given.keeps, given.after(puts)
            else:
                return step_id, keeps, puts

    def _led(self, step_id: str, facts: int) -> str:
        """Where a decision, or a `say`, leads."""
        for line in self.lines.get(step_id, ()):
            if line.holds(facts):
                return line.to
        return self.onward[step_id]

    def _given(self, step_id: str, facts: int) -> _Answer | None:
        for answer in self.unasked.get(step_id, ()):
            if facts & answer.needs == answer.needs:
                return answer
        return None

    def walked(self, facts: int, tapped: int) -> str:
        """The end to which these answers lead, わからない where there is none, with these facts known before."""
        return self._end(self.flow.start, facts, self._consulted(facts, tapped))

    def _consulted(self, facts: int, tapped: int) -> int:
        """Without the answers that need not be given, since the facts say them; unless one answer took another's back."""
        said = tapped & self.saying
        while said:
            bit = said & -said
            if facts & self.puts[bit] != self.puts[bit]:
                return tapped
            said ^= bit
        return tapped & ~self.saying

    def _end(self, step_id: str, facts: int, tapped: int) -> str:
        """What comes after a step depends only on the facts and answers that it or a later one looks at."""
        facts, tapped = facts & self.looks[step_id], tapped & self.asks[step_id]
        key = (step_id, facts, tapped)
        end = self._ends.get(key)
        if end is None:
            here, facts = self.settled(step_id, facts)
            ask = self.flow.steps[here]
            end = here
            if isinstance(ask, Ask):
                given = next((a for a in self.answers[here] if a.bit & tapped), None) if tapped else None
                to, after = (given.to, given.after(facts)) if given else (ask.unsure, facts)
                end = self._end(to, after, tapped)
            self._ends[key] = end
        return end

    @cached_property
    def reached(self) -> dict[State, tuple[State | None, str]]:
        """Every situation that taps lead to, with the one before it and the tap; at most MAX_ORDERS and a few."""
        first = (*self.settled(self.flow.start, 0), 0)
        found: dict[State, tuple[State | None, str]] = {first: (None, "")}
        waiting = [first]
        for state in waiting:  # grows while it is read
            here, facts, tapped = state
            ask = self.flow.steps[here]
            if not isinstance(ask, Ask) or len(found) > MAX_ORDERS:
                continue
            ways = [(*self.settled(a.to, a.after(facts)), tapped | a.bit) for a in self.answers[here]]
            ways.append((*self.settled(ask.unsure, facts), tapped))
            names = (*(a.name for a in self.answers[here]), UNSURE)
            for way, name in zip(ways, names, strict=True):
                if way not in found:
                    found[way] = (state, f"{here}:{name}")
                    waiting.append(way)
        return found

    def _compile(self) -> None:
        number = 0
        for step_id, step in self.flow.steps.items():
            if isinstance(step, Say):
                self.onward[step_id] = step.to
            elif isinstance(step, Decide):
                self.onward[step_id] = step.otherwise
                self.lines[step_id] = tuple(self._line(row) for row in step.rows)
            elif isinstance(step, Ask):
                self.answers[step_id] = tuple(
                    self._answer(choice, 1 << (number + place)) for place, choice in enumerate(step.choices)
                )
                number += len(step.choices)
                self._note_saying(step)
                minutes = [_minutes(choice) for choice in step.choices]
                pairs = sorted(zip(minutes, self.answers[step_id], strict=True), key=lambda pair: -pair[0])
                self.unasked[step_id] = tuple(answer for _, answer in pairs if answer.needs)

    def _note_saying(self, ask: Ask) -> None:
        """The answers that say a fact which can be known. Minutes are left out: a number known beforehand may be larger."""
        for choice, answer in zip(ask.choices, self.answers[ask.id], strict=True):
            if answer.needs and not set(NUMBER_FACTS) & set(choice.facts):
                self.puts[answer.bit] = answer.puts
                self.saying |= answer.bit

    def _look_ahead(self, step_id: str) -> None:
        step = self.flow.steps[step_id]
        looks = (self.bits[test] for test in set(_tests_of(step)))
        asks = (answer.bit for answer in self.answers.get(step_id, ()))
        after = set(targets(step))
        self.looks[step_id] = reduce(or_, (*looks, *(self.looks[to] for to in after)), 0)
        self.asks[step_id] = reduce(or_, (*asks, *(self.asks[to] for to in after)), 0)

    def _answer(self, choice: Choice, bit: int) -> _Answer:
        told = {name: value for name, value in choice.facts.items() if value != "unknown"}
        needs = sum(self.bits[test] for test in _choice_tests(choice)) if told == choice.facts else 0
        clears = sum(self.masks[name] for name in told if name in self.masks)
        return _Answer(bit, choice.id, needs, ~clears, self.known(told), choice.to)

    def _line(self, row: Row) -> _Line:
        every, some, none = (self._wanted(group) for group in (row.all, row.any, row.none))
        return _Line(
            row.to, sum(every[0]), sum(every[1]), sum(some[0]), tuple(some[1]), sum(none[0]), tuple(none[1])
        )

    def _wanted(self, conditions: tuple[Condition, ...]) -> tuple[set[int], set[int]]:
        """The bits that are to be set, and the bits of facts that are to be unknown."""
        tests = [_test(condition) for condition in conditions]
        told = {self.bits[test] for test in tests if test[1:] != (None, None)}
        return told, {self.bits[test] for test in tests if test[1:] == (None, None)}


def findings(flow: Flow) -> Iterator[Finding]:
    """One finding for each pair of ends; and one if there are more conversations than are followed."""
    bits = Bits(flow)
    told: set[tuple[str, str]] = set()
    for state in bits.reached:
        end, facts, tapped = state
        here = flow.steps[end]
        if not isinstance(here, End):
            continue
        other = bits.walked(facts, tapped)
        there = flow.steps[other]
        if isinstance(there, End) and there.level != here.level and (end, other) not in told:
            told.add((end, other))
            way = " → ".join(_way(bits, state))
            yield Finding(
                "order_matters", end, {"one": here.level, "other": there.level, "end": other, "way": way}
            )
    if len(bits.reached) > MAX_ORDERS:
        last = next(reversed(bits.reached))
        yield Finding("order_unproved", last[0], {"count": str(MAX_ORDERS)})


def _way(bits: Bits, state: State) -> Iterator[str]:
    before, tap = bits.reached[state]
    if before:
        yield from _way(bits, before)
        yield tap


def _tests_of(step: Step) -> Iterator[Test]:
    if isinstance(step, Decide):
        yield from (_test(condition) for row in step.rows for condition in row.conditions())
    elif isinstance(step, Ask):
        yield from (test for choice in step.choices for test in _choice_tests(choice))


def _test(condition: Condition) -> Test:
    if condition.at_least is not None:
        return condition.fact, None, condition.at_least
    return condition.fact, None if condition.value == "unknown" else condition.value, None


def _choice_tests(choice: Choice) -> Iterator[Test]:
    """What must be known for the choice to be given unasked: numbers at least, words exactly."""
    for name, value in choice.facts.items():
        if value != "unknown":
            yield (name, None, value) if isinstance(value, int) else (name, value, None)


def _passes(test: Test, value: FactValue) -> bool:
    _, wanted, least = test
    if value == "unknown":
        return False
    if least is not None:
        return isinstance(value, int) and value >= least
    return wanted is None or value == wanted


def _minutes(choice: Choice) -> int:
    return max((v for n, v in choice.facts.items() if n in NUMBER_FACTS and isinstance(v, int)), default=0)

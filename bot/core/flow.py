"""The decision flow as data: steps that ask, say, decide and end, with their texts.

A flow is read from YAML (`bot/app/flow_reader.py`) and never changes once published. Sub-flows named by `call` are
already written in place when a `Flow` exists, so that walking and proving see one flat graph of steps.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bot.core.facts import FactValue

Text = Mapping[str, str]
"""One text per language code, for instance {"ja": …, "en": …}; `ja` is always there."""

UNSURE = "unsure"
"""The choice id that the engine adds to every question: わからない."""


@dataclass(frozen=True)
class Choice:
    """One button of a question; what it asserts holds once it is tapped."""

    id: str
    label: Text
    to: str
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    acts: tuple[str, ...] = ()
    page: str = ""


@dataclass(frozen=True)
class Ask:
    """A question with two to four choices, and where わからない leads."""

    id: str
    text: Text
    choices: tuple[Choice, ...]
    unsure: str
    hint: Text = field(default_factory=dict)
    reasons: Text = field(default_factory=dict)


@dataclass(frozen=True)
class Guidance:
    """What one card tells staff: what to do, one line to say aloud, who decides, what to keep, what not to do.

    confirm: it rests on what the organisation's legal desk has yet to look at, and its card says so.
    """

    do: Text = field(default_factory=dict)
    aloud: Text = field(default_factory=dict)
    who_decides: Text = field(default_factory=dict)
    evidence: Text = field(default_factory=dict)
    steps: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    source: str = ""
    confirm: bool = False


@dataclass(frozen=True)
class Say:
    """Guidance on the way: it is shown together with the question that follows."""

    id: str
    guidance: Guidance
    to: str


@dataclass(frozen=True)
class Condition:
    """One line of a decision row: this fact has this value, or (numbers) is at least this."""

    fact: str
    value: FactValue = "yes"
    at_least: int | None = None

    def holds(self, facts: Mapping[str, FactValue]) -> bool:
        known = facts.get(self.fact, "unknown")
        if self.at_least is None:
            return known == self.value
        return isinstance(known, int) and known >= self.at_least


@dataclass(frozen=True)
class Row:
    """A decision row holds when all of `all`, one of `any` (if there are any) and none of `none` hold."""

    to: str
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    none: tuple[Condition, ...] = ()

    def holds(self, facts: Mapping[str, FactValue]) -> bool:
        return (
            all(c.holds(facts) for c in self.all)
            and (not self.any or any(c.holds(facts) for c in self.any))
            and not any(c.holds(facts) for c in self.none)
        )

    def conditions(self) -> tuple[Condition, ...]:
        return self.all + self.any + self.none


@dataclass(frozen=True)
class Decide:
    """Rows over facts: the first that holds wins, otherwise `otherwise`."""

    id: str
    rows: tuple[Row, ...]
    otherwise: str

    def next(self, facts: Mapping[str, FactValue]) -> str:
        return next((row.to for row in self.rows if row.holds(facts)), self.otherwise)


@dataclass(frozen=True)
class End:
    """A working level with its reason and what to do now."""

    id: str
    level: str
    reason: Text
    guidance: Guidance
    counters: tuple[str, ...] = ()
    page: str = ""


Step = Ask | Say | Decide | End


@dataclass(frozen=True)
class WayOut:
    """A way that the engine offers on every card (our side may be at fault, accommodation): facts, and a card to show."""

    facts: Mapping[str, FactValue]
    show: str


@dataclass(frozen=True)
class Flow:
    id: str
    title: Text
    start: str
    steps: Mapping[str, Step]
    our_fault: WayOut
    accommodation: WayOut
    languages: tuple[str, ...] = ("ja",)
    revision: int = 0
    scene: Text = field(default_factory=dict)
    """Where this flow is for, as on a button (窓口, 電話); a flow without it is offered to nobody."""

    @cached_property
    def acting_choices(self) -> tuple[Choice, ...]:
        """Choices that stand for acts and can be known from facts alone."""
        asks = (step for step in self.steps.values() if isinstance(step, Ask))
        return tuple(c for ask in asks for c in ask.choices if c.acts and c.facts)

    def ask(self, step_id: str) -> Ask | None:
        step = self.steps.get(step_id)
        return step if isinstance(step, Ask) else None


def targets(step: Step) -> Iterator[str]:
    """The ids of the steps that can follow this one, in the author's order, with repeats."""
    match step:
        case Ask(choices=choices, unsure=unsure):
            yield from (c.to for c in choices)
            yield unsure
        case Say(to=to):
            yield to
        case Decide(rows=rows, otherwise=otherwise):
            yield from (r.to for r in rows)
            yield otherwise
        case End():
            return


def in_language(text: Text, language: str) -> str:
    """The text in this language, in Japanese where it is missing, empty where there is none at all."""
    return text.get(language) or text.get("ja", "")

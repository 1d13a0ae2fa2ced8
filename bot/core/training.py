"""Practice with made-up stories: a case to judge, which answers it offers, and how far people agree about it."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.core.facts import LEVELS, FactValue
from bot.core.flow import UNSURE, Text

TrainingWord = Literal["next", "answer", "end", "begin", "later"]
"""What a button of the practice asks for: a question, a verdict, an end; the drill now, or another time."""

ANSWERS = (*LEVELS, UNSURE)

FEWEST = 5
"""Of fewer answers nothing is told but that they are few: behind two or three of them stand people whom one knows."""

LEFT_OUT: Mapping[str, str] = {
    "red": "green",
    "orange": "care",
    "yellow": "red",
    "green": "red",
    "care": "green",
}
"""A card holds four answers: by the right one, the level that hardly anybody would mistake for it."""


@dataclass(frozen=True)
class Case:
    """A made-up story and what the shipped flow makes of it. `taps` answer the questions that `facts` leave open.

    workplace: the file it stands in. drill: whether it may be somebody's monthly drill, which nobody is warned of.
    """

    id: str
    workplace: str
    story: Text
    why: Text
    level: str
    source: str
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    taps: tuple[str, ...] = ()
    drill: bool = True


@dataclass(frozen=True)
class Judged:
    """What the organisation's own flow makes of a case. choices: of each question on the way, the choice it took.

    calls: whether the way or its end calls people.
    """

    level: str
    why: Text
    aloud: Text
    source: str
    choices: Mapping[str, str] = field(default_factory=dict)
    calls: bool = False


@dataclass(frozen=True)
class Agreement:
    """How people answered one thing. most: the most frequent answer. agreeing: those who answered as the flow does, of the
    `comparable` ones to which it has an answer of its own."""

    answered: int = 0
    most: str = ""
    most_count: int = 0
    agreeing: int = 0
    comparable: int = 0

    @property
    def is_few(self) -> bool:
        return self.answered < FEWEST

    @property
    def most_share(self) -> float | None:
        return None if self.is_few else self.most_count / self.answered

    @property
    def agree_share(self) -> float | None:
        return None if self.comparable < FEWEST else self.agreeing / self.comparable


@dataclass(frozen=True)
class Practice:
    """The made-up story of a drill, and what the flow said of it when the drill began."""

    case: str
    level: str


def offered(level: str) -> tuple[str, ...]:
    """Four levels in their fixed order, the right one among them."""
    return tuple(one for one in LEVELS if one != LEFT_OUT[level])


def agreement(counts: Mapping[str, int], expected: str = "") -> Agreement:
    """Of several answers that are equally frequent the first in their order. expected: as the flow answers, or empty."""
    answered = sum(counts.values())
    most = max(sorted(counts), key=lambda answer: counts[answer], default="")
    agreeing = counts.get(expected, 0)
    return Agreement(answered, most, counts.get(most, 0), agreeing, answered if expected else 0)


def of_the_day(cases: Iterable[str], day: str) -> tuple[str, ...]:
    """The day's order, the same for everybody: so that colleagues can talk about the same stories, and each of them has
    enough answers soon."""
    return tuple(sorted(cases, key=lambda case: hashlib.sha256(f"{day} {case}".encode()).hexdigest()))

"""A model from labelled phrases: which questions there are, what is learnt for each, what held-back phrases tell."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.app.understanding.linear import Row, learnt
from bot.app.understanding.model import Model, compact
from bot.app.understanding.phrases import INTENTS, URGENCIES, Phrase
from bot.app.understanding.signs import Signs
from bot.core.facts import ACTS

FOLDS = 5
FEWEST = 12
"""Examples that a fact needs to be asked for."""

Asks = tuple[tuple[str, Callable[[Phrase], bool]], ...]


@dataclass(frozen=True)
class HeldBack:
    """What models said of phrases that they hadn't seen, phrase by phrase."""

    scores: tuple[dict[str, float], ...]


def label_questions() -> Asks:
    acts = ((f"act:{act}", _has_act(act)) for act in ACTS)
    urgencies = ((f"urgency:{urgency}", _is("urgency", urgency)) for urgency in URGENCIES)
    intents = ((f"intent:{intent}", _is("intent", intent)) for intent in INTENTS)
    return (*acts, *urgencies, *intents)


def fact_questions(phrases: Iterable[Phrase]) -> Asks:
    """fact:name=yes and fact:name=no, where there are examples enough."""
    seen = Counter((name, value) for phrase in phrases for name, value in phrase.facts.items())
    enough = sorted(pair for pair, times in seen.items() if times >= FEWEST and pair[1] in ("yes", "no"))
    return tuple((f"fact:{name}={value}", _has_fact(name, value)) for name, value in enough)


def train(phrases: Sequence[Phrase], signs: Sequence[Signs], asks: Asks) -> Model:
    """`signs` of each phrase, in the same order. Signs that only one phrase has teach nothing and are left out."""
    common = _common(signs)
    numbers = {sign: number for number, sign in enumerate(common)}
    rows = [_row(each, numbers) for each in signs]
    said = [[1.0 if is_so(phrase) else -1.0 for _, is_so in asks] for phrase in phrases]
    biases = [math.fsum(column) / len(said) for column in zip(*said, strict=True)]
    apart = [[answer - bias for answer, bias in zip(each, biases, strict=True)] for each in said]
    return compact([name for name, _ in asks], biases, common, learnt(rows, apart, len(common)))


def held_back(phrases: Sequence[Phrase], signs: Sequence[Signs]) -> HeldBack:
    """Every phrase is judged by a model of the four fifths that it isn't in."""
    scores: list[dict[str, float]] = [{} for _ in phrases]
    for part in range(FOLDS):
        for number, said in fold_scores(phrases, signs, part):
            scores[number] = said
    return HeldBack(tuple(scores))


def fold_scores(
    phrases: Sequence[Phrase], signs: Sequence[Signs], part: int
) -> Iterator[tuple[int, dict[str, float]]]:
    seen = [n for n in range(len(phrases)) if fold_of(n) != part]
    model = train([phrases[n] for n in seen], [signs[n] for n in seen], label_questions())
    return ((n, model.scores(signs[n])) for n in range(len(phrases)) if fold_of(n) == part)


def fold_of(number: int) -> int:
    """Neighbours in a file were written in one breath: they fall into different parts."""
    return number % FOLDS


def _common(signs: Iterable[Signs]) -> list[str]:
    seen = Counter(sign for each in signs for sign in each)
    return sorted(sign for sign, times in seen.items() if times > 1)


def _row(signs: Signs, numbers: dict[str, int]) -> Row:
    return tuple((numbers[sign], weight) for sign, weight in signs.items() if sign in numbers)


def _has_act(act: str) -> Callable[[Phrase], bool]:
    return lambda phrase: act in phrase.acts


def _is(label: str, value: str) -> Callable[[Phrase], bool]:
    return lambda phrase: getattr(phrase, label) == value


def _has_fact(name: str, value: str) -> Callable[[Phrase], bool]:
    return lambda phrase: phrase.facts.get(name) == value

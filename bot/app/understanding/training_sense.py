"""Learning from letters, words and sentence meaning together. Exact (ridge regression over likenesses), with numpy."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.app.understanding.model import Model, compact
from bot.app.understanding.phrases import Phrase
from bot.app.understanding.sense import Likeness, apart, likeness_of
from bot.app.understanding.signs import Signs
from bot.app.understanding.training import FOLDS, Asks, fold_of

PRICE = 0.15


@dataclass(frozen=True)
class Likenesses:
    """How alike the phrases are, each with each. `postings`: for each sign of two phrases or more, who has it and how
    much. `signs` and `sense` say what is compared; without signs only the sentences' meaning.
    """

    postings: dict[str, tuple[Any, Any]]
    centre: Any
    vectors: Any
    alike: Any


def likenesses(signs: Sequence[Signs], vectors: Any, with_signs: bool = True) -> Likenesses:
    import numpy

    centre = vectors.mean(axis=0)
    own = apart(vectors, centre)
    alike = likeness_of(own, own).astype(numpy.float64)
    postings = _postings(signs) if with_signs else {}
    for holders, strengths in postings.values():
        alike[numpy.ix_(holders, holders)] += numpy.outer(strengths, strengths)
    return Likenesses(postings, centre, own, alike)


def held_back_with_sense(
    phrases: Sequence[Phrase], stuff: Likenesses, asks: Asks
) -> tuple[dict[str, float], ...]:
    """Every phrase is judged by what the four fifths say that it isn't in."""
    import numpy

    said = numpy.zeros((len(phrases), len(asks)))
    parts = numpy.array([fold_of(number) for number in range(len(phrases))])
    answers = _answers(phrases, asks)
    for part in range(FOLDS):
        seen, unseen = numpy.where(parts != part)[0], numpy.where(parts == part)[0]
        biases, weights = _solved(stuff.alike[numpy.ix_(seen, seen)], answers[seen])
        said[unseen] = stuff.alike[numpy.ix_(unseen, seen)] @ weights + biases
    names = [name for name, _ in asks]
    return tuple(dict(zip(names, row, strict=True)) for row in said.tolist())


def train_with_sense(phrases: Sequence[Phrase], stuff: Likenesses, asks: Asks) -> tuple[Model, Likeness]:
    """The part for signs as a light model would be, and the part for sentence meaning."""
    biases, weights = _solved(stuff.alike, _answers(phrases, asks))
    rows = [(strengths @ weights[holders]).tolist() for holders, strengths in stuff.postings.values()]
    names = [name for name, _ in asks]
    model = compact(names, biases.tolist(), list(stuff.postings), rows)
    return model, Likeness(stuff.centre, stuff.vectors, weights)


def _postings(signs: Sequence[Signs]) -> dict[str, tuple[Any, Any]]:
    import numpy

    who: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, each in enumerate(signs):
        for sign, strength in each.items():
            who[sign].append((number, strength))
    return {
        sign: (numpy.array([n for n, _ in held]), numpy.array([s for _, s in held]))
        for sign, held in sorted(who.items())
        if len(held) > 1
    }


def _answers(phrases: Sequence[Phrase], asks: Asks) -> Any:
    import numpy

    return numpy.array([[1.0 if is_so(phrase) else -1.0 for _, is_so in asks] for phrase in phrases])


def _solved(alike: Any, answers: Any) -> tuple[Any, Any]:
    import numpy

    biases = answers.mean(axis=0)
    priced = alike + PRICE * numpy.eye(len(alike))
    return biases, numpy.linalg.solve(priced, answers - biases)

"""The ways of understanding beside each other, each learnt from the same phrases and asked the same texts."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bot.app.understanding.building import (
    Material,
    Said,
    built_light,
    built_with_sense,
    held_back,
    material,
)
from bot.app.understanding.deciding import Understanding, decided
from bot.app.understanding.engine import LIGHT, SEMANTIC, Understander, load_reader
from bot.app.understanding.limiting import limits_from
from bot.app.understanding.measuring import Figures, figures, timed
from bot.app.understanding.model import Model, Outdated, read_model
from bot.app.understanding.neighbours import Neighbours
from bot.app.understanding.phrases import Phrase, read_phrases
from bot.app.understanding.sense import Sense
from bot.app.understanding.signs import Reader
from bot.app.understanding.training import FOLDS, fold_of

METHODS = ("neighbours", "light", "sense", "mixed")
Named = tuple[str, Figures]


def compared_on(knowledge: Path, truths: Sequence[Phrase], sense: Sense | None) -> Iterator[Named]:
    """On a set that no model has seen. Models that are built are used as they are, the others are made first."""
    reader = load_reader(knowledge)
    for method, understand in _methods(knowledge, reader, sense):
        said, times = timed([truth.text for truth in truths], understand)
        yield method, figures(truths, said, times)


def cross_validated(knowledge: Path, sense: Sense | None) -> Iterator[Named]:
    """Every phrase by models that haven't seen it. The limits were set on the same phrases: a little too kind."""
    stuff = material(knowledge)
    yield "neighbours", figures(stuff.phrases, *_folded_neighbours(stuff.phrases))
    yield "light", _judged(stuff, held_back(stuff))
    if sense is not None:
        yield "sense", _judged(stuff, built_with_sense(stuff, sense, with_signs=False)[1])
        yield "mixed", _judged(stuff, built_with_sense(stuff, sense)[1])


def _judged(stuff: Material, said: Said) -> Figures:
    limits = limits_from(stuff.phrases, said, stuff.dangers)
    answers = [
        decided(scores, danger, {}, "", limits) for scores, danger in zip(said, stuff.dangers, strict=True)
    ]
    return figures(stuff.phrases, answers)


def _methods(
    knowledge: Path, reader: Reader, sense: Sense | None
) -> Iterator[tuple[str, Callable[[str], Understanding]]]:
    yield "neighbours", Neighbours(read_phrases(knowledge)).understand
    yield "light", Understander(reader, _light(knowledge)).understand
    if sense is not None:
        alone = built_with_sense(material(knowledge), sense, with_signs=False)[0]
        yield "sense", Understander(reader, alone, (), sense).understand
        yield "mixed", Understander(reader, _mixed(knowledge, sense), (), sense).understand


def _light(knowledge: Path) -> Model:
    try:
        return read_model(knowledge / LIGHT)
    except (FileNotFoundError, Outdated):
        stuff = material(knowledge)
        return built_light(stuff, held_back(stuff))


def _mixed(knowledge: Path, sense: Sense) -> Model:
    try:
        return read_model(knowledge / SEMANTIC)
    except (FileNotFoundError, Outdated):
        return built_with_sense(material(knowledge), sense)[0]


def _folded_neighbours(phrases: Sequence[Phrase]) -> tuple[list[Understanding], list[float]]:
    said, times = [Understanding()] * len(phrases), [0.0] * len(phrases)
    for part in range(FOLDS):
        seen = Neighbours([p for n, p in enumerate(phrases) if fold_of(n) != part])
        for number, phrase in enumerate(phrases):
            if fold_of(number) == part:
                begun = time.thread_time()
                said[number] = seen.understand(phrase.text)
                times[number] = (time.thread_time() - begun) * 1000
    return said, times

"""Making the models that are kept beside the phrases: learn, hold back, set the limits, write."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from bot.app.understanding.danger import Danger
from bot.app.understanding.engine import LIGHT, SEMANTIC, load_reader
from bot.app.understanding.limiting import limits_from, limits_written
from bot.app.understanding.model import Model, written
from bot.app.understanding.phrases import Phrase, read_phrases, source_digest
from bot.app.understanding.sense import Sense, likeness_written
from bot.app.understanding.signs import Reader, Signs
from bot.app.understanding.training import (
    FOLDS,
    Asks,
    fact_questions,
    fold_scores,
    label_questions,
    train,
)

Said = tuple[dict[str, float], ...]


@dataclass(frozen=True)
class Material:
    """What is learnt from: phrases, what is seen of each, the danger told in each."""

    phrases: tuple[Phrase, ...]
    signs: tuple[Signs, ...]
    dangers: tuple[Danger, ...]
    source: str = ""

    @property
    def asks(self) -> Asks:
        return (*label_questions(), *fact_questions(self.phrases))


def material(knowledge: Path) -> Material:
    """Raises Misread for a mistake in the phrases."""
    return material_of(read_phrases(knowledge), load_reader(knowledge), source_digest(knowledge))


def material_of(phrases: tuple[Phrase, ...], reader: Reader, source: str = "") -> Material:
    signs = tuple(reader.signs(phrase.text) for phrase in phrases)
    dangers = tuple(reader.danger(reader.sound(phrase.text)) for phrase in phrases)
    return Material(phrases, signs, dangers, source)


def held_back(stuff: Material) -> Said:
    """What each phrase is taken for by a light model of the four fifths that it isn't in. Two processes; minutes."""
    said: list[dict[str, float]] = [{} for _ in stuff.phrases]
    with ProcessPoolExecutor(max_workers=2) as pool:
        for part in pool.map(_part, ((stuff.phrases, stuff.signs, part) for part in range(FOLDS))):
            for number, scores in part:
                said[number] = scores
    return tuple(said)


def _part(job: tuple[Sequence[Phrase], Sequence[Signs], int]) -> list[tuple[int, dict[str, float]]]:
    phrases, signs, part = job
    return list(fold_scores(phrases, signs, part))


def built_light(stuff: Material, said: Said) -> Model:
    """The model of all phrases, with the limits that the held-back ones gave."""
    return _limited(train(stuff.phrases, stuff.signs, stuff.asks), stuff, said)


def built_with_sense(stuff: Material, sense: Sense, with_signs: bool = True) -> tuple[Model, Said]:
    """Also what the held-back phrases were taken for. Seconds, after the sentences are read."""
    from bot.app.understanding.training_sense import held_back_with_sense, likenesses, train_with_sense

    alike = likenesses(stuff.signs, vectors_of(stuff.phrases, sense), with_signs)
    said = held_back_with_sense(stuff.phrases, alike, stuff.asks)
    model, likeness = train_with_sense(stuff.phrases, alike, stuff.asks)
    return replace(_limited(model, stuff, said), sense=likeness_written(likeness)), said


def vectors_of(phrases: Sequence[Phrase], sense: Sense) -> object:
    import numpy

    return numpy.stack([sense.vector(phrase.text) for phrase in phrases])


def build(knowledge: Path, sense: Sense | None, tell: Callable[[str, int], None]) -> Iterator[Path]:
    """Writes the light model, and the semantic one where `sense` is here. Each file is written whole or not at all."""
    stuff = material(knowledge)
    if sense is not None:
        tell(SEMANTIC, len(stuff.phrases))
        yield _kept(knowledge / SEMANTIC, built_with_sense(stuff, sense)[0])
    tell(LIGHT, len(stuff.phrases))
    yield _kept(knowledge / LIGHT, built_light(stuff, held_back(stuff)))


def _limited(model: Model, stuff: Material, said: Said) -> Model:
    limits = limits_from(stuff.phrases, said, stuff.dangers)
    return replace(model, source=stuff.source, measured=limits_written(limits))


def _kept(file: Path, model: Model) -> Path:
    fresh = file.with_name(f".{file.name}")
    fresh.write_text(written(model), "utf-8")
    return fresh.replace(file)

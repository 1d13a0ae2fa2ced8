"""The understanding that the bot uses: what people wrote as examples, the model learnt from it, and the words of danger."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.app.understanding.danger import DangerWords
from bot.app.understanding.deciding import Understanding, decided
from bot.app.understanding.limiting import limits_read
from bot.app.understanding.model import Model, Outdated, read_model
from bot.app.understanding.neighbours import Neighbours
from bot.app.understanding.phrases import FOLDER, Phrase, read_phrases, source_digest
from bot.app.understanding.sense import Sense, likeness_read, sense_here
from bot.app.understanding.signs import Reader
from bot.app.understanding.spelling import Spelling
from bot.app.yaml_text import Document

LIGHT, SEMANTIC = "model.light.txt", "model.semantic.txt"


class Understander:
    """Says what a text means. `phrases`: examples newer than the model; they keep the labels that people gave them until
    `mamori understand build` has learnt from them.
    """

    def __init__(
        self, reader: Reader, model: Model, phrases: Sequence[Phrase] = (), sense: Sense | None = None
    ) -> None:
        self._reader, self._model = reader, model
        self._limits = limits_read(dict(model.measured))
        self._sense = sense
        self._likeness = likeness_read(model.sense) if sense and model.sense else None
        self._known = {sound: phrase for phrase in phrases if (sound := reader.sound(phrase.text))}

    def understand(self, text: str) -> Understanding:
        """1. The words of danger. 2. An example that sounds the same. 3. The model's scores, with its limits."""
        sound = self._reader.sound(text)
        danger = self._reader.danger(sound)
        if (phrase := self._known.get(sound)) is not None:
            return _as_labelled(phrase)
        scores = self._scores(text)
        return decided(scores, danger, self._reader.danger_facts(danger), sound, self._limits)

    def _scores(self, text: str) -> dict[str, float]:
        scores = self._model.scores(self._reader.signs(text))
        if self._sense is None or self._likeness is None:
            return scores
        more = self._likeness.scores(self._sense.vector(text))
        return {name: score + extra for (name, score), extra in zip(scores.items(), more, strict=True)}


class PlainUnderstander(Understander):
    """Where there is no model yet: the most alike examples, and the words of danger as they stand."""

    def __init__(self, reader: Reader, phrases: Sequence[Phrase]) -> None:
        self._plain_reader, self._neighbours = reader, Neighbours(phrases)

    def understand(self, text: str) -> Understanding:
        meant = self._neighbours.understand(text)
        if not self._plain_reader.danger(self._plain_reader.sound(text)).is_now:
            return meant
        return Understanding(meant.acts, "emergency", meant.intent, 1.0, meant.facts)


def _as_labelled(phrase: Phrase) -> Understanding:
    facts = phrase.facts
    minutes = facts.get("minutes_elapsed", "")
    return Understanding(
        acts=phrase.acts,
        urgency=phrase.urgency,
        intent=phrase.intent,
        confidence=1.0,
        facts=tuple(sorted(name for name, value in facts.items() if value == "yes")),
        denied=tuple(sorted(name for name, value in facts.items() if value == "no")),
        minutes=int(minutes) if minutes.isdecimal() else None,
    )


def load_reader(knowledge: Path) -> Reader:
    spelling = Spelling(_read(knowledge, "readings.yaml")["readings"])
    danger = DangerWords(_read(knowledge, "danger_words.yaml"), spelling.letters)
    return Reader(spelling, _read(knowledge, "notions.yaml")["notions"], danger)


def load_understander(content: Path, semantic: bool | None = None) -> Understander:
    """From the folder knowledge/. `semantic`: with sentence meaning; None: where the package and its model are here.
    The same files are read once per process.
    """
    knowledge = content / "knowledge"
    files = (*knowledge.glob("*.yaml"), *(knowledge / FOLDER).glob("*.yaml"), *knowledge.glob("model.*"))
    stamp = tuple((str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in sorted(files))
    return _loaded(knowledge, semantic, stamp)


@lru_cache(maxsize=4)
def _loaded(knowledge: Path, semantic: bool | None, stamp: tuple[Any, ...]) -> Understander:
    reader = load_reader(knowledge)
    sense = sense_here() if semantic is not False and (knowledge / SEMANTIC).exists() else None
    try:
        model = read_model(knowledge / (SEMANTIC if sense else LIGHT))
    except (FileNotFoundError, Outdated):
        return PlainUnderstander(reader, read_phrases(knowledge))
    is_new = model.source == source_digest(knowledge)
    return Understander(reader, model, () if is_new else read_phrases(knowledge), sense)


def _read(knowledge: Path, name: str) -> Mapping[str, Any]:
    data: Mapping[str, Any] = Document((knowledge / name).read_text("utf-8"), name).data
    return data

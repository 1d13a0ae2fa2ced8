"""The labelled phrases that people wrote for the models to learn from."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.app.yaml_text import Document, Misread
from bot.core.facts import ACTS

URGENCIES = ("emergency", "page", "guide", "none")
INTENTS = (
    "report_incident",
    "call_backup",
    "ask_definition",
    "ask_what_to_say",
    "ask_procedure",
    "legit_complaint",
    "after_care",
    "cancel_or_mistake",
    "chitchat_or_other",
)
FOLDER = "phrases"
SOURCES = ("readings.yaml", "notions.yaml", "danger_words.yaml")
"""What changes a model besides the phrases: how a text is read."""


@dataclass(frozen=True)
class Phrase:
    """One example with its labels. `facts`: name to yes, no or a number of minutes."""

    text: str
    acts: tuple[str, ...]
    urgency: str
    intent: str
    facts: Mapping[str, str] = field(default_factory=dict)


def phrase_files(knowledge: Path) -> tuple[Path, ...]:
    """By name, so that a model doesn't depend on the file system's order."""
    return (*sorted(knowledge.glob("phrases.yaml")), *sorted((knowledge / FOLDER).glob("*.yaml")))


def read_phrases(knowledge: Path) -> tuple[Phrase, ...]:
    """Raises Misread, with file and line, for a label that there isn't."""
    return tuple(phrase for file in phrase_files(knowledge) for phrase in _read(file))


def source_digest(knowledge: Path) -> str:
    """What a model is made from, as one number; a model that carries another is out of date."""
    digest = hashlib.sha256()
    for file in (*phrase_files(knowledge), *(knowledge / name for name in SOURCES)):
        digest.update(file.name.encode() + b"\0" + file.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


def _read(file: Path) -> list[Phrase]:
    data = Document(file.read_text("utf-8"), file.name).data
    entries: Sequence[dict[str, Any]] = (data["phrases"] if isinstance(data, dict) else data) or ()
    wrong = [line for entry in entries for line in _wrong(file.name, entry)]
    if wrong:
        raise Misread(wrong)
    return [phrase_of(entry) for entry in entries]


def _wrong(file: str, entry: Mapping[str, Any]) -> list[str]:
    text = entry.get("text")
    if not isinstance(text, str | int | float):
        return [f"{file}: text がありません({entry})"]
    labels = (("urgency", URGENCIES), ("intent", INTENTS))
    wrong = [f"{file}: {name} は {'・'.join(known)} のどれかです({text})" for name, known in labels
             if entry.get(name) not in known]  # fmt: skip
    unknown = [act for act in entry.get("acts") or () if act not in ACTS]
    return [*wrong, *(f"{file}: {act} という言動の種類はありません({text})" for act in unknown)]


def phrase_of(entry: Mapping[str, Any]) -> Phrase:
    facts = {name: str(value) for name, value in (entry.get("facts") or {}).items()}
    return Phrase(
        str(entry["text"]), tuple(entry.get("acts") or ()), entry["urgency"], entry["intent"], facts
    )

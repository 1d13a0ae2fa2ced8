"""The words of the command line and of reports: sentences from flows/phrases/commands.*.yaml, labels from knowledge."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.app.yaml_text import Document
from bot.core.words import Words


@dataclass(frozen=True)
class Speaker:
    """One phrase book in one language."""

    words: Words
    language: str = "ja"

    def say(self, key: str, **values: str | int) -> str:
        return self.words.say(self.language, key, **values)

    def label(self, group: str, code: str) -> str:
        return self.words.label(self.language, group, code)

    def knows(self, key: str) -> bool:
        return key in self.words.phrases["ja"]


def load_speaker(
    content: Path, language: str = "ja", groups: tuple[str, ...] = (), books: tuple[str, ...] = ("commands",)
) -> Speaker:
    """`groups`: whose labels are needed (acts, levels). Records use the full label, not the cards' short one."""
    names = dict.fromkeys(("ja", language))
    folder = content / "flows" / "phrases"
    phrases = {
        name: {k: v for b in books for k, v in _phrases(folder / f"{b}.{name}.yaml").items()}
        for name in names
    }
    labels = {group: _labels(content / "knowledge" / f"{group}.yaml", group) for group in groups}
    return Speaker(Words(phrases, labels), language)


def _phrases(file: Path) -> dict[str, str]:
    data = Document(file.read_text("utf-8"), str(file)).data
    return {str(key): str(text) for key, text in data.items()}


def _labels(file: Path, group: str) -> dict[str, Mapping[str, str]]:
    """code → language → label."""
    entries = Document(file.read_text("utf-8"), str(file)).data[group]
    return {str(code): _texts(entry) for code, entry in entries.items()}


def _texts(entry: Any) -> dict[str, str]:
    return {str(language): str(text) for language, text in (entry.get("label") or {}).items()}

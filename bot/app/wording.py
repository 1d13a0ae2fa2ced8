"""Loads the phrase book: sentences from flows/phrases, labels of codes from knowledge."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.app.yaml_text import Document, Misread
from bot.core.understood import FactActs, Meant
from bot.core.words import Words

LANGUAGES = ("ja", "ja_easy", "en")
GROUPS = ("acts", "steps", "cautions", "levels", "facts")


def load_words(content: Path) -> Words:
    """The phrase book of a content folder (the one that holds flows/ and knowledge/). Raises Misread."""
    phrases = {
        language: _phrases(content / "flows" / "phrases" / f"{language}.yaml") for language in LANGUAGES
    }
    labels = {group: _labels(content / "knowledge" / f"{group}.yaml") for group in GROUPS}
    return Words(phrases, labels)


def load_fact_acts(content: Path) -> FactActs:
    """Which acts a fact stands for, as knowledge/facts.yaml says."""
    file = content / "knowledge" / "facts.yaml"
    facts = Document(file.read_text("utf-8"), str(file)).data["facts"]
    return {
        str(code): Meant(tuple(entry.get("acts", ())), tuple(entry.get("unless", ())))
        for code, entry in facts.items()
    }


def _phrases(file: Path) -> dict[str, str]:
    document = Document(file.read_text("utf-8"), str(file))
    return {str(key): str(text) for key, text in document.data.items()}


def _labels(file: Path) -> dict[str, Mapping[str, str]]:
    """code → language → label, with `card` (a short, neutral form) preferred over `label` where there is one."""
    document = Document(file.read_text("utf-8"), str(file))
    entries = document.data
    if isinstance(entries, dict):
        entries = entries.get(file.stem, entries)
    if not isinstance(entries, list | dict):
        raise Misread([f"{file}: 一覧ではありません"])
    items = entries.items() if isinstance(entries, dict) else ((e.get("code"), e) for e in entries)
    return {str(code): _texts(entry) for code, entry in items}


def _texts(entry: Any) -> dict[str, str]:
    if not isinstance(entry, dict):
        return {"ja": str(entry)}
    for field in ("card", "short", "label"):
        if isinstance(entry.get(field), dict):
            return {str(language): str(text) for language, text in entry[field].items()}
    return {"ja": str(entry.get("label", ""))}

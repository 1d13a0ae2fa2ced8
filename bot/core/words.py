"""The phrase book: every sentence and label that the engine itself says, by key and language."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Words:
    """phrases: language → key → text with {names}. labels: group (acts, steps, …) → code → language → text."""

    phrases: Mapping[str, Mapping[str, str]]
    labels: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)

    def say(self, language: str, key: str, **values: str | int) -> str:
        """The phrase in this language, else in Japanese. A key that exists nowhere is an error of ours: KeyError."""
        text = self.phrases.get(language, {}).get(key) or self.phrases["ja"][key]
        return text.format(**values) if values else text

    def label(self, language: str, group: str, code: str) -> str:
        """The label of a code; the code itself where an organisation has added one without a label."""
        texts = self.labels.get(group, {}).get(code, {})
        return texts.get(language) or texts.get("ja") or code

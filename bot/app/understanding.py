"""What typed words mean: acts, urgency, intent and facts, by likeness to example phrases. Offline, deterministic.

Danger has a path of its own above the ranking: words that mean danger to life or body now, unless they are denied or past.
"""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.app.yaml_text import Document

URGENCIES = ("emergency", "page", "guide", "none")
NEIGHBOURS = 5
WORTH_SAYING = 0.30


@dataclass(frozen=True)
class Phrase:
    """One example with its labels."""

    text: str
    acts: tuple[str, ...]
    urgency: str
    intent: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Understanding:
    """acts and facts worth showing for confirmation; confidence from 0 to 1 is the likeness of the nearest examples."""

    acts: tuple[str, ...] = ()
    urgency: str = "none"
    intent: str = "chitchat_or_other"
    confidence: float = 0.0
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class DangerWords:
    """Patterns for danger now, and what around them denies it."""

    patterns: tuple[re.Pattern[str], ...] = ()
    guards: tuple[re.Pattern[str], ...] = ()

    def found_in(self, text: str) -> bool:
        return any(p.search(text) for p in self.patterns) and not any(g.search(text) for g in self.guards)


class Understander:
    """Compares a text with the example phrases by weighted character n-grams (1 to 3)."""

    def __init__(self, phrases: Sequence[Phrase], danger: DangerWords) -> None:
        self._phrases = tuple(phrases)
        self._danger = danger
        counts = [_grams(p.text) for p in phrases]
        seen = Counter(g for c in counts for g in c)
        self._weights = {g: math.log((1 + len(counts)) / (1 + n)) + 1 for g, n in seen.items()}
        self._index: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, grams in enumerate(counts):
            for gram, weight in self._weighed(grams).items():
                self._index[gram].append((number, weight))

    def understand(self, text: str) -> Understanding:
        plain = normalised(text)
        danger = self._danger.found_in(plain)
        nearest = self._nearest(plain)
        if not nearest:
            return Understanding(urgency="emergency" if danger else "none", confidence=1.0 if danger else 0.0)
        best = nearest[0][1]
        urgency = "emergency" if danger else self._voted(nearest, "urgency")
        return Understanding(
            acts=self._shared(nearest, "acts"),
            urgency="page" if urgency == "emergency" and not danger and best < 0.6 else urgency,
            intent=self._voted(nearest, "intent"),
            confidence=round(1.0 if danger else best, 3),
            facts=self._shared(nearest, "facts"),
        )

    def _nearest(self, text: str) -> list[tuple[Phrase, float]]:
        scores: dict[int, float] = defaultdict(float)
        for gram, weight in self._weighed(_grams(text)).items():
            for number, other in self._index.get(gram, ()):
                scores[number] += weight * other
        ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:NEIGHBOURS]
        return [(self._phrases[n], score) for n, score in ranked if score > 0.05]

    def _weighed(self, grams: Counter[str]) -> dict[str, float]:
        weighed = {g: n * self._weights.get(g, 0.0) for g, n in grams.items()}
        length = math.sqrt(sum(w * w for w in weighed.values())) or 1.0
        return {g: w / length for g, w in weighed.items() if w}

    def _voted(self, nearest: list[tuple[Phrase, float]], field_name: str) -> str:
        votes: dict[str, float] = defaultdict(float)
        for phrase, score in nearest:
            votes[getattr(phrase, field_name)] += score * score
        return max(sorted(votes), key=lambda v: votes[v])

    def _shared(self, nearest: list[tuple[Phrase, float]], field_name: str) -> tuple[str, ...]:
        """Codes that carry at least half of the neighbours' weight."""
        total = sum(s * s for _, s in nearest)
        votes: dict[str, float] = defaultdict(float)
        for phrase, score in nearest:
            for code in getattr(phrase, field_name):
                votes[code] += score * score
        if nearest[0][1] < WORTH_SAYING:
            return ()
        return tuple(sorted(c for c, v in votes.items() if v >= total / 2))


def normalised(text: str) -> str:
    """One width, one case, no spaces: half-width katakana and full-width letters read alike."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s、。,.!?!?…・~〜]+", "", folded)


def _grams(text: str) -> Counter[str]:
    padded = f"^{normalised(text)}$"
    return Counter(
        padded[i : i + n]
        for n in (1, 2, 3)
        for i in range(len(padded) - n + 1)
        if padded[i : i + n] not in "^$"
    )


def load_understander(content: Path) -> Understander:
    """From knowledge/phrases.yaml and knowledge/danger_words.yaml; the same texts are weighed once per process."""
    folder = content / "knowledge"
    return _understander(
        (folder / "phrases.yaml").read_text("utf-8"), (folder / "danger_words.yaml").read_text("utf-8")
    )


@lru_cache(maxsize=4)
def _understander(examples: str, danger: str) -> Understander:
    words = Document(danger, "danger_words.yaml").data
    guards = DangerWords(_patterns(words.get("patterns")), _patterns(words.get("guards")))
    return Understander([_phrase(entry) for entry in _entries(examples)], guards)


def _entries(text: str) -> list[dict[str, Any]]:
    data = Document(text, "phrases.yaml").data
    return list(data["phrases"] if isinstance(data, dict) else data)


def _phrase(entry: dict[str, Any]) -> Phrase:
    facts = tuple(name for name, value in (entry.get("facts") or {}).items() if value == "yes")
    return Phrase(
        str(entry["text"]), tuple(entry.get("acts") or ()), entry["urgency"], entry["intent"], facts
    )


def _patterns(items: Any) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(normalised_pattern(str(i))) for i in items or ())


def normalised_pattern(pattern: str) -> str:
    return unicodedata.normalize("NFKC", pattern).casefold()

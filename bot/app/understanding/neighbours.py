"""The plainest way to understand: the labels of the most alike phrases. It needs no model; others are measured by it."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from bot.app.understanding.deciding import Understanding
from bot.app.understanding.phrases import Phrase
from bot.app.understanding.spelling import normalised

NEIGHBOURS = 5
WORTH_SAYING = 0.30


class Neighbours:
    """Compares a text with the phrases by weighted character n-grams (1 to 3)."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._phrases = tuple(phrases)
        counts = [_grams(phrase.text) for phrase in phrases]
        seen = Counter(gram for grams in counts for gram in grams)
        self._weights = {gram: math.log((1 + len(counts)) / (1 + n)) + 1 for gram, n in seen.items()}
        self._index: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, grams in enumerate(counts):
            for gram, weight in self._weighed(grams).items():
                self._index[gram].append((number, weight))

    def understand(self, text: str) -> Understanding:
        nearest = self._nearest(text)
        if not nearest:
            return Understanding()
        return Understanding(
            acts=self._shared(nearest),
            urgency=self._voted(nearest, "urgency"),
            intent=self._voted(nearest, "intent"),
            confidence=round(nearest[0][1], 3),
        )

    def _nearest(self, text: str) -> list[tuple[Phrase, float]]:
        scores: dict[int, float] = defaultdict(float)
        for gram, weight in self._weighed(_grams(text)).items():
            for number, other in self._index.get(gram, ()):
                scores[number] += weight * other
        ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:NEIGHBOURS]
        return [(self._phrases[number], score) for number, score in ranked if score > 0.05]

    def _weighed(self, grams: Counter[str]) -> dict[str, float]:
        weighed = {gram: n * self._weights.get(gram, 0.0) for gram, n in grams.items()}
        length = math.sqrt(math.fsum(weight * weight for weight in weighed.values())) or 1.0
        return {gram: weight / length for gram, weight in weighed.items() if weight}

    def _voted(self, nearest: list[tuple[Phrase, float]], label: str) -> str:
        votes: dict[str, float] = defaultdict(float)
        for phrase, score in nearest:
            votes[getattr(phrase, label)] += score * score
        return max(sorted(votes), key=lambda value: votes[value])

    def _shared(self, nearest: list[tuple[Phrase, float]]) -> tuple[str, ...]:
        """Acts that carry at least half of the neighbours' weight."""
        if nearest[0][1] < WORTH_SAYING:
            return ()
        votes: dict[str, float] = defaultdict(float)
        for phrase, score in nearest:
            for act in phrase.acts:
                votes[act] += score * score
        total = math.fsum(score * score for _, score in nearest)
        return tuple(sorted(act for act, weight in votes.items() if weight >= total / 2))


def _grams(text: str) -> Counter[str]:
    padded = f"^{normalised(text)}$"
    return Counter(
        padded[at : at + size]
        for size in (1, 2, 3)
        for at in range(len(padded) - size + 1)
        if padded[at : at + size] not in "^$"
    )

"""Finds the article that answers a typed question: offline, deterministic, and honest when nothing fits.

What is compared: pairs and triples of letters after one spelling is made of many (width, case, kana, long vowels), the
words of Latin letters, and ideas from knowledge/synonyms.yaml, where 「ろくおん」 and `record` are the same. A question is
measured against each way of asking that an article lists, and against the article as a whole.
"""

import heapq
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.app.article_reader import load_articles
from bot.app.yaml_text import Document
from bot.core.answers import Article

FLOOR = 0.07
"""Below this nothing fits. This and the weights were chosen by leaving out one way of asking after the other."""

SHOWN = 3
LONGEST = 300
"""Characters that are looked at; a question is short."""

IDEA_WEIGHT = 2.6
WORD_WEIGHT = 1.3
KANA_WEIGHT = 0.5
"""Hiragana carries more grammar than meaning."""

SECOND = 0.4
"""The share of the second-nearest way of asking beside the nearest."""

WHOLE = 0.4
"""How much of a score comes from the article as a whole; the rest from the nearest ways of asking."""

ELSEWHERE = 0.75
"""How much the likeness to a question that is none of ours takes away."""

Index = dict[str, list[tuple[int, float]]]
"""Feature to the texts that have it, each with its weight there."""

_SMALL = str.maketrans("ぁぃぅぇぉっゃゅょゎぢづを", "あいうえおつやゆよわじずお")
_LATIN = re.compile(r"[a-z0-9']+")


@dataclass(frozen=True)
class Found:
    """One article and how well it fits, from 0 to 1."""

    article: Article
    score: float


@dataclass(frozen=True)
class Vocabulary:
    """Ideas and what is passed over, all in `one_spelling`.

    `ways`: first letter to the words that begin so, each with its idea.
    """

    ways: Mapping[str, tuple[tuple[str, str], ...]]
    passed_over: tuple[str, ...] = ()

    def ideas_in(self, plain: str) -> set[str]:
        """A Latin word is found where a word begins, anything else anywhere."""
        found: set[str] = set()
        for place, letter in enumerate(plain):
            for word, idea in self.ways.get(letter, ()):
                if plain.startswith(word, place) and not (letter.isascii() and _goes_on(plain, place)):
                    found.add(idea)
        return found


class Asker:
    """All articles, weighed once. `elsewhere`: questions that are none of ours; whatever is nearer to one fits nothing."""

    def __init__(
        self, articles: Sequence[Article], vocabulary: Vocabulary, elsewhere: Sequence[str] = ()
    ) -> None:
        self._articles = tuple(articles)
        self._vocabulary = vocabulary
        asks = [[self._features(ask) for ask in (*a.title.values(), *a.asks)] for a in articles]
        others = [self._letters(one_spelling(ask)) for ask in elsewhere]
        self._weights = _rarities([*(set().union(*several) for several in asks), *map(set, others)])
        self._unseen = max(self._weights.values(), default=1.0)
        self._owners = [number for number, several in enumerate(asks) for _ in several]
        self._asks = self._index([features for several in asks for features in several])
        self._wholes = self._index([self._features(_whole(a)) for a in articles])
        self._elsewhere = self._index(others)

    @property
    def articles(self) -> tuple[Article, ...]:
        return self._articles

    def ask(self, question: str, most: int = SHOWN) -> tuple[Found, ...]:
        """The best first; empty when nothing fits."""
        return tuple(found for found in self.ranked(question, most) if found.score >= FLOOR)

    def ranked(self, question: str, most: int = SHOWN) -> tuple[Found, ...]:
        """As `ask`, but without the floor: also what fits badly."""
        weighed = self._weighed(self._features(question[:LONGEST]))
        nearest: dict[int, list[float]] = defaultdict(list)
        for ask, score in _likeness(weighed, self._asks).items():
            nearest[self._owners[ask]].append(score)
        wholes = _likeness(weighed, self._wholes)
        other = ELSEWHERE * max(_likeness(weighed, self._elsewhere).values(), default=0.0)
        scores = {n: (1 - WHOLE) * _near(s) + WHOLE * wholes.get(n, 0.0) - other for n, s in nearest.items()}
        top = heapq.nsmallest(most, scores.items(), key=lambda item: (-item[1], item[0]))
        return tuple(Found(self._articles[number], round(score, 3)) for number, score in top)

    def _features(self, text: str) -> Counter[str]:
        plain = one_spelling(text)
        counts = Counter(f"={idea}" for idea in sorted(self._vocabulary.ideas_in(plain)))
        counts.update(self._letters(plain))
        return counts

    def _letters(self, plain: str) -> Counter[str]:
        """Without ideas: they speak for our own articles, never for questions that are none of ours."""
        for words in self._vocabulary.passed_over:
            plain = plain.replace(words, " ")
        return Counter(_grams(plain))

    def _index(self, features: Iterable[Counter[str]]) -> Index:
        index: Index = defaultdict(list)
        for number, counts in enumerate(features):
            for feature, weight in self._weighed(counts).items():
                index[feature].append((number, weight))
        return dict(index)

    def _weighed(self, counts: Counter[str]) -> dict[str, float]:
        """Of length 1. What no article has weighs as much as the rarest: an unknown subject fits nothing."""
        weighed = {
            f: (1 + math.log(n)) * _kind_weight(f) * self._weights.get(f, self._unseen)
            for f, n in counts.items()
        }
        length = math.sqrt(sum(w * w for w in weighed.values())) or 1.0
        return {f: w / length for f, w in weighed.items()}


def one_spelling(text: str) -> str:
    """One width and case, kana as large hiragana, no long vowels or marks; spaces only between Latin words."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    kana = "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in folded).translate(_SMALL)
    plain = re.sub(r"[^\w']+|[ー_]+", lambda m: "" if set(m[0]) <= {"ー"} else " ", kana)
    return re.sub(r"(?<![a-z0-9']) +| +(?![a-z0-9'])", "", plain)


def load_asker(content: Path) -> Asker:
    """The articles and synonyms of a content folder, weighed once per process."""
    return _asker(content)


@lru_cache(maxsize=4)
def _asker(content: Path) -> Asker:
    return Asker(load_articles(content), load_vocabulary(content), load_elsewhere(content))


class WrittenSynonyms(BaseModel):
    """knowledge/synonyms.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    format: Annotated[int, Field(ge=1, le=1)]
    same: tuple[tuple[str, ...], ...]
    passed_over: tuple[str, ...] = ()


def load_vocabulary(content: Path) -> Vocabulary:
    """Raises Misread."""
    file = content / "knowledge" / "synonyms.yaml"
    document = Document(file.read_text("utf-8"), str(file))
    try:
        written = WrittenSynonyms.model_validate(document.data)
    except ValidationError as error:
        raise document.explained(error) from None
    ways: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for words in written.same:
        for word in map(one_spelling, words):
            ways[word[0]].append((word, words[0]))
    longest_first = sorted(map(one_spelling, written.passed_over), key=len, reverse=True)
    return Vocabulary({letter: tuple(several) for letter, several in ways.items()}, tuple(longest_first))


class WrittenElsewhere(BaseModel):
    """knowledge/elsewhere.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Annotated[int, Field(ge=1, le=1)]
    asks: tuple[str, ...]


def load_elsewhere(content: Path) -> tuple[str, ...]:
    file = content / "knowledge" / "elsewhere.yaml"
    document = Document(file.read_text("utf-8"), str(file))
    try:
        return WrittenElsewhere.model_validate(document.data).asks
    except ValidationError as error:
        raise document.explained(error) from None


def _goes_on(plain: str, place: int) -> bool:
    """This place lies inside a Latin word."""
    before = plain[place - 1 : place]
    return before.isascii() and before.isalnum()


def _grams(plain: str) -> Iterator[str]:
    for word in _LATIN.findall(plain):
        yield f"w{_stem(word)}"
        if len(word) > 4:
            yield from (f"l{word[i : i + 4]}" for i in range(len(word) - 3))
    for run in _LATIN.sub(" ", plain).split():
        for n in (1, 2, 3):
            yield from (run[i : i + n] for i in range(len(run) - n + 1) if n > 1 or run[i] > "一")


def _stem(word: str) -> str:
    return re.sub(r"(?:ing|ed|es|s|'s)$", "", word) if len(word) > 4 else word


@cache
def _kind_weight(feature: str) -> float:
    if feature[0] == "=":
        return IDEA_WEIGHT
    if feature[0] == "w":
        return WORD_WEIGHT
    if feature[0] == "l" or len(feature) == 1:
        return 0.6
    return KANA_WEIGHT if all("ぁ" <= c <= "ん" for c in feature) else 1.0


def _rarities(features: Sequence[set[str]]) -> dict[str, float]:
    seen = Counter(feature for counts in features for feature in counts)
    return {feature: math.log((1 + len(features)) / (1 + n)) + 0.5 for feature, n in seen.items()}


def _likeness(weighed: dict[str, float], index: Index) -> dict[int, float]:
    scores: dict[int, float] = defaultdict(float)
    for feature, weight in weighed.items():
        for number, other in index.get(feature, ()):
            scores[number] += weight * other
    return scores


def _near(likenesses: list[float]) -> float:
    """The nearest way of asking, held up by the next: one that fits by chance stands alone."""
    first, second = heapq.nlargest(2, (*likenesses, 0.0))
    return (1 - SECOND) * first + SECOND * second


def _whole(article: Article) -> str:
    texts = (*article.title.values(), *article.asks, *article.answer.texts.values(), *article.say.values())
    return " ".join(texts)

"""Proves knowledge articles: texts in every language, lengths, sources, review dates, and that each can be found."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

from bot.app.article_reader import read_article
from bot.app.asking import Asker, Vocabulary, one_spelling
from bot.app.proving import shown
from bot.app.yaml_text import Document, Misread
from bot.app.yaml_text import Path as Place
from bot.core.answers import LANGUAGES, TYPES, Article, Texts
from bot.core.facts import ACTS

LEVELS: Mapping[str, str] = {
    "misread": "error",
    "text_missing": "error",
    "title_long": "error",
    "answer_long": "error",
    "say_long": "error",
    "word_unwanted": "error",
    "asks_few": "warning",
    "ask_twice": "warning",
    "sources_missing": "error",
    "source_unsure": "error",
    "review_old": "warning",
    "review_ahead": "error",
    "name_other": "error",
    "title_lost": "error",
    "act_without": "error",
    "type_without": "error",
}
"""Every code and how grave it is; its sentence is `article_` and the code in commands.*.yaml."""

LONGEST: Mapping[str, Mapping[str, int]] = {
    "title": {"ja": 20, "ja_easy": 20, "en": 40},
    "answer": {"ja": 120, "ja_easy": 120, "en": 240},
    "say": {"ja": 40, "ja_easy": 40, "en": 80},
}
"""Characters; a Latin letter takes half the room of a Japanese one."""

UNWANTED = re.compile(r"カスハラ|クレーマー|加害者|(?i:kasuhara)|[!！]|[\U0001f000-\U0001faff]")
"""What nobody should read over a shoulder."""

UNSURE = "未確認"
"""A source that says so itself; what rests on it waits for the legal desk."""

FEWEST_ASKS = 8
GOOD_FOR = timedelta(days=365)


@dataclass(frozen=True)
class Gap:
    """One finding. `args` fill its sentence."""

    code: str
    file: str
    line: int = 1
    article: str = ""
    args: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def level(self) -> str:
        return LEVELS[self.code]


@dataclass(frozen=True)
class Checked:
    """What came of it: the articles that could be read, and everything found."""

    articles: tuple[Article, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def holds(self) -> bool:
        return all(gap.level != "error" for gap in self.gaps)


class _Gaps(Protocol):
    """Makes a gap of one article at a place of its file."""

    def __call__(self, code: str, place: Place, **args: str | int) -> Gap: ...


def prove_articles(
    files: Sequence[Path], today: date, vocabulary: Vocabulary, elsewhere: Sequence[str], whole: bool = True
) -> Checked:
    """What can't be read never stops the rest. `whole`: these are all articles, so none may be missing."""
    articles: list[Article] = []
    gaps: list[Gap] = []
    documents: dict[str, Document] = {}
    for file in files:
        try:
            article, document = read_article(file.read_text("utf-8"), shown(file))
        except Misread as error:
            gaps += [_misread(line, shown(file)) for line in error.lines]
            continue
        except UnicodeDecodeError:
            gaps.append(Gap("misread", shown(file), args={"words": "UTF-8"}))
            continue
        articles.append(article)
        documents[article.id] = document
        gaps += _of_one(article, document, file.stem, today)
    gaps += _of_all(articles, documents, Asker(articles, vocabulary, elsewhere))
    return Checked(tuple(articles), (*gaps, *(_missing(articles) if whole else ())))


def _of_one(article: Article, document: Document, stem: str, today: date) -> Iterator[Gap]:
    def gap(code: str, place: Place, **args: str | int) -> Gap:
        return Gap(code, document.name, document.line(place), article.id, args)

    if article.id != stem:
        yield gap("name_other", ("article",), name=stem)
    for place, texts in _texts(article):
        for language in LANGUAGES:
            text = texts.get(language, "")
            where = ".".join(str(part) for part in place)
            if not text.strip():
                yield gap("text_missing", place, where=where, spoken=language)
            if found := UNWANTED.search(text):
                yield gap("word_unwanted", (*place, language), where=where, word=found[0])
            most = LONGEST.get(where, {}).get(language, 0)
            if most and len(text) > most:
                yield gap(f"{where}_long", (*place, language), spoken=language, size=len(text), most=most)
    if len(article.asks) < FEWEST_ASKS:
        yield gap("asks_few", ("asks",), size=len(article.asks), most=FEWEST_ASKS)
    yield from _of_sources(article, gap)
    if article.reviewed > today:
        yield gap("review_ahead", ("reviewed",), day=article.reviewed.isoformat())
    elif today - article.reviewed > GOOD_FOR:
        yield gap("review_old", ("reviewed",), day=article.reviewed.isoformat())


def _of_sources(article: Article, gap: _Gaps) -> Iterator[Gap]:
    if not article.sources:
        yield gap("sources_missing", ("article",))
    for number, source in enumerate(article.sources):
        if UNSURE in source.name and not article.to_confirm:
            yield gap("source_unsure", ("sources", number), name=source.name)


def _of_all(articles: Sequence[Article], documents: Mapping[str, Document], asker: Asker) -> Iterator[Gap]:
    """An ask that two articles list helps neither; a title that doesn't find its article helps nobody."""
    owners: dict[str, str] = {}
    for article in articles:
        for number, ask in enumerate(article.asks):
            owner = owners.setdefault(one_spelling(ask), article.id)
            if owner != article.id:
                document = documents[article.id]
                args = {"ask": ask, "other": owner}
                yield Gap("ask_twice", document.name, document.line(("asks", number)), article.id, args)
    for article in articles:
        document = documents[article.id]
        for language, title in article.title.items():
            if all(found.article.id != article.id for found in asker.ask(title)):
                line = document.line(("title", language))
                yield Gap("title_lost", document.name, line, article.id, {"title": title})


def _missing(articles: Sequence[Article]) -> Iterator[Gap]:
    acts = {act for article in articles for act in article.acts}
    types = {kind for article in articles for kind in article.types}
    folder = "knowledge/articles"
    yield from (Gap("act_without", folder, args={"name": act}) for act in ACTS if act not in acts)
    yield from (Gap("type_without", folder, args={"name": kind}) for kind in TYPES if kind not in types)


def _texts(article: Article) -> Iterator[tuple[Place, Texts]]:
    yield ("title",), article.title
    yield ("answer",), article.answer.texts
    if article.say:
        yield ("say",), article.say
    for name, passage in article.sections.items():
        yield ("sections", name), passage.texts


def _misread(line: str, name: str) -> Gap:
    match = re.match(r"(.+?):(\d+)(?::\d+)?: (.*)", line, re.DOTALL)
    if match is None:
        return Gap("misread", name, args={"words": line.removeprefix(f"{name}: ")})
    return Gap("misread", match[1], int(match[2]), args={"words": match[3]})

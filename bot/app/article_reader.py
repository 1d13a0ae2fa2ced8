"""Reads knowledge articles and the words of their cards, strictly, with the line of every mistake."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.app.yaml_text import Document, Misread
from bot.core.answers import SECTIONS, TYPES, Article, Labels, Passage, Source
from bot.core.facts import ACTS

if TYPE_CHECKING:  # a type checker can't look into a tuple of codes
    Act: TypeAlias = str
    Type: TypeAlias = str
    Section: TypeAlias = str
else:
    Act = Literal[ACTS]
    Type = Literal[TYPES]
    Section = Literal[SECTIONS]

ArticleId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Text = Annotated[str, Field(min_length=1)]


class Written(BaseModel):
    """What stands in a file: a name that isn't known is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class WrittenTexts(Written):
    """A language that is left out is a finding of `mamori knowledge check`, not unreadable."""

    ja: Text
    ja_easy: str = ""
    en: str = ""

    @property
    def texts(self) -> dict[str, str]:
        return {name: text for name in ("ja", "ja_easy", "en") if (text := getattr(self, name))}


class WrittenPassage(WrittenTexts):
    confirm: bool = False


class WrittenSource(Written):
    name: Text
    page: str = ""


class WrittenArticle(Written):
    article: ArticleId
    format: Literal[1]
    title: WrittenTexts
    asks: tuple[Text, ...] = ()
    acts: tuple[Act, ...] = ()
    types: tuple[Type, ...] = ()
    answer: WrittenPassage
    say: WrittenTexts | None = None
    sections: dict[Section, WrittenPassage] = {}
    sources: tuple[WrittenSource, ...] = ()
    reviewed: date


class WrittenLabels(Written):
    format: Literal[1]
    labels: dict[str, WrittenTexts]


def read_article(text: str, name: str) -> tuple[Article, Document]:
    """The article, and its document for the lines of findings. Raises Misread."""
    document = Document(text, name)
    try:
        written = WrittenArticle.model_validate(document.data)
    except ValidationError as error:
        raise document.explained(error) from None
    return _article(written), document


def article_files(content: Path) -> list[Path]:
    return sorted((content / "knowledge" / "articles").glob("*.yaml"))


@lru_cache(maxsize=4)
def load_articles(content: Path) -> tuple[Article, ...]:
    """Every article of a content folder, read once per process; Misread names all files that can't be read."""
    articles: dict[str, Article] = {}
    wrong: list[str] = []
    for file in article_files(content):
        try:
            article, _ = read_article(file.read_text("utf-8"), str(file))
        except Misread as error:
            wrong += error.lines
            continue
        articles[article.id] = article
    if wrong:
        raise Misread(wrong)
    return tuple(articles.values())


@lru_cache(maxsize=4)
def load_labels(content: Path) -> Labels:
    """The words of the cards, from knowledge/answers.yaml."""
    file = content / "knowledge" / "answers.yaml"
    document = Document(file.read_text("utf-8"), str(file))
    try:
        written = WrittenLabels.model_validate(document.data)
    except ValidationError as error:
        raise document.explained(error) from None
    return {name: texts.texts for name, texts in written.labels.items()}


def _article(written: WrittenArticle) -> Article:
    return Article(
        id=written.article,
        title=written.title.texts,
        asks=written.asks,
        answer=_passage(written.answer),
        sources=tuple(Source(source.name, source.page) for source in written.sources),
        reviewed=written.reviewed,
        say=written.say.texts if written.say else {},
        sections=_sections(written.sections),
        acts=written.acts,
        types=written.types,
    )


def _sections(written: Mapping[str, WrittenPassage]) -> dict[str, Passage]:
    return {name: _passage(written[name]) for name in SECTIONS if name in written}


def _passage(written: WrittenPassage) -> Passage:
    return Passage(written.texts, written.confirm)

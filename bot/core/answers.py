"""Knowledge articles and their cards: what to do first, what to say, and behind くわしく the rest with its source."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.core.buttons import Menu, encode
from bot.core.messages import MAX_ACTIONS, Button, Card

LANGUAGES = ("ja", "ja_easy", "en")
SECTIONS = (
    *("first_seconds", "signs", "who_decides", "escalate", "police", "evidence"),
    *("cautions", "not_to_do", "background"),
)
"""In the order in which a card shows them."""

TYPES = tuple(f"T{number}" for number in range(1, 16))
"""The fifteen forms in which staff meet such conduct, from long stays (T1) to tripping questions (T15)."""

Texts = Mapping[str, str]
"""Language to text."""

Labels = Mapping[str, Texts]
"""The card's own words (sections, buttons, marks) by name."""


@dataclass(frozen=True)
class Passage:
    """`confirm`: it rests on what the organisation's legal desk has yet to look at."""

    texts: Texts
    confirm: bool = False


@dataclass(frozen=True)
class Source:
    """Named as people know it; `page` may be empty."""

    name: str
    page: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.page}".strip()


@dataclass(frozen=True)
class Article:
    """One question and its answer. `asks`: how people type it, in any language; never shown."""

    id: str
    title: Texts
    asks: tuple[str, ...]
    answer: Passage
    sources: tuple[Source, ...]
    reviewed: date
    say: Texts = field(default_factory=dict)
    sections: Mapping[str, Passage] = field(default_factory=dict)
    acts: tuple[str, ...] = ()
    types: tuple[str, ...] = ()

    @property
    def to_confirm(self) -> tuple[Passage, ...]:
        return tuple(passage for passage in (self.answer, *self.sections.values()) if passage.confirm)


@dataclass(frozen=True)
class Confirmation:
    """An admin's word that an article holds for their organisation, as it read then."""

    article: str
    by: str
    at: str
    fingerprint: str
    note: str = ""


def fingerprint(article: Article) -> str:
    """Changes with every text that waits for confirmation, so that a confirmation never covers words written later."""
    words = "\n".join(
        passage.texts.get(language, "") for passage in article.to_confirm for language in LANGUAGES
    )
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def is_confirmed(article: Article, confirmation: Confirmation | None) -> bool:
    """True also where there is nothing to confirm."""
    if not article.to_confirm:
        return True
    return confirmation is not None and confirmation.fingerprint == fingerprint(article)


def text_in(texts: Texts, language: str) -> str:
    """In this language, else in Japanese."""
    return texts.get(language) or texts.get("ja", "")


def answer_card(
    article: Article,
    language: str,
    labels: Labels,
    confirmed: bool = False,
    more: str = "",
    near: Sequence[tuple[Article, str]] = (),
) -> Card:
    """What to do first and what to say. `more`: the data of the button くわしく; without it there is no such button.
    `near`: articles that may be meant as well, each with its button's data.
    """
    unfold = (Button(_label(labels, "more", language), more),) if more and article.sections else ()
    return Card(
        alt=_label(labels, "alt", language),
        title=text_in(article.title, language),
        body=(text_in(article.answer.texts, language),),
        aloud=text_in(article.say, language),
        actions=tuple(Button(text_in(other.title, language), data) for other, data in near),
        bottom=(*unfold, _help(labels, language)),
        note=note_of(article, language, labels, not article.answer.confirm or confirmed),
    )


def detail_card(article: Article, language: str, labels: Labels, confirmed: bool = False) -> Card:
    """All sections in their fixed order; each that waits for the legal desk says so itself."""
    return Card(
        alt=_label(labels, "alt", language),
        title=text_in(article.title, language),
        facts=tuple(
            (_label(labels, name, language), section_text(article, name, language, labels, confirmed))
            for name in SECTIONS
            if name in article.sections
        ),
        bottom=(_help(labels, language),),
        note=note_of(article, language, labels),
    )


def nothing_card(language: str, labels: Labels) -> Card:
    """Nothing fits: says so, and offers people."""
    body = (_label(labels, "nothing", language), _label(labels, "nothing_then", language))
    return Card(alt=_label(labels, "alt", language), body=body, bottom=(_help(labels, language),))


def which_card(found: Sequence[tuple[Article, str]], language: str, labels: Labels) -> Card:
    """Several may be meant: their titles as buttons. Each article comes with its button's data."""
    titles = tuple(Button(text_in(article.title, language), data) for article, data in found[:MAX_ACTIONS])
    first = (_label(labels, "which", language),)
    return Card(
        alt=_label(labels, "alt", language), body=first, actions=titles, bottom=(_help(labels, language),)
    )


def section_text(article: Article, name: str, language: str, labels: Labels, confirmed: bool) -> str:
    passage = article.sections[name]
    text = text_in(passage.texts, language)
    return f"{text} ({_label(labels, 'confirm', language)})" if passage.confirm and not confirmed else text


def note_of(article: Article, language: str, labels: Labels, confirmed: bool = True) -> str:
    """Where it comes from, when it was looked through, and what waits to be confirmed."""
    sources = "、".join(str(source) for source in article.sources)
    parts = [
        f"{_label(labels, 'source', language)}: {sources}",
        f"{_label(labels, 'reviewed', language)}: {article.reviewed.isoformat()}",
    ]
    return " / ".join(parts if confirmed else [_label(labels, "confirm", language), *parts])


def _label(labels: Labels, name: str, language: str) -> str:
    return text_in(labels[name], language)


def _help(labels: Labels, language: str) -> Button:
    return Button(_label(labels, "people", language), encode(Menu("help")))

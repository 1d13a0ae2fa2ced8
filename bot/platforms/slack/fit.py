"""Which of Slack's limits a card would break, in words for the author of a flow."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.core.messages import Button, Card, buttons_of
from bot.platforms.limits import utf16
from bot.platforms.slack.limits import (
    SLACK_ALL_TEXTS,
    SLACK_BUTTON_LABEL,
    SLACK_BUTTON_VALUE,
    SLACK_FIELD,
    SLACK_MESSAGE_BLOCKS,
    SLACK_TEXT,
)
from bot.platforms.slack.render import blocks_of, body_text, emphasised, escape, quoted, texts_length


def findings(card: Card) -> list[str]:
    """One sentence for each limit that rendering would have to cut at; empty where the card fits."""
    return [*_texts(card), *(line for button in buttons_of(card) for line in _button(button)), *_whole(card)]


def _texts(card: Card) -> Iterator[str]:
    if not card.alt.strip():
        yield _say("missing", "alt")
    yield from _long("alt", card.alt, SLACK_TEXT, escape)
    yield from _long("title", card.title, SLACK_TEXT, escape)
    yield from _long("body", body_text(card), SLACK_TEXT, emphasised)
    yield from _long("aloud", card.aloud, SLACK_TEXT, quoted)
    for label, value in card.facts:
        yield from _long("field", f"*{label}*\n{value}", SLACK_FIELD, escape, label)
    yield from _long("note", card.note, SLACK_TEXT, escape)


def _button(button: Button) -> Iterator[str]:
    if not button.label.strip():
        yield _say("missing", "label")
    if not button.data:
        yield _say("missing", "data", button.label)
    yield from _long("label", button.label, SLACK_BUTTON_LABEL, str, button.label)
    yield from _long("data", button.data, SLACK_BUTTON_VALUE, str, button.label)


def _whole(card: Card) -> Iterator[str]:
    blocks = blocks_of([card])
    if len(blocks) > SLACK_MESSAGE_BLOCKS:
        yield _say("too_many", "blocks", size=len(blocks), most=SLACK_MESSAGE_BLOCKS)
    if texts_length(blocks) > SLACK_ALL_TEXTS:
        yield _say("too_long", "all", size=texts_length(blocks), most=SLACK_ALL_TEXTS)


def _long(place: str, text: str, most: int, dress: Callable[[str], str], name: str = "") -> Iterator[str]:
    size = utf16(dress(text.strip()))
    if size > most:
        yield _say("too_long", place, name, size, most)


def _say(kind: str, place: str, name: str = "", size: int = 0, most: int = 0) -> str:
    where = str(_words()["places"][place]).format(name=name)
    return str(_words()[kind]).format(where=where, size=size, most=most)


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    return words

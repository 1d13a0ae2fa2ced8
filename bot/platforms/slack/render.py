"""Cards as Block Kit: title in small, what to do with its first line bold, the line to say quoted, buttons.

Whatever a card holds, Slack takes the result: texts end in … where they are too long, and what was said first
gives way when there is too much altogether. fit.py tells the author before it comes to that.
"""

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any, TypeVar

from bot.core.messages import Button, Card
from bot.platforms.limits import ELLIPSIS, clip, utf16
from bot.platforms.slack.limits import (
    SLACK_ALL_TEXTS,
    SLACK_BUTTON_LABEL,
    SLACK_BUTTON_VALUE,
    SLACK_FIELD,
    SLACK_FIELDS,
    SLACK_MESSAGE_BLOCKS,
    SLACK_TEXT,
    SLACK_VIEW_BLOCKS,
)

Block = dict[str, Any]
Item = TypeVar("Item")

HOME = "mamori_home"
ROW = 5
STACKED = 8  # so many choices stand one under the other; more would push the rest off a phone's screen
_WIDTHS = (SLACK_TEXT, 1500, 600, 200)


def render(cards: Sequence[Card]) -> tuple[str, list[Block]]:
    """The text for lock screens (the last card's) and the blocks of one message."""
    alt = cards[-1].alt.strip() if cards else ""
    return fitted(alt or ELLIPSIS, SLACK_TEXT, escape), _fitting(cards, SLACK_MESSAGE_BLOCKS)


def home(cards: Sequence[Card]) -> dict[str, Any]:
    """The cards as a person's App Home."""
    return {"type": "home", "callback_id": HOME, "blocks": _fitting(cards, SLACK_VIEW_BLOCKS)}


def blocks_of(cards: Sequence[Card], width: int = SLACK_TEXT) -> list[Block]:
    """The blocks with no regard to how many and how long they are altogether; each text is cut at `width`."""
    numbers = count()
    blocks: list[Block] = []
    for place, card in enumerate(cards):
        if place:
            blocks.append({"type": "divider"})
        blocks.extend(_card(card, width, numbers))
        _name(blocks, place, card)
    return blocks


def escape(text: str) -> str:
    """For mrkdwn: the three characters by which a text could become a mention or a link.

    https://docs.slack.dev/messaging/formatting-message-text/#escaping
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fitted(text: str, most: int, dress: Callable[[str], str]) -> str:
    """`dress(text)`, with as much of the text as fits into `most` once it is dressed."""
    whole = dress(text)
    if utf16(whole) <= most:
        return whole
    kept = bisect_right(range(1, most + 1), most, key=lambda end: utf16(dress(text[:end] + ELLIPSIS)))
    return dress(clip(text + ELLIPSIS, utf16(text[:kept] + ELLIPSIS), utf16))


def texts_length(blocks: Sequence[Block]) -> int:
    """How much there is to read in all blocks together."""
    return sum(utf16(text) for block in blocks for text in _texts(block))


def body_text(card: Card) -> str:
    return "\n".join(line.strip() for line in card.body).strip()


def emphasised(text: str) -> str:
    """The first line bold, unless it holds the sign that would end it."""
    first, line_end, rest = text.partition("\n")
    bold = f"*{escape(first.strip())}*" if first.strip() and "*" not in first else escape(first)
    return bold + line_end + escape(rest)


def quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in f"「{escape(text)}」".split("\n"))


def _fitting(cards: Sequence[Card], most: int) -> list[Block]:
    blocks: list[Block] = []
    for width in _WIDTHS:
        blocks = blocks_of(cards, width)
        if _fits(blocks, most):
            return blocks
    while not _fits(blocks, most):
        blocks = blocks[1:]
    return blocks


def _fits(blocks: Sequence[Block], most: int) -> bool:
    return len(blocks) <= most and texts_length(blocks) <= SLACK_ALL_TEXTS


def _card(card: Card, width: int, numbers: Iterator[int]) -> Iterator[Block]:
    body, aloud = body_text(card), card.aloud.strip()
    if card.title.strip():
        yield _context(card.title, width)
    if body:
        yield _section(fitted(body, width, emphasised))
    if aloud:
        yield _section(fitted(aloud, width, quoted))
    for few in _rows(card.facts, SLACK_FIELDS):
        yield {"type": "section", "fields": [_mrkdwn(_field(label, value, width)) for label, value in few]}
    if not (card.title.strip() or body or aloud or card.facts):
        yield _section(fitted(card.alt.strip() or ELLIPSIS, width, escape))
    stack = 1 if len(card.choices) <= STACKED else ROW
    for row in (*_rows(card.choices, stack), *_rows(card.actions, ROW), *_rows(card.bottom, ROW)):
        yield {"type": "actions", "elements": [_button(button, next(numbers)) for button in row]}
    if card.note.strip():
        yield _context(card.note, width)


def _rows(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


def _button(button: Button, number: int) -> Block:
    label = clip(button.label.strip() or ELLIPSIS, SLACK_BUTTON_LABEL, utf16)
    drawn: Block = {
        "type": "button",
        "action_id": f"mamori:{number}",
        "text": {"type": "plain_text", "text": label},
    }
    if button.data:
        drawn["value"] = clip(button.data, SLACK_BUTTON_VALUE, utf16)
    if button.primary:
        drawn["style"] = "primary"
    return drawn


def _field(label: str, value: str, width: int) -> str:
    name = clip(label.strip(), SLACK_BUTTON_LABEL, utf16)
    most = min(width, SLACK_FIELD)
    return fitted(value.strip() or "—", most, lambda part: f"*{escape(name)}*\n{escape(part)}")


def _context(text: str, width: int) -> Block:
    return {"type": "context", "elements": [_mrkdwn(fitted(text.strip(), width, escape))]}


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _mrkdwn(text: str) -> Block:
    """`verbatim` keeps Slack from turning a person's words into mentions and channel links."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _name(blocks: list[Block], place: int, card: Card) -> None:
    """Gives the newest blocks their ids. An id changes with the card: Slack keeps state by id over an update.

    https://docs.slack.dev/reference/block-kit/blocks/actions-block/
    """
    mark = hashlib.sha256(repr(card).encode()).hexdigest()[:8]
    for number, block in enumerate(blocks):
        block.setdefault("block_id", f"{place}.{number}.{mark}")


def _texts(block: Block) -> Iterator[str]:
    parts = [block.get("text"), *block.get("fields", ()), *block.get("elements", ())]
    for part in parts:
        if part is None:
            continue
        text = part["text"]
        yield text if isinstance(text, str) else text["text"]

"""Cards as LINE messages: one Flex bubble each, with the same order on every card, as plain JSON data."""

import json
import logging
from collections.abc import Iterable, Sequence
from typing import Any, Final

from bot.core.buttons import MAX_BYTES
from bot.core.messages import Button, Card
from bot.platforms.limits import (
    ELLIPSIS,
    LINE_ALT_UTF16,
    LINE_BUBBLE_BYTES,
    LINE_DISPLAY_TEXT,
    LINE_FLEX_LABEL,
    LINE_MESSAGES,
    LINE_QUICK_ITEMS,
    LINE_QUICK_LABEL,
    clip,
    graphemes,
    utf16,
)

log = logging.getLogger(__name__)

Json = dict[str, Any]

TEAL: Final = "#0B6E69"
INK: Final = "#1A1A1A"
GREY: Final = "#5A5F63"
PALE: Final = "#E4ECEB"
PAPER: Final = "#F4F2EC"
LINE_GREY: Final = "#DCDFE0"

ACTIONS_PER_ROW: Final = 2
HALF_ROW: Final = 6  # full-width letters that a button of half a row shows whole
BOTTOM_PER_ROW: Final = 3
ROW_WIDTH: Final = 19  # small full-width letters that fit into a row, margins counted as letters
LINK_MARGIN: Final = 1
NARROWEST_LINK: Final = 5  # a finger's width, also for two letters

_FRAME_BYTES, _TEXT_BYTES, _BUTTON_BYTES = 1200, 250, 700  # generous: JSON around a bubble, a text, a button

_LINES, _FACTS, _CHOICES, _ACTIONS, _BOTTOM = 12, 8, 8, 8, 6  # at least what a card may have; keeps 30 KB
_ROOMS: Final = (
    2000,
    300,
    100,
    24,
)  # UTF-16 units for a text; the next is tried while the bubble is too heavy


def render(cards: Sequence[Card]) -> list[Json]:
    """At most five messages, none that LINE refuses: long texts are cut, of more cards the last five stay.

    The last message carries quick replies beside its buttons, for the phone and until the next message.
    """
    if len(cards) > LINE_MESSAGES:
        log.warning("line_too_many_cards: %d cards, the last %d are sent", len(cards), LINE_MESSAGES)
    shown = cards[-LINE_MESSAGES:]
    messages = [_message(card) for card in shown]
    if shown and (items := _quick_items(shown[-1])):
        messages[-1]["quickReply"] = {"items": items}
    return messages


def bubble_bytes(bubble: Json) -> int:
    """How heavy LINE may find a bubble: counted with escapes, as its SDK sends it, so never too low."""
    return len(json.dumps(bubble))


def most_bytes(card: Card) -> int:
    """What the full bubble can't exceed, for a tenth of the cost of counting: most cards are far from LINE's limit.

    A letter takes at most twelve bytes, as two escapes; a button's words stand in it up to three times.
    """
    texts = [
        card.alt,
        card.title,
        *card.body,
        card.aloud,
        *(part for fact in card.facts for part in fact),
        card.note,
    ]
    buttons = [*card.choices, *card.actions, *card.bottom]
    letters = sum(map(len, texts)) + sum(len(b.data) + 3 * (len(b.label) + len(b.echo)) for b in buttons)
    return _FRAME_BYTES + _TEXT_BYTES * len(texts) + _BUTTON_BYTES * len(buttons) + 12 * letters


def full_bubble(card: Card) -> Json:
    """The bubble as the card asks for it, before anything is cut for its weight."""
    return _bubble(card, _ROOMS[0])


def _message(card: Card) -> Json:
    alt = clip(card.alt.strip() or card.title.strip() or ELLIPSIS, LINE_ALT_UTF16, utf16)
    return {"type": "flex", "altText": alt, "contents": _light_bubble(card)}


def _light_bubble(card: Card) -> Json:
    bubble = full_bubble(card)
    if most_bytes(card) <= LINE_BUBBLE_BYTES:
        return bubble
    for room in _ROOMS[1:]:
        if bubble_bytes(bubble) <= LINE_BUBBLE_BYTES:
            break
        bubble = _bubble(card, room)
    return bubble


def _bubble(card: Card, room: int) -> Json:
    bubble: Json = {"type": "bubble", "size": "mega", "body": _body(card, room)}
    footer = _footer(card, room)
    if footer:
        bubble["footer"] = {
            "type": "box",
            "layout": "vertical",
            "spacing": "sm",
            "paddingAll": "12px",
            "paddingTop": "4px",
            "contents": footer,
        }
    return bubble


# ---- what is read ------------------------------------------------------------------------------------------


def _body(card: Card, room: int) -> Json:
    parts = [
        *_title(card.title, room),
        *_lines(card.body, room),
        *_aloud(card.aloud, room),
        *_facts(card.facts, room),
        *_note(card.note, room),
    ]
    parts = parts or [_text(card.alt.strip() or ELLIPSIS, room)]
    return {"type": "box", "layout": "vertical", "spacing": "md", "paddingAll": "16px", "contents": parts}


def _title(title: str, room: int) -> list[Json]:
    return [_text(title, room, size="sm", color=GREY)] if title.strip() else []


def _lines(lines: Iterable[str], room: int) -> list[Json]:
    kept = [line for line in lines if line.strip()][:_LINES]
    first = [_text(line, room, size="lg", weight="bold") for line in kept[:1]]
    return first + [_text(line, room) for line in kept[1:]]


def _aloud(words: str, room: int) -> list[Json]:
    """What is said to the other person stands apart, so that an eye in a hurry can jump to it."""
    if not words.strip():
        return []
    return [
        {
            "type": "box",
            "layout": "vertical",
            "backgroundColor": PAPER,
            "cornerRadius": "8px",
            "paddingAll": "12px",
            "contents": [_text(f"「{clip(words, room, utf16)}」", room + 2)],
        }
    ]


def _facts(facts: Iterable[tuple[str, str]], room: int) -> list[Json]:
    rows = [_fact(label, value, room) for label, value in facts if label.strip() or value.strip()][:_FACTS]
    return [{"type": "box", "layout": "vertical", "spacing": "sm", "contents": rows}] if rows else []


def _fact(label: str, value: str, room: int) -> Json:
    cells = [
        _text(label.strip() or ELLIPSIS, room, size="sm", color=GREY) | {"flex": 2},
        _text(value.strip() or ELLIPSIS, room) | {"flex": 5},
    ]
    return {"type": "box", "layout": "baseline", "spacing": "sm", "contents": cells}


def _note(note: str, room: int) -> list[Json]:
    return [_text(note, room, size="xs", color=GREY)] if note.strip() else []


def _text(text: str, room: int, size: str = "md", color: str = INK, weight: str = "regular") -> Json:
    return {
        "type": "text",
        "text": clip(text, room, utf16),
        "size": size,
        "color": color,
        "weight": weight,
        "wrap": True,
    }


# ---- what is tapped ----------------------------------------------------------------------------------------


def _footer(card: Card, room: int) -> list[Json]:
    choices = [_choice(button, room) for button in _sendable(card.choices)[:_CHOICES]]
    rows = action_rows(_sendable(card.actions)[:_ACTIONS])
    actions = [_row([_action(button, room) for button in row]) for row in rows]
    bottom = [_bottom_row(row, room) for row in bottom_rows(_sendable(card.bottom)[:_BOTTOM])]
    line = [{"type": "separator", "color": LINE_GREY}] if bottom and (choices or actions) else []
    return choices + actions + line + bottom


def _sendable(buttons: Sequence[Button]) -> list[Button]:
    """One button that LINE would refuse must not cost the whole card."""
    kept = [button for button in buttons if button.data and len(button.data.encode()) <= MAX_BYTES]
    if len(kept) < len(buttons):
        log.error("line_button_dropped: %d with empty or too long data", len(buttons) - len(kept))
    return kept


def _choice(button: Button, room: int) -> Json:
    return _styled(button, room) | {"height": "md"}


def _action(button: Button, room: int) -> Json:
    return _styled(button, room) | {"height": "sm", "flex": 1}


def _styled(button: Button, room: int) -> Json:
    look = {"style": "primary", "color": TEAL} if button.primary else {"style": "secondary", "color": PALE}
    return {
        "type": "button",
        "adjustMode": "shrink-to-fit",
        "action": _postback(button, LINE_FLEX_LABEL, room),
    } | look


def _link(button: Button, room: int) -> Json:
    """A box that can be tapped: LINE cuts a button's label that is too wide, and breaks a text into lines."""
    action = _postback(button, LINE_FLEX_LABEL, room)
    label = _text(
        action["label"], room, size="sm", color=TEAL, weight="bold" if button.primary else "regular"
    )
    return {
        "type": "box",
        "layout": "vertical",
        "justifyContent": "center",
        "paddingTop": "10px",
        "paddingBottom": "10px",
        "flex": _width(button),
        "action": action,
        "contents": [label | {"align": "center"}],
    }


def _row(buttons: list[Json]) -> Json:
    return {"type": "box", "layout": "horizontal", "spacing": "sm", "contents": buttons}


def action_rows(buttons: Sequence[Button]) -> list[list[Button]]:
    """Two beside each other where both can be read whole, else each in a row of its own."""
    rows: list[list[Button]] = []
    for button in buttons:
        is_narrow = _letters(button) <= HALF_ROW
        if rows and is_narrow and len(rows[-1]) < ACTIONS_PER_ROW and _letters(rows[-1][0]) <= HALF_ROW:
            rows[-1].append(button)
        else:
            rows.append([button])
    return rows


def bottom_rows(buttons: Sequence[Button]) -> list[list[Button]]:
    """The bottom row in its order, broken where labels would become too small to read; four stand two by two."""
    rows: list[list[Button]] = []
    most = 2 if len(buttons) == 4 else BOTTOM_PER_ROW
    for button in buttons:
        if rows and len(rows[-1]) < most and sum(map(_width, [*rows[-1], button])) <= ROW_WIDTH:
            rows[-1].append(button)
        else:
            rows.append([button])
    return rows


def _bottom_row(buttons: list[Button], room: int) -> Json:
    return _row([_link(button, room) for button in buttons]) | {"spacing": "none"}


def _width(button: Button) -> int:
    """About how many small full-width letters the link takes."""
    return max(NARROWEST_LINK, LINK_MARGIN + _letters(button))


def _letters(button: Button) -> int:
    """The label's length in full-width letters."""
    halves = sum(1 if letter.isascii() else 2 for letter in button.label[:LINE_FLEX_LABEL])
    return (halves + 1) // 2


def _quick_items(card: Card) -> list[Json]:
    buttons = _sendable(card.choices + card.bottom)[:LINE_QUICK_ITEMS]
    return [
        {"type": "action", "action": _postback(button, LINE_QUICK_LABEL, _ROOMS[1])} for button in buttons
    ]


def _postback(button: Button, label_limit: int, room: int) -> Json:
    """`displayText` is shown as said by the person; without it a tap would leave no trace in the chat."""
    said = button.echo.strip() or button.label.strip() or ELLIPSIS
    return {
        "type": "postback",
        "label": _short(button.label.strip() or said, label_limit, room),
        "data": button.data,
        "displayText": _short(said, LINE_DISPLAY_TEXT, room),
    }


def _short(text: str, limit: int, room: int) -> str:
    return clip(clip(text, room, utf16), limit, graphemes)

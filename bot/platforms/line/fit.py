"""Which of LINE's limits a card would break, in words, so that its author hears of it in time."""

from collections.abc import Iterator

from bot.core.buttons import MAX_BYTES
from bot.core.messages import MAX_ACTIONS, MAX_BOTTOM, MAX_CHOICES, Button, Card, buttons_of
from bot.platforms.limits import (
    LINE_ALT_UTF16,
    LINE_BUBBLE_BYTES,
    LINE_DISPLAY_TEXT,
    LINE_FLEX_LABEL,
    LINE_QUICK_ITEMS,
    LINE_QUICK_LABEL,
    graphemes,
    utf16,
)
from bot.platforms.line.render import bubble_bytes, full_bubble


def findings(card: Card) -> list[str]:
    """One sentence for each thing that LINE would refuse and that we would have to cut or leave out."""
    return [*_alt(card), *_counts(card), *_buttons(card), *_quick_replies(card), *_weight(card)]


def _alt(card: Card) -> Iterator[str]:
    if not card.alt.strip():
        yield "LINE: 通知に出る文(alt)が空です。"
    if (length := utf16(card.alt)) > LINE_ALT_UTF16:
        yield f"LINE: 通知に出る文(alt)が{length}字です。{LINE_ALT_UTF16}字までにします。"


def _counts(card: Card) -> Iterator[str]:
    for name, buttons, most in (
        ("選択肢", card.choices, MAX_CHOICES),
        ("操作のボタン", card.actions, MAX_ACTIONS),
        ("下の段のボタン", card.bottom, MAX_BOTTOM),
    ):
        if len(buttons) > most:
            yield f"LINE: {name}が{len(buttons)}個あります。{most}個までにします。"
    if len(card.choices) + len(card.bottom) > LINE_QUICK_ITEMS:
        yield f"LINE: クイックリプライは{LINE_QUICK_ITEMS}個までです。あとのものは出ません。"


def _buttons(card: Card) -> Iterator[str]:
    for button in buttons_of(card):
        yield from _label(button)
        if not button.data:
            yield f"LINE: ボタン「{button.label}」に送る中身(data)がありません。"
        if (length := len(button.data.encode())) > MAX_BYTES:
            yield f"LINE: ボタン「{button.label}」の中身が{length}バイトです。{MAX_BYTES}までにします。"
        if (length := graphemes(button.echo)) > LINE_DISPLAY_TEXT:
            yield f"LINE: ボタン「{button.label}」の発言が{length}字です。{LINE_DISPLAY_TEXT}字までにします。"


def _label(button: Button) -> Iterator[str]:
    if not button.label.strip():
        yield "LINE: 名前のないボタンがあります。"
    if (length := graphemes(button.label)) > LINE_FLEX_LABEL:
        yield f"LINE: ボタン「{button.label}」の名前が{length}字です。{LINE_FLEX_LABEL}字までにします。"


def _quick_replies(card: Card) -> Iterator[str]:
    for button in card.choices + card.bottom:
        if LINE_QUICK_LABEL < (length := graphemes(button.label)) <= LINE_FLEX_LABEL:
            yield (
                f"LINE: ボタン「{button.label}」の名前が{length}字です。"
                f"クイックリプライでは{LINE_QUICK_LABEL}字で切れます。"
            )


def _weight(card: Card) -> Iterator[str]:
    if (weight := bubble_bytes(full_bubble(card))) > LINE_BUBBLE_BYTES:
        yield f"LINE: カードが{weight}バイトあります。文を減らして{LINE_BUBBLE_BYTES}バイトまでにします。"

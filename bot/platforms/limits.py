"""How long a text is in the eyes of a platform, and LINE's figures; Slack's stand beside Slack."""

import unicodedata
from collections.abc import Callable, Iterator

ELLIPSIS = "…"

# LINE counts most texts in UTF-16 units, labels and shown texts in grapheme clusters.
# https://developers.line.biz/en/docs/messaging-api/text-character-count/
LINE_MESSAGES = 5
LINE_ALT_UTF16 = 1500
LINE_FLEX_LABEL = 40
LINE_QUICK_LABEL = 20
LINE_MENU_LABEL = 20
LINE_QUICK_ITEMS = 13
LINE_DISPLAY_TEXT = 300
LINE_BUBBLE_BYTES = 30_000
LINE_MENU_BAR_TEXT = 14
LINE_MENU_IMAGE_BYTES = 1_000_000
LINE_LOADING_S = (5, 60)
LINE_LOADING_STEP_S = 5

_JOINER = "\u200d"
_EXTENDING = frozenset({"Mn", "Me", "Mc"})
_EXTENDING_CHARACTERS = frozenset({_JOINER, "\u200c", "\uff9e", "\uff9f"})  # the last two: half-width ﾞ, ﾟ


def utf16(text: str) -> int:
    """UTF-16 code units, LINE's count for most texts; half a surrogate pair counts as one."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def graphemes(text: str) -> int:
    """How many characters a reader sees; in scripts that we never write it may come out too high."""
    return sum(1 for _ in _clusters(text))


def clip(text: str, n: int, count: Callable[[str], int]) -> str:
    """The text, or as much of its beginning as fits into `n` and … after it; count: utf16 or graphemes."""
    if len(text) * 2 <= n or count(text) <= n:  # neither counts more than two a code point
        return text
    room = n - count(ELLIPSIS)
    if room < 0:
        return ""
    end = 0
    for cluster in _clusters(text):
        room -= count(cluster)
        if room < 0:
            break
        end += len(cluster)
    return text[:end].rstrip() + ELLIPSIS


def _clusters(text: str) -> Iterator[str]:
    """Cuts where a reader sees a new one: https://unicode.org/reports/tr29/, without decomposed Hangul."""
    start = 0
    flags = 0
    for place in range(1, len(text)):
        flags = flags + 1 if _is_flag(text[place - 1]) else 0
        if not _is_joined(text, start, place, flags):
            yield text[start:place]
            start = place
            flags = 0
    if text:
        yield text[start:]


def _is_joined(text: str, start: int, place: int, flags: int) -> bool:
    """`flags`: how many regional indicators stand in a row just before `place` within this cluster."""
    before, here = text[place - 1], text[place]
    if before == "\r" and here == "\n":
        return True
    if _is_control(before) or _is_control(here):
        return False
    if _is_extending(here):
        return True
    if before == _JOINER:
        return _is_picture(here) and _is_picture(text[start])
    return _is_flag(here) and flags % 2 == 1


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Zl", "Zp"}


def _is_extending(character: str) -> bool:
    if character in _EXTENDING_CHARACTERS or "\U0001f3fb" <= character <= "\U0001f3ff":
        return True
    return unicodedata.category(character) in _EXTENDING or "\U000e0020" <= character <= "\U000e007f"


def _is_flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _is_picture(character: str) -> bool:
    if _is_flag(character) or _is_extending(character):
        return False
    return character >= "\U0001f000" or "\u2190" <= character <= "\u2bff" or character in "©®〰〽㊗㊙"

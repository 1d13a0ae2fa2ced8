"""How LINE counts characters: UTF-16 units in most places, what a reader sees as one character in labels.

https://developers.line.biz/en/docs/messaging-api/text-character-count/
Grapheme clusters follow the rules of UAX #29 that occur in chat: combining marks, variation selectors,
emoji with skin tones, joined emoji, flags, keycaps, Hangul, line ends. Not followed: prepended marks and
Indic conjuncts.
"""

from unicodedata import category

_JOINER = "\u200d"


def utf16_units(text: str) -> int:
    return len(text) if text.isascii() else len(text) + sum(char > "\uffff" for char in text)


def is_longer_than(text: str, limit: int, in_graphemes: bool) -> bool:
    """The cheap answer first: counted in units a text is at most twice as long as len() says."""
    if in_graphemes:
        return len(text) > limit and graphemes(text) > limit
    return len(text) * 2 > limit and utf16_units(text) > limit


def graphemes(text: str) -> int:
    count, previous, flags = 0, "", 0
    for char in text:
        flags = flags + 1 if _is_flag_letter(char) else 0
        if not _joins(previous, char, flags):
            count += 1
        previous = char
    return count


def _joins(previous: str, char: str, flags: int) -> bool:
    if not previous:
        return False
    if previous == "\r" and char == "\n":
        return True
    if previous in "\r\n" or char in "\r\n":
        return False
    if _extends(char) or (previous == _JOINER and _is_pictograph(char)):
        return True
    return (flags > 0 and flags % 2 == 0) or _is_one_hangul(previous, char)


def _extends(char: str) -> bool:
    if char.isascii():
        return False
    return (
        char == _JOINER
        or category(char) in ("Mn", "Me", "Mc")
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\uff9e" <= char <= "\uff9f"
        or "\U000e0020" <= char <= "\U000e007f"
    )


def _is_pictograph(char: str) -> bool:
    return char >= "\u2190" and category(char) == "So"


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _is_one_hangul(previous: str, char: str) -> bool:
    """Leading consonant + vowel, vowel + trailing consonant, syllable + what completes it."""
    if "\u1100" <= previous <= "\u115f":
        return "\u1100" <= char <= "\u11a7" or "\uac00" <= char <= "\ud7a3"
    if "\u1160" <= previous <= "\u11a7":
        return "\u1160" <= char <= "\u11ff"
    if "\uac00" <= previous <= "\ud7a3":
        open_syllable = (ord(previous) - 0xAC00) % 28 == 0
        return ("\u11a8" <= char <= "\u11ff") or (open_syllable and "\u1160" <= char <= "\u11a7")
    return "\u11a8" <= previous <= "\u11ff" and "\u11a8" <= char <= "\u11ff"

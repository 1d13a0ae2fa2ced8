"""Tables for a terminal: columns line up, also where Japanese characters take two places."""

import unicodedata
from collections.abc import Sequence

Cell = str | int | None
GAP = "  "
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They turn the direction in which the words beside them are read. Letters of Arabic or Hebrew need none of them."""


def table(header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[str]:
    """One line for the header, one for each row. Numbers stand right, None is a dash."""
    shown = [[_shown(cell) for cell in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(header, *shown, strict=True)]
    right = [bool(rows) and all(isinstance(row[n], int | None) for row in rows) for n in range(len(header))]
    return [_line(row, widths, right) for row in ([clean(word) for word in header], *shown)]


def width(text: str) -> int:
    """The places that a terminal needs: two for a wide character, none for one that sits on its neighbour."""
    return sum(_places(character) for character in text)


def padded(text: str, places: int, right: bool = False) -> str:
    space = " " * max(0, places - width(text))
    return space + text if right else text + space


def clean(text: str) -> str:
    """On one line, and without anything that a terminal or a page would obey: names and words come from people."""
    return "".join(
        " " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text if c not in TURNING
    )


def _shown(cell: Cell) -> str:
    return "-" if cell is None else clean(str(cell))


def _places(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) == "Cf":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    columns = zip(cells, widths, right, strict=True)
    return GAP.join(padded(cell, places, is_right) for cell, places, is_right in columns).rstrip()

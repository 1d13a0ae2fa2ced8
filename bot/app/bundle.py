"""A published flow as one text: the flow, its pack if it has one, then every flow it calls, with `---` between.

So a revision stands alone: it stays what it was when a file is changed from which it was once made.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

BREAK = re.compile(r"---[ \t]*(#.*)?\r?\n?\Z")
SAYS_NOTHING = re.compile(r"[ \t]*(#.*)?\r?\n?\Z")


@dataclass(frozen=True)
class Page:
    """One document of a text. before: how many lines stand above it in the file `name`."""

    text: str
    name: str
    before: int = 0


def pages(text: str, name: str) -> tuple[Page, ...]:
    """The documents of a text. One that holds only comments belongs to the one after it."""
    found: list[Page] = []
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    start = 0
    for number, line in enumerate(lines):
        if BREAK.match(line) and not all(map(SAYS_NOTHING.match, lines[start:number])):
            found.append(Page("".join(lines[start:number]), name, start))
            start = number + 1
    return (*found, Page("".join(lines[start:]), name, start))


def bound(texts: Iterable[str]) -> str:
    """The documents as one text, as `pages` takes it apart again."""
    first, *others = texts
    return (
        first if not others else "---\n".join(f"{text.removesuffix(chr(10))}\n" for text in (first, *others))
    )

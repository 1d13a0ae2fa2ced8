"""Danger told in words: which kind, and whether the sentence says that it isn't so, or isn't now. By patterns alone."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.app.understanding.inflecting import hostile_forms

_ENDS_DENYING = re.compile(r"(?:な[いかくし]?|ませ|へん|ん|ず|ねえ?|もらえ|くれ|せ)$")
TAIL = 14
HEAD = 14


@dataclass(frozen=True)
class Danger:
    """What a text says of danger. `kinds`: told and not denied; `denied`: told as not so; `guards`: why it may not be
    now (past, supposed, retold, joking).
    """

    kinds: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()

    @property
    def is_now(self) -> bool:
        return bool(self.kinds) and not self.guards


@dataclass(frozen=True)
class DangerKind:
    """One kind of danger: its words, and what next to them makes them something else."""

    name: str
    fact: str
    words: re.Pattern[str]
    not_after: re.Pattern[str] | None
    not_before: re.Pattern[str] | None


class DangerWords:
    """Looks for danger in a text as it sounds (see spelling.py)."""

    def __init__(self, written: Mapping[str, Any], sounded: Callable[[str], str]) -> None:
        """`written`: danger_words.yaml as read; `sounded`: turns the letters of a pattern as those of a text."""
        self._sounded = sounded
        self.kinds = tuple(self._kind(name, kind) for name, kind in (written.get("classes") or {}).items())
        self._denied_by = self._after(written.get("denied_by", ""))
        self._denied_before = self._before(written.get("denied_before", ""))
        self._guards = {name: self._any(words) for name, words in (written.get("guards") or {}).items()}
        self._still = self._any(written.get("still", ""))

    def found_in(self, text: str) -> Danger:
        """`text` as it sounds."""
        told: dict[str, bool] = {}
        for kind in self.kinds:
            for found in kind.words.finditer(text):
                if self._is_something_else(kind, text, found):
                    continue
                told[kind.name] = told.get(kind.name, False) or not self._is_denied(text, found)
        return Danger(
            tuple(name for name, so in told.items() if so),
            tuple(name for name, so in told.items() if not so),
            self._guards_in(text) if told else (),
        )

    def facts(self, danger: Danger) -> dict[str, str]:
        """Told now: yes. Told as not so, and by no other word as so: no."""
        said = {kind.fact: "no" for kind in self.kinds if kind.name in danger.denied}
        return {**said, **{kind.fact: "yes" for kind in self.kinds if kind.name in danger.kinds}}

    def _is_something_else(self, kind: DangerKind, text: str, found: re.Match[str]) -> bool:
        head, tail = (
            text[max(0, found.start() - HEAD) : found.start()],
            text[found.end() : found.end() + TAIL],
        )
        before = kind.not_after is not None and kind.not_after.search(head) is not None
        return before or (kind.not_before is not None and kind.not_before.match(tail) is not None)

    def _is_denied(self, text: str, found: re.Match[str]) -> bool:
        """Words that are a denial themselves (can't get out, doesn't breathe) aren't denied by their own ending."""
        if _ENDS_DENYING.search(found[0]):
            return False
        head, tail = (
            text[max(0, found.start() - HEAD) : found.start()],
            text[found.end() : found.end() + TAIL],
        )
        after = self._denied_by is not None and any(
            self._denied_by.match(found[0][-back:] + tail if back else tail) for back in (0, 1, 2)
        )
        return after or (self._denied_before is not None and self._denied_before.search(head) is not None)

    def _guards_in(self, text: str) -> tuple[str, ...]:
        guards = tuple(name for name, words in self._guards.items() if words and words.search(text))
        is_still = self._still is not None and self._still.search(text) is not None
        return tuple(name for name in guards if name != "past" or not is_still)

    def _kind(self, name: str, written: Mapping[str, str]) -> DangerKind:
        verbs = [hostile_forms(self._sounded(verb)) for verb in written.get("verbs", "").split()]
        words = self._any(written.get("words", ""), verbs)
        if words is None:
            raise ValueError(f"danger_words.yaml: {name}: words や verbs がありません")
        return DangerKind(
            name,
            written["fact"],
            words,
            self._before(written.get("not_after", "")),
            self._after(written.get("not_before", "")),
        )

    def _any(self, words: str, more: list[str] | None = None) -> re.Pattern[str] | None:
        parts = [*self._parts(words), *(more or [])]
        return re.compile("|".join(f"(?:{part})" for part in parts)) if parts else None

    def _before(self, words: str) -> re.Pattern[str] | None:
        parts = self._parts(words)
        return re.compile(f"(?:{'|'.join(parts)})$") if parts else None

    def _after(self, words: str) -> re.Pattern[str] | None:
        return self._any(words)

    def _parts(self, words: str) -> list[str]:
        return [self._sounded(word).replace("_", " ") for word in items_of(words)]


def items_of(words: str) -> list[str]:
    """Split at spaces and line ends, but not inside brackets, where they are layout."""
    items, depth = [""], 0
    for sign in words:
        depth += (sign in "([") - (sign in ")]")
        if not sign.isspace():
            items[-1] += sign
        elif depth == 0 and items[-1]:
            items.append("")
    return [item for item in items if item]

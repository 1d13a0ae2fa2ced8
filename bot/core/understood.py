"""Typed words as they were taken, on their way through buttons: acts with their ticks, facts, the words themselves.

Nothing of it is stored until the person goes on, so all of it has to fit into a button: an act and its mark are two
letters, a fact is one, and the words are cut to what is left.
"""

import base64
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

from bot.core.effects import Record
from bot.core.facts import ACTS, FACTS

Mark = Literal["kept", "dropped", "added", "offered"]
"""Guessed and ticked, guessed and not ticked, ticked by hand, offered beside."""

TURNED: Mapping[Mark, Mark] = {"kept": "dropped", "dropped": "kept", "added": "offered", "offered": "added"}

TICKED: tuple[Mark, ...] = ("kept", "added")
GUESSED: tuple[Mark, ...] = ("kept", "dropped")

MOST_GUESSED = 4
MOST_BESIDE = 2
MOST_FACTS = 12
LETTERS = 90
"""Of the typed words: what a button of 300 bytes has room for beside the rest."""

ELLIPSIS = "…"
HURRY = ("-", "_")
"""How the facts begin in a button: calmly, or with people asked for."""

_ACT_OF = dict(zip(string.ascii_lowercase, ACTS, strict=False))
_FACT_OF = dict(zip(string.ascii_letters, FACTS, strict=False))
_MARK_OF: Mapping[str, Mark] = {mark[0]: mark for mark in get_args(Mark)}
_LETTER_OF_ACT = {act: letter for letter, act in _ACT_OF.items()}
_LETTER_OF_FACT = {fact: letter for letter, fact in _FACT_OF.items()}


@dataclass(frozen=True)
class Meant:
    """The acts that a fact stands for; none where one of `unless` is known."""

    acts: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    def among(self, facts: Iterable[str]) -> tuple[str, ...]:
        return () if set(self.unless) & set(facts) else self.acts


FactActs = Mapping[str, Meant]


@dataclass(frozen=True)
class Understood:
    """acts: each once, in the order in which they stand on the card. facts: what the words answered with yes. hurry: the
    words asked for people.
    """

    acts: tuple[tuple[str, Mark], ...] = ()
    facts: tuple[str, ...] = ()
    words: str = ""
    hurry: bool = False

    @property
    def guessed(self) -> tuple[str, ...]:
        return tuple(act for act, mark in self.acts if mark in GUESSED)

    @property
    def picked(self) -> tuple[str, ...]:
        """What is ticked."""
        return tuple(act for act, mark in self.acts if mark in TICKED)

    def turned(self, act: str) -> "Understood":
        """With one tick set or taken away."""
        return replace(self, acts=tuple((a, TURNED[m] if a == act else m) for a, m in self.acts))

    def settled(self, meant: FactActs) -> "Understood":
        """Without the facts that stand for acts of which none is ticked. Ticking an act by hand asserts no fact."""
        picked = set(self.picked)
        acts = {fact: meant.get(fact, Meant()).among(self.facts) for fact in self.facts}
        return replace(self, facts=tuple(f for f, told in acts.items() if not told or picked & set(told)))


def understood_from(
    acts: Iterable[str],
    likely: Iterable[str],
    facts: Iterable[str],
    words: str,
    *,
    sure: bool = True,
    hurry: bool = False,
) -> Understood:
    """As it is shown first: what was guessed is ticked where that is sure enough, the next likely stand beside it."""
    guessed = [act for act in dict.fromkeys(acts) if act in ACTS][:MOST_GUESSED]
    beside = [act for act in dict.fromkeys(likely) if act in ACTS and act not in guessed][:MOST_BESIDE]
    first: Mark = "kept" if sure else "dropped"
    marked: list[tuple[str, Mark]] = [(act, first) for act in guessed]
    known = tuple(f for f in dict.fromkeys(facts) if f in FACTS)[:MOST_FACTS] if sure else ()
    offered: list[tuple[str, Mark]] = [(act, "offered") for act in beside]
    return Understood((*marked, *offered), known, shortened(words), hurry)


def shortened(words: str) -> str:
    """As much as fits; … where something was left out."""
    plain = words.strip().encode("utf-16-be", "replace")
    if len(plain) <= 2 * LETTERS:
        return plain.decode("utf-16-be")
    return plain[: 2 * (LETTERS - 1)].decode("utf-16-be", "ignore") + ELLIPSIS


def as_taken(understood: Understood | None) -> tuple[Record, ...]:
    """For the journal: what the words were taken for and what the person made of that. Phrases can be learnt from it."""
    if understood is None or not understood.words:
        return ()
    acts = {"guessed": " ".join(understood.guessed), "picked": " ".join(understood.picked)}
    return (Record("understood", acts),)


def packed(understood: Understood) -> list[str]:
    """Parts of a button. Raises ValueError for codes that an organisation added: they have no letter."""
    try:
        acts = "".join(_LETTER_OF_ACT[act] + mark[0] for act, mark in understood.acts)
        facts = "".join(_LETTER_OF_FACT[fact] for fact in understood.facts)
    except KeyError as error:
        raise ValueError(f"{error} has no letter") from None
    words = base64.urlsafe_b64encode(understood.words.encode("utf-16-be")).decode().rstrip("=")
    return [f"-{acts}", f"{HURRY[understood.hurry]}{facts}", *filter(None, (words,))]


def unpacked(acts: str, facts: str, words: str = "") -> Understood:
    """Raises ValueError for what `packed` didn't write."""
    if acts[:1] != "-" or facts[:1] not in HURRY or len(acts) % 2 == 0:
        raise ValueError(acts)
    pairs = [(acts[place], acts[place + 1]) for place in range(1, len(acts), 2)]
    try:
        shown = tuple((_ACT_OF[act], _MARK_OF[mark]) for act, mark in pairs)
        known = tuple(_FACT_OF[fact] for fact in facts[1:])
    except KeyError as error:
        raise ValueError(f"{error} is no letter of ours") from None
    raw = base64.urlsafe_b64decode(words + "=" * (-len(words) % 4))
    return Understood(shown, known, raw.decode("utf-16-be"), facts[:1] == HURRY[True])

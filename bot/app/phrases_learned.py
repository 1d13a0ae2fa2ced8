"""Where people ticked otherwise than was guessed: their words, ready to become a line of knowledge/phrases."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.app.committing import Entry
from bot.app.ports import Records
from bot.app.understanding import Understander, Understanding
from bot.core.understood import ELLIPSIS, FactActs, understood_from

REPORTS = ("report_incident", "call_backup")


@dataclass(frozen=True)
class Learned:
    """Typed words that were taken otherwise than they were meant. `is_cut`: a button had no room for all of them."""

    incident: str
    at: datetime
    words: str
    guessed: tuple[str, ...]
    picked: tuple[str, ...]

    @property
    def is_cut(self) -> bool:
        return self.words.endswith(ELLIPSIS)


async def learned(records: Records, start: datetime, end: datetime) -> list[Learned]:
    """Of incidents opened in [start, end), oldest first; never of drills. Words that were taken rightly are left out."""
    real = [incident.id for incident in await records.incidents(start, end) if not incident.drill]
    found = [_of(incident, await records.journal(incident)) for incident in real]
    return [one for one in found if one is not None]


def _of(incident: str, journal: Sequence[Entry]) -> Learned | None:
    """The words that were confirmed stand in the first note: both were written as the incident was opened."""
    taken = next((entry for entry in journal if entry.kind == "understood"), None)
    note = next((entry for entry in journal if entry.kind == "note"), None)
    if taken is None or note is None:
        return None
    guessed, picked = (tuple(str(taken.data[name]).split()) for name in ("guessed", "picked"))
    if set(guessed) == set(picked):
        return None
    return Learned(incident, taken.at, str(note.data["words"]), guessed, picked)


def as_phrase(one: Learned, understander: Understander, meant: FactActs) -> str:
    """A line for a file in knowledge/phrases: the acts are the person's; what they weren't asked is a proposal."""
    now = understander.understand(one.words)
    taken = understood_from(one.picked, (), now.facts, one.words).settled(meant)
    facts = ", ".join(f"{fact}: yes" for fact in taken.facts)
    text = json.dumps(one.words, ensure_ascii=False)
    acts = ", ".join(one.picked)
    rest = f"urgency: {_urgency(now)}, intent: {_intent(now)}, facts: {{{facts}}}"
    return f"- {{text: {text}, acts: [{acts}], {rest}}}"


def _urgency(now: Understanding) -> str:
    """They went on with it, so it was not nothing."""
    return "guide" if now.urgency == "none" else now.urgency


def _intent(now: Understanding) -> str:
    return now.intent if now.intent in REPORTS else REPORTS[0]

"""What may be made better: the line that the caller writes after the end, the list of tickets, and when one is settled."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from bot.app.committing import FAST_LEASE, Accepted, Commit, Entry, Question
from bot.app.inbound import Inbound, Typed
from bot.app.ports import Clock, Records, Turns
from bot.app.reading import (
    DRILL_WORDS,
    MENU_CARD_WORDS,
    QUIZ_WORDS,
    Happened,
    place_in,
    plain,
)
from bot.app.rows import entries
from bot.app.shelf import Shelf
from bot.app.understanding import Understander
from bot.app.wishes import looked_up
from bot.core import improving
from bot.core.buttons import Tap
from bot.core.events import Improved
from bot.core.figures import difference, figures_of
from bot.core.flow import Flow
from bot.core.incident import Incident
from bot.core.walk import acts_of, level_of

TRIES = 12
LONGEST = 500
"""What stands in a record stays readable."""

COMMANDS = frozenset((*DRILL_WORDS, *QUIZ_WORDS, *MENU_CARD_WORDS))
QUESTION = ("?", "か")
"""How a question ends: it wants an answer, not to be kept."""


def line_in(
    inbound: Inbound,
    tap: Tap | None,
    incident: Incident | None,
    person: str,
    understander: Understander,
    phrases: tuple[str, ...],
) -> Happened | None:
    """The caller's line, if these words are one. Words of danger, a call for people, a code phrase, a question or a command
    never are, whatever has ended just now."""
    if tap is not None or incident is None or incident.is_open or incident.caller.person != person:
        return None
    if not isinstance(inbound.deed, Typed) or not improving.awaits_line(incident, inbound.at):
        return None
    text = inbound.deed.text.strip()
    said = plain(text)
    means_else = any(plain(phrase) in said for phrase in phrases) or said in COMMANDS
    if not said or means_else or place_in(text) is not None or said.endswith(QUESTION):
        return None
    understood = understander.understand(text)
    if understood.urgency in ("emergency", "page") or understood.intent == "after_care":
        return None
    if looked_up(text, understood) is not None:
        return None
    return Happened(Improved(inbound.at, len(text)), text[:LONGEST])


State = Literal["open", "settled"]


@dataclass(frozen=True)
class Improvement:
    """One ticket, as it is listed. line: empty while nobody has written one. note: what was said when it was settled."""

    incident: Incident
    opened: datetime
    state: State
    level: str
    acts: tuple[str, ...]
    line: str
    note: str


Settled = Literal["settled", "before", "unknown"]


@dataclass(frozen=True)
class Improvements:
    """The tickets of one organisation."""

    turns: Turns
    records: Records
    shelf: Shelf
    clock: Clock

    async def all(self, start: datetime, end: datetime) -> list[Improvement]:
        """Of incidents that were opened in [start, end), oldest first."""
        found = await self.records.incidents(start, end)
        return [await self._told(incident) for incident in found if incident.ticket]

    async def settle(self, incident_id: str, note: str, by: str) -> Settled:
        """Done with it. Raises RuntimeError when others keep writing the same record."""
        for _ in range(TRIES):
            loaded = await self.turns.load(Question(incident=incident_id))
            before = loaded.incident
            if before is None or before.ticket is None:
                return "unknown"
            if before.ticket.settled:
                return "before"
            await self.shelf.refresh(loaded.versions)
            if isinstance(await self.turns.commit(await self._commit(before, note, by)), Accepted):
                return "settled"
        raise RuntimeError(f"others keep writing {incident_id}")

    async def _commit(self, before: Incident, note: str, by: str) -> Commit:
        now, flow = self.clock.now(), await self._flow_of(before)
        result = improving.settled(before, now)
        after = replace(result.incident, version=before.version + 1)
        return Commit(
            event="",
            incident=after,
            at=now,
            day=after.opened.astimezone(self.shelf.zone).date().isoformat(),
            lease_until=now + FAST_LEASE,
            entries=tuple(entries(result.effects, now, by, note)),
            figures=difference(figures_of(before, flow), figures_of(after, flow)),
        )

    async def _told(self, incident: Incident) -> Improvement:
        assert incident.ticket is not None
        flow, ticket = await self._flow_of(incident), incident.ticket
        journal = await self.records.journal(incident.id)
        return Improvement(
            incident,
            ticket.opened,
            "settled" if ticket.settled else "open",
            level_of(flow, incident.walk),
            acts_of(flow, incident.walk),
            _words_after(journal, "told"),
            _words_after(journal, "settled"),
        )

    async def _flow_of(self, incident: Incident) -> Flow:
        return await self.shelf.flow(incident.walk.flow, incident.walk.revision)


def _words_after(journal: Sequence[Entry], state: str) -> str:
    """A person's words stand in the journal right behind what they are about."""
    for number, entry in enumerate(journal[:-1]):
        following = journal[number + 1]
        if entry.kind == "improvement" and entry.data.get("state") == state and following.kind == "note":
            return str(following.data.get("words", ""))
    return ""

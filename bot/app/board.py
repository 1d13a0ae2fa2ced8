"""What the live board shows: the open incidents with their journals, and those that ended today.

A reading costs one read of the open incidents; of everything else it reads only what has changed since the last one.
What can't be read is named beside the rest: one stored fault must not take the board from the wall.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.app.codec import Unreadable
from bot.app.committing import Entry
from bot.app.incident_reading import Told, flows_before
from bot.app.ports import Clock, Records
from bot.app.shelf import Shelf
from bot.core.incident import Incident

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=2)
"""An incident that ended today was opened at most so long before today."""


@dataclass(frozen=True)
class Picture:
    """The board at one moment: open incidents, oldest first; those that ended today, the last one first.

    unread: ids of open incidents that can't be shown.
    """

    at: datetime
    open: tuple[Told, ...] = ()
    finished: tuple[Told, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass
class Board:
    """Remembers what it read, so that each process keeps one."""

    records: Records
    shelf: Shelf
    clock: Clock
    _journals: dict[str, tuple[int, Sequence[Entry]]] = field(default_factory=dict)
    _finished: dict[str, Incident] = field(default_factory=dict)

    async def read(self, changed: frozenset[str] | None) -> Picture:
        """`changed`: the incidents of which word came since the last reading; None: it could be any."""
        now = self.clock.now()
        found = await self.records.open()
        await self._read_journals(found.incidents)
        await self._read_finished(changed, {i.id for i in found.incidents}, now)
        standing, unread = await self._all_told(found.incidents)
        ended, _ = await self._all_told(self._newest_first())
        return Picture(now, standing, ended, (*found.unread, *unread))

    async def history(self, incident_id: str) -> Told | None:
        """One incident with its journal, whether it is open or not."""
        incident = await self.records.incident(incident_id)
        if incident is None:
            return None
        return await self._told(incident, await self.records.journal(incident_id))

    async def _read_journals(self, found: Sequence[Incident]) -> None:
        """Those of incidents that have moved on; all of them in one round trip."""
        stale = [i for i in found if self._journals.get(i.id, (0,))[0] != i.version]
        fresh = await asyncio.gather(*(self._journal(i.id) for i in stale))
        kept = {i.id: self._journals[i.id] for i in found if i.id in self._journals}
        self._journals = kept | {i.id: (i.version, entries) for i, entries in zip(stale, fresh, strict=True)}

    async def _read_finished(
        self, changed: frozenset[str] | None, still_open: set[str], now: datetime
    ) -> None:
        midnight = now.astimezone(self.shelf.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        if changed is None:
            known = await self.records.incidents(midnight - LOOK_BACK, now + timedelta(days=1))
        else:
            some = await asyncio.gather(*(self._incident(i) for i in changed - still_open))
            known = [*self._finished.values(), *(i for i in some if i is not None)]
        self._finished = {i.id: i for i in known if i.closed is not None and i.closed >= midnight}

    def _newest_first(self) -> list[Incident]:
        return sorted(self._finished.values(), key=lambda i: i.closed or i.opened, reverse=True)

    async def _all_told(self, incidents: Sequence[Incident]) -> tuple[tuple[Told, ...], tuple[str, ...]]:
        """Those that can be told, and the ids of the others: their flow is gone, or is not one any more."""
        told: list[Told] = []
        unread: list[str] = []
        for incident in incidents:
            try:
                told.append(await self._told(incident, self._journals.get(incident.id, (0, ()))[1]))
            except (LookupError, ValueError) as error:
                log.error("incident %s can't be told on the board: %s", incident.id, error)
                unread.append(incident.id)
        return tuple(told), tuple(unread)

    async def _incident(self, incident_id: str) -> Incident | None:
        try:
            return await self.records.incident(incident_id)
        except Unreadable:
            return None

    async def _journal(self, incident_id: str) -> Sequence[Entry]:
        """Empty where it can't be read: a call is shown without its past rather than not at all."""
        try:
            return await self.records.journal(incident_id)
        except (LookupError, ValueError) as error:
            log.error("the journal of %s can't be read: %s", incident_id, type(error).__name__)
            return ()

    async def _told(self, incident: Incident, journal: Sequence[Entry]) -> Told:
        flow = await self.shelf.flow(incident.walk.flow, incident.walk.revision)
        earlier = tuple([await self.shelf.flow(*before) for before in flows_before(incident, journal)])
        return Told(incident, journal, flow, self.shelf.people, self.shelf.zone, earlier)

"""Answers by telephone: what a call says now, which page a digit answers, and what a lost call means for the page."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from bot.app.committing import Question
from bot.app.delivering import Delivery
from bot.app.inbound import Address
from bot.app.ports import Clock, Records, Turns
from bot.app.shelf import Shelf
from bot.core.alert import Page
from bot.core.cards import compose
from bot.core.effects import Show
from bot.core.incident import Incident
from bot.core.messages import Card
from bot.core.scene import Scene

Way = Literal["phone", "sms"]
Standing = Literal["asked", "coming", "arrived", "declined", "over", "unknown"]

OPEN_FOR = timedelta(hours=12)
"""How far back an incident is looked for that a digit may answer."""


@dataclass(frozen=True)
class Ring:
    """One page by telephone, as it was when it went out; `tries` tells it from the person's later ones."""

    way: Way
    incident: str
    person: str
    tries: int = 1


@dataclass(frozen=True)
class Heard:
    """How a page stands now, for the ear of the person. card: what they would see, without a drill's mark; None where
    nothing can be said."""

    standing: Standing
    language: str = "ja"
    card: Card | None = None
    caller: str = ""
    drill: bool = False


Failed = Callable[[Delivery, str], Awaitable[tuple[Delivery, ...]]]


@dataclass(frozen=True)
class ByPhone:
    """The use case, for one organisation. `failed` is the turn's: an address took nothing."""

    turns: Turns
    records: Records
    shelf: Shelf
    clock: Clock
    failed: Failed

    async def hear(self, ring: Ring) -> Heard:
        """What is true now, not when the call was placed: somebody else may have answered while it rang."""
        incident = await self._incident(ring.incident)
        known = self.shelf.people.get(ring.person)
        language = known.language if known else "ja"
        page = _page_of(incident, ring.person)
        if incident is None or page is None or known is None or not known.active:
            return Heard("unknown", language)
        flow = await self.shelf.flow(incident.walk.flow, incident.walk.revision)
        plain, words, now = replace(incident, drill=False), self.shelf.words, self.clock.now()
        scene = Scene(plain, flow, words, now, self.shelf.zone, ring.person, language)
        cards = compose(scene, Show(ring.person, "page"))
        card = cards[-1] if cards else None
        return Heard(_standing(incident, page), language, card, incident.caller.name, incident.drill)

    async def lost(self, ring: Ring, reason: str) -> tuple[Delivery, ...]:
        """A call or text message that reached nobody. One that has been answered, or tried again since, is past."""
        incident = await self._incident(ring.incident)
        page = _page_of(incident, ring.person)
        if (
            incident is None
            or page is None
            or _standing(incident, page) != "asked"
            or page.tries != ring.tries
        ):
            return ()
        address = next((a for a in page.addresses if a.startswith(f"{ring.way}:")), "")
        if not address or address in page.failed:
            return ()
        to = Address(ring.way, address.partition(":")[2])
        now = self.clock.now()
        return await self.failed(Delivery("", to, (), now, incident.id, ring.person, urgent=True), reason)

    async def newest(self, number: str) -> Ring | None:
        """The page that a digit from this number answers: the latest one in a call for help that is still open.

        Found in the incidents themselves, so that nothing has to point from a person to a page.
        """
        loaded = await self.turns.load(Question())
        await self.shelf.refresh(loaded.versions)
        people = [p.id for p in self.shelf.people.values() if p.active and p.phone == number]
        now = self.clock.now()
        recent = await self.records.incidents(now - OPEN_FOR, now + timedelta(minutes=1)) if people else ()
        pages = [
            (page.at, page.tries, incident.id, page.person)
            for incident in recent
            if incident.is_open and incident.alert and incident.alert.is_open
            for page in incident.alert.pages
            if page.person in people
        ]
        if not pages:
            return None
        _, tries, incident_id, person = max(pages)
        return Ring("sms", incident_id, person, tries)

    def language_of(self, number: str) -> str:
        """The language of the person with this number, as of the last reading; empty when nobody has it."""
        return next((p.language for p in self.shelf.people.values() if p.active and p.phone == number), "")

    async def _incident(self, incident_id: str) -> Incident | None:
        loaded = await self.turns.load(Question(incident=incident_id))
        await self.shelf.refresh(loaded.versions)
        return loaded.incident


def _page_of(incident: Incident | None, person: str) -> Page | None:
    return incident.alert.page_of(person) if incident and incident.alert else None


def _standing(incident: Incident, page: Page) -> Standing:
    alert = incident.alert
    if not incident.is_open or alert is None or alert.state in ("cancelled", "closed"):
        return "over"
    match page.reach:
        case "coming" | "arrived" | "declined":
            return page.reach
        case _:
            return "asked"

"""From the machines' effects to deliveries: who gets which cards, where, in which kept-up-to-date message."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast, get_args

from bot.app.delivering import Delivery
from bot.app.inbound import CHATS, Address, Origin, PlatformName
from bot.app.shelf import Shelf
from bot.app.slots import slot_at
from bot.core.cards import compose
from bot.core.effects import CALLER, ROOM, Effect, Record, Show, View
from bot.core.flow import Flow
from bot.core.incident import Incident
from bot.core.matter import Sending
from bot.core.messages import Card
from bot.core.page_cards import thread_line
from bot.core.plan import Premises
from bot.core.scene import Scene
from bot.core.siren import signal, tells_the_siren

REPLY_LIFE = timedelta(seconds=50)
"""LINE's reply token lives about a minute from receipt; ten seconds are left for the way."""

SIREN = Address("siren", "siren")
"""The one machine that an operator has named in the settings."""

LINE_CARDS = 5
"""LINE takes at most five messages in one call."""

ASKS: tuple[View, ...] = ("cancel_check",)
"""What stands where the status stands, and is no word of the call but a question."""

SLOTS: Mapping[View, str] = {
    "question": "question",
    "level": "question",
    "closed": "question",
    "status": "status",
    "cancel_check": "status",
    "witness": "status",
    "page": "page",
    "stood_down": "page",
    "thread": "thread",
}


@dataclass(frozen=True)
class Actor:
    """The person whose deed is being answered, and the fast way to do so. slot: the message they tapped on. aside: the answer
    to a question in their words, which is none of the incident's.
    """

    person: str
    address: Address
    origin: Origin
    received: datetime
    slot: str = ""
    aside: tuple[Card, ...] = ()


@dataclass(frozen=True)
class Outbox:
    """What one turn sends, and which pages are among it."""

    deliveries: tuple[Delivery, ...] = ()
    pages: tuple[Sending, ...] = ()


@dataclass
class Sender:
    """Builds one turn's deliveries. `refs`: which message stands in a slot at an address, as loaded with the turn."""

    shelf: Shelf
    incident: Incident
    flow: Flow
    now: datetime
    actor: Actor | None
    refs: Mapping[str, str]
    new_id: Callable[[], str]
    _aside_is_said: bool = False
    _line: dict[tuple[Address, str], tuple[Card, ...]] = field(default_factory=dict)
    _slack: dict[tuple[str, str], Delivery] = field(default_factory=dict)
    _pages: list[Delivery] = field(default_factory=list)
    _threads: list[Delivery] = field(default_factory=list)

    def send(self, effects: tuple[Effect, ...]) -> Outbox:
        """All deliveries of these effects; a later card for the same slot and address replaces an earlier one."""
        for effect in effects:
            if isinstance(effect, Show):
                self._say_aside(effect)
                self._show(effect)
        self._tell_room([e for e in effects if isinstance(e, Record)])
        self._tell_siren([e for e in effects if isinstance(e, Record)])
        line = [self._to_line(address) for address in dict.fromkeys(address for address, _ in self._line)]
        others = (*line, *self._slack.values(), *self._threads)
        return Outbox((*self._pages, *others), tuple(Sending(str(p.address), p.id) for p in self._pages))

    def _show(self, show: Show) -> None:
        person = self.incident.caller.person if show.to == CALLER else show.to
        cards = compose(self._scene(person), show)
        if not cards:
            return
        for address in self._addresses(show, person):
            if show.urgent:
                self._page(person, address, cards)
            elif address.platform not in CHATS:
                continue  # a telephone rings for a page and for nothing else
            elif address.platform == "line":
                self._add_line(show, address, cards)
            else:
                self._add_slack(show, address, person, cards)

    def _say_aside(self, next_show: Show) -> None:
        """Just before the question, so that on LINE nothing comes to stand below that; on Slack as a message of its own."""
        is_question = next_show.to == CALLER and SLOTS.get(next_show.view) == "question"
        if self._aside_is_said or not is_question or self.actor is None or not self.actor.aside:
            return
        self._aside_is_said, address = True, self.actor.address
        if address.platform == "line":
            self._line[address, "aside"] = self.actor.aside
        else:
            self._slack[address.id, "aside"] = self._delivery(address, self.actor.aside)

    def _scene(self, person: str) -> Scene:
        known = self.shelf.people.get(person)
        language = known.language if known else "ja"
        premises = self.shelf.policy.sites.get(self.incident.caller.site, Premises())
        shelf = self.shelf
        return Scene(self.incident, self.flow, shelf.words, self.now, shelf.zone, person, language, premises)

    def _addresses(self, show: Show, person: str) -> Iterator[Address]:
        """Where this person, or the room, is told."""
        if show.to == ROOM:
            yield from self._room()
            return
        acting = (
            self.actor is not None and self.actor.person == person and self.actor.address.platform in CHATS
        )
        if person == self.incident.caller.person:
            yield parse_address(self.incident.caller.address)
            return
        if show.view == "witness" and (witness := self.incident.witness(person)):
            yield parse_address(witness.address)
            return
        page = self.incident.alert.page_of(person) if self.incident.alert else None
        if acting and not show.urgent:
            assert self.actor is not None
            yield self.actor.address
        ways = () if page is None else page.ways if show.urgent else page.addresses
        for text in ways:
            address = parse_address(text)
            is_copy = self.actor is not None and address != self.actor.address and address.platform == "slack"
            if not acting or show.urgent or is_copy:
                yield address

    def _room(self) -> Iterator[Address]:
        alert = self.incident.alert
        if alert and alert.plan.room:
            yield Address("slack", alert.plan.room)

    def _page(self, person: str, address: Address, cards: tuple[Card, ...]) -> None:
        page = self.incident.alert.page_of(person) if self.incident.alert else None
        slot = f"page.{page.tries if page else 1}"
        self._pages.append(self._delivery(address, cards, person=person, slot=slot, urgent=True, fresh=True))

    def _add_line(self, show: Show, address: Address, cards: tuple[Card, ...]) -> None:
        if not show.update_only:
            self._line[address, show.view if show.view in ASKS else _place_of(show)] = cards

    def _to_line(self, address: Address) -> Delivery:
        places = {place: cards for (to, place), cards in self._line.items() if to == address}
        cards = [card for shown in places.values() for card in shown]
        shown = (*cards[-LINE_CARDS:], *self._question_below(address, set(places)))
        if self.actor is None or self.actor.address != address or not self.actor.origin.reply_token:
            return self._delivery(address, shown)
        until = self.actor.received + REPLY_LIFE
        return self._delivery(address, shown, reply_token=self.actor.origin.reply_token, reply_until=until)

    def _question_below(self, address: Address, places: set[str]) -> tuple[Card, ...]:
        """On LINE what stands last is what is seen: below word of the call the caller finds the question where it was. It is
        part of the same message and costs nothing. Where the word itself asks something, that stands last."""
        incident, alert = self.incident, self.incident.shown_alert
        is_callers = str(address) == incident.caller.address
        if places != {"status"} or not is_callers or not incident.is_open or alert is None:
            return ()
        if alert.state not in ("calling", "coming"):
            return ()
        return compose(self._scene(incident.caller.person), Show(CALLER, "question"))[-1:]

    def _add_slack(self, show: Show, address: Address, person: str, cards: tuple[Card, ...]) -> None:
        slot = SLOTS.get(show.view, "")
        if slot == "page":
            self._update_copies(show, address, person, cards)
        elif slot:
            self._slack[address.id, slot] = self._kept(show, address, slot, cards)
        else:
            message = self._card_tapped_on(address) if show.view == "police" else ""
            self._slack[address.id, _place_of(show)] = self._delivery(address, cards, message=message)

    def _card_tapped_on(self, address: Address) -> str:
        """What was tapped on the card for 110 stands on that card, not on a second one."""
        actor = self.actor
        if actor is None or actor.address != address or actor.slot != "police" or not actor.origin.private:
            return ""
        return actor.origin.message

    def _kept(self, show: Show, address: Address, slot: str, cards: tuple[Card, ...]) -> Delivery:
        """In the message where it stands. What a person asked for by typing or from the menu comes anew, at the bottom."""
        acting = self.actor is not None and self.actor.address == address
        if acting and self.actor is not None and self.actor.slot == slot and self.actor.origin.private:
            return self._delivery(address, cards, slot=slot, message=self.actor.origin.message)
        if acting and self.actor is not None and not self.actor.origin.message:
            return self._delivery(address, cards, slot=slot, fresh=True)
        ref = self.refs.get(slot_at(slot, str(address)), "")
        return self._delivery(address, cards, slot=slot, message=ref, quiet=show.update_only)

    def _update_copies(self, show: Show, address: Address, person: str, cards: tuple[Card, ...]) -> None:
        """Every page that went to this address says what is true now; one that is on its way is found when sending."""
        page = self.incident.alert.page_of(person) if self.incident.alert else None
        newest = page.tries if page else 1
        for number in range(1, newest + 1):
            slot = f"page.{number}"
            ref = self.refs.get(slot_at(slot, str(address)), "")
            if ref or number == newest:
                self._slack[address.id, slot] = self._delivery(
                    address, cards, person=person, slot=slot, message=ref, quiet=show.update_only
                )

    def _tell_room(self, records: list[Record]) -> None:
        """What others should be able to follow, as one reply in the room's thread: Slack takes one a second."""
        lines = tuple(filter(None, (thread_line(self._scene(""), record, self.now) for record in records)))
        for address in self._room() if lines else ():
            self._threads.append(self._delivery(address, (Card(alt=lines[-1], body=lines),), under="thread"))

    def _tell_siren(self, records: list[Record]) -> None:
        """A machine that counts as a page: sent first, and withdrawn with the pages once somebody answers."""
        if tells_the_siren(self.incident, records):
            self._pages.append(self._delivery(SIREN, (signal(self.incident),), urgent=True))

    def _delivery(self, address: Address, cards: tuple[Card, ...], **options: object) -> Delivery:
        return Delivery(
            id=self.new_id(),
            address=address,
            cards=cards,
            created=self.now,
            incident=self.incident.id,
            **options,  # type: ignore[arg-type]
        )


def _place_of(show: Show) -> str:
    """Shows of one place replace each other within a turn."""
    return SLOTS.get(show.view) or f"{show.view}:{show.key}"


def parse_address(text: str) -> Address:
    """The address that `str(address)` wrote."""
    platform, _, name = text.partition(":")
    if platform not in get_args(PlatformName):
        raise ValueError(f"no platform is called {platform!r}")
    return Address(cast(PlatformName, platform), name)

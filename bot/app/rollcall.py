"""Asks people whether pages reach them: before a site opens, and once after an address was linked.

One timer of the organisation goes round (`rollcall`): each time it asks whom it is time to ask, and sets itself anew
before it is confirmed. A roll-call is kept together with its messages and with the timer that looks at the answers, and
its id follows from site and day; so a killed worker loses none, and two workers never ask twice.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.app.committing import Question, Timer
from bot.app.delivering import Delivery
from bot.app.inbound import CHATS, Address
from bot.app.ports import Clock, Contacts, Turns
from bot.app.sending import parse_address
from bot.app.shelf import Shelf
from bot.core.buttons import ContactTap, encode
from bot.core.coverage import coverage
from bot.core.messages import Button, Card
from bot.core.plan import Person, RollCallRule
from bot.core.rota import RollCall, openings
from bot.core.words import Words

log = logging.getLogger(__name__)

ROUND = "rollcall"
ANSWERS = "rollcall_answers"

LONGEST_ROUND = timedelta(minutes=5)
"""So long at most until a changed policy is noticed."""

WORTH_ASKING = timedelta(hours=1)
"""After a site has been open for so long, a roll-call that was missed is left out."""

LEASE = timedelta(seconds=3)
LIST_COMMA = "、"


@dataclass(frozen=True)
class Opening:
    site: str
    opens: datetime
    asked: datetime


@dataclass(frozen=True)
class RollCalls:
    """The use case, for one organisation."""

    turns: Turns
    shelf: Shelf
    contacts: Contacts
    clock: Clock
    new_id: Callable[[], str]

    async def start(self) -> None:
        """Sees to it that the timer goes round; where it does already, nothing changes."""
        await self.contacts.arm(Timer("", ROUND, self.clock.now(), 0), only_if_missing=True)

    async def fire(self, timer: Timer) -> tuple[Delivery, ...]:
        """A due timer that belongs to no incident. What comes back is kept, and is to be sent now."""
        await self.shelf.refresh((await self.turns.load(Question())).versions)
        name, _, rollcall_id = timer.name.partition(":")
        match name:
            case "rollcall":
                return await self._go_round()
            case "rollcall_answers":
                return await self._look_at_answers(rollcall_id)
        log.warning("timer %s is none of ours; it is let go", timer.name)
        return ()

    async def received(
        self, person: Person, tap: ContactTap, address: Address
    ) -> tuple[Card, tuple[Delivery, ...]]:
        """受け取りました was tapped: the address works, and a roll-call is answered. A second tap changes nothing.

        Gives the thanks, and what is to be kept with them: the admins who had read that this person is silent are told.
        """
        now = self.clock.now()
        await self.contacts.confirm(str(address), person.id, now)
        news: tuple[Delivery, ...] = ()
        if tap.what == "rollcall":
            news = await self._late(person, tap.id)
            await self.contacts.answer(tap.id, person.id, now)
        words, at = self.shelf.words, now.astimezone(self.shelf.zone)
        said = words.say(person.language, "contact_thanks", time=f"{at:%H:%M}")
        return Card(words.say(person.language, "alt_neutral"), body=(said,)), news

    async def _late(self, person: Person, rollcall_id: str) -> tuple[Delivery, ...]:
        """The first answer of somebody whom the admins believe to be out of reach."""
        rollcall = await self.contacts.rollcall(rollcall_id)
        if rollcall is None or not rollcall.told or person.id not in rollcall.silent:
            return ()
        said = self.shelf.words.say
        return tuple(
            self._delivery(admin, address, self._about(rollcall, admin, (line,)))
            for admin, address in self._admins()
            for line in (said(admin.language, "rollcall_late", name=person.name),)
        )

    def test_page(self, person: Person, address: Address) -> Delivery:
        """Sent as pages are, not as an answer: that they arrive is what it tests."""
        return _test_page(person, address, self.shelf.words, self.clock.now(), self.new_id())

    async def _go_round(self) -> tuple[Delivery, ...]:
        """1. Ask before each opening whose time has come; 2. set the timer anew."""
        now = self.clock.now()
        deliveries: tuple[Delivery, ...] = ()
        next_round = now + LONGEST_ROUND
        for opening in self._openings(now):
            if opening.asked > now:
                next_round = min(next_round, opening.asked)
            elif now < opening.opens + WORTH_ASKING:
                deliveries += await self._begin(opening, now)
        await self.contacts.arm(Timer("", ROUND, next_round, 0))
        return deliveries

    def _openings(self, now: datetime) -> Iterator[Opening]:
        """The first opening of each site, today and tomorrow."""
        policy, today = self.shelf.policy, now.astimezone(self.shelf.zone).date()
        for site, hours in policy.hours.items() if policy.rollcall else ():
            for day in (today, today + timedelta(days=1)):
                days_off = self.shelf.calendar(day, day).holidays
                for minute in openings(hours, day, days_off)[:1]:
                    opens = datetime.combine(day, time(), self.shelf.zone) + timedelta(minutes=minute)
                    yield Opening(site, opens, opens - _rule(policy.rollcall).before)

    async def _begin(self, opening: Opening, now: datetime) -> tuple[Delivery, ...]:
        """Asks the first tier of a call from this site. Gives nothing when it has been asked before."""
        tiers = self.shelf.plans(Person("", "", site=opening.site), opening.opens).standard.tiers[:1]
        chats = {t.person: _chats(t.addresses) for tier in tiers for t in tier.targets}
        asked = tuple(person for person, addresses in chats.items() if addresses)
        rollcall_id = _id_of(opening)
        within = _rule(self.shelf.policy.rollcall).within if asked else timedelta(0)
        rollcall = RollCall(rollcall_id, opening.site, opening.opens, now + within, asked)
        deliveries = tuple(
            self._asked(self.shelf.people[person], address, rollcall_id)
            for person in asked
            for address in chats[person]
        )
        timer = Timer("", f"{ANSWERS}:{rollcall_id}", rollcall.deadline, 0)
        began = await self.contacts.begin(rollcall, deliveries, timer, now + LEASE)
        return deliveries if began else ()

    async def _look_at_answers(self, rollcall_id: str) -> tuple[Delivery, ...]:
        """The admins hear, before the doors open, who can't be reached and when nobody is on duty today."""
        rollcall = await self.contacts.rollcall(rollcall_id)
        if rollcall is None or rollcall.told:
            return ()
        deliveries = tuple(self._to_admins(rollcall))
        closed = await self.contacts.close(rollcall, deliveries, self.clock.now() + LEASE)
        return deliveries if closed else ()

    def _to_admins(self, rollcall: RollCall) -> Iterator[Delivery]:
        told = self._admins()
        if not told and rollcall.silent:
            log.warning("roll-call %s: no answer from %s, and no admin to tell", rollcall.id, rollcall.silent)
        for admin, address in told:
            lines = tuple(self._findings(rollcall, admin.language))
            if lines:
                yield self._delivery(admin, address, self._about(rollcall, admin, lines))

    def _admins(self) -> list[tuple[Person, Address]]:
        admins = [p for p in self.shelf.people.values() if p.active and p.role == "admin"]
        return [(p, address) for p in admins for address in _chats(p.addresses(self.shelf.policy.channels))]

    def _about(self, rollcall: RollCall, admin: Person, lines: tuple[str, ...]) -> Card:
        say = self.shelf.words.say
        title = say(admin.language, "rollcall_title", site=rollcall.site)
        return Card(say(admin.language, "alt_neutral"), title, lines)

    def _findings(self, rollcall: RollCall, language: str) -> Iterator[str]:
        say, people = self.shelf.words.say, self.shelf.people
        names = [people[person].name for person in rollcall.silent if person in people]
        if names:
            yield say(language, "rollcall_silent", names=LIST_COMMA.join(names))
        if not rollcall.asked:
            yield say(language, "rollcall_nobody", site=rollcall.site)
        opens = rollcall.opens.astimezone(self.shelf.zone)
        end = datetime.combine(opens.date() + timedelta(days=1), time(), self.shelf.zone)
        days = self.shelf.calendar(opens.date(), opens.date())
        for gap in coverage(self.shelf.policy, people, days, opens, end):
            times = {"start": f"{gap.start:%H:%M}", "end": f"{gap.end:%H:%M}"}
            yield say(language, "rollcall_gap", rota=gap.rota, **times)

    def _asked(self, person: Person, address: Address, rollcall_id: str) -> Delivery:
        card = _question(self.shelf.words, person, "rollcall_ask", ContactTap("rollcall", rollcall_id))
        return self._delivery(person, address, card)

    def _delivery(self, person: Person, address: Address, card: Card) -> Delivery:
        return Delivery(self.new_id(), address, (card,), self.clock.now(), person=person.id)


def test_pages(
    person: Person, confirmed: Mapping[str, str], words: Words, now: datetime, new_id: Callable[[], str]
) -> tuple[Delivery, ...]:
    """One for each address of the person at which no test was tapped yet."""
    open_ones = unconfirmed({person.id: person}, confirmed).get(person.id, ())
    return tuple(
        _test_page(person, address, words, now, new_id()) for address in _chats(person.addresses(open_ones))
    )


def unconfirmed(people: Mapping[str, Person], confirmed: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Person to the platforms at which they have an address but never tapped a test."""
    found = {
        person.id: tuple(a for a in person.addresses(CHATS) if confirmed.get(a) != person.id)
        for person in people.values()
        if person.active
    }
    return {
        person: tuple(address.partition(":")[0] for address in addresses)
        for person, addresses in found.items()
        if addresses
    }


def _test_page(person: Person, address: Address, words: Words, now: datetime, name: str) -> Delivery:
    card = _question(words, person, "contact_test", ContactTap("test", address.platform))
    return Delivery(name, address, (card,), now, person=person.id)


def _question(words: Words, person: Person, text: str, tap: ContactTap) -> Card:
    """One sentence and one button."""

    def say(key: str) -> str:
        return words.say(person.language, key)

    button = Button(say("contact_received"), encode(tap), primary=True)
    return Card(say("alt_neutral"), say("contact_title"), (say(text),), choices=(button,))


def _chats(addresses: tuple[str, ...]) -> tuple[Address, ...]:
    """A telephone doesn't ring for a question."""
    return tuple(a for a in map(parse_address, addresses) if a.platform in CHATS)


def _id_of(opening: Opening) -> str:
    """The same for the same site and day, whoever asks; letters that a button may carry."""
    site = hashlib.sha256(opening.site.encode()).hexdigest()[:10]
    return f"{opening.opens:%Y%m%d}-{site}"


def _rule(rule: RollCallRule | None) -> RollCallRule:
    return rule or RollCallRule()

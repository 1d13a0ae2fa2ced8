"""One turn: load, step, commit; then what is to be sent.

Everything that happens comes through this door: taps and words of people, due timers, failed sends. A turn reads once,
thinks purely, writes once. If somebody else wrote in between, it reads and thinks again; that is safe because thinking
has no side effects. Nothing is sent before the write.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.app.committing import Accepted, Calls, Commit, Committed, Loaded, Question, Stale, Timer
from bot.app.delivering import Delivery
from bot.app.enrolling import Enrolling
from bot.app.inbound import Appeared, Inbound, Left, Tapped, Typed
from bot.app.ports import Clock, Directory, Turns
from bot.app.reading import (
    Begin,
    Confirm,
    Gone,
    Greet,
    Happened,
    Meaning,
    Received,
    Say,
    Working,
    answered_where_they_are,
    incident_of,
    is_of_an_earlier_one,
    read,
    slot_of_tap,
    tap_of,
)
from bot.app.rollcall import RollCalls
from bot.app.rows import cleared, entries, last_timers, place_key
from bot.app.sending import REPLY_LIFE, Actor, Outbox, Sender, parse_address
from bot.app.shelf import Shelf
from bot.app.understanding import WORTH_SAYING, Understander, Understanding
from bot.core.buttons import Tap, WayTap
from bot.core.cards import menu, places, understood
from bot.core.effects import Effect, Show, StopPages
from bot.core.events import Event, Joined, Opened, PageFailed, TimerFired
from bot.core.figures import difference, figures_of
from bot.core.flow import Flow
from bot.core.incident import HELP_OF, Incident, IncidentStep, open_incident, step
from bot.core.messages import Card
from bot.core.plan import Person
from bot.core.witnessing import can_join

TRIES = 12
"""How often a turn is thought again when others commit in between, before it gives up and the platform sends again."""

FAST_LEASE = timedelta(seconds=3)
"""How long workers leave a delivery to the process that committed it."""


FIRST_THINGS_FIRST = timedelta(minutes=5)
"""Somebody whose first deed made them known may be in need: the test page comes after that."""


class TooManyConflicts(RuntimeError):
    """Others kept committing in between; the platform will send the event again."""


@dataclass(frozen=True)
class Ids:
    """Where new names come from: incidents (short, readable, in order of time) and deliveries (UUIDs)."""

    incident: Callable[[datetime], str]
    delivery: Callable[[], str]


@dataclass(frozen=True)
class Turn:
    """The use case, for one organisation."""

    turns: Turns
    directory: Directory
    shelf: Shelf
    enrolling: Enrolling
    understander: Understander
    clock: Clock
    ids: Ids
    rollcalls: RollCalls

    async def receive(self, inbound: Inbound) -> tuple[Delivery, ...]:
        """Handles one deed of a person; what comes back is committed, and is to be sent now.

        The same event a second time changes nothing and gives nothing: what the first one caused is in the outbox until
        it is sent. Raises what the store raises when it is away, and TooManyConflicts.
        """
        tap = tap_of(inbound)
        event = f"{inbound.sender.platform}:{inbound.id}"
        if not inbound.origin.private and not isinstance(inbound.deed, Tapped):
            return await self._in_a_room(inbound, event)
        for _ in range(TRIES):
            loaded = await self.turns.load(Question(event, str(inbound.sender), incident_of(tap)))
            if loaded.seen:
                return ()
            await self.shelf.refresh(loaded.versions)
            if is_of_an_earlier_one(tap, loaded.incident, loaded.current):
                tap = WayTap(loaded.current, "over", 0)
                continue
            done = await self._once(inbound, tap, loaded, event)
            if done is not None:
                return done
        raise TooManyConflicts(event)

    async def fire(self, timer: Timer) -> tuple[Delivery, ...]:
        """A due timer, as one more event through the same door. One of no incident belongs to the roll-calls."""
        if not timer.incident:
            return await self.rollcalls.fire(timer)
        return await self._system(timer.incident, lambda now: TimerFired(now, timer.name, timer.stamp))

    async def failed(self, delivery: Delivery, reason: str) -> tuple[Delivery, ...]:
        """What an address didn't take. After a page the next person must not wait; the caller is told another way."""
        if not delivery.urgent:
            return await self._elsewhere(delivery)
        address = str(delivery.address)
        return await self._system(
            delivery.incident, lambda now: PageFailed(now, delivery.person, address, reason)
        )

    async def _elsewhere(self, delivery: Delivery) -> tuple[Delivery, ...]:
        """To the caller's other platform: they must know whether somebody comes. What that one refuses ends there."""
        loaded = await self.turns.load(Question(incident=delivery.incident))
        incident = loaded.incident
        if incident is None or not incident.is_open or incident.caller.address != str(delivery.address):
            return ()
        await self.shelf.refresh(loaded.versions)
        person = self.shelf.people.get(incident.caller.person)
        others = (
            [a for a in person.addresses(("line", "slack")) if a != incident.caller.address] if person else []
        )
        now = self.clock.now()
        copies = tuple(
            Delivery(
                self.ids.delivery(), parse_address(a), delivery.cards, now, incident.id, slot=delivery.slot
            )
            for a in others
        )
        if copies:
            await self.turns.remember("", copies, now + FAST_LEASE)
        return copies

    async def _system(self, incident: str, event: Callable[[datetime], Event]) -> tuple[Delivery, ...]:
        for _ in range(TRIES):
            loaded = await self.turns.load(Question(incident=incident))
            if loaded.incident is None:
                return ()
            await self.shelf.refresh(loaded.versions)
            flow = await self._flow_of(loaded.incident)
            incident_now = self._planned(loaded.incident)
            result = step(flow, incident_now, event(self.clock.now()))
            if result.incident == incident_now and not result.effects:
                return ()
            outcome, outbox = await self._commit(flow, loaded, result, None, "", "system")
            if isinstance(outcome, Accepted):
                return outbox.deliveries
        raise TooManyConflicts(incident)

    async def _once(
        self, inbound: Inbound, tap: Tap | None, loaded: Loaded, event: str
    ) -> tuple[Delivery, ...] | None:
        """One attempt; None when somebody else committed first, or the sender has just become known."""
        person = self.shelf.people.get(inbound.person) if inbound.person else loaded.person
        if person is None or not person.active:
            return await self._stranger(inbound, person, event)
        person = replace(person, place=loaded.shift or person.place)
        phrases = self.shelf.policy.duress_phrases
        meaning = read(
            inbound, tap, self._meant(inbound, loaded, tap, person.id), person.id, self.understander, phrases
        )
        match meaning:
            case Begin() | Happened():
                return await self._incident_turn(inbound, tap, loaded, person, meaning, event)
            case Gone():
                await self.directory.unlink(str(inbound.sender))
                return ()
            case Working(place=place):
                return await self._working(inbound, person, place, event)
            case Received(tap=received):
                card = await self.rollcalls.received(person, received, inbound.sender)
                return await self._remembered(inbound, (card,), event)
            case _:
                return await self._just_say(inbound, person, meaning, loaded, event)

    def _meant(self, inbound: Inbound, loaded: Loaded, tap: Tap | None, person: str) -> Incident | None:
        """A closed incident counts only when a button names it; typed words and menus begin anew. The incident in which
        the sender is called counts for words alone."""
        incident = loaded.incident
        if incident is None or incident_of(tap):
            return incident
        words_alone = isinstance(inbound.deed, Typed) and tap is None
        return incident if incident.is_open and (incident.caller.person == person or words_alone) else None

    async def _incident_turn(
        self,
        inbound: Inbound,
        tap: Tap | None,
        loaded: Loaded,
        person: Person,
        meaning: Begin | Happened,
        event: str,
    ) -> tuple[Delivery, ...] | None:
        if isinstance(meaning, Begin):
            place = place_key(person.site, person.place, meaning.drill) if meaning.kind in HELP_OF else ""
            there = await self.turns.load(Question(at=place)) if place and not meaning.duress else None
            if (
                there
                and there.incident
                and can_join(there.incident, person.id, self.clock.now() - self.shelf.policy.merge)
            ):
                return await self._join(inbound, there, person, meaning, event)
            flow = await self.shelf.live_flow()
            loaded = replace(loaded, incident=None, refs={}, at=there.at if there else "")
            result = open_incident(flow, self._opened(inbound, person, meaning))
        else:
            assert loaded.incident is not None
            flow = await self._flow_of(loaded.incident)
            incident = self._planned(answered_where_they_are(loaded.incident, inbound, person))
            result = step(flow, incident, meaning.event)
        actor = Actor(person.id, inbound.sender, inbound.origin, self.clock.now(), slot_of_tap(tap))
        outcome, outbox = await self._commit(flow, loaded, result, actor, event, person.id, meaning.words)
        return _sent_now(outcome, outbox)

    async def _join(
        self, inbound: Inbound, there: Loaded, person: Person, meaning: Begin, event: str
    ) -> tuple[Delivery, ...] | None:
        """Somebody has called from this place just now: two who call about one thing are one call."""
        assert there.incident is not None
        flow, now = await self._flow_of(there.incident), self.clock.now()
        joined = Joined(now, person, str(inbound.sender), HELP_OF[meaning.kind])
        result = step(flow, there.incident, joined)
        actor = Actor(person.id, inbound.sender, inbound.origin, now)
        outcome, outbox = await self._commit(flow, there, result, actor, event, person.id, meaning.words)
        return _sent_now(outcome, outbox)

    def _opened(self, inbound: Inbound, person: Person, begin: Begin) -> Opened:
        now = self.clock.now()
        return Opened(
            now,
            self.ids.incident(now),
            person,
            str(inbound.sender),
            begin.kind,
            self.shelf.plans(person, now),
            begin.facts,
            begin.drill,
            begin.duress,
        )

    def _planned(self, incident: Incident) -> Incident:
        """Plans are those of the moment of the call; while one is open they stand as they were then."""
        caller = self.shelf.people.get(incident.caller.person)
        if caller is None or not incident.is_open or (incident.alert and incident.alert.is_open):
            return incident
        return replace(incident, plans=self.shelf.plans(caller, self.clock.now()))

    async def _flow_of(self, incident: Incident) -> Flow:
        return await self.shelf.flow(incident.walk.flow, incident.walk.revision)

    async def _commit(
        self,
        flow: Flow,
        loaded: Loaded,
        result: IncidentStep,
        actor: Actor | None,
        event: str,
        by: str,
        words: str = "",
    ) -> tuple[Committed, Outbox]:
        """Everything this turn changes, in one write."""
        now = self.clock.now()
        before, after = loaded.incident, result.incident
        sender = Sender(self.shelf, after, flow, now, actor, loaded.refs, self.ids.delivery)
        outbox = sender.send(result.effects)
        stops = any(isinstance(e, StopPages) for e in result.effects)
        after = replace(
            after,
            version=(before.version if before else 0) + 1,
            sends=outbox.pages if stops else (*after.sends, *outbox.pages),
        )
        commit = Commit(
            event=event,
            incident=after,
            at=now,
            day=after.opened.astimezone(self.shelf.zone).date().isoformat(),
            lease_until=now + FAST_LEASE,
            entries=tuple(entries(result.effects, now, by, words)),
            figures=difference(figures_of(before, flow) if before else {}, figures_of(after, flow)),
            timers=tuple(Timer(after.id, e.name, e.due, e.stamp) for e in last_timers(result.effects)),
            clear=cleared(result.effects),
            deliveries=outbox.deliveries,
            withdraw=before.sends if stops and before else (),
            current=True if before is None else (False if before.is_open and not after.is_open else None),
            current_was=loaded.current,
            calls=self._calls(loaded, after, result.effects),
        )
        return await self.turns.commit(commit), outbox

    def _calls(self, loaded: Loaded, after: Incident, effects: Sequence[Effect]) -> Calls:
        before, alert = loaded.incident, after.alert
        if alert is None:
            return Calls()
        caller, begins = after.caller, before is None or before.alert is None
        return Calls(
            people=tuple(dict.fromkeys(e.to for e in effects if isinstance(e, Show) and e.urgent)),
            released=() if after.is_open else tuple(p.person for p in alert.pages),
            place=place_key(caller.site, caller.place, after.drill) if begins and not alert.duress else "",
            place_was=loaded.at if before is None else None,
            lifetime=self.shelf.policy.merge,
        )

    async def _working(
        self, inbound: Inbound, person: Person, place: str, event: str
    ) -> tuple[Delivery, ...]:
        """Said twice it is the same, so it may be kept before the event is."""
        words, language = self.shelf.words, person.language
        if not place:
            known = self.shelf.policy.places.get(person.site, ())
            return await self._remembered(inbound, (places(words, language, known),), event)
        await self.turns.work_at(person.id, place)
        line = words.say(language, "placed", place=place)
        return await self._remembered(inbound, (menu(words, language, (line,)),), event)

    async def _in_a_room(self, inbound: Inbound, event: str) -> tuple[Delivery, ...]:
        """What is said among others is nobody's call for help, and no answer to it belongs there; a greeting is said once."""
        if not isinstance(inbound.deed, Appeared):
            return ()
        words = self.shelf.words
        card = Card(words.say("ja", "alt_neutral"), body=(words.say("ja", "in_a_room"),))
        return await self._remembered(inbound, (card,), event)

    async def _stranger(
        self, inbound: Inbound, person: Person | None, event: str
    ) -> tuple[Delivery, ...] | None:
        """Nobody's address, or that of a person who has left. None: they are known now, and their deed is to be read."""
        if person is not None and isinstance(inbound.deed, Left):
            return ()
        if person is not None:
            words = self.shelf.words
            cards: Sequence[Card] = (
                Card(words.say("ja", "alt_neutral"), body=(words.say("ja", "not_active"),)),
            )
            return await self._remembered(inbound, cards, event)
        linked, cards = await self.enrolling.answer(inbound)
        test = (self.rollcalls.test_page(linked, inbound.sender),) if linked else ()
        if linked and not cards:
            await self.turns.remember("", test, self.clock.now() + FIRST_THINGS_FIRST)
            return None
        return await self._remembered(inbound, cards, event, also=test)

    async def _just_say(
        self, inbound: Inbound, person: Person, meaning: Meaning, loaded: Loaded, event: str
    ) -> tuple[Delivery, ...]:
        language = person.language
        home = False
        match meaning:
            case Confirm(understanding):
                cards: tuple[Card, ...] = (self._confirmation(understanding, language),)
            case Greet(home=home):
                cards = (self.enrolling.hello(person),)
            case Say(key):
                lines = (self.shelf.words.say(language, key),)
                cards = (menu(self.shelf.words, language, lines),)
            case _:
                raise TypeError(f"{type(meaning).__name__} is not answered with words alone")
        return await self._remembered(inbound, cards, event, home)

    def _confirmation(self, understanding: Understanding, language: str) -> Card:
        words = self.shelf.words
        sure = understanding.confidence >= WORTH_SAYING
        labels = tuple(words.label(language, "acts", a) for a in understanding.acts) if sure else ()
        return understood(words, language, labels, understanding.facts if sure else (), danger=False)

    async def _remembered(
        self,
        inbound: Inbound,
        cards: Sequence[Card],
        event: str,
        home: bool = False,
        also: tuple[Delivery, ...] = (),
    ) -> tuple[Delivery, ...]:
        """Keeps the answer in the outbox and the event as seen, then gives it to be sent."""
        if not cards:
            return ()
        now = self.clock.now()
        token = inbound.origin.reply_token
        delivery = Delivery(
            id=self.ids.delivery(),
            address=inbound.sender,
            cards=tuple(cards),
            created=now,
            home=home,
            reply_token=token,
            reply_until=now + REPLY_LIFE if token else None,
            message=inbound.origin.message if inbound.origin.private else "",
        )
        kept = await self.turns.remember(event, (delivery, *also), now + FAST_LEASE)
        return (delivery, *also) if kept else ()


def _sent_now(outcome: Committed, outbox: Outbox) -> tuple[Delivery, ...] | None:
    """What is to be sent; None when somebody else was first and the turn is to be thought again."""
    if isinstance(outcome, Stale):
        return None
    return outbox.deliveries if isinstance(outcome, Accepted) else ()

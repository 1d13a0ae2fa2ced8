"""One turn: load, step, commit; then what is to be sent.

Everything that happens comes through this door: taps and words of people, due timers, failed sends. A turn reads once,
thinks purely, writes once. If somebody else wrote in between, it reads and thinks again; that is safe because thinking
has no side effects. Nothing is sent before the write.
"""

from asyncio import Lock
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from weakref import WeakValueDictionary

from bot.app.answering import Answering
from bot.app.committing import (
    FAST_LEASE,
    Accepted,
    Calls,
    Commit,
    Committed,
    Loaded,
    Question,
    Stale,
    Timer,
)
from bot.app.delivering import Delivery
from bot.app.enrolling import Enrolling
from bot.app.handbook import Handbook
from bot.app.improving import line_in
from bot.app.inbound import Inbound, Tapped, Typed
from bot.app.ports import Clock, Directory, Turns
from bot.app.reading import (
    DRILL_LASTS,
    Begin,
    Elsewhere,
    Happened,
    Meaning,
    Practising,
    answered_where_they_are,
    incident_of,
    is_of_an_earlier_one,
    read,
    slot_of_tap,
    tap_of,
)
from bot.app.rollcall import RollCalls
from bot.app.rows import cleared, entries, last_timers, place_key
from bot.app.sending import Actor, Outbox, Sender, parse_address
from bot.app.shelf import Shelf
from bot.app.training import Training
from bot.app.understanding import Understander
from bot.core.buttons import Tap, WayTap
from bot.core.effects import Effect, Show, StopPages
from bot.core.events import (
    AskedAgain,
    Event,
    Finished,
    Joined,
    Opened,
    PageFailed,
    PageTaken,
    SceneChosen,
    ScenesWanted,
    TimerFired,
)
from bot.core.figures import difference, figures_of
from bot.core.flow import Flow
from bot.core.incident import HELP_OF, Incident, IncidentStep, open_incident, step
from bot.core.matter import Sending
from bot.core.messages import Card
from bot.core.plan import Person
from bot.core.understood import FactActs
from bot.core.walk import facts_of, level_of
from bot.core.witnessing import can_join

TRIES = 12
"""How often a turn is thought again when others commit in between, before it gives up and the platform sends again."""


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
    training: Training
    handbook: Handbook
    meant: FactActs
    lanes: WeakValueDictionary[str, Lock] = field(default_factory=WeakValueDictionary)

    @property
    def _answering(self) -> Answering:
        ports = (self.turns, self.directory, self.shelf, self.enrolling, self.rollcalls)
        return Answering(*ports, self.clock, self.ids.delivery, self.handbook, self.meant)

    async def receive(self, inbound: Inbound) -> tuple[Delivery, ...]:
        """Handles one deed of a person; what comes back is committed, and is to be sent now.

        The same event a second time changes nothing and gives nothing: what the first one caused is in the outbox until
        it is sent. Raises what the store raises when it is away, and TooManyConflicts.
        """
        tap = tap_of(inbound)
        event = f"{inbound.sender.platform}:{inbound.id}"
        if not inbound.origin.private and not isinstance(inbound.deed, Tapped):
            return await self._answering.in_a_room(inbound, event)
        lane = ""
        for _ in range(TRIES):
            async with self._lane(lane):
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
            lane = loaded.incident.id if loaded.incident else ""
        raise TooManyConflicts(event)

    def _lane(self, incident: str) -> AbstractAsyncContextManager[object]:
        """Within a process, turns that have met at one incident go one after the other: were sixty to try at once, most of
        them would give up before their turn. Processes meet only in the commit."""
        return self.lanes.setdefault(incident, Lock()) if incident else nullcontext()

    async def fire(self, timer: Timer) -> tuple[Delivery, ...]:
        """A due timer, as one more event through the same door. One of no incident is the drills' or the roll-calls'."""
        if self.training.is_due(timer):
            return await self.training.drills.fire()
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

    async def taken(self, delivery: Delivery) -> tuple[Delivery, ...]:
        """An address took a page that it had not taken before."""
        address = str(delivery.address)
        return await self._system(delivery.incident, lambda now: PageTaken(now, delivery.person, address))

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
            async with self._lane(incident):
                done = await self._system_once(incident, event)
            if done is not None:
                return done
        raise TooManyConflicts(incident)

    async def _system_once(
        self, incident: str, event: Callable[[datetime], Event]
    ) -> tuple[Delivery, ...] | None:
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
        return outbox.deliveries if isinstance(outcome, Accepted) else None

    async def _once(
        self, inbound: Inbound, tap: Tap | None, loaded: Loaded, event: str
    ) -> tuple[Delivery, ...] | None:
        """One attempt; None when somebody else committed first, or the sender has just become known."""
        person = self.shelf.people.get(inbound.person) if inbound.person else loaded.person
        if person is None or not person.active:
            return await self._answering.stranger(inbound, person, event)
        person = replace(person, place=loaded.shift or person.place)
        phrases = self.shelf.policy.duress_phrases
        incident = self._meant(inbound, loaded, tap, person.id)
        line = line_in(inbound, tap, loaded.incident, person.id, self.understander, phrases)
        meaning = line or read(inbound, tap, incident, person.id, self.understander, phrases)
        match meaning:
            case Begin() | Happened() | Elsewhere():
                return await self._incident_turn(inbound, tap, loaded, person, meaning, event)
            case Practising(tap=wanted):
                return await self.training.quiz.receive(inbound, person, wanted, event)
            case _:
                return await self._answering.answer(inbound, person, meaning, event, incident)

    def _meant(self, inbound: Inbound, loaded: Loaded, tap: Tap | None, person: str) -> Incident | None:
        """A closed incident counts only when a button names it; typed words and menus begin anew. The incident in which
        the sender is called counts for words alone."""
        incident = loaded.incident
        if incident is None or incident_of(tap):
            return incident
        if incident.drill and inbound.at - incident.opened > DRILL_LASTS:
            return None
        words_alone = isinstance(inbound.deed, Typed) and tap is None
        return incident if incident.is_open and (incident.caller.person == person or words_alone) else None

    async def _incident_turn(
        self,
        inbound: Inbound,
        tap: Tap | None,
        loaded: Loaded,
        person: Person,
        meaning: Begin | Happened | Elsewhere,
        event: str,
    ) -> tuple[Delivery, ...] | None:
        was: Flow | None = None
        if isinstance(meaning, Begin):
            place = place_key(person.site, person.place, meaning.drill) if meaning.kind in HELP_OF else ""
            there = await self.turns.load(Question(at=place)) if place and not meaning.duress else None
            if (
                there
                and there.incident
                and can_join(there.incident, person.id, self.clock.now() - self.shelf.policy.merge)
            ):
                return await self._join(inbound, there, person, meaning, event)
            practises = bool(meaning.case)
            flow = await (self.shelf.live_flow() if practises else self.shelf.flow_at(person.place))
            left_behind = _drill_of(person, loaded.incident)
            loaded = replace(loaded, incident=None, refs={}, at=there.at if there else "")
            result = open_incident(flow, self._opened(inbound, person, meaning, flow))
        else:
            assert loaded.incident is not None
            left_behind = ""
            flow = was = await self._flow_of(loaded.incident)
            incident = self._planned(answered_where_they_are(loaded.incident, inbound, person))
            if isinstance(meaning, Elsewhere):
                flow, happened = await self._elsewhere_in(was, incident, meaning.flow)
            else:
                happened = meaning.event
            result = step(flow, incident, happened)
        aside = await self._aside(meaning, result.incident, person)
        actor = Actor(person.id, inbound.sender, inbound.origin, self.clock.now(), slot_of_tap(tap), aside)
        words = "" if isinstance(meaning, Elsewhere) else meaning.words
        outcome, outbox = await self._commit(flow, loaded, result, actor, event, person.id, words, was)
        now_sent = _sent_now(outcome, outbox)
        if not (now_sent and left_behind):
            return now_sent
        ended = await self._system(left_behind, lambda now: Finished(now, person.id, silently=True))
        return (*now_sent, *ended)

    async def _aside(self, meaning: Meaning, incident: Incident, person: Person) -> tuple[Card, ...]:
        """The answer to a question in the caller's words; none on a screen that somebody else may be holding."""
        if not isinstance(meaning, Happened) or not meaning.asked or incident.decoy is not None:
            return ()
        return await self.handbook.beside(meaning.asked, person.language)

    async def _elsewhere_in(self, was: Flow, incident: Incident, flow_id: str) -> tuple[Flow, Event]:
        """The flow that the questions go on in, and what happened in it."""
        now = self.clock.now()
        if not flow_id:
            return was, ScenesWanted(now, await self.shelf.scenes())
        if flow_id not in self.shelf.versions.live or flow_id == was.id:
            return was, AskedAgain(now)
        said = facts_of(was, incident.walk)
        is_danger = level_of(was, incident.walk) == "red"
        return await self.shelf.live_flow(flow_id), SceneChosen(now, said, is_danger)

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

    def _opened(self, inbound: Inbound, person: Person, begin: Begin, flow: Flow) -> Opened:
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
            *self.training.story(begin.case, flow, person.language),
            begin.understood,
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
        was: Flow | None = None,
    ) -> tuple[Committed, Outbox]:
        """Everything this turn changes, in one write. `was`: the flow before, where the questions go on in another."""
        now = self.clock.now()
        before, after = loaded.incident, result.incident
        sender = Sender(self.shelf, after, flow, now, actor, loaded.refs, self.ids.delivery)
        outbox = sender.send(result.effects)
        stops = any(isinstance(e, StopPages) for e in result.effects)
        withdrawn = _withdrawn(before.sends if before else (), outbox.pages, stops)
        kept = tuple(sending for sending in after.sends if sending not in withdrawn)
        version = (before.version if before else 0) + 1
        after = replace(after, version=version, sends=(*kept, *outbox.pages))
        commit = Commit(
            event=event,
            incident=after,
            at=now,
            day=after.opened.astimezone(self.shelf.zone).date().isoformat(),
            lease_until=now + FAST_LEASE,
            entries=tuple(entries(result.effects, now, by, words)),
            figures=difference(figures_of(before, was or flow) if before else {}, figures_of(after, flow)),
            timers=tuple(Timer(after.id, e.name, e.due, e.stamp) for e in last_timers(result.effects)),
            clear=cleared(result.effects),
            deliveries=outbox.deliveries,
            withdraw=tuple(sending.id for sending in withdrawn),
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


def _drill_of(person: Person, incident: Incident | None) -> str:
    """Their own drill that is still open: it ends when something real begins."""
    is_theirs = incident is not None and incident.is_open and incident.caller.person == person.id
    return incident.id if incident and is_theirs and incident.drill else ""


def _withdrawn(pending: Sequence[Sending], pages: Sequence[Sending], stops: bool) -> tuple[Sending, ...]:
    """All that may still wait to be sent; or only what a newer page to the same address makes needless: after an hour in
    which a platform was away, nobody gets thirty pages at once."""
    anew = {page.address for page in pages}
    return tuple(sending for sending in pending if stops or sending.address in anew)


def _sent_now(outcome: Committed, outbox: Outbox) -> tuple[Delivery, ...] | None:
    """What is to be sent; None when somebody else was first and the turn is to be thought again."""
    if isinstance(outcome, Stale):
        return None
    return outbox.deliveries if isinstance(outcome, Accepted) else ()

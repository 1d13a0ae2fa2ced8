"""One incident, from the first tap to the last: joins the walk and the paging machine and adds what is common to both.

`step` decides nothing about questions or people itself: it hands each event to the machine it belongs to, feeds what the
walk asks of the paging machine into it, and keeps the clock and the counts.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.core import paging, walk
from bot.core.alert import Alert
from bot.core.buttons import MenuKind
from bot.core.effects import CALLER, ROOM, CallHelp, Effect, Record, Show
from bot.core.events import (
    AcknowledgementUndone,
    Answered,
    AskedAgain,
    AskedMore,
    Counted,
    Event,
    Finished,
    HelpRequested,
    Noted,
    Opened,
    PageFailed,
    PageSeen,
    PagingEvent,
    ResponderArrived,
    ResponderComing,
    ResponderDeclined,
    ThingsChanged,
    TimerFired,
    WalkEvent,
    WayTaken,
    WentBack,
)
from bot.core.flow import End, Flow
from bot.core.plan import HelpKind, Plans
from bot.core.walk import Walk


@dataclass(frozen=True)
class Caller:
    """Who asked for help, and where they stand. `address` is where they wrote last and are answered."""

    person: str
    name: str
    site: str
    place: str
    address: str
    language: str = "ja"


@dataclass(frozen=True)
class Tally:
    """One counted thing with its time: a warning, a request to leave."""

    counter: str
    at: datetime


@dataclass(frozen=True)
class Incident:
    """The whole state of an incident. `version` counts commits: the compare-and-set of the store.

    sends: ids of pages that were planned and not withdrawn; kept here so that one commit can withdraw them all.
    """

    id: str
    opened: datetime
    kind: MenuKind
    caller: Caller
    walk: Walk
    plans: Plans
    alert: Alert | None = None
    tallies: tuple[Tally, ...] = ()
    notes: int = 0
    drill: bool = False
    closed: datetime | None = None
    closed_by: str = ""
    version: int = 0
    sends: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.closed is None

    def count(self, counter: str) -> int:
        return sum(1 for t in self.tallies if t.counter == counter)


@dataclass(frozen=True)
class IncidentStep:
    incident: Incident
    effects: tuple[Effect, ...] = ()


HELP_OF: dict[MenuKind, HelpKind] = {"danger": "danger", "help": "standard"}


def open_incident(flow: Flow, event: Opened) -> IncidentStep:
    """Help first, questions after: with 危険 or 応援 the pages stand before the first question."""
    caller = event.caller
    begun = walk.begin(flow, dict.fromkeys(event.facts, "yes"))
    incident = Incident(
        id=event.incident,
        opened=event.at,
        kind=event.kind,
        caller=Caller(caller.id, caller.name, caller.site, caller.place, event.address, caller.language),
        walk=begun.walk,
        plans=event.plans,
        drill=event.drill,
    )
    opened = Record("opened", {"by": event.kind, "flow": flow.id, "revision": flow.revision})
    wanted = HELP_OF.get(event.kind)
    first: tuple[Effect, ...] = (CallHelp(wanted),) if wanted else ()
    return _settle(IncidentStep(incident, (opened, *first, *begun.effects)), event.at)


def step(flow: Flow, incident: Incident, event: Event) -> IncidentStep:
    """The next incident and its effects. After the end, taps are told that it is over, and nothing changes."""
    if isinstance(event, Opened):
        raise ValueError("an incident is opened once, by open_incident")
    if not incident.is_open:
        return IncidentStep(incident, _over(incident, event))
    match event:
        case Answered() | WentBack() | WayTaken() | ThingsChanged() | AskedAgain() | AskedMore():
            return _walk(flow, incident, event)
        case Noted():
            return _note(flow, incident, event)
        case Counted(counter=counter) if counter not in _counters(flow):
            return _walk(flow, incident, AskedAgain(event.at))
        case Counted():
            tallied = replace(incident, tallies=(*incident.tallies, Tally(event.counter, event.at)))
            entry = Record("counted", {"counter": event.counter, "count": tallied.count(event.counter)})
            return _walk(flow, tallied, AskedAgain(event.at), entry)
        case Finished():
            return _finish(incident, event)
        case _:
            return _page(flow, incident, event)


def _counters(flow: Flow) -> set[str]:
    return {counter for end in flow.steps.values() if isinstance(end, End) for counter in end.counters}


def _walk(flow: Flow, incident: Incident, event: WalkEvent, *entries: Record) -> IncidentStep:
    result = walk.step(flow, incident.walk, event)
    told = _news(flow, incident, result.walk)
    return _settle(IncidentStep(replace(incident, walk=result.walk), (*entries, *result.effects, *told)), event.at)


def _news(flow: Flow, incident: Incident, after: Walk) -> tuple[Effect, ...]:
    """Those who were called see how bad it is as the answers come in, in the copies that they already have."""
    alert = incident.alert
    if alert is None or not alert.pages or _glance(flow, incident.walk) == _glance(flow, after):
        return ()
    pages = tuple(Show(p.person, "page", update_only=True) for p in alert.pages if p.reach != "declined")
    return (*pages, Show(ROOM, "thread", update_only=True))


def _glance(flow: Flow, at: Walk) -> tuple[object, ...]:
    """What a responder's card shows of the walk."""
    return walk.acts_of(flow, at), walk.level_of(flow, at), walk.facts_of(flow, at).get("staff_alone")


def _note(flow: Flow, incident: Incident, event: Noted) -> IncidentStep:
    """Words are kept beside the incident; a cry for help in them calls people before anything else."""
    noted = replace(incident, notes=incident.notes + 1)
    entry = Record("noted", {"characters": event.characters})
    if not event.emergency:
        return _walk(flow, noted, AskedAgain(event.at, "noted"), entry)
    effects: tuple[Effect, ...] = (entry, CallHelp("danger"))
    return _settle(
        IncidentStep(noted, (*effects, *walk.step(flow, noted.walk, AskedAgain(event.at)).effects)), event.at
    )


def _page(flow: Flow, incident: Incident, event: PagingEvent) -> IncidentStep:
    """Hands the event to the paging machine; a call for help is followed by the card where the caller stands."""
    if isinstance(event, HelpRequested):
        return _help(flow, incident, event)
    if incident.alert is None:
        return IncidentStep(
            incident, () if isinstance(event, TimerFired) else _where(flow, incident, event.at)
        )
    result = paging.step(incident.alert, event)
    return IncidentStep(replace(incident, alert=result.alert), result.effects)


def _help(flow: Flow, incident: Incident, event: HelpRequested) -> IncidentStep:
    """応援 or 危険 by the person. After もう大丈夫 it begins anew; otherwise the call that there is goes wider."""
    where = _where(flow, incident, event.at)
    if incident.alert is None or incident.alert.state == "cancelled":
        return _settle(IncidentStep(incident, (CallHelp(event.kind), *where)), event.at)
    result = paging.step(incident.alert, event)
    return IncidentStep(replace(incident, alert=result.alert), (*result.effects, *where))


def _where(flow: Flow, incident: Incident, at: datetime) -> tuple[Effect, ...]:
    return walk.step(flow, incident.walk, AskedAgain(at)).effects


def _settle(result: IncidentStep, at: datetime) -> IncidentStep:
    """Turns every CallHelp of the walk into the paging machine's effects, in their place."""
    incident, effects = result.incident, list[Effect]()
    for effect in result.effects:
        if not isinstance(effect, CallHelp):
            effects.append(effect)
            continue
        incident, caused = _call(incident, HelpRequested(at, effect.kind), effect.again)
        effects.extend(caused)
    return IncidentStep(incident, tuple(effects))


def _call(incident: Incident, event: HelpRequested, again: bool) -> tuple[Incident, tuple[Effect, ...]]:
    """A call by the flow joins one that is under way, unless it is graver; a call after もう大丈夫 begins anew."""
    alert = incident.alert
    if alert is None or alert.state == "cancelled":
        begun = paging.begin(event, incident.plans, alert.stamp if alert else 0)
        return replace(incident, alert=begun.alert), begun.effects
    if again:
        return incident, ()
    if alert.is_open and (alert.kind == event.kind or event.kind == "standard"):
        return incident, (Record("help_requested", {"kind": event.kind}),)
    result = paging.step(alert, event)
    return replace(incident, alert=result.alert), result.effects


def _finish(incident: Incident, event: Finished) -> IncidentStep:
    """The end: whoever was called hears it, the person is thanked first and asked nothing more."""
    closed = replace(incident, closed=event.at, closed_by=event.by)
    entry = Record("closed", {"by": event.by, "minutes": minutes_open(closed, event.at)})
    effects: tuple[Effect, ...] = (entry,)
    if incident.alert is not None:
        ended = paging.step(incident.alert, event)
        closed = replace(closed, alert=ended.alert)
        effects = (*effects, *ended.effects)
    return IncidentStep(closed, (*effects, Show(CALLER, "closed")))


def _over(incident: Incident, event: Event) -> tuple[Effect, ...]:
    match event:
        case TimerFired() | PageFailed():
            return ()
        case (
            PageSeen()
            | ResponderComing()
            | ResponderDeclined()
            | ResponderArrived()
            | AcknowledgementUndone()
        ):
            return (Show(event.person, "stood_down"),)
        case Finished(by=by) if by != incident.caller.person:
            return (Show(by, "stood_down"),)
        case _:
            return (Show(CALLER, "notice", "incident_over"),)


def minutes_open(incident: Incident, now: datetime) -> int:
    """Whole minutes since the first tap, at most until the end."""
    return max(0, int(((incident.closed or now) - incident.opened).total_seconds() // 60))

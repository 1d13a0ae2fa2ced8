"""One incident, from the first tap to the last: joins the walk and the paging machine and adds what is common to both.

`step` decides nothing about questions or people itself: it hands each event to the machine it belongs to, feeds what the
walk asks of the paging machine into it, and keeps the clock and the counts.
"""

from dataclasses import replace
from datetime import datetime

from bot.core import (
    duress,
    emergency,
    improving,
    limiting,
    limits,
    paging,
    silence,
    talking,
    walk,
    witnessing,
)
from bot.core.buttons import MenuKind
from bot.core.calling import copies
from bot.core.effects import CALLER, ROOM, CallHelp, Effect, Record, Show
from bot.core.events import (
    AcknowledgementUndone,
    Answered,
    AskedAgain,
    AskedMore,
    CallerFellSilent,
    CallerSaidArrived,
    CallerSaidFine,
    CallerSaidNotYet,
    CardWanted,
    Counted,
    DuressSignalled,
    Event,
    Finished,
    HandedOver,
    HelpRequested,
    Improved,
    Joined,
    Messaged,
    MorePeopleWanted,
    Noted,
    Opened,
    PageFailed,
    PageSeen,
    PageTaken,
    PagingEvent,
    Placed,
    ResponderArrived,
    ResponderComing,
    ResponderDeclined,
    ResponderWatching,
    SceneChosen,
    ScenesWanted,
    Sighted,
    ThingsChanged,
    TimerFired,
    WalkEvent,
    WayTaken,
    WentBack,
)
from bot.core.flow import End, Flow
from bot.core.matter import Caller, Incident, IncidentStep, Tally, minutes_open
from bot.core.plan import HelpKind
from bot.core.understood import as_taken
from bot.core.walk import Walk

__all__ = [
    "HELP_OF",
    "Caller",
    "Incident",
    "IncidentStep",
    "Tally",
    "minutes_open",
    "open_incident",
    "step",
]


HELP_OF: dict[MenuKind, HelpKind] = {"danger": "danger", "help": "standard"}


def open_incident(flow: Flow, event: Opened) -> IncidentStep:
    """Help first, questions after: with 危険 or 応援 the pages stand before the first question."""
    caller = event.caller
    picked = event.understood.picked if event.understood else ()
    begun = walk.begin(flow, dict.fromkeys(event.facts, "yes"), event.kind == "danger", picked)
    incident = Incident(
        id=event.incident,
        opened=event.at,
        kind=event.kind,
        caller=Caller(caller.id, caller.name, caller.site, caller.place, event.address, caller.language),
        walk=begun.walk,
        plans=event.plans,
        drill=event.drill,
        practice=event.practice,
    )
    opened = Record("opened", {"by": event.kind, "flow": flow.id, "revision": flow.revision})
    if event.duress:
        signalled = duress.signalled(incident, DuressSignalled(event.at))
        return IncidentStep(signalled.incident, (opened, *signalled.effects))
    wanted = HELP_OF.get(event.kind)
    first: tuple[Effect, ...] = (CallHelp(wanted),) if wanted else ()
    if event.story:
        first = (Show(CALLER, "story", args={"story": event.story}), *first)
    taken = as_taken(event.understood)
    settled = _settle(IncidentStep(incident, (opened, *taken, *first, *begun.effects)), event.at)
    clock = limiting.started(settled.incident, event.at)
    started = IncidentStep(clock.incident, (*settled.effects, *clock.effects))
    return _listening(incident, AskedAgain(event.at), emergency.since(flow, event.at, started))


def step(flow: Flow, incident: Incident, event: Event) -> IncidentStep:
    """The next incident and its effects. After the end, taps are told that it is over, and nothing changes."""
    if isinstance(event, Opened):
        raise ValueError("an incident is opened once, by open_incident")
    if not incident.is_open:
        return improving.told(incident, event) or IncidentStep(incident, _over(incident, event))
    result = limiting.in_its_scene(incident, event.at, _stepped(flow, incident, event))
    result = witnessing.kept_up_to_date(emergency.since(flow, event.at, result))
    result = witnessing.no_longer_alone(event, result)
    return _listening(incident, event, duress.shielded(event, result))


def _stepped(flow: Flow, incident: Incident, event: Event) -> IncidentStep:
    """Whose event is it?"""
    if incident.decoy is not None and (held := duress.held_back(incident, event)):
        return held
    if (stranger := _not_called(incident, event)) is not None:
        return IncidentStep(incident, (Show(stranger, "notice", "not_paged"),))
    match event:
        case Answered() | WentBack() | WayTaken() | ThingsChanged() | AskedAgain() | AskedMore():
            return _walk(flow, incident, event)
        case Noted():
            return _note(flow, incident, event)
        case Messaged():
            return talking.messaged(incident, event)
        case CardWanted(person=person, view=view):
            return IncidentStep(incident, (Show(person, "police" if view == "police" else "hand_over"),))
        case Sighted():
            return emergency.sighted(incident, event)
        case Joined():
            return witnessing.joined(incident, event)
        case Placed():
            return _placed(incident, event)
        case Counted(counter=counter) if counter not in _counters(flow):
            return _walk(flow, incident, AskedAgain(event.at))
        case Counted():
            tallied = replace(incident, tallies=(*incident.tallies, Tally(event.counter, event.at)))
            entry = Record("counted", {"counter": event.counter, "count": tallied.count(event.counter)})
            reached = limiting.count_reached(flow, tallied, event.counter)
            counted = _walk(flow, tallied, AskedAgain(event.at), entry)
            return IncidentStep(counted.incident, (*counted.effects, *reached))
        case ScenesWanted(scenes=scenes):
            return IncidentStep(incident, (Show(CALLER, "scenes", texts=scenes),))
        case SceneChosen():
            return _elsewhere(flow, incident, event)
        case Finished(by=by) if by != incident.caller.person and _is_calling(incident):
            return IncidentStep(incident, (Show(by, "page"),))
        case Finished():
            return improving.asked_for(flow, event, _finish(incident, event))
        case DuressSignalled():
            return duress.signalled(incident, event)
        case TimerFired(name=limits.TIMER):
            return limiting.time_reached(flow, incident, event)
        case TimerFired(name=silence.TIMER):
            return _silence_due(incident, event)
        case CallerSaidFine(sure=False) if incident.plans.duress_cancel and _is_calling(incident):
            return IncidentStep(incident, (Show(CALLER, "cancel_check"),))
        case Opened():
            raise ValueError("an incident is opened once, by open_incident")
        case Improved():
            return IncidentStep(incident)
        case _:
            return _page(flow, incident, event)


def _not_called(incident: Incident, event: Event) -> str | None:
    """Who answers or ends a call without having been called: however they came by the button, it isn't theirs to say."""
    match event:
        case Finished(by=person) if person != incident.caller.person:
            pass
        case (
            PageSeen(person=person)
            | ResponderComing(person=person)
            | ResponderDeclined(person=person)
            | ResponderArrived(person=person)
            | AcknowledgementUndone(person=person)
            | ResponderWatching(person=person)
            | MorePeopleWanted(person=person)
            | HandedOver(person=person)
        ):
            pass
        case CardWanted(person=person) | Sighted(person=person) if person != incident.caller.person:
            pass
        case _:
            return None
    is_called = incident.alert is not None and incident.alert.page_of(person) is not None
    is_near = isinstance(event, CardWanted | Sighted) and incident.witness(person) is not None
    return None if is_called or is_near else person


def _is_calling(incident: Incident) -> bool:
    return incident.alert is not None and incident.alert.is_open


SIGNS = (
    *(Answered, WentBack, WayTaken, ThingsChanged, AskedAgain, AskedMore, Noted, Placed, Counted),
    *(HelpRequested, CallerSaidArrived, CallerSaidNotYet, CallerSaidFine, ScenesWanted, SceneChosen),
)
"""Deeds that only the caller can do: each is a sign that they are well enough to do it."""


def _listening(before: Incident, event: Event, result: IncidentStep) -> IncidentStep:
    """Keeps the clock of silence: each sign sets it anew, and it stops once somebody is there."""
    incident, alert = result.incident, result.incident.alert
    is_wanted = incident.is_open and incident.decoy is None and silence.is_wanted(alert)
    if not is_wanted:
        kept = silence.stopped(incident.silence)
    elif isinstance(event, SIGNS) or (alert and not alert.silent and not incident.silence.runs):
        kept = silence.heard(incident.silence, alert, event.at)
    else:
        kept = silence.SilenceStep(incident.silence)
    effects = (*result.effects, *kept.effects)
    heard = replace(incident, silence=kept.silence)
    return _heard_again(heard, effects) if isinstance(event, SIGNS) else IncidentStep(heard, effects)


def _heard_again(incident: Incident, effects: tuple[Effect, ...]) -> IncidentStep:
    """Those who were told that there is no sign of the caller read that there is one."""
    alert = incident.alert
    if alert is None or alert.silent is None or not incident.is_open:
        return IncidentStep(incident, effects)
    shown = tuple(Show(p.person, "page", update_only=True) for p in alert.pages)
    back = replace(incident, alert=replace(alert, silent=None))
    return IncidentStep(back, (*effects, Record("sign_of_life"), *shown))


def _silence_due(incident: Incident, event: TimerFired) -> IncidentStep:
    """First the caller is asked; when that brings no sign either, others are told."""
    if event.stamp != incident.silence.stamp or not incident.silence.runs or incident.alert is None:
        return IncidentStep(incident)
    if incident.silence.asked is None:
        asked = silence.asked(incident.silence, event.at)
        return IncidentStep(replace(incident, silence=asked.silence), asked.effects)
    given_up = silence.given_up(incident.silence)
    result = paging.step(incident.alert, CallerFellSilent(event.at))
    return IncidentStep(replace(incident, alert=result.alert, silence=given_up.silence), result.effects)


def _placed(incident: Incident, event: Placed) -> IncidentStep:
    """Those who are called must go to where the caller is now."""
    moved = replace(incident, caller=replace(incident.caller, place=event.place))
    entry = Record("place", {"place": event.place})
    told = Show(CALLER, "notice", "placed", {"place": event.place})
    pages = copies(incident.alert) if incident.alert and incident.alert.is_open else ()
    return IncidentStep(moved, (entry, told, *pages))


def _counters(flow: Flow) -> set[str]:
    return {counter for end in flow.steps.values() if isinstance(end, End) for counter in end.counters}


def _walk(flow: Flow, incident: Incident, event: WalkEvent, *entries: Record) -> IncidentStep:
    result = walk.step(flow, incident.walk, event)
    told = _news(flow, incident, result.walk)
    return _settle(
        IncidentStep(replace(incident, walk=result.walk), (*entries, *result.effects, *told)), event.at
    )


def _elsewhere(flow: Flow, incident: Incident, event: SceneChosen) -> IncidentStep:
    """`flow` is the other one already."""
    moved = walk.begin_elsewhere(flow, incident.walk, event.facts, event.danger)
    entry = Record("scene", {"flow": flow.id, "revision": flow.revision})
    pages = copies(incident.alert) if incident.alert and incident.alert.is_open else ()
    step = IncidentStep(replace(incident, walk=moved.walk), (entry, *moved.effects, *pages))
    return _settle(step, event.at)


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
    """Words are kept beside the incident; a cry for help in them is the same as 危険, and comes before anything else."""
    noted = replace(incident, notes=incident.notes + 1)
    entry, passed = Record("noted", {"characters": event.characters}), talking.passed_on(incident, event)
    if not event.emergency and passed:
        return _settle(IncidentStep(noted, (entry, *passed, *_where(flow, incident, event.at))), event.at)
    if not event.emergency:
        return _walk(flow, noted, AskedAgain(event.at, "noted"), entry)
    called = _help(flow, noted, HelpRequested(event.at, "danger"))
    return IncidentStep(called.incident, (entry, *talking.to_others(passed), *called.effects))


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
    incident = replace(incident, decoy=None)
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
    clock = limits.stopped(closed.stalemate)
    closed = replace(closed, stalemate=clock.clock)
    shown = () if event.silently else (Show(CALLER, "closed"),)
    return IncidentStep(closed, (*effects, *clock.effects, *shown))


def _over(incident: Incident, event: Event) -> tuple[Effect, ...]:
    match event:
        case TimerFired() | PageFailed() | PageTaken():
            return ()
        case Joined(person=person):
            return (Show(person.id, "notice", "incident_over"),)
        case (
            PageSeen()
            | ResponderComing()
            | ResponderDeclined()
            | ResponderArrived()
            | AcknowledgementUndone()
            | ResponderWatching()
            | MorePeopleWanted()
            | HandedOver()
            | Messaged()
        ):
            return (Show(event.person, "stood_down"),)
        case CardWanted(person=by) | Sighted(person=by) if by != incident.caller.person:
            return (Show(by, "stood_down"),)
        case CardWanted(person=by):
            return (Show(by, "police"),)
        case Finished(by=by) if by != incident.caller.person:
            return (Show(by, "stood_down"),)
        case _:
            return (Show(CALLER, "notice", "incident_over"),)

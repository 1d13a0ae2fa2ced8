"""The clock and the counts of one incident: when a limit is reached, who reads it, and in which scene it holds."""

from dataclasses import replace
from datetime import datetime

from bot.core import limits
from bot.core.effects import Effect
from bot.core.events import TimerFired
from bot.core.flow import End, Flow
from bot.core.matter import Incident, IncidentStep, minutes_open
from bot.core.walk import level_of


def started(incident: Incident, at: datetime) -> IncidentStep:
    """The wait for the first limit. What is only recorded afterwards has no clock."""
    if incident.kind == "record":
        return IncidentStep(incident)
    clock = limits.armed(incident.stalemate, _limits(incident), at)
    return IncidentStep(replace(incident, stalemate=clock.clock), clock.effects)


def in_its_scene(before: Incident, at: datetime, result: IncidentStep) -> IncidentStep:
    """Elsewhere other limits hold: the clock waits for the next one there that hasn't passed."""
    incident = result.incident
    has_moved = incident.walk.flow != before.walk.flow
    if not has_moved or not incident.is_open or incident.kind == "record":
        return result
    clock = limits.armed(incident.stalemate, _limits(incident), incident.opened, minutes_open(incident, at))
    return IncidentStep(replace(incident, stalemate=clock.clock), (*result.effects, *clock.effects))


def time_reached(flow: Flow, incident: Incident, event: TimerFired) -> IncidentStep:
    """The card, where one is fitting, and the wait for the next limit."""
    clock = incident.stalemate
    if event.stamp != clock.stamp or not clock.runs:
        return IncidentStep(incident)
    minutes = _limits(incident).get(clock.rung, minutes_open(incident, event.at))
    further = limits.armed(clock, _limits(incident), incident.opened, minutes)
    told = limits.told(clock.rung, minutes, _responders(incident)) if _may_be_ended(flow, incident) else ()
    return IncidentStep(replace(incident, stalemate=further.clock), (*told, *further.effects))


def count_reached(flow: Flow, incident: Incident, counter: str) -> tuple[Effect, ...]:
    """Of two limits at the same count the later one is told, the graver."""
    known, count = _limits(incident), incident.count(counter)
    reached = [name for name in limits.COUNTS.get(counter, ()) if known.get(name) == count]
    if not reached or not _may_be_ended(flow, incident):
        return ()
    return limits.told(reached[-1], count, _responders(incident))


def _limits(incident: Incident) -> dict[str, int]:
    return incident.plans.limits_in(incident.walk.flow)


def _may_be_ended(flow: Flow, incident: Incident) -> bool:
    """Somebody was called or a level is known; and it is nothing that is to be cared for, or fair."""
    is_known = isinstance(flow.steps.get(incident.walk.at), End)
    is_called = incident.alert is not None and incident.alert.state != "cancelled"
    is_fair = level_of(flow, incident.walk) in limits.NEVER_ENDED
    return (is_known or is_called) and not is_fair


def _responders(incident: Incident) -> tuple[str, ...]:
    return tuple(p.person for p in incident.alert.responders()) if incident.alert else ()

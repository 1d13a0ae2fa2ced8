"""Is somebody there? A responder says so, the caller confirms or objects, and only that stops the clock."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from bot.core.alert import Alert
from bot.core.calling import (
    PagingStep,
    arm,
    as_it_stands,
    call_back,
    copies,
    copies_for_those_going,
    has_just_called,
    no_timers,
)
from bot.core.effects import CALLER, Effect, Record, Show, StopPages
from bot.core.events import CallerSaidArrived, CallerSaidNotYet, ResponderArrived

Effects = tuple[Effect, ...]


def responder_arrived(alert: Alert, event: ResponderArrived) -> PagingStep:
    """「着いた」: the caller is asked whether it is so. Where somebody is there already it is only noted."""
    before = alert.page_of(event.person)
    if before is None or before.reach == "arrived":
        return as_it_stands(alert, event.person)
    noted = alert.with_page(replace(before, reach="arrived", since=event.at, handing_to=""))
    entry = Record("arrived", {"person": event.person})
    if alert.state in ("calling", "coming"):
        is_known = before.reach == "coming" or bool(alert.on_the_way())
        return _claimed(noted, event, entry, copies_for_those_going if is_known else copies)
    own, others = Show(event.person, "page"), copies_for_those_going(noted, except_for=event.person)
    return PagingStep(noted, (entry, Show(CALLER, "status"), own, *others))


def _claimed(
    alert: Alert, event: ResponderArrived, entry: Record, tell: Callable[..., Effects]
) -> PagingStep:
    """Nobody else is called meanwhile, and the clock runs on until the caller has spoken or had the time to."""
    asked = replace(alert, state="claimed", answered=alert.answered or event.at)
    timed = arm(asked, "settles", event.at + alert.plan.objection)
    own, others = Show(event.person, "page"), tell(timed.alert, except_for=event.person)
    return PagingStep(timed.alert, (entry, StopPages(), *timed.effects, Show(CALLER, "status"), own, *others))


def settled(alert: Alert, at: datetime) -> PagingStep:
    """Nobody objected in time."""
    return _there(alert, at, Record("settled"))


def caller_arrived(alert: Alert, event: CallerSaidArrived) -> PagingStep:
    """The caller closes the loop: whoever was on the way counts as there."""
    for page in alert.on_the_way():
        alert = alert.with_page(replace(page, reach="arrived", since=event.at, handing_to=""))
    return _there(alert, event.at, Record("caller_arrived"))


def _there(alert: Alert, at: datetime, entry: Record) -> PagingStep:
    first = min((p.since for p in alert.arrived() if p.since), default=at)
    arrived = replace(
        alert,
        state="arrived",
        stamp=alert.stamp + 1,
        answered=alert.answered or at,
        there=alert.there or first,
    )
    effects: tuple[Effect, ...] = (entry, StopPages(), *no_timers(), Show(CALLER, "status"))
    return PagingStep(arrived, (*effects, *copies(arrived)))


def not_yet(alert: Alert, event: CallerSaidNotYet) -> PagingStep:
    """Whoever was counted on is asked again, and the next people are called at once."""
    if has_just_called(alert, event.at):
        return PagingStep(alert, (Show(CALLER, "status"),))
    return call_back(replace(alert, there=None), alert.responders(), event.at, Record("not_yet"))

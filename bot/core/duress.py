"""A caller who is being forced: their screen shows a call that was cancelled, while the call for danger goes out.

`decoy` is the call as that screen shows it. While it stands, nothing reaches the caller that an ordinary cancel wouldn't
have sent, and nothing that is tapped on that screen can stop the real call. Only 危険, 応援 or words of danger lift it.
"""

from dataclasses import replace

from bot.core import paging
from bot.core.alert import Alert
from bot.core.effects import CALLER, Effect, Show
from bot.core.events import (
    AcknowledgementUndone,
    CallerSaidArrived,
    CallerSaidFine,
    CallerSaidNotYet,
    CardWanted,
    DuressSignalled,
    Event,
    Finished,
    HandedOver,
    HelpRequested,
    Joined,
    Messaged,
    MorePeopleWanted,
    PageFailed,
    PageSeen,
    PageTaken,
    ResponderArrived,
    ResponderComing,
    ResponderDeclined,
    ResponderWatching,
    TimerFired,
)
from bot.core.matter import Incident, IncidentStep

OF_OTHERS = (
    *(
        PageSeen,
        ResponderComing,
        ResponderDeclined,
        ResponderArrived,
        AcknowledgementUndone,
        ResponderWatching,
    ),
    *(MorePeopleWanted, HandedOver, Messaged, CardWanted, Joined, PageFailed, PageTaken, TimerFired),
)
"""What the caller didn't do: after a cancel they would hear nothing of it."""


def signalled(incident: Incident, event: DuressSignalled) -> IncidentStep:
    """The real call goes wide; the caller sees what a cancel would have shown."""
    called = _called(incident, event)
    real = tuple(e for e in called.effects if not _is_for_caller(e))
    shown = replace(called.incident, decoy=incident.decoy or _as_cancelled(incident, event))
    return IncidentStep(shown, (*real, Show(CALLER, "status")))


def _called(incident: Incident, event: DuressSignalled) -> IncidentStep:
    alert = incident.alert
    if alert is not None and alert.state != "cancelled":
        result = paging.step(alert, event)
        return IncidentStep(replace(incident, alert=result.alert), result.effects)
    stamp = alert.stamp if alert else 0
    begun = paging.begin(HelpRequested(event.at, "danger"), incident.plans, stamp)
    forced = paging.step(begun.alert, event)
    first = tuple(e for e in begun.effects if not (isinstance(e, Show) and e.urgent))
    return IncidentStep(replace(incident, alert=forced.alert), (*first, *forced.effects))


def _as_cancelled(incident: Incident, event: DuressSignalled) -> Alert:
    alert = incident.alert
    if alert is None:
        return Alert("standard", incident.plans, event.at, state="cancelled", ended=event.at)
    return paging.step(alert, CallerSaidFine(event.at, sure=True)).alert


def held_back(incident: Incident, event: Event) -> IncidentStep | None:
    """What is tapped on a screen that somebody else may be holding can't stop the real call."""
    match event:
        case CallerSaidArrived() | CallerSaidNotYet() | CallerSaidFine():
            return IncidentStep(incident, (Show(CALLER, "status"),))
        case Finished(by=by) if by == incident.caller.person:
            return IncidentStep(incident, (Show(CALLER, "closed"),))
    return None


def shielded(event: Event, result: IncidentStep) -> IncidentStep:
    """Nothing of what others do reaches the caller's screen, until it is over."""
    if result.incident.decoy is None or not isinstance(event, OF_OTHERS):
        return result
    return IncidentStep(result.incident, tuple(e for e in result.effects if not _is_for_caller(e)))


def _is_for_caller(effect: Effect) -> bool:
    return isinstance(effect, Show) and effect.to == CALLER

"""Several colleagues call about the same thing: one call for help, and each of them sees how it stands."""

from dataclasses import replace
from datetime import datetime

from bot.core import paging
from bot.core.calling import DOUBLE_TAP, copies
from bot.core.effects import CALLER, Effect, Record, Show
from bot.core.events import Event, HelpRequested, Joined, ResponderWatching
from bot.core.matter import Incident, IncidentStep, Witness


def can_join(incident: Incident, person: str, since: datetime) -> bool:
    """A call for help that began not long ago and that this person didn't begin."""
    alert = incident.alert
    is_called = alert is not None and alert.started >= since and (alert.is_open or alert.state == "arrived")
    return incident.is_open and is_called and incident.decoy is None and incident.caller.person != person


def joined(incident: Incident, event: Joined) -> IncidentStep:
    """The first time they join the call that there is; calling once more widens it, and danger makes it graver."""
    alert, person = incident.alert, event.person
    known = incident.witness(person.id)
    own = Show(person.id, "witness")
    if alert is None or (known and abs(event.at - known.at) < DOUBLE_TAP):
        return IncidentStep(incident, (own,))
    others = tuple(w for w in incident.witnesses if w.person != person.id)
    witness = Witness(person.id, person.name, event.address, event.at, person.language)
    with_them = replace(incident, witnesses=(*others, witness))
    entry = Record("joined", {"person": person.id, "kind": event.kind})
    graver = event.kind == "danger" and alert.kind == "standard"
    if known or graver or alert.state == "arrived":
        result = paging.step(alert, HelpRequested(event.at, event.kind))
        return IncidentStep(replace(with_them, alert=result.alert), (entry, *result.effects, own))
    told = Show(CALLER, "notice", "joined_by", {"name": person.name})
    return IncidentStep(with_them, (entry, told, own, *copies(alert, silently=True)))


def no_longer_alone(event: Event, result: IncidentStep) -> IncidentStep:
    """With a colleague watching, the guidance from here on speaks to two; what the caller taps still outranks it."""
    incident, alert = result.incident, result.incident.alert
    has_company = bool(incident.witnesses or (alert and alert.watching()))
    if not isinstance(event, ResponderWatching | Joined) or not has_company:
        return result
    others = tuple(mark for mark in incident.walk.marks if mark[0] != ALONE)
    walk = replace(incident.walk, marks=(*others, (ALONE, "no")))
    return IncidentStep(replace(incident, walk=walk), result.effects)


ALONE = "staff_alone"


def kept_up_to_date(result: IncidentStep) -> IncidentStep:
    """Whatever the caller sees of the call, the others who called see as well."""
    kinds = ("status", "closed")
    shows = [e for e in result.effects if isinstance(e, Show) and e.to == CALLER and e.view in kinds]
    if not shows or not result.incident.witnesses:
        return result
    shown = {e.to for e in result.effects if isinstance(e, Show) and e.view == "witness"}
    quietly = all(e.update_only for e in shows)
    more: tuple[Effect, ...] = tuple(
        Show(w.person, "witness", update_only=quietly)
        for w in result.incident.witnesses
        if w.person not in shown
    )
    return IncidentStep(result.incident, (*result.effects, *more))

"""A few words between the caller and those who were called, whatever platform each of them is on."""

from dataclasses import replace

from bot.core import paging
from bot.core.effects import CALLER, Effect, Record, Show
from bot.core.events import Messaged, Noted, PageSeen
from bot.core.matter import Incident, IncidentStep

LONGEST = 300
"""As much as a glance takes; the whole stands in the record."""


def passed_on(incident: Incident, event: Noted) -> tuple[Effect, ...]:
    """The caller's words, to everyone who has opened the call or answered it; empty when there is nobody yet."""
    alert = incident.alert
    if alert is None or not (alert.is_open or alert.state == "arrived") or incident.decoy or not event.words:
        return ()
    hearers = [p for p in alert.pages if p.reach in ("seen", "coming", "arrived")]
    if not hearers:
        return ()
    said = {"name": incident.caller.name, "words": event.words[:LONGEST]}
    names = "、".join(p.name for p in hearers)
    told = Show(CALLER, "notice", "noted_and_passed", {"names": names})
    return (told, *(Show(p.person, "message", args=said) for p in hearers))


def to_others(passed: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """The words without the confirmation: the caller's card says something graver in the same moment."""
    return tuple(e for e in passed if isinstance(e, Show) and e.to != CALLER)


def messaged(incident: Incident, event: Messaged) -> IncidentStep:
    """Words of a person who was called. Whoever writes has seen the call."""
    page = incident.alert.page_of(event.person) if incident.alert else None
    if incident.alert is None or page is None:
        return IncidentStep(incident, (Show(event.person, "notice", "not_paged"),))
    if incident.decoy is not None:
        return IncidentStep(incident, (Show(event.person, "notice", "message_withheld"),))
    entry = Record("message", {"person": event.person, "characters": len(event.words)})
    said = Show(CALLER, "message", args={"name": page.name, "words": event.words[:LONGEST]})
    sent = Show(event.person, "notice", "message_sent", {"name": incident.caller.name})
    if page.reach != "paged" or not incident.alert.is_open:
        return IncidentStep(incident, (entry, said, sent))
    seen = paging.step(incident.alert, PageSeen(event.at, event.person))
    return IncidentStep(replace(incident, alert=seen.alert), (entry, *seen.effects, said, sent))

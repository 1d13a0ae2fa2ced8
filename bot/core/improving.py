"""What may be made better: an incident that ends as fair, or as a fault of ours, leaves a ticket and asks for a line."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.effects import CALLER, Record, Show
from bot.core.events import Event, Finished, Improved
from bot.core.flow import Flow
from bot.core.matter import Incident, IncidentStep, Ticket
from bot.core.walk import facts_of, level_of

ASKED_FOR = timedelta(hours=1)
"""So long after the end the caller's words may be the line; later they mean something else."""


def asked_for(flow: Flow, event: Finished, result: IncidentStep) -> IncidentStep:
    """Drills leave none; nor does a call that somebody was forced to stop."""
    incident = result.incident
    is_forced = incident.alert is not None and incident.alert.duress
    if incident.closed is None or incident.drill or is_forced or not _may_be_better(flow, incident):
        return result
    asked = () if event.silently else (Show(CALLER, "improvement"),)
    entry = Record("improvement", {"state": "open"})
    return IncidentStep(
        replace(incident, ticket=Ticket(event.at)), (*result.effects[:1], entry, *result.effects[1:], *asked)
    )


def _may_be_better(flow: Flow, incident: Incident) -> bool:
    is_ours = facts_of(flow, incident.walk).get("org_at_fault") == "yes"
    return is_ours or level_of(flow, incident.walk) == "green"


def awaits_line(incident: Incident, at: datetime) -> bool:
    ticket = incident.ticket
    return ticket is not None and not ticket.told and not ticket.settled and at - ticket.opened <= ASKED_FOR


def told(incident: Incident, event: Event) -> IncidentStep | None:
    """The caller's line; None for whatever else happens after the end. A second line finds no ticket that waits."""
    if not isinstance(event, Improved) or incident.ticket is None or not awaits_line(incident, event.at):
        return None
    entry = Record("improvement", {"state": "told", "characters": event.characters})
    ticket = replace(incident.ticket, told=event.at)
    return IncidentStep(replace(incident, ticket=ticket), (entry, Show(CALLER, "notice", "improvement_kept")))


def settled(incident: Incident, at: datetime) -> IncidentStep:
    """Somebody in charge is done with it. The second time nothing changes."""
    if incident.ticket is None or incident.ticket.settled:
        return IncidentStep(incident)
    ticket = replace(incident.ticket, settled=at)
    return IncidentStep(replace(incident, ticket=ticket), (Record("improvement", {"state": "settled"}),))

"""What is seen for a call to 110 or 119, and since when there is danger."""

from dataclasses import replace
from datetime import datetime

from bot.core.calling import copies
from bot.core.effects import Effect, Record, Show
from bot.core.events import Sighted
from bot.core.flow import End, Flow
from bot.core.matter import Incident, IncidentStep
from bot.core.walk import level_of

CALLS = ("call_119", "call_110")
"""Steps that stand for such a call; the one for life first."""


def calls_of(flow: Flow, incident: Incident) -> tuple[str, ...]:
    """The calls that the level names; where it names none, or isn't known yet, the one to 110."""
    end = flow.steps.get(incident.walk.at)
    steps = end.guidance.steps if isinstance(end, End) else ()
    named = tuple(call for call in CALLS if call in steps)
    is_for_life = isinstance(end, End) and end.level in ("red", "care") and "call_119" in named
    return named if is_for_life else ("call_110",)


def sighted(incident: Incident, event: Sighted) -> IncidentStep:
    """Kept as the newest word; whoever tapped reads the card with it, and those who were called see that somebody is hurt."""
    others = tuple(one for one in incident.seen if one[0] != event.sight)
    seen = replace(incident, seen=(*others, (event.sight, event.yes)))
    entry = Record("sighted", {"sight": event.sight, "yes": "yes" if event.yes else "no"})
    pages: tuple[Effect, ...] = copies(incident.alert, silently=True) if incident.alert else ()
    return IncidentStep(seen, (entry, Show(event.person, "police"), *pages))


def since(flow: Flow, at: datetime, result: IncidentStep) -> IncidentStep:
    """Keeps the moment at which danger was first told, by a call for it or by the answers."""
    incident = result.incident
    is_danger = incident.alert is not None and incident.alert.kind == "danger"
    if incident.danger is not None or not (is_danger or level_of(flow, incident.walk) == "red"):
        return result
    return IncidentStep(replace(incident, danger=at), result.effects)

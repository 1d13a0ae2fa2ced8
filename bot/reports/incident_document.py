"""One incident as one JSON document: what stands in its record, whole and with stable codes."""

from collections.abc import Mapping
from datetime import datetime

from bot.app.incident_reading import Told
from bot.core.flow import End, in_language
from bot.core.incident import minutes_open

FORMAT = 1
"""Rises when a reader of exported files would have to change."""


def as_json(told: Told, language: str = "ja") -> dict[str, object]:
    incident = told.incident
    return {
        "format": FORMAT,
        **summary(told),
        "reason": told.reason(language),
        "flow": {"id": incident.walk.flow, "revision": incident.walk.revision},
        "facts": told.facts,
        "answers": _answers(told, language),
        "cautions": list(_cautions(told)),
        "counts": [{"counter": t.counter, "at": _time(told, t.at)} for t in incident.tallies],
        "calls": _calls(told),
        "closed_by": incident.closed_by or None,
        "timeline": [
            {"at": _time(told, e.at), "kind": e.kind, "by": e.by, "data": dict(e.data)} for e in told.journal
        ],
    }


def summary(told: Told) -> dict[str, object]:
    """What a list of incidents shows of one."""
    incident, caller = told.incident, told.incident.caller
    return {
        "id": incident.id,
        "opened": _time(told, incident.opened),
        "closed": _time(told, incident.closed) if incident.closed else None,
        "state": "open" if incident.is_open else "closed",
        "drill": incident.drill,
        "kind": incident.kind,
        "level": told.level,
        "acts": list(told.acts),
        "minutes": minutes_open(incident, incident.closed) if incident.closed else None,
        "caller": {
            "person": caller.person,
            "name": caller.name,
            "site": caller.site,
            "place": caller.place,
            "channel": caller.address.partition(":")[0],
        },
        "help": incident.alert.state if incident.alert else None,
    }


def _answers(told: Told, language: str) -> list[dict[str, object]]:
    """The questions as they were asked, with what was answered; `known`: it followed from what was known."""
    found: list[dict[str, object]] = []
    for answer in told.incident.walk.trail:
        ask = told.flow.ask(answer.step)
        label = next((c.label for c in ask.choices if c.id == answer.choice), {}) if ask else {}
        found.append(
            {
                "step": answer.step,
                "question": in_language(ask.text, language) if ask else "",
                "choice": answer.choice,
                "answer": in_language(label, language),
                "known": answer.known,
            }
        )
    return found


def _cautions(told: Told) -> tuple[str, ...]:
    end = told.flow.steps.get(told.incident.walk.at)
    return end.guidance.cautions if isinstance(end, End) else ()


def _calls(told: Told) -> Mapping[str, object] | None:
    """Who was called and what each of them answered; None when nobody was."""
    alert = told.incident.alert
    if alert is None:
        return None
    pages = [
        {
            "person": page.person,
            "name": page.name,
            "channels": [address.partition(":")[0] for address in page.addresses],
            "called": _time(told, page.at),
            "times": page.tries,
            "reach": page.reach,
            "since": _time(told, page.since) if page.since else None,
        }
        for page in alert.pages
    ]
    return {"kind": alert.kind, "state": alert.state, "started": _time(told, alert.started), "people": pages}


def _time(told: Told, at: datetime) -> str:
    return told.here(at).isoformat()

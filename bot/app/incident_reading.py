"""One incident with everything that is needed to tell it: its journal, its flow, the people's names, the zone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import takewhile

from bot.app.committing import Entry
from bot.core.flow import Ask, End, Flow, in_language
from bot.core.incident import Incident
from bot.core.plan import Person
from bot.core.walk import acts_of, facts_of, level_of

FLOW_NAMED = ("opened", "scene")
"""The kinds of entries that name the flow in which the questions go on."""


def flows_before(incident: Incident, journal: Sequence[Entry]) -> tuple[tuple[str, int], ...]:
    """Id and revision of the flows that the questions were in before the present one, the newest first."""
    named = [
        (str(entry.data["flow"]), int(entry.data["revision"]))
        for entry in journal
        if entry.kind in FLOW_NAMED
    ]
    here = (incident.walk.flow, incident.walk.revision)
    return tuple(dict.fromkeys(flow for flow in reversed(named) if flow != here))


@dataclass(frozen=True)
class Told:
    """An incident and what is known around it."""

    incident: Incident
    journal: Sequence[Entry]
    flow: Flow
    people: Mapping[str, Person]
    zone: tzinfo
    earlier: tuple[Flow, ...] = ()
    """The flows in which the questions began, where they went on in another."""

    @property
    def level(self) -> str:
        return level_of(self.flow, self.incident.walk)

    @property
    def acts(self) -> tuple[str, ...]:
        return acts_of(self.flow, self.incident.walk)

    @property
    def facts(self) -> dict[str, str | int]:
        return dict(facts_of(self.flow, self.incident.walk))

    def reason(self, language: str) -> str:
        """Why the level is what it is; empty while no end is reached."""
        end = self.flow.steps.get(self.incident.walk.at)
        return in_language(end.reason, language) if isinstance(end, End) else ""

    def ask(self, entry: Entry) -> Ask | None:
        """The question that this entry answers, in the flow that the questions were in then."""
        until = takewhile(lambda other: other is not entry, self.journal)
        named = [e for e in until if e.kind in FLOW_NAMED]
        then = (str(named[-1].data["flow"]), int(named[-1].data["revision"])) if named else None
        flow = next((f for f in self.earlier if (f.id, f.revision) == then), self.flow)
        return flow.ask(str(entry.data["step"]))

    def name_of(self, person: str) -> str:
        """The name as the incident froze it, else the directory's, else the id."""
        incident = self.incident
        if person == incident.caller.person:
            return incident.caller.name
        page = incident.alert.page_of(person) if incident.alert else None
        if page is not None:
            return page.name
        return self.people[person].name if person in self.people else person

    def here(self, at: datetime) -> datetime:
        return at.astimezone(self.zone).replace(microsecond=0)

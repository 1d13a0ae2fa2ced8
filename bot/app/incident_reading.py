"""One incident with everything that is needed to tell it: its journal, its flow, the people's names, the zone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from bot.app.committing import Entry
from bot.core.flow import End, Flow, in_language
from bot.core.incident import Incident
from bot.core.plan import Person
from bot.core.walk import acts_of, facts_of, level_of


@dataclass(frozen=True)
class Told:
    """An incident and what is known around it."""

    incident: Incident
    journal: Sequence[Entry]
    flow: Flow
    people: Mapping[str, Person]
    zone: tzinfo

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

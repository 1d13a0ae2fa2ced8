"""The state of one incident, as it is stored: who called, how far the questions are, how the call for help stands."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.core.alert import Alert
from bot.core.buttons import MenuKind, Sight
from bot.core.effects import Effect
from bot.core.limits import Stalemate
from bot.core.plan import Plans
from bot.core.silence import Silence
from bot.core.training import Practice
from bot.core.walk import Walk


@dataclass(frozen=True)
class Caller:
    """Who asked for help, and where they stand. `address` is where they wrote last and are answered."""

    person: str
    name: str
    site: str
    place: str
    address: str
    language: str = "ja"


@dataclass(frozen=True)
class Tally:
    """One counted thing with its time: a warning, a request to leave."""

    counter: str
    at: datetime


@dataclass(frozen=True)
class Witness:
    """A colleague who called for help from the same place: one call, and both see how it stands."""

    person: str
    name: str
    address: str
    at: datetime
    language: str = "ja"


@dataclass(frozen=True)
class Sending:
    """A page that was handed over to be sent: where to, and its delivery's id."""

    address: str
    id: str


@dataclass(frozen=True)
class Ticket:
    """Something that may be made better, found in an incident that ended as a fair request or a fault of ours.

    told: when the caller wrote their line. settled: when somebody in charge was done with it.
    """

    opened: datetime
    told: datetime | None = None
    settled: datetime | None = None


@dataclass(frozen=True)
class Incident:
    """The whole state of an incident. `version` counts commits: the compare-and-set of the store.

    sends: the newest page to each address, unless withdrawn; kept here so that one commit can withdraw them all, and so that
    a page which still waits for its platform makes room for the next one to the same address.
    silence, stalemate: the clocks beside the alert's own. decoy: what the caller's screen shows of the call while they are
    being forced: the call as if it had been cancelled. danger: since when there is danger, if there is. seen: what was seen
    for a call to 110 or 119, newest word for each.
    """

    id: str
    opened: datetime
    kind: MenuKind
    caller: Caller
    walk: Walk
    plans: Plans
    alert: Alert | None = None
    tallies: tuple[Tally, ...] = ()
    notes: int = 0
    drill: bool = False
    closed: datetime | None = None
    closed_by: str = ""
    version: int = 0
    sends: tuple[Sending, ...] = ()
    silence: Silence = field(default_factory=Silence)
    stalemate: Stalemate = field(default_factory=Stalemate)
    witnesses: tuple[Witness, ...] = ()
    decoy: Alert | None = None
    practice: Practice | None = None
    danger: datetime | None = None
    seen: tuple[tuple[Sight, bool], ...] = ()
    ticket: Ticket | None = None

    @property
    def is_open(self) -> bool:
        return self.closed is None

    @property
    def shown_alert(self) -> Alert | None:
        """The call as the caller's screen shows it."""
        return self.decoy or self.alert

    def witness(self, person: str) -> Witness | None:
        return next((w for w in self.witnesses if w.person == person), None)

    def count(self, counter: str) -> int:
        return sum(1 for t in self.tallies if t.counter == counter)


@dataclass(frozen=True)
class IncidentStep:
    incident: Incident
    effects: tuple[Effect, ...] = ()


def minutes_open(incident: Incident, now: datetime) -> int:
    """Whole minutes since the first tap, at most until the end."""
    return max(0, int(((incident.closed or now) - incident.opened).total_seconds() // 60))

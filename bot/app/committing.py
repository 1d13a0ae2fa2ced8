"""One turn's reading and writing, as the store sees them: what is loaded, what is committed, and how that can end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.app.delivering import Delivery
from bot.core.incident import Incident
from bot.core.plan import Person

FAST_LEASE = timedelta(seconds=3)
"""How long workers leave a delivery to the process that committed it."""

LEASE = timedelta(seconds=8)
"""A killed worker's rows are anyone's again after this long."""


@dataclass(frozen=True)
class Question:
    """What a turn needs to know: was this event handled before, who is this, which incident is meant.

    address: "line:U…"; empty for a timer. incident: named by a button or a timer; empty means the sender's open one, else
    the newest in which they are called. at: a place by its key; then the incident that was called for there just now.
    """

    event: str = ""
    address: str = ""
    incident: str = ""
    at: str = ""


@dataclass(frozen=True)
class Versions:
    """Counters that rise with each change of what processes keep in memory. `live` is the live revision per flow."""

    people: int = 0
    policy: int = 0
    live: Mapping[str, int] = field(default_factory=dict)
    duty: int = 0


@dataclass(frozen=True)
class Loaded:
    """The answer to a Question, read in one round trip.

    seen: the event was committed before. person: the sender, if the address is linked. current: id of the sender's open
    incident, or empty. incident: the one named, else the current one, else the newest that calls them. refs: its messages'
    references by slot and address. at: id of the incident that was called for at the place just now, or empty.
    shift: where the sender said that they work today, or empty.
    """

    seen: bool
    versions: Versions
    person: Person | None = None
    current: str = ""
    incident: Incident | None = None
    refs: Mapping[str, str] = field(default_factory=dict)
    at: str = ""
    shift: str = ""


@dataclass(frozen=True)
class Calls:
    """Whom a commit calls, so that their typed words find the incident; and where, so that a second call can join it.

    place: key of the place where help was called for, or empty. place_was: what stood there when the turn was loaded; if it
    is something else by now, the commit is Stale. lifetime: how long a second call from there joins this one.
    """

    people: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    place: str = ""
    place_was: str | None = None
    lifetime: timedelta = timedelta(seconds=120)


@dataclass(frozen=True)
class Entry:
    """One journal entry; the store gives it its place in the incident's order."""

    at: datetime
    kind: str
    by: str
    data: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Timer:
    """A row that becomes a TimerFired event when due. One per incident and name: setting it again replaces it."""

    incident: str
    name: str
    due: datetime
    stamp: int

    @property
    def row(self) -> str:
        return f"{self.incident}:{self.name}"


@dataclass(frozen=True)
class Commit:
    """Everything one turn changes. It is written whole or not at all.

    event: id of the event that caused it, remembered so that it is never handled twice; empty for none.
    incident: the state after the turn; its version must be one more than what the store holds, or the commit is Stale.
    current: set True to make this the caller's open incident, False to end that, None to leave it.
    current_was: with `current` True, the open incident as it was loaded; if the caller has another by now, it is Stale.
    figures: counter name → increment, for the day of `day` (the organisation's own date).
    deliveries: this process begins to send them at once; workers leave them alone until `lease_until`.
    withdraw: delivery ids that must not go out any more.
    """

    event: str
    incident: Incident
    at: datetime
    day: str
    lease_until: datetime
    entries: tuple[Entry, ...] = ()
    figures: Mapping[str, int] = field(default_factory=dict)
    timers: tuple[Timer, ...] = ()
    clear: tuple[str, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    withdraw: tuple[str, ...] = ()
    current: bool | None = None
    current_was: str | None = None
    calls: Calls = field(default_factory=Calls)


@dataclass(frozen=True)
class Accepted:
    """Written."""


@dataclass(frozen=True)
class Duplicate:
    """This event was committed before; nothing was written."""


@dataclass(frozen=True)
class Stale:
    """Someone else committed first; nothing was written. Load and step again."""


Committed = Accepted | Duplicate | Stale


@dataclass(frozen=True)
class Due:
    """What a worker has claimed: it is this worker's until the lease ends, then anyone's again."""

    deliveries: tuple[Delivery, ...] = ()
    timers: tuple[Timer, ...] = ()
    next_due: datetime | None = None

"""What the use cases need from the outside, as protocols: channels to people, the store, the clock."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from bot.app.committing import Commit, Committed, Due, Entry, Loaded, Question, Timer
from bot.app.delivering import Delivery, Outcome
from bot.app.watching import Survey
from bot.core.answers import Confirmation
from bot.core.incident import Incident
from bot.core.plan import Person
from bot.core.quota import Quota
from bot.core.rota import Absence, Calendar, Override, RollCall


class Clock(Protocol):
    def now(self) -> datetime:
        """The time, aware, in UTC."""
        ...


class Channel(Protocol):
    """One way to people. Sending never raises for what the platform answers."""

    async def send(self, delivery: Delivery, ref: str) -> Outcome:
        """Send once. `ref` is the message that stands in the delivery's slot now ("channel:ts"), or empty."""
        ...

    async def close(self) -> None: ...


class Turns(Protocol):
    """Reading and writing of turns. Every method is one round trip; all belong to one organisation."""

    async def load(self, question: Question) -> Loaded: ...

    async def commit(self, commit: Commit) -> Committed: ...

    async def remember(self, event: str, deliveries: Sequence[Delivery], lease_until: datetime) -> bool:
        """For events that touch no incident: marks the event as seen and keeps what is to be sent. False: seen before."""
        ...

    async def work_at(self, person: str, place: str) -> None:
        """Where the person works for the rest of this shift: it outranks the directory's place."""
        ...


class Queue(Protocol):
    """The outbox and the timers: rows that are claimed, done, and confirmed."""

    async def claim(self, now: datetime, lease_until: datetime, limit: int) -> Due:
        """Rows that are due, urgent deliveries first; nobody else gets them until `lease_until`."""
        ...

    async def sent(self, delivery: Delivery, ref: str, at: datetime) -> bool:
        """Confirms a delivery: the row goes, the ref is kept for its slot. False: it had been withdrawn meanwhile."""
        ...

    async def postpone(self, delivery: Delivery, until: datetime, *, untouched: bool = False) -> None:
        """Not sent: due again at `until` as given here, unless it was withdrawn or claimed by another meanwhile.

        `untouched`: sending was not even begun, and this try doesn't count.
        """
        ...

    async def set_aside(self, delivery: Delivery, reason: str, at: datetime) -> None:
        """Never to be sent; kept with its reason among the dead letters for thirty days."""
        ...

    async def fired(self, timer: Timer) -> None:
        """Confirms a timer, unless it has been set anew meanwhile (its due time differs)."""
        ...

    async def ref(self, incident: str, slot: str, address: str) -> str:
        """The message that stands in a slot of an incident now, or empty."""
        ...


class Directory(Protocol):
    """People, invitations, and which address belongs to whom."""

    async def people(self) -> Mapping[str, Person]: ...

    async def put_people(self, people: Sequence[Person]) -> None:
        """Adds or replaces by id; addresses follow. Raises AddressTaken when another active person has an address."""
        ...

    async def link(self, person: str, address: str) -> Person:
        """Gives a person an address; whoever had it before loses it."""
        ...

    async def unlink(self, address: str) -> None: ...

    async def invite(self, code: str, person: str, days: int) -> None: ...

    async def redeem(self, code: str, address: str) -> Person | None:
        """Links the address to the person invited by this code, once; None when it is unknown, used or too old."""
        ...


class AddressTaken(ValueError):
    """An address belongs to somebody else already."""


class Library(Protocol):
    """Published flows and the policy, as the text they were written in. A revision never changes."""

    async def publish(self, flow: str, text: str, at: datetime, by: str, note: str) -> int:
        """Keeps the text as the next revision, makes it live and returns its number (from 1)."""
        ...

    async def text(self, flow: str, revision: int) -> str: ...

    async def live(self) -> Mapping[str, int]: ...

    async def revisions(self, flow: str) -> Sequence[Mapping[str, str]]: ...

    async def policy(self) -> str:
        """The policy's text, or empty when the organisation has none of its own."""
        ...

    async def put_policy(self, text: str) -> None: ...


@dataclass(frozen=True)
class Heard:
    """`changed` names the incident. After `connected` anything may have changed; after `lost` nothing is heard."""

    word: Literal["connected", "changed", "lost"]
    incident: str = ""


class Changes(Protocol):
    """Word of what any process commits, as it is committed."""

    def listen(self) -> AsyncGenerator[Heard, None]:
        """Without end: a lost connection is made again."""
        ...


class Confirmations(Protocol):
    """Which knowledge articles an admin of the organisation has confirmed."""

    async def confirm(self, confirmation: Confirmation) -> None:
        """Replaces an earlier one of the same article."""
        ...

    async def withdraw(self, article: str) -> bool:
        """False: it wasn't confirmed."""
        ...

    async def all(self) -> Mapping[str, Confirmation]: ...


class Rotas(Protocol):
    """Stand-ins and absences. What a rota looks like without them stands in the policy."""

    async def changes(self) -> Calendar:
        """All of them, in the order in which they were written; without holidays."""
        ...

    async def put(self, change: Override | Absence, now: datetime) -> str:
        """Keeps it under a new id, which is given back. What ended a month before `now` goes."""
        ...

    async def clear(self, change_id: str) -> bool:
        """False: there is none with this id."""
        ...


class Contacts(Protocol):
    """Whether people can be reached: addresses at which they tapped a test, roll-calls, and the timer that starts them."""

    async def confirm(self, address: str, person: str, at: datetime) -> None: ...

    async def confirmed(self) -> Mapping[str, str]:
        """Address to the person who tapped there. It counts only while the address is still theirs."""
        ...

    async def begin(
        self, rollcall: RollCall, deliveries: Sequence[Delivery], timer: Timer, lease_until: datetime
    ) -> bool:
        """Keeps the roll-call, what is to be sent and its timer, all at once. False: it was begun before."""
        ...

    async def answer(self, rollcall_id: str, person: str, at: datetime) -> bool:
        """The first answer stands. False: this person wasn't asked."""
        ...

    async def rollcall(self, rollcall_id: str) -> RollCall | None: ...

    async def close(self, rollcall: RollCall, deliveries: Sequence[Delivery], lease_until: datetime) -> bool:
        """Marks it as told and keeps what is to be sent. False: it was told before."""
        ...

    async def arm(self, timer: Timer, only_if_missing: bool = False) -> None:
        """Sets a timer that belongs to no incident; one of the same name is replaced."""
        ...


class Watch(Protocol):
    """What keeps an eye on the others: who lives, what is overdue, what the operators have heard, LINE's month."""

    async def beat(self, worker: str, now: datetime, pushed: int, spent_until: datetime | None) -> Quota:
        """Tells that this worker's loop turns (empty: no worker) and how many pushes went since; gives the common count.

        It is in nobody's way: it goes along with the next reading or writing.
        """
        ...

    async def leave(self, worker: str) -> None:
        """A worker that ends in order is missed by nobody."""
        ...

    async def hold(self, name: str, life: timedelta) -> bool:
        """True for one name at a time; it is free again when its holder hasn't asked for `life`."""
        ...

    async def survey(self, now: datetime) -> Survey:
        """One round trip."""
        ...

    async def rearm(self, timer: Timer) -> bool:
        """Sets a timer unless its alert has gone on meanwhile (then its stamp differs, and False is given)."""
        ...

    async def tell(
        self,
        finding: str,
        before: datetime | None,
        now: datetime,
        deliveries: Sequence[Delivery],
        lease_until: datetime,
    ) -> bool:
        """Keeps what the operators are to hear. False: somebody told it since `before`, as read by the survey."""
        ...

    async def forget(self, names: Sequence[str]) -> None:
        """Findings that were told long ago."""
        ...

    async def put_quota(self, quota: Quota) -> None: ...

    async def write(self) -> None:
        """Raises what the store raises when it takes no writes."""
        ...


@dataclass(frozen=True)
class Found:
    """Incidents as they were asked for. unread: ids of those that lie there, too, but can't be read by this program."""

    incidents: tuple[Incident, ...] = ()
    unread: tuple[str, ...] = ()


class Records(Protocol):
    """Reading what was recorded. One body that can't be read never hides the others: it is named, and logged once."""

    async def incidents(self, start: datetime, end: datetime) -> Sequence[Incident]:
        """Opened in [start, end), oldest first."""
        ...

    async def open(self) -> Found:
        """All that aren't closed, oldest first, in one round trip."""
        ...

    async def incident(self, incident_id: str) -> Incident | None:
        """Raises Unreadable."""
        ...

    async def journal(self, incident_id: str) -> Sequence[Entry]: ...

    async def figures(self, days: Sequence[str]) -> Mapping[str, int]:
        """The counters of these days ("2026-11-21"), added up."""
        ...


class Practices(Protocol):
    """Made-up cases: how often each answer was given, what a person has seen today, whom this month's drill went to.

    What somebody answered is counted and not kept.
    """

    async def seen(self, person: str) -> frozenset[str]:
        """The cases that this person was shown today."""
        ...

    async def ask(
        self, event: str, person: str, case: str, deliveries: Sequence[Delivery], lease_until: datetime
    ) -> bool:
        """Keeps that the case is being asked, and the card. False: this event was handled before."""
        ...

    async def count(
        self,
        event: str,
        person: str,
        case: str,
        answer: str,
        deliveries: Sequence[Delivery],
        lease_until: datetime,
    ) -> bool:
        """Counts the answer and keeps the card. False, and nothing is written: the person isn't being asked this, or has
        answered it, or the event was handled before."""
        ...

    async def answers(self) -> Mapping[str, Mapping[str, int]]:
        """Case to answer to how often."""
        ...

    async def invite(
        self, month: str, person: str, current: str, deliveries: Sequence[Delivery], lease_until: datetime
    ) -> bool:
        """Keeps what is to be sent and counts it. False: invited before, or their open incident isn't `current` any more."""
        ...

    async def invited(self, month: str) -> frozenset[str]: ...

    async def invitations(self) -> Mapping[str, int]:
        """Month ("2026-11") to how many were invited."""
        ...

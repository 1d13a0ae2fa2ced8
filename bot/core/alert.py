"""One call for help, as data: who was asked, what each person answered, which tier it has reached."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from bot.core.plan import HelpKind, Plan, Plans, Target

State = Literal["calling", "coming", "claimed", "arrived", "cancelled", "closed"]
Reach = Literal["paged", "seen", "coming", "arrived", "declined", "released", "unreachable"]

OPEN_STATES: tuple[State, ...] = ("calling", "coming", "claimed")


@dataclass(frozen=True)
class Page:
    """What became of the call to one person.

    since: when `reach` became what it is. expected: when a person on the way should be there. failed: the addresses that
    took nothing of the latest try. at_once: each try goes to every address; otherwise to one, the next try to the next.
    minutes: the time that was named, 0 for 今すぐ, None where none was. watching: since when they keep an eye on it.
    handing_to: whom a person on the way has asked to go instead; they count until that one says 向かう.
    """

    person: str
    name: str
    addresses: tuple[str, ...]
    at: datetime
    reach: Reach = "paged"
    tries: int = 1
    since: datetime | None = None
    minutes: int | None = None
    expected: datetime | None = None
    failed: tuple[str, ...] = ()
    at_once: bool = True
    watching: datetime | None = None
    handing_to: str = ""

    @property
    def ways(self) -> tuple[str, ...]:
        """The addresses of this try."""
        if self.at_once or not self.addresses:
            return self.addresses
        return (self.addresses[(self.tries - 1) % len(self.addresses)],)

    @property
    def can_answer(self) -> bool:
        return self.reach in ("paged", "seen")

    def with_ways(self, addresses: tuple[str, ...]) -> "Page":
        """The same page with further addresses: a later tier knows another way to the same person."""
        return replace(self, addresses=tuple(dict.fromkeys((*self.addresses, *addresses))))

    def again(self, at: datetime) -> "Page":
        """The next try: whatever was answered or failed before counts no more, except that it was seen."""
        reach: Reach = "seen" if self.reach == "seen" else "paged"
        since = self.since if reach == "seen" else None
        return replace(
            self,
            reach=reach,
            tries=self.tries + 1,
            at=at,
            since=since,
            minutes=None,
            expected=None,
            failed=(),
            handing_to="",
        )


@dataclass(frozen=True)
class Alert:
    """A call for help. `tier` counts from 0; `stamp` rises whenever its timers are set anew.

    answered: the first 「向かう」 or arrival. there: the first arrival that wasn't contradicted since. silent: since when
    the caller has not answered whether all is well. duress: somebody may be forcing the caller to say that it is.
    siren: a tier with a machine was reached; it hears how the call goes on to the end, whatever tier or plan comes after.
    """

    kind: HelpKind
    plans: Plans
    started: datetime
    state: State = "calling"
    tier: int = 0
    pages: tuple[Page, ...] = ()
    stamp: int = 0
    answered: datetime | None = None
    there: datetime | None = None
    ended: datetime | None = None
    silent: datetime | None = None
    duress: bool = False
    siren: bool = False

    @property
    def plan(self) -> Plan:
        return self.plans.of(self.kind)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    def page_of(self, person: str) -> Page | None:
        return next((p for p in self.pages if p.person == person), None)

    def responders(self) -> tuple[Page, ...]:
        """Those who are on their way or there, first answer first."""
        return tuple(
            sorted((p for p in self.pages if p.reach in ("coming", "arrived")), key=lambda p: p.since or p.at)
        )

    def on_the_way(self) -> tuple[Page, ...]:
        return tuple(p for p in self.responders() if p.reach == "coming")

    def arrived(self) -> tuple[Page, ...]:
        """Those who say that they are there."""
        return tuple(p for p in self.responders() if p.reach == "arrived")

    def watching(self) -> tuple[Page, ...]:
        """Colleagues who keep an eye on it without coming."""
        return tuple(p for p in self.pages if p.watching and p.reach not in ("coming", "arrived"))

    def with_page(self, page: Page) -> "Alert":
        return replace(self, pages=tuple(page if p.person == page.person else p for p in self.pages))

    def waiting_for(self) -> tuple[Page, ...]:
        """Those of the tiers reached so far who have answered nothing yet."""
        return tuple(p for p in self.pages if p.can_answer)


def new_page(target: Target, at: datetime) -> Page:
    return Page(target.person, target.name, target.addresses, at, at_once=target.at_once)

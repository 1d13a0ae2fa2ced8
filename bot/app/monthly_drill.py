"""A drill of two minutes each month: on its day every member of staff is invited once, where nothing of theirs is open.

One timer of the organisation goes round (`training`), as the roll-calls' does. An invitation is kept together with its
message and the person's mark for the month; so a killed worker loses none, and two workers never invite twice.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.app.committing import FAST_LEASE, Loaded, Question, Timer
from bot.app.days_off import days_off
from bot.app.delivering import Delivery
from bot.app.inbound import CHATS, Address
from bot.app.judging import judged
from bot.app.ports import Clock, Contacts, Practices, Turns
from bot.app.reading import DRILL_LASTS
from bot.app.sending import parse_address
from bot.app.shelf import Shelf
from bot.core.flow import Flow
from bot.core.plan import Person, Policy, TrainingRule
from bot.core.quota import Quota, is_low
from bot.core.rota import is_open, minute_of, openings
from bot.core.training import Case, of_the_day
from bot.core.training_cards import invitation

log = logging.getLogger(__name__)

ROUND = "training"

LONGEST_ROUND = timedelta(minutes=5)
"""So long at most until a changed policy is noticed, or somebody is asked again who was in the midst of something."""

WORTH_INVITING = timedelta(hours=3)
"""Whoever was busy, away or not to be reached for so long is left alone this month."""

DAYS_TO_LOOK = 14
"""The longest holidays that push the day back."""


@dataclass(frozen=True)
class Moment:
    """When a site's people are invited, and for which month that counts."""

    at: datetime
    month: str


@dataclass(frozen=True)
class MonthlyDrills:
    """The use case, for one organisation. `quota`: LINE's month as this process knows it."""

    turns: Turns
    shelf: Shelf
    practices: Practices
    contacts: Contacts
    cases: Mapping[str, Case]
    clock: Clock
    new_id: Callable[[], str]
    quota: Callable[[], Quota]

    async def start(self) -> None:
        """Sees to it that the timer goes round; where it does already, nothing changes."""
        await self.contacts.arm(Timer("", ROUND, self.clock.now(), 0), only_if_missing=True)

    async def fire(self) -> tuple[Delivery, ...]:
        """1. invite those whose time has come; 2. set the timer anew. What comes back is kept, and is to be sent now."""
        await self.shelf.refresh((await self.turns.load(Question())).versions)
        now, rule = self.clock.now(), self.shelf.policy.training
        next_round, deliveries = now + LONGEST_ROUND, list[Delivery]()
        for site in sorted({p.site for p in self._staff()}) if rule else ():
            for moment in self._moments(rule or TrainingRule(), site, now):
                if moment.at > now:
                    next_round = min(next_round, moment.at)
                elif now < moment.at + WORTH_INVITING:
                    deliveries += await self._invite(site, moment.month, now, _pushes(deliveries))
        await self.contacts.arm(Timer("", ROUND, next_round, 0))
        return tuple(deliveries)

    def _staff(self) -> list[Person]:
        return [p for p in self.shelf.people.values() if p.active and p.role == "staff"]

    def _moments(self, rule: TrainingRule, site: str, now: datetime) -> Iterator[Moment]:
        """This month's, and last month's where holidays have pushed it over the end."""
        first = now.astimezone(self.shelf.zone).date().replace(day=1)
        for month in ((first - timedelta(days=1)).replace(day=1), first):
            at = first_open(self.shelf.policy, site, month.replace(day=rule.day), rule.minute)
            if at is not None:
                yield Moment(at.replace(tzinfo=self.shelf.zone), f"{month:%Y-%m}")

    async def _invite(self, site: str, month: str, now: datetime, pushed: int) -> list[Delivery]:
        case = case_of_month(self.cases, await self.shelf.live_flow(), month)
        if case is None:
            log.warning("no made-up case is fit for a drill that nobody is warned of")
            return []
        invited, away = await self.practices.invited(month), self.shelf.duty(now).away
        deliveries: list[Delivery] = []
        for person in self._staff():
            if person.site != site or person.id in invited or person.id in away:
                continue
            address = self._address(person, now, pushed + _pushes(deliveries))
            if address is not None:
                deliveries += await self._invite_one(person, address, case, month, now)
        return deliveries

    async def _invite_one(
        self, person: Person, address: Address, case: Case, month: str, now: datetime
    ) -> tuple[Delivery, ...]:
        loaded = await self.turns.load(Question(address=str(address)))
        if _is_busy(loaded, now):
            return ()
        card = invitation(self.shelf.words, person.language, case.id)
        delivery = Delivery(self.new_id(), address, (card,), now, person=person.id)
        kept = await self.practices.invite(month, person.id, loaded.current, (delivery,), now + FAST_LEASE)
        return (delivery,) if kept else ()

    def _address(self, person: Person, now: datetime, pushed: int) -> Address | None:
        """Slack where they have it, for it costs nothing; LINE only while what is kept for pages stays whole."""
        addresses = [parse_address(a) for a in person.addresses(self.shelf.policy.channels)]
        free = [a for a in addresses if a.platform == "slack"]
        paid = [a for a in addresses if a.platform in CHATS and a not in free]
        return next(iter([*free, *(paid if self._may_push(now, pushed) else ())]), None)

    def _may_push(self, now: datetime, pushed: int) -> bool:
        quota = self.quota()
        after = replace(quota, used=quota.used + pushed + 1)
        return not quota.is_spent(now) and not is_low(after, self.shelf.policy.line_reserve)


def case_of_month(cases: Mapping[str, Case], flow: Flow, month: str) -> Case | None:
    """The same for everybody. None that calls people on its way: a hundred drills would be a hundred pages; none that
    nobody should meet unwarned."""
    fit = [case for case in cases.values() if case.drill and not judged(flow, case).calls]
    names = of_the_day((case.id for case in fit), month)
    return cases[names[0]] if names else None


def first_open(policy: Policy, site: str, day: date, minute: int) -> datetime | None:
    """The first moment from this day and minute on at which the site is open, as a local time without a zone. A site whose
    hours nobody wrote down is open from Monday to Friday, but for holidays."""
    for number in range(DAYS_TO_LOOK):
        today = day + timedelta(days=number)
        at = datetime.combine(today, time()) + timedelta(minutes=minute)
        off = days_off(policy.holidays, today - timedelta(days=1), today)
        hours = policy.hours.get(site)
        if hours is None:
            if today.weekday() < 5 and today not in off:
                return at
        elif is_open(hours, at, off):
            return at
        elif later := [m for m in openings(hours, today, off) if m > minute_of(at)]:
            return datetime.combine(today, time()) + timedelta(minutes=later[0])
    return None


def _is_busy(loaded: Loaded, now: datetime) -> bool:
    """In the midst of something, or called to something. A drill that was left behind is nothing."""
    incident = loaded.incident
    if incident is None or not incident.is_open:
        return False
    return not (incident.drill and now - incident.opened > DRILL_LASTS)


def _pushes(deliveries: list[Delivery]) -> int:
    return sum(delivery.address.platform == "line" for delivery in deliveries)

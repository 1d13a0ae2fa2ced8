"""Where a rota leaves nobody who can be called, known before it matters."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import pairwise

from bot.core.plan import Person, Policy, TierRule
from bot.core.rota import Calendar, Hours, Rota, is_open, on_duty, turning_points


@dataclass(frozen=True)
class Watch:
    """From `start` up to `end` these people are on duty; nobody, if there are none."""

    start: datetime
    end: datetime
    people: tuple[str, ...]


@dataclass(frozen=True)
class Uncovered:
    """From `start` up to `end` a call finds nobody of this rota. `unreachable`: on duty, but without an address."""

    rota: str
    start: datetime
    end: datetime
    unreachable: tuple[str, ...] = ()


def watches(rota: Rota, calendar: Calendar, start: datetime, end: datetime) -> tuple[Watch, ...]:
    """The rota as it will be, one after another without a gap. `start` and `end` are local times in one zone."""
    spans = [shift.span for shift in rota.shifts]
    points = _moments(turning_points(spans), calendar, start, end)
    found = (Watch(a, b, on_duty(rota, a, calendar)) for a, b in pairwise(points))
    return tuple(_joined(found))


def coverage(
    policy: Policy, people: Mapping[str, Person], calendar: Calendar, start: datetime, end: datetime
) -> tuple[Uncovered, ...]:
    """Gaps of every rota that a tier names, oldest first. Where hours are written down, only while a site is open."""
    found = [
        Uncovered(name, gap.start, gap.end, gap.people)
        for name in rotas_called(policy)
        for gap in _joined(_gaps(policy, policy.rotas[name], people, calendar, start, end))
    ]
    return tuple(sorted(found, key=lambda gap: (gap.start, gap.rota)))


def _gaps(
    policy: Policy,
    rota: Rota,
    people: Mapping[str, Person],
    calendar: Calendar,
    start: datetime,
    end: datetime,
) -> Iterator[Watch]:
    spans = [s.span for s in rota.shifts] + [s for h in policy.hours.values() for s in h.spans]
    points = _moments(turning_points(spans), calendar, start, end)
    for a, b in pairwise(points):
        on = on_duty(rota, a, calendar)
        if _anybody_open(policy.hours.values(), a, calendar) and not _reachable(policy, people, on):
            yield Watch(a, b, on)


def rotas_called(policy: Policy) -> tuple[str, ...]:
    """The rotas that some tier names, in the order of the tiers."""
    tiers: tuple[TierRule, ...] = (*policy.standard.tiers, *policy.danger.tiers)
    return tuple(dict.fromkeys(tier.rota for tier in tiers if tier.rota))


def _moments(minutes: frozenset[int], calendar: Calendar, start: datetime, end: datetime) -> list[datetime]:
    """Every time between start and end at which the answer may change, with both ends."""
    points = {start, end}
    day = start.date()
    while day <= end.date():
        midnight = datetime.combine(day, time(), start.tzinfo)
        points.update(midnight + timedelta(minutes=minute) for minute in minutes)
        day += timedelta(days=1)
    for change in calendar.changes:
        points.update(at.astimezone(start.tzinfo) for at in (change.start, change.end))
    return sorted(point for point in points if start <= point <= end)


def _anybody_open(sites: Iterable[Hours], at: datetime, calendar: Calendar) -> bool:
    hours = tuple(sites)
    return not hours or any(is_open(one, at, calendar.holidays) for one in hours)


def _reachable(policy: Policy, people: Mapping[str, Person], ids: tuple[str, ...]) -> bool:
    known = (people[i] for i in ids if i in people)
    return any(person.active and person.addresses(policy.channels) for person in known)


def _joined(found: Iterable[Watch]) -> Iterator[Watch]:
    """Neighbours with the same people become one."""
    last: Watch | None = None
    for watch in found:
        if last and (last.end, last.people) == (watch.start, watch.people):
            last = replace(last, end=watch.end)
            continue
        if last:
            yield last
        last = watch
    if last:
        yield last

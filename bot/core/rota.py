"""Who is on duty when: weekly shifts, holidays, stand-ins, absences, and the hours in which a site is open.

Shifts are told in the organisation's own time of day; every `at` is an aware time in its zone. A span holds from its
first minute up to, but not including, its last. One that ends at or before its start runs over midnight into the next
day, and belongs to the day on which it began: the night before a holiday is still an ordinary night.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

DayName = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"]
HolidayRule = Literal["usual", "off", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "holiday"]
"""What a holiday counts as: its own weekday, a day without shifts, like another day, or a pattern of its own."""

WEEK: tuple[DayName, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class Span:
    """A time of the day on some days. Minutes after midnight: `start` 0 to 1439, `end` 0 to 1440."""

    days: tuple[DayName, ...]
    start: int
    end: int

    @property
    def over_midnight(self) -> bool:
        return self.end <= self.start

    def covers(self, today: str, yesterday: str, minute: int) -> bool:
        if not self.over_midnight:
            return today in self.days and self.start <= minute < self.end
        return (today in self.days and minute >= self.start) or (yesterday in self.days and minute < self.end)


@dataclass(frozen=True)
class Shift:
    """These people, ids of the directory, during one span."""

    span: Span
    people: tuple[str, ...]


@dataclass(frozen=True)
class Rota:
    """A weekly pattern. Shifts that overlap add up."""

    name: str
    shifts: tuple[Shift, ...]
    on_holidays: HolidayRule = "sun"


@dataclass(frozen=True)
class Hours:
    """When a site is open. On holidays only what is written for `holiday` holds, unless the rule says otherwise."""

    spans: tuple[Span, ...]
    on_holidays: HolidayRule = "holiday"


@dataclass(frozen=True)
class Override:
    """A stand-in from `start` up to `end`: for `instead_of`, or, with nobody named there, alone in place of all.

    rota: its name; empty means every rota. The latest word holds where overrides contradict each other.
    """

    id: str
    person: str
    start: datetime
    end: datetime
    instead_of: str = ""
    rota: str = ""


@dataclass(frozen=True)
class Absence:
    """A person who is away from `start` up to `end`: in no rota and in no tier."""

    id: str
    person: str
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Calendar:
    """What makes a day unlike others: holidays, stand-ins, absences."""

    holidays: frozenset[date] = frozenset()
    overrides: tuple[Override, ...] = ()
    absences: tuple[Absence, ...] = ()

    @property
    def changes(self) -> tuple[Override | Absence, ...]:
        return (*self.overrides, *self.absences)

    def away(self, at: datetime) -> frozenset[str]:
        return frozenset(a.person for a in self.absences if _in_force(a, at))


PLAIN = Calendar()


@dataclass(frozen=True)
class RollCall:
    """The question before a site opens, whether pages arrive. Names are ids of people.

    told: the admins have heard who didn't answer.
    """

    id: str
    site: str
    opens: datetime
    deadline: datetime
    asked: tuple[str, ...]
    answered: tuple[str, ...] = ()
    told: bool = False

    @property
    def silent(self) -> tuple[str, ...]:
        return tuple(person for person in self.asked if person not in self.answered)


@dataclass(frozen=True)
class Duty:
    """Who is on duty in each rota, and who is away, at one moment."""

    on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    away: frozenset[str] = frozenset()

    def of(self, rota: str) -> tuple[str, ...]:
        return self.on.get(rota, ())


NO_DUTY = Duty()
"""At no particular time: no rota has anybody."""


def on_duty(rota: Rota, at: datetime, calendar: Calendar = PLAIN) -> tuple[str, ...]:
    """Ids of the people on duty at this local time, in the order in which the rota names them; nobody who is away."""
    people: list[str] = []
    for shift in rota.shifts:
        if _covers(shift.span, at, calendar.holidays, rota.on_holidays):
            people += shift.people
    for override in calendar.overrides:
        if override.rota in ("", rota.name) and _in_force(override, at):
            people = _overridden(people, override)
    away = calendar.away(at)
    return tuple(dict.fromkeys(p for p in people if p not in away))


def duty_at(rotas: Iterable[Rota], at: datetime, calendar: Calendar = PLAIN) -> Duty:
    return Duty({rota.name: on_duty(rota, at, calendar) for rota in rotas}, calendar.away(at))


def is_open(hours: Hours, at: datetime, holidays: frozenset[date] = frozenset()) -> bool:
    return any(_covers(span, at, holidays, hours.on_holidays) for span in hours.spans)


def openings(hours: Hours, day: date, holidays: frozenset[date] = frozenset()) -> tuple[int, ...]:
    """The minutes of this day at which the doors open, earliest first; none on a day off, none where they never close."""
    today, yesterday, before = (
        kind_of_day(day - timedelta(days=n), holidays, hours.on_holidays) for n in range(3)
    )

    def was_open(minute: int) -> bool:
        if minute == 0:
            return any(span.covers(yesterday, before, DAY_MINUTES - 1) for span in hours.spans)
        return any(span.covers(today, yesterday, minute - 1) for span in hours.spans)

    starts = sorted({span.start for span in hours.spans if today in span.days})
    return tuple(minute for minute in starts if not was_open(minute))


def kind_of_day(day: date, holidays: frozenset[date], on_holidays: HolidayRule) -> str:
    """The name by which spans know this day."""
    if day in holidays and on_holidays != "usual":
        return on_holidays
    return WEEK[day.weekday()]


def turning_points(spans: Iterable[Span]) -> frozenset[int]:
    """The minutes of a day at which something begins or ends; midnight always, for there the kind of day changes."""
    return frozenset({0, *(m % DAY_MINUTES for span in spans for m in (span.start, span.end))})


def minute_of(at: datetime) -> int:
    return at.hour * 60 + at.minute


def _covers(span: Span, at: datetime, holidays: frozenset[date], rule: HolidayRule) -> bool:
    today = kind_of_day(at.date(), holidays, rule)
    yesterday = kind_of_day(at.date() - timedelta(days=1), holidays, rule)
    return span.covers(today, yesterday, minute_of(at))


def _in_force(change: Override | Absence, at: datetime) -> bool:
    return change.start <= at < change.end


def _overridden(people: list[str], override: Override) -> list[str]:
    if not override.instead_of:
        return [override.person]
    return [override.person if person == override.instead_of else person for person in people]

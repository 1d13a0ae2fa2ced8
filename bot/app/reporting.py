"""The figures of a period: read from the counters, with medians from the incidents; real cases and drills apart.

The counters can be recomputed from the incidents at any time; `recount` does it and `differences` says where they differ.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from bot.app.committing import Entry
from bot.app.ports import Records
from bot.core.figures import SEPARATOR, difference, figures_of, parse
from bot.core.flow import Flow
from bot.core.incident import Incident, minutes_open

FigureOf = Mapping[str, int]
FlowOf = Callable[[str, int], Awaitable[Flow]]
"""A published flow by its id and revision."""

ANSWERS = ("coming", "arrived", "caller_arrived")
ARRIVALS = ("arrived", "caller_arrived")
AT_ONCE = 200


@dataclass(frozen=True)
class Period:
    """Whole days of the organisation's calendar, both ends included."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def days(self) -> tuple[str, ...]:
        count = (self.last - self.first).days + 1
        return tuple((self.first + timedelta(days=n)).isoformat() for n in range(count))

    @property
    def start(self) -> datetime:
        return self._midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first moment that no longer belongs to it."""
        return self._midnight(self.last + timedelta(days=1))

    def day_of(self, at: datetime) -> str:
        return at.astimezone(self.zone).date().isoformat()

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


@dataclass(frozen=True)
class Course:
    """What one incident adds to the medians; None where it didn't come to that."""

    drill: bool
    minutes: int | None = None
    seconds_to_answer: int | None = None
    seconds_to_arrive: int | None = None


@dataclass(frozen=True)
class Figures:
    """Real cases or drills of a period. Mappings go from code, name or date to a count."""

    opened: int = 0
    closed: int = 0
    minutes: int = 0
    answered: int = 0
    cancelled: int = 0
    our_fault: int = 0
    improvements: FigureOf = field(default_factory=dict)
    kinds: FigureOf = field(default_factory=dict)
    days: FigureOf = field(default_factory=dict)
    months: FigureOf = field(default_factory=dict)
    sites: FigureOf = field(default_factory=dict)
    channels: FigureOf = field(default_factory=dict)
    acts: FigureOf = field(default_factory=dict)
    levels: FigureOf = field(default_factory=dict)
    counted: FigureOf = field(default_factory=dict)
    called: FigureOf = field(default_factory=dict)
    median_minutes: float | None = None
    median_seconds_to_answer: float | None = None
    median_seconds_to_arrive: float | None = None

    @property
    def legitimate(self) -> int:
        """Fair requests, told in a tolerable manner."""
        return self.levels.get("green", 0)

    @property
    def average_minutes(self) -> float | None:
        return round(self.minutes / self.closed, 1) if self.closed else None


@dataclass(frozen=True)
class Report:
    """`recounted`: taken from the incidents instead of the counters; then `wrong` says where the counters differ."""

    period: Period
    site: str
    real: Figures
    drills: Figures
    recounted: bool = False
    wrong: tuple["Mismatch", ...] = ()


@dataclass(frozen=True)
class Mismatch:
    """A counter that isn't what the incidents say."""

    day: str
    name: str
    counter: int
    incidents: int


async def report(
    records: Records, flow_of: FlowOf, period: Period, site: str = "", recounted: bool = False
) -> Report:
    """The figures of the period, of one site or (empty) all.

    1. The counters of each day. 2. The incidents with their journals, for the medians. 3. With `recounted`, the figures
    of each day once more from the incidents, and where the counters differ.
    """
    counters = await counters_of(records, period)
    incidents = await records.incidents(period.start, period.end)
    wrong: tuple[Mismatch, ...] = ()
    if recounted:
        truth = await recount(incidents, flow_of, period)
        wrong, counters = tuple(differences(counters, truth)), truth
    courses = await _courses(records, [i for i in incidents if _is_at(i, site)])
    return Report(
        period,
        site,
        figures(counters, site, False, courses),
        figures(counters, site, True, courses),
        recounted,
        wrong,
    )


async def counters_of(records: Records, period: Period) -> dict[str, Mapping[str, int]]:
    """Day to counters, days without any left out."""
    found = await asyncio.gather(*(records.figures([day]) for day in period.days))
    return {day: counters for day, counters in zip(period.days, found, strict=True) if counters}


async def recount(
    incidents: Iterable[Incident], flow_of: FlowOf, period: Period
) -> dict[str, Mapping[str, int]]:
    """Day to figures, summed over the incidents that began on it."""
    days: dict[str, Counter[str]] = {}
    for incident in incidents:
        flow = await flow_of(incident.walk.flow, incident.walk.revision)
        days.setdefault(period.day_of(incident.opened), Counter()).update(figures_of(incident, flow))
    return dict(days)


def differences(
    counters: Mapping[str, Mapping[str, int]], truth: Mapping[str, Mapping[str, int]]
) -> list[Mismatch]:
    """Where counters and incidents differ; none when all is well. A counter of nothing may stand as 0."""
    found: list[Mismatch] = []
    for day in sorted({*counters, *truth}):
        kept, real = counters.get(day, {}), truth.get(day, {})
        found += [Mismatch(day, n, kept.get(n, 0), real.get(n, 0)) for n in sorted(difference(kept, real))]
    return found


def figures(
    counters: Mapping[str, Mapping[str, int]], site: str, drill: bool, courses: Sequence[Course]
) -> Figures:
    """One side of a report: the counters of `site` (empty: of all), either of drills or of real cases."""
    sums = _Sums()
    for day, counts in sorted(counters.items()):
        for name, count in counts.items():
            sums.add(day, name, count, site, drill)
    own = [course for course in courses if course.drill == drill]
    return Figures(
        opened=sums.total("opened"),
        closed=sums.total("closed"),
        minutes=sums.total("minutes"),
        answered=sums.total("answered"),
        cancelled=sums.total("cancelled"),
        our_fault=sums.total("our_fault"),
        improvements=sums.by_code("improvement"),
        kinds=sums.by_code("opened"),
        days=_present(sums.days),
        months=_present(sums.months),
        sites=_present(sums.sites),
        channels=_present(sums.channels),
        acts=sums.by_code("act"),
        levels=sums.by_code("level"),
        counted=sums.by_code("counted"),
        called=sums.by_code("called"),
        median_minutes=_median(c.minutes for c in own),
        median_seconds_to_answer=_median(c.seconds_to_answer for c in own),
        median_seconds_to_arrive=_median(c.seconds_to_arrive for c in own),
    )


def course_of(incident: Incident, journal: Sequence[Entry]) -> Course:
    """Times count from the first call for help to the first word of somebody who comes, and to the first arrival."""
    called = next((e.at for e in journal if e.kind == "help_requested"), None)
    return Course(
        incident.drill,
        minutes_open(incident, incident.closed) if incident.closed else None,
        _seconds_until(journal, called, ANSWERS),
        _seconds_until(journal, called, ARRIVALS),
    )


class _Sums:
    """Counters added up by metric and code; what was opened also by day, month, site and channel."""

    def __init__(self) -> None:
        self.codes: Counter[tuple[str, str]] = Counter()
        self.days: Counter[str] = Counter()
        self.months: Counter[str] = Counter()
        self.sites: Counter[str] = Counter()
        self.channels: Counter[str] = Counter()

    def add(self, day: str, name: str, count: int, site: str, drill: bool) -> None:
        is_drill, metric, where, channel, code = parse(name)
        if is_drill != drill or (site and where != _plain(site)):
            return
        self.codes[metric, code] += count
        if metric == "opened":
            for sums, key in (
                (self.days, day),
                (self.months, day[:7]),
                (self.sites, where),
                (self.channels, channel),
            ):
                sums[key] += count

    def total(self, metric: str) -> int:
        return sum(count for (name, _), count in self.codes.items() if name == metric)

    def by_code(self, metric: str) -> dict[str, int]:
        return _present(Counter({code: n for (name, code), n in self.codes.items() if name == metric}))


def _present(sums: Counter[str]) -> dict[str, int]:
    """Dates and names in their order, equal counts likewise; nothing that came to nought."""
    return {key: count for key, count in sorted(sums.items()) if count}


async def _courses(records: Records, incidents: Sequence[Incident]) -> list[Course]:
    found: list[Course] = []
    for first in range(0, len(incidents), AT_ONCE):
        some = incidents[first : first + AT_ONCE]
        journals = await asyncio.gather(*(records.journal(i.id) for i in some))
        found += [course_of(i, j) for i, j in zip(some, journals, strict=True)]
    return found


def _seconds_until(journal: Sequence[Entry], start: datetime | None, kinds: tuple[str, ...]) -> int | None:
    reached = next((e.at for e in journal if start and e.at >= start and e.kind in kinds), None)
    return round((reached - start).total_seconds()) if reached and start else None


def _median(values: Iterable[int | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(median(known)) if known else None


def _is_at(incident: Incident, site: str) -> bool:
    return not site or _plain(incident.caller.site) == _plain(site)


def _plain(site: str) -> str:
    """As figures name a site."""
    return site.replace(SEPARATOR, " ")

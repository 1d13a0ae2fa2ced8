"""Who is on duty at every minute: boundaries, midnight, the week's turn, holidays, stand-ins, absences."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.rota import (
    WEEK,
    Absence,
    Calendar,
    DayName,
    HolidayRule,
    Hours,
    Override,
    Rota,
    Shift,
    Span,
    duty_at,
    is_open,
    on_duty,
    openings,
)

TOKYO = ZoneInfo("Asia/Tokyo")
WORKDAYS: tuple[DayName, ...] = WEEK[:5]
LABOUR_THANKSGIVING = date(2026, 11, 23)
"""A Monday."""

HOLIDAYS = frozenset({LABOUR_THANKSGIVING})


def at(words: str, zone: ZoneInfo = TOKYO) -> datetime:
    """ "11-24 08:30" in 2026."""
    return datetime.fromisoformat(f"2026-{words}").replace(tzinfo=zone)


def minutes(words: str) -> int:
    hours, _, rest = words.partition(":")
    return int(hours) * 60 + int(rest)


def shift(days: tuple[DayName, ...], start: str, end: str, *people: str) -> Shift:
    return Shift(Span(days, minutes(start), minutes(end)), people)


def rota(*shifts: Shift, on_holidays: HolidayRule = "sun") -> Rota:
    return Rota("窓口当番", shifts, on_holidays)


DAYTIME = rota(shift(WORKDAYS, "08:30", "17:15", "sato"))
WEEKEND_NIGHT = rota(shift(("sun",), "17:15", "08:30", "mori"))
ALL_WEEK = rota(
    shift(WEEK, "00:00", "12:00", "sato"),
    shift(WEEK, "12:00", "24:00", "mori"),
)


@pytest.mark.parametrize(
    ("moment", "people"),
    [
        ("11-24 08:29", ()),
        ("11-24 08:30", ("sato",)),
        ("11-24 17:14", ("sato",)),
        ("11-24 17:15", ()),
        ("11-28 10:00", ()),
        ("11-29 10:00", ()),
        ("11-23 10:00", ()),
    ],
    ids=["minute before", "first minute", "last minute", "minute after", "saturday", "sunday", "holiday"],
)
def test_a_shift_holds_from_its_first_minute_up_to_its_last(moment: str, people: tuple[str, ...]) -> None:
    assert on_duty(DAYTIME, at(moment), Calendar(HOLIDAYS)) == people


def test_the_last_second_of_a_shift_is_still_its_own() -> None:
    assert on_duty(DAYTIME, at("11-24 17:14:59")) == ("sato",)


@pytest.mark.parametrize(
    ("moment", "people"),
    [
        ("11-24 23:59", ("mori",)),
        ("11-25 00:00", ("sato",)),
        ("11-25 11:59", ("sato",)),
        ("11-25 12:00", ("mori",)),
    ],
)
def test_midnight_belongs_to_the_day_that_begins(moment: str, people: tuple[str, ...]) -> None:
    assert on_duty(ALL_WEEK, at(moment)) == people


@pytest.mark.parametrize(
    ("moment", "is_on"),
    [
        ("11-29 17:14", False),
        ("11-29 17:15", True),
        ("11-29 23:59", True),
        ("11-30 00:00", True),
        ("11-30 08:29", True),
        ("11-30 08:30", False),
        ("11-30 17:15", False),
    ],
)
def test_a_night_from_sunday_runs_into_monday_over_the_weeks_turn(moment: str, is_on: bool) -> None:
    assert bool(on_duty(WEEKEND_NIGHT, at(moment))) is is_on


def test_a_shift_that_ends_when_it_begins_lasts_a_whole_day() -> None:
    guard = rota(shift(("sat",), "09:00", "09:00", "mori"))
    assert on_duty(guard, at("11-28 09:00")) == ("mori",)
    assert on_duty(guard, at("11-29 08:59")) == ("mori",)
    assert on_duty(guard, at("11-29 09:00")) == ()
    assert on_duty(guard, at("11-28 08:59")) == ()


# --- holidays ---

NIGHTS = (shift(WORKDAYS, "17:15", "08:30", "sato"), shift(("sun",), "17:15", "08:30", "mori"))


@pytest.mark.parametrize(
    ("moment", "people"),
    [
        ("11-22 23:59", ("mori",)),
        ("11-23 00:00", ("mori",)),
        ("11-23 08:29", ("mori",)),
        ("11-23 17:15", ("mori",)),
        ("11-23 23:59", ("mori",)),
        ("11-24 00:00", ("mori",)),
        ("11-24 08:30", ()),
        ("11-24 17:15", ("sato",)),
    ],
)
def test_a_holiday_like_sunday_ends_with_its_own_night(moment: str, people: tuple[str, ...]) -> None:
    assert on_duty(rota(*NIGHTS), at(moment), Calendar(HOLIDAYS)) == people


def test_the_eve_of_a_holiday_is_an_ordinary_night() -> None:
    """Thursday's night shift goes on into the holiday: it began on a working day."""
    friday_off = Calendar(frozenset({date(2026, 11, 27)}))
    nights = rota(*NIGHTS, on_holidays="off")
    assert on_duty(nights, at("11-26 23:59"), friday_off) == ("sato",)
    assert on_duty(nights, at("11-27 08:29"), friday_off) == ("sato",)
    assert on_duty(nights, at("11-27 17:15"), friday_off) == ()
    assert on_duty(nights, at("11-28 00:00"), friday_off) == ()


@pytest.mark.parametrize(
    ("rule", "people"),
    [("usual", ("sato",)), ("off", ()), ("sun", ()), ("sat", ("mori",)), ("holiday", ("kei",))],
)
def test_a_rota_says_what_a_holiday_counts_as(rule: HolidayRule, people: tuple[str, ...]) -> None:
    shifts = (
        shift(WORKDAYS, "08:30", "17:15", "sato"),
        shift(("sat",), "08:30", "17:15", "mori"),
        shift(("holiday",), "08:30", "17:15", "kei"),
    )
    assert on_duty(rota(*shifts, on_holidays=rule), at("11-23 10:00"), Calendar(HOLIDAYS)) == people


# --- stand-ins and absences ---


def override(person: str, start: str, end: str, instead_of: str = "", name: str = "") -> Override:
    return Override("o1", person, at(start).astimezone(UTC), at(end).astimezone(UTC), instead_of, name)


def absence(person: str, start: str, end: str) -> Absence:
    return Absence("a1", person, at(start).astimezone(UTC), at(end).astimezone(UTC))


@pytest.mark.parametrize(
    ("moment", "people"),
    [
        ("11-24 11:59", ("sato",)),
        ("11-24 12:00", ("mori",)),
        ("11-24 12:59", ("mori",)),
        ("11-24 13:00", ("sato",)),
    ],
)
def test_a_stand_in_holds_from_its_start_up_to_its_end(moment: str, people: tuple[str, ...]) -> None:
    calendar = Calendar(overrides=(override("mori", "11-24 12:00", "11-24 13:00", "sato"),))
    assert on_duty(DAYTIME, at(moment), calendar) == people


def test_a_stand_in_for_somebody_who_is_not_on_duty_changes_nothing() -> None:
    calendar = Calendar(overrides=(override("kei", "11-24 00:00", "11-25 00:00", "mori"),))
    assert on_duty(DAYTIME, at("11-24 10:00"), calendar) == ("sato",)


def test_a_stand_in_for_nobody_in_particular_is_on_duty_alone_also_out_of_hours() -> None:
    calendar = Calendar(overrides=(override("kei", "11-24 00:00", "11-25 00:00"),))
    assert on_duty(DAYTIME, at("11-24 10:00"), calendar) == ("kei",)
    assert on_duty(DAYTIME, at("11-24 23:00"), calendar) == ("kei",)


def test_the_latest_stand_in_holds() -> None:
    whole_day = ("11-24 00:00", "11-25 00:00")
    calendar = Calendar(overrides=(override("mori", *whole_day, "sato"), override("kei", *whole_day, "mori")))
    assert on_duty(DAYTIME, at("11-24 10:00"), calendar) == ("kei",)


def test_a_stand_in_of_another_rota_is_none_of_ours() -> None:
    calendar = Calendar(overrides=(override("kei", "11-24 00:00", "11-25 00:00", name="夜間当番"),))
    assert on_duty(DAYTIME, at("11-24 10:00"), calendar) == ("sato",)


def test_whoever_is_away_is_not_on_duty_not_even_as_a_stand_in() -> None:
    whole_day = ("11-24 00:00", "11-25 00:00")
    calendar = Calendar(
        overrides=(override("mori", *whole_day, "sato"),), absences=(absence("mori", *whole_day),)
    )
    assert on_duty(DAYTIME, at("11-24 10:00"), calendar) == ()
    assert duty_at([DAYTIME], at("11-24 10:00"), calendar).away == {"mori"}
    assert duty_at([DAYTIME], at("11-25 00:00"), calendar).away == frozenset()


# --- opening hours ---

OFFICE = Hours(
    (Span(WORKDAYS, minutes("08:30"), minutes("12:00")), Span(WORKDAYS, minutes("13:00"), minutes("17:15")))
)


def test_a_site_is_closed_on_holidays_unless_it_has_hours_for_them() -> None:
    assert is_open(OFFICE, at("11-24 08:30"), HOLIDAYS)
    assert not is_open(OFFICE, at("11-24 12:00"), HOLIDAYS)
    assert not is_open(OFFICE, at("11-23 10:00"), HOLIDAYS)
    with_holidays = Hours((*OFFICE.spans, Span(("holiday",), minutes("09:00"), minutes("12:00"))))
    assert is_open(with_holidays, at("11-23 10:00"), HOLIDAYS)


def test_the_doors_open_where_it_was_closed_the_minute_before() -> None:
    assert openings(OFFICE, date(2026, 11, 24), HOLIDAYS) == (minutes("08:30"), minutes("13:00"))
    assert openings(OFFICE, LABOUR_THANKSGIVING, HOLIDAYS) == ()
    through = Hours((Span(WEEK, 0, minutes("12:00")), Span(WEEK, minutes("12:00"), minutes("24:00"))))
    assert openings(through, date(2026, 11, 24)) == ()
    overnight = Hours(
        (
            Span(("fri",), minutes("20:00"), minutes("05:00")),
            Span(("sat",), minutes("05:00"), minutes("09:00")),
        )
    )
    assert openings(overnight, date(2026, 11, 27)) == (minutes("20:00"),)
    assert openings(overnight, date(2026, 11, 28)) == ()


# --- what holds for every rota ---

spans = st.builds(
    Span,
    days=st.lists(st.sampled_from([*WEEK, "holiday"]), min_size=1, max_size=8, unique=True).map(tuple),
    start=st.integers(0, 1439),
    end=st.integers(0, 1440),
)
shifts = st.builds(Shift, spans, st.lists(st.sampled_from(["sato", "mori", "kei"]), min_size=1).map(tuple))
rules = st.sampled_from(["usual", "off", *WEEK, "holiday"])
rotas = st.builds(Rota, st.just("窓口当番"), st.lists(shifts, max_size=4).map(tuple), rules)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda d: d.replace(tzinfo=TOKYO))
day_sets = st.frozensets(st.dates(date(2025, 12, 30), date(2027, 1, 2)), max_size=40)


@settings(max_examples=50)
@given(rotas, moments)
def test_without_holidays_every_week_is_the_same(rota: Rota, moment: datetime) -> None:
    assert on_duty(rota, moment) == on_duty(rota, moment + timedelta(days=7))


@settings(max_examples=50)
@given(rotas, moments, day_sets)
def test_only_holidays_of_today_and_yesterday_matter(
    rota: Rota, moment: datetime, days: frozenset[date]
) -> None:
    near = frozenset(days & {moment.date(), moment.date() - timedelta(days=1)})
    assert on_duty(rota, moment, Calendar(days)) == on_duty(rota, moment, Calendar(near))


@settings(max_examples=50)
@given(rotas, moments, st.sampled_from(["sato", "mori", "kei"]))
def test_somebody_who_is_away_is_never_on_duty_and_nobody_else_changes(
    rota: Rota, moment: datetime, person: str
) -> None:
    away = Calendar(absences=(Absence("a1", person, moment, moment + timedelta(minutes=1)),))
    expected = tuple(p for p in on_duty(rota, moment) if p != person)
    assert on_duty(rota, moment, away) == expected


@settings(max_examples=50)
@given(spans, moments)
def test_a_span_over_midnight_is_its_two_halves(span: Span, moment: datetime) -> None:
    """Cut at midnight by hand, with the day names moved on by one, it covers the same minutes."""
    whole = on_duty(rota(Shift(span, ("sato",)), on_holidays="usual"), moment)
    weekdays = tuple(day for day in span.days if day in WEEK)
    following = tuple(WEEK[(WEEK.index(day) + 1) % 7] for day in weekdays)
    halves = [Shift(Span(weekdays, span.start, span.end), ("sato",))]
    if span.end <= span.start:
        halves = [Shift(Span(weekdays, span.start, 1440), ("sato",))]
        halves += [Shift(Span(following, 0, span.end), ("sato",))] if span.end else []
    assert on_duty(rota(*halves, on_holidays="usual"), moment) == whole


@settings(max_examples=50)
@given(rotas, moments)
def test_the_time_of_day_is_that_of_the_place_also_where_clocks_are_changed(
    rota: Rota, moment: datetime
) -> None:
    """The same time on the wall in another zone finds the same people, on days with a lost or doubled hour too."""
    berlin = moment.replace(tzinfo=ZoneInfo("Europe/Berlin"))
    assert on_duty(rota, berlin) == on_duty(rota, moment)


@settings(max_examples=50)
@given(
    st.lists(spans, min_size=1, max_size=3).map(tuple),
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    day_sets,
)
def test_doors_open_exactly_where_closed_turns_into_open(
    written: tuple[Span, ...], day: date, days: frozenset[date]
) -> None:
    hours = Hours(written)
    midnight = datetime.combine(day, time(), TOKYO)
    found = openings(hours, day, days)
    for minute in {0, *found, *(span.start for span in written)}:
        moment = midnight + timedelta(minutes=minute)
        opens = is_open(hours, moment, days) and not is_open(hours, moment - timedelta(minutes=1), days)
        assert (minute in found) is opens

"""The days on which a town hall is closed, as the law and the calendar have them for this year and the next."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.app.days_off import calendar, days_off
from bot.core.plan import Holidays
from bot.core.rota import Rota, Shift, Span, on_duty

BY_LAW = {
    2026: "01-01 01-12 02-11 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-20 08-11 09-21 09-22 09-23 10-12 11-03 11-23",
    2027: "01-01 01-11 02-11 02-23 03-21 03-22 04-29 05-03 05-04 05-05 07-19 08-11 09-20 09-23 10-11 11-03 11-23",
}
"""https://www8.cao.go.jp/chosei/shukujitsu/gaiyou.html; among them 5/6 and 9/22 in 2026, 3/22 in 2027."""


@pytest.mark.parametrize("year", BY_LAW)
def test_the_nations_holidays_are_those_of_the_law(year: int) -> None:
    found = days_off(Holidays(), date(year, 1, 1), date(year, 12, 31))
    assert " ".join(sorted(day.isoformat()[5:] for day in found)) == BY_LAW[year]


def test_the_days_around_the_turn_of_the_year_are_off_in_both_years() -> None:
    own = Holidays(also=("12-29", "12-30", "12-31", "01-02", "01-03"))
    found = days_off(own, date(2026, 12, 28), date(2027, 1, 5))
    assert sorted(found) == [date(2026, 12, 29) + timedelta(days=n) for n in range(6)]


def test_a_closure_of_one_year_is_none_of_the_next() -> None:
    own = Holidays(japan=False, also=("2026-12-28",))
    assert days_off(own, date(2026, 12, 1), date(2027, 12, 31)) == {date(2026, 12, 28)}


def test_the_night_before_the_turn_of_the_year_is_read_with_its_own_day() -> None:
    """The calendar of January 1 alone knows what December 31 was."""
    night = Rota("夜", (Shift(Span(("thu",), 1020, 510), ("mori",)),), "off")
    new_year = date(2027, 1, 1)
    at = datetime(2027, 1, 1, 3, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert on_duty(night, at, calendar(Holidays(), new_year, new_year)) == ("mori",)
    assert on_duty(night, at, calendar(Holidays(also=("12-31",)), new_year, new_year)) == ()

"""Which days of a period are days off: the nation's holidays and the organisation's own."""

from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from bot.core.plan import Holidays
from bot.core.rota import PLAIN, Calendar


def calendar(holidays: Holidays, first: date, last: date, changes: Calendar = PLAIN) -> Calendar:
    """These changes with the days off from `first` to `last`, and the night before them."""
    return replace(changes, holidays=days_off(holidays, first - timedelta(days=1), last))


def days_off(holidays: Holidays, first: date, last: date) -> frozenset[date]:
    """The days off from `first` to `last`, both included."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return frozenset(day for day in days if _is_off(holidays, day))


def _is_off(holidays: Holidays, day: date) -> bool:
    text = day.isoformat()
    return text in holidays.also or text[5:] in holidays.also or (holidays.japan and _is_national(day))


@lru_cache(maxsize=4096)
def _is_national(day: date) -> bool:
    """Loaded at the first question: most commands ask none. A day costs a millisecond, so it is remembered."""
    import jpholiday

    return jpholiday.is_holiday(day)

"""Reads rotas, opening hours, holidays and the roll-call of a policy, as a clerk writes them."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.core.plan import Holidays, RollCallRule, TrainingRule
from bot.core.rota import DAY_MINUTES, WEEK, DayName, HolidayRule, Hours, Rota, Shift, Span

DAYS: dict[str, tuple[DayName, ...]] = {
    **{day: (day,) for day in WEEK},
    **{sign: (day,) for sign, day in zip("月火水木金土日", WEEK, strict=True)},
    **dict.fromkeys(("holiday", "祝"), ("holiday",)),
    **dict.fromkeys(("weekdays", "平日"), WEEK[:5]),
    **dict.fromkeys(("daily", "毎日"), WEEK),
}
"""What may stand for days: three letters, one sign, or a word for several. Holidays are days of their own."""

RULES: dict[str, HolidayRule] = {
    **{"usual": "usual", "いつもどおり": "usual", "off": "off", "休み": "off"},
    **{word: days[0] for word, days in DAYS.items() if len(days) == 1},
}

TIME = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
DAY_OF_YEAR = re.compile(r"(\d{4}-)?\d{2}-\d{2}")

NO_DAY = "「{word}」という曜日はありません。月 火 水 木 金 土 日 祝、月-金、平日、毎日 から書いてください"
NO_DAYS = "曜日がありません。月-金 や [土, 日] のように書いてください"
NO_TIME = "「{word}」は時刻ではありません。08:30 のように書いてください(24:00 まで)"
NO_DATE = "「{word}」という日はありません。12-29(毎年)か 2026-12-28(その年だけ)のように書いてください"
NO_RULE = "「{word}」は使えません。休み、いつもどおり、または曜日(日 など)を書いてください"
OWN_PATTERN = "「祝」の当番が weekly にあるので、on_holidays は要りません。どちらかを消してください"
ANSWER_LATE = "返事を待つ時間(minutes_to_answer)は、minutes_before より短くしてください。開く前に管理者へ知らせるためです"


def _days(written: object) -> tuple[DayName, ...]:
    words = written if isinstance(written, list) else [written]
    if words in ([], [None]):
        raise ValueError(NO_DAYS)
    return tuple(dict.fromkeys(day for word in words for day in _days_of(str(word).strip())))


def _days_of(word: str) -> Iterator[DayName]:
    """One word, or two joined as from and to; a range may run over Sunday."""
    first, dash, last = re.sub("[〜~–]", "-", word).partition("-")
    if not dash and word in DAYS:
        yield from DAYS[word]
        return
    ends = [DAYS.get(part.strip(), ()) for part in (first, last)]
    if any(len(days) != 1 or days[0] not in WEEK for days in ends):
        raise ValueError(NO_DAY.format(word=word))
    start, end = (WEEK.index(days[0]) for days in ends)
    yield from (WEEK[n % 7] for n in range(start, start + (end - start) % 7 + 1))


def _minute(written: object) -> int:
    found = TIME.fullmatch(str(written).strip())
    minute = int(found[1]) * 60 + int(found[2]) if found else DAY_MINUTES + 1
    if minute > DAY_MINUTES:
        raise ValueError(NO_TIME.format(word=written))
    return minute


def _start(written: object) -> int:
    return _minute(written) % DAY_MINUTES


def _day_of_year(written: object) -> str:
    word = str(written)
    try:
        if DAY_OF_YEAR.fullmatch(word):
            date.fromisoformat(word if len(word) > 5 else f"2000-{word}")
            return word
    except ValueError:
        pass
    raise ValueError(NO_DATE.format(word=word))


def _rule(written: object) -> object:
    if str(written) not in RULES:
        raise ValueError(NO_RULE.format(word=written))
    return RULES[str(written)]


Days = Annotated[tuple[DayName, ...], BeforeValidator(_days)]
Minutes = Annotated[int, Field(ge=1, le=240)]


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WrittenSpan(_Written):
    days: Days
    start: Annotated[int, BeforeValidator(_start), Field(alias="from")]
    end: Annotated[int, BeforeValidator(_minute), Field(alias="to")]

    def span(self) -> Span:
        return Span(self.days, self.start, self.end)


class WrittenShift(WrittenSpan):
    people: Annotated[tuple[str, ...], Field(min_length=1)]


class WrittenRota(_Written):
    weekly: Annotated[tuple[WrittenShift, ...], Field(min_length=1)]
    on_holidays: Annotated[HolidayRule, BeforeValidator(_rule)] | None = None

    @model_validator(mode="after")
    def _one_rule(self) -> "WrittenRota":
        if self.on_holidays is not None and self._has_pattern:
            raise ValueError(OWN_PATTERN)
        return self

    @property
    def _has_pattern(self) -> bool:
        return any("holiday" in shift.days for shift in self.weekly)

    def rota(self, name: str) -> Rota:
        """Holidays are like Sundays, unless the rota says something else or has shifts of their own for them."""
        shifts = tuple(Shift(written.span(), written.people) for written in self.weekly)
        return Rota(name, shifts, "holiday" if self._has_pattern else self.on_holidays or "sun")


WrittenHours = Annotated[tuple[WrittenSpan, ...], Field(min_length=1)]


def hours_from(written: tuple[WrittenSpan, ...]) -> Hours:
    return Hours(tuple(one.span() for one in written))


class WrittenHolidays(_Written):
    japan: bool = True
    also: tuple[Annotated[str, BeforeValidator(_day_of_year)], ...] = ()

    def holidays(self) -> Holidays:
        return Holidays(self.japan, self.also)


class WrittenRollCall(_Written):
    minutes_before: Minutes = 15
    minutes_to_answer: Minutes = 10

    @model_validator(mode="after")
    def _in_time(self) -> "WrittenRollCall":
        if self.minutes_to_answer >= self.minutes_before:
            raise ValueError(ANSWER_LATE)
        return self

    def rule(self) -> RollCallRule:
        return RollCallRule(timedelta(minutes=self.minutes_before), timedelta(minutes=self.minutes_to_answer))


class WrittenTraining(_Written):
    """The monthly drill; without `monthly: true` there is none. The last days of a month don't come in every month."""

    monthly: bool = False
    day: Annotated[int, Field(ge=1, le=28)] = 10
    time: Annotated[int, BeforeValidator(_start)] = 600

    def rule(self) -> TrainingRule | None:
        return TrainingRule(self.day, self.time) if self.monthly else None

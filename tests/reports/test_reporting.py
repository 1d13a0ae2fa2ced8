"""Figures from counters equal figures from incidents; sections, sites and drills are kept apart."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import get_args
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app.committing import Entry
from bot.app.flow_reader import read_flow
from bot.app.proving import finder
from bot.app.reporting import Course, Period, course_of, differences, figures, recount
from bot.config import CONTENT
from bot.core.alert import Alert, Page, Reach, State
from bot.core.buttons import MenuKind
from bot.core.facts import FactValue
from bot.core.figures import difference, figures_of
from bot.core.flow import Flow
from bot.core.incident import Caller, Incident, Tally
from bot.core.plan import Plans
from bot.core.walk import Walk, begin

TOKYO = ZoneInfo("Asia/Tokyo")
START = datetime(2026, 11, 20, 15, tzinfo=UTC)
"""The first moment of 21 November in Tokyo."""
PERIOD = Period(date(2026, 11, 21), date(2026, 11, 22), TOKYO)
KINDS: tuple[MenuKind, ...] = ("danger", "help", "unsure", "record")


@cache
def flow() -> Flow:
    flows = CONTENT / "flows"
    return read_flow((flows / "default.yaml").read_text("utf-8"), "default.yaml", 1, finder(flows))


async def flow_of(_flow_id: str, _revision: int) -> Flow:
    return flow()


@cache
def walks() -> tuple[Walk, ...]:
    facts: tuple[dict[str, FactValue], ...] = (
        {},
        {"weapon_seen": "yes"},
        {"org_at_fault": "yes"},
        {"disability_or_illness_suspected": "yes"},
    )
    return tuple(begin(flow(), known).walk for known in facts)


def incident(name: str, opened: datetime = START, **changes: object) -> Incident:
    caller = Caller("aiko", "愛子", "本庁舎", "2番窓口", "line:Ua")
    made = Incident(name, opened, "help", caller, walks()[0], Plans())
    return replace(made, **changes)  # type: ignore[arg-type]


@st.composite
def states(draw: st.DrawFn, name: str) -> list[Incident]:
    """One incident as it stood after each of its turns; anything about it may change but its beginning."""
    opened = START + timedelta(minutes=draw(st.integers(0, 2 * 24 * 60 - 1)))
    drill, kind = draw(st.booleans()), draw(st.sampled_from(KINDS))
    return [
        incident(name, opened, kind=kind, drill=drill, **draw(changing(opened)))
        for _ in range(draw(st.integers(1, 4)))
    ]


@st.composite
def changing(draw: st.DrawFn, opened: datetime) -> dict[str, object]:
    later = opened + timedelta(minutes=draw(st.integers(0, 90)))
    counters = draw(st.lists(st.sampled_from(("warned", "asked_to_leave")), max_size=3))
    site = draw(st.sampled_from(("本庁舎", "支所", "a|b", "")))
    channel = draw(st.sampled_from(("line", "slack")))
    return {
        "walk": draw(st.sampled_from(walks())),
        "tallies": tuple(Tally(counter, opened) for counter in counters),
        "closed": draw(st.sampled_from((None, later))),
        "alert": draw(st.none() | alerts(opened)),
        "caller": Caller("aiko", "愛子", site, "2番窓口", f"{channel}:Ua"),
    }


@st.composite
def alerts(draw: st.DrawFn, at: datetime) -> Alert:
    since = at + timedelta(seconds=draw(st.integers(0, 600)))
    reach: Reach = draw(st.sampled_from(get_args(Reach)))
    page = Page("sato", "佐藤", ("slack:U0SATO",), at, reach, since=since)
    state: State = draw(st.sampled_from(get_args(State)))
    return Alert(draw(st.sampled_from(("standard", "danger"))), Plans(), at, state, pages=(page,))


@given(
    st.lists(st.integers(), max_size=5).flatmap(
        lambda seeds: st.tuples(*(states(f"i{n}") for n, _ in enumerate(seeds)))
    )
)
@settings(max_examples=60, deadline=None)
def test_counters_kept_turn_by_turn_equal_a_recount_from_the_incidents(
    courses: tuple[list[Incident], ...],
) -> None:
    counters: dict[str, Counter[str]] = {}
    for course in courses:
        before: Mapping[str, int] = {}
        for state in course:
            after = figures_of(state, flow())
            day = counters.setdefault(PERIOD.day_of(state.opened), Counter())
            day.update(difference(before, after))
            before = after
    truth = asyncio.run(recount([course[-1] for course in courses], flow_of, PERIOD))
    assert differences(counters, truth) == []
    for side in (False, True):
        assert figures(counters, "", side, ()) == figures(truth, "", side, ())


def test_a_counter_that_differs_is_named_with_both_numbers() -> None:
    [wrong] = differences({"2026-11-21": {"x": 2, "y": 0}}, {"2026-11-21": {"x": 1}})
    assert (wrong.day, wrong.name, wrong.counter, wrong.incidents) == ("2026-11-21", "x", 2, 1)


def test_drills_and_other_sites_stay_out_of_real_figures() -> None:
    counters = {
        "2026-11-21": {"real|opened|本庁舎|line|help": 2, "drill|opened|本庁舎|line|help": 5},
        "2026-12-01": {"real|opened|支所|slack|danger": 1, "real|level|支所|slack|green": 1},
    }
    real, drills = figures(counters, "", False, ()), figures(counters, "", True, ())
    assert (real.opened, real.kinds, real.sites) == (3, {"danger": 1, "help": 2}, {"本庁舎": 2, "支所": 1})
    assert (real.days, real.months) == ({"2026-11-21": 2, "2026-12-01": 1}, {"2026-11": 2, "2026-12": 1})
    assert (drills.opened, drills.sites, real.legitimate) == (5, {"本庁舎": 5}, 1)
    assert figures(counters, "支所", False, ()).opened == 1


def test_a_day_begins_and_ends_by_the_organisation_s_clock() -> None:
    assert (PERIOD.start, PERIOD.end) == (START, START + timedelta(days=2))
    assert PERIOD.days == ("2026-11-21", "2026-11-22")
    assert PERIOD.day_of(START - timedelta(seconds=1)) == "2026-11-20"


def test_times_count_from_the_first_call_to_the_first_answer_and_arrival() -> None:
    kinds = {0: "opened", 5: "help_requested", 8: "seen", 50: "coming", 90: "coming", 200: "arrived"}
    journal = [Entry(START + timedelta(seconds=s), kind, "x") for s, kind in kinds.items()]
    closed = incident("i", closed=START + timedelta(minutes=7))
    assert course_of(closed, journal) == Course(False, 7, 45, 195)
    assert course_of(incident("i"), journal[:1]) == Course(False)


def test_medians_are_of_those_where_it_came_to_that() -> None:
    courses = [
        Course(False, 10, 40, None),
        Course(False, 20, None, None),
        Course(False, None, 50, 300),
        Course(True, 1),
    ]
    real = figures({}, "", False, courses)
    assert (real.median_minutes, real.median_seconds_to_answer, real.median_seconds_to_arrive) == (
        15,
        45,
        300,
    )
    assert figures({}, "", True, courses).median_minutes == 1

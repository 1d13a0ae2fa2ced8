"""Figures: counters kept step by step are the same as a recount, whatever happened."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.events import (
    CallerSaidArrived,
    CallerSaidFine,
    Counted,
    Event,
    Finished,
    HelpRequested,
    ResponderComing,
)
from bot.core.figures import METRICS, difference, figures_of, parse
from bot.core.incident import Incident, open_incident, step
from tests.core.sampling import AIKO, NOW, Move, moves, opened, shipped_flow, walk_event

FLOW = shipped_flow()
counts = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 9))


@given(counts, counts)
def test_a_difference_turns_the_one_into_the_other(before: dict[str, int], after: dict[str, int]) -> None:
    changed = Counter(before)
    changed.update(difference(before, after))
    assert +changed == Counter(after)


@settings(max_examples=40, deadline=None)
@given(moves, st.booleans())
def test_counters_kept_step_by_step_are_the_same_as_a_recount(played: list[Move], drill: bool) -> None:
    incident = open_incident(FLOW, opened("help", drill=drill)).incident
    kept = Counter(figures_of(incident, FLOW))
    for number, move in enumerate(played):
        event = walk_event(FLOW, incident.walk, move) if number % 3 else paging_event(number)
        after = step(FLOW, incident, event).incident
        kept.update(difference(figures_of(incident, FLOW), figures_of(after, FLOW)))
        incident = after
    assert +kept == figures_of(incident, FLOW)
    assert {parse(name)[0] for name in figures_of(incident, FLOW)} == {drill}


def paging_event(number: int) -> Event:
    at = NOW + timedelta(seconds=number)
    events: tuple[Event, ...] = (
        ResponderComing(at, "sato", 3),
        Counted(at, "warned"),
        CallerSaidArrived(at),
        HelpRequested(at, "standard"),
        CallerSaidFine(at),
    )
    return events[number // 3 % len(events)]


def seconds(count: int) -> timedelta:
    return timedelta(seconds=count)


def told(*events: Event) -> dict[str, int]:
    """Metric to amount, of one incident."""
    incident: Incident = open_incident(FLOW, opened("help")).incident
    for event in events:
        incident = step(FLOW, incident, event).incident
    return {f"{parse(n)[1]} {parse(n)[4]}".strip(): count for n, count in figures_of(incident, FLOW).items()}


def test_time_to_answer_is_told_apart_from_time_to_arrive() -> None:
    figures = told(
        ResponderComing(NOW + seconds(31), "sato"),
        ResponderComing(NOW + seconds(40), "sato", 5),
        CallerSaidArrived(NOW + seconds(200)),
        Finished(NOW + seconds(900), "aiko"),
    )
    assert figures["seconds_to_answer"] == 31
    assert figures["seconds_to_arrive"] == 200
    assert figures["minutes"] == 15


def test_a_cancelled_call_stays_one_after_the_end() -> None:
    figures = told(CallerSaidFine(NOW + seconds(5)), Finished(NOW + seconds(60), "aiko"))
    assert figures["cancelled"] == 1
    assert figures["closed"] == 1


def test_every_figure_is_a_metric_that_reports_know() -> None:
    figures = told(
        Counted(NOW, "warned"), ResponderComing(NOW, "sato"), CallerSaidArrived(NOW), Finished(NOW, "aiko")
    )
    assert {name.split()[0] for name in figures} <= set(METRICS)


def test_a_site_with_the_separator_in_its_name_does_no_harm() -> None:
    incident = open_incident(FLOW, opened("help", caller=replace(AIKO, site="本|館"))).incident
    assert {parse(name)[2] for name in figures_of(incident, FLOW)} == {"本 館"}

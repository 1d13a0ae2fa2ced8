"""What holds for every call for help, whatever happens in whatever order; and a table without holes."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import product
from typing import get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.core import paging
from bot.core.alert import OPEN_STATES, Alert, State
from bot.core.calling import TIMERS, PagingStep
from bot.core.effects import CALLER, ClearTimer, Effect, Record, SetTimer, Show, StopPages
from bot.core.events import (
    AcknowledgementUndone,
    CallerFellSilent,
    CallerSaidArrived,
    CallerSaidFine,
    CallerSaidNotYet,
    DuressSignalled,
    Finished,
    HandedOver,
    HelpRequested,
    MorePeopleWanted,
    PageFailed,
    PageSeen,
    PageTaken,
    PagingEvent,
    ResponderArrived,
    ResponderComing,
    ResponderDeclined,
    ResponderWatching,
    TimerFired,
)
from bot.core.plan import Plan, Plans
from tests.core.sampling import NOW, PLAN_PEOPLE, plans, tier

FEW = settings(max_examples=80, deadline=None)
Deed = tuple[str, int, int]

DEEDS = (
    *(
        "due",
        "due",
        "due",
        "stale",
        "help",
        "danger",
        "coming",
        "coming",
        "eta",
        "declined",
        "arrived",
        "undone",
    ),
    *("seen", "failed", "taken", "here", "not_yet", "fine", "finished"),
    *("watching", "more", "hand_over", "silent", "duress"),
)
WHO = st.sampled_from((0, 0, 0, 1, 1, 2, 2, 3, 4))
deeds = st.lists(st.tuples(st.sampled_from(DEEDS), WHO, st.integers(0, 200)), min_size=3, max_size=30)
"""What may happen: which deed, by whom (the last one was never called), after how many seconds."""

PERSONS = (*PLAN_PEOPLE, "nobody")


@dataclass
class World:
    """An alert with its pending timers, as the store keeps them."""

    alert: Alert
    now: datetime = NOW
    timers: dict[str, SetTimer] = field(default_factory=dict)

    def event(self, deed: Deed) -> PagingEvent | Finished:
        kind, who, seconds = deed
        person = PERSONS[who]
        if kind == "due" and self.timers:
            timer = min(self.timers.values(), key=lambda t: t.due)
            self.now = max(self.now, timer.due)
            return TimerFired(self.now, timer.name, timer.stamp)
        self.now += timedelta(seconds=seconds)
        return self._tapped(kind, person, seconds)

    def _tapped(self, kind: str, person: str, number: int) -> PagingEvent | Finished:
        by_person: dict[str, Callable[[datetime, str], PagingEvent]] = {
            "declined": ResponderDeclined,
            "arrived": ResponderArrived,
            "undone": AcknowledgementUndone,
            "seen": PageSeen,
            "watching": ResponderWatching,
            "more": MorePeopleWanted,
        }
        by_caller: dict[str, Callable[[datetime], PagingEvent]] = {
            "here": CallerSaidArrived,
            "not_yet": CallerSaidNotYet,
            "fine": CallerSaidFine,
            "silent": CallerFellSilent,
            "duress": DuressSignalled,
        }
        match kind:
            case "help" | "danger":
                return HelpRequested(self.now, "danger" if kind == "danger" else "standard")
            case "coming" | "eta":
                return ResponderComing(self.now, person, number % 6 if kind == "eta" else None)
            case "hand_over":
                return HandedOver(self.now, person, PERSONS[number % len(PERSONS)])
            case "failed":
                return PageFailed(
                    self.now, person, f"{'line:U' if number % 2 else 'slack:S'}{person}", "quota"
                )
            case "taken":
                return PageTaken(self.now, person, f"{'line:U' if number % 2 else 'slack:S'}{person}")
            case "finished":
                return Finished(self.now, "aiko")
            case kind if kind in by_person:
                return by_person[kind](self.now, person)
            case kind if kind in by_caller:
                return by_caller[kind](self.now)
        return TimerFired(self.now, TIMERS[number % 4], self.alert.stamp - 1 - number % 3)

    def keep(self, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            if isinstance(effect, SetTimer):
                self.timers[effect.name] = effect
            elif isinstance(effect, ClearTimer):
                self.timers.pop(effect.name, None)

    def confirm(self, event: PagingEvent | Finished, before: dict[str, SetTimer]) -> None:
        """A timer that has fired goes, unless it was set anew."""
        if not isinstance(event, TimerFired):
            return
        pending = self.timers.get(event.name)
        if pending and pending == before.get(event.name) and pending.stamp == event.stamp:
            del self.timers[event.name]


@dataclass(frozen=True)
class Happened:
    before: Alert
    event: PagingEvent | Finished
    result: PagingStep
    timers: dict[str, SetTimer]

    @property
    def paged(self) -> list[str]:
        return [e.to for e in self.result.effects if isinstance(e, Show) and e.urgent]


def history(played: list[Deed], kind: str = "standard") -> list[Happened]:
    begun = paging.begin(HelpRequested(NOW, kind), plans())  # type: ignore[arg-type]
    world, told = World(begun.alert), []
    world.keep(begun.effects)
    for deed in played:
        event, before, pending = world.event(deed), world.alert, dict(world.timers)
        result = paging.step(before, event)
        world.alert = result.alert
        world.keep(result.effects)
        world.confirm(event, pending)
        told.append(Happened(before, event, result, dict(world.timers)))
    return told


kinds = st.sampled_from(("standard", "danger"))


@FEW
@given(deeds, kinds)
def test_an_open_alert_has_one_timer_and_it_is_the_one_it_waits_for(played: list[Deed], kind: str) -> None:
    for step in history(played, kind):
        alert = step.result.alert
        wanted = [alert.stamp] if alert.is_open else []
        assert [t.stamp for t in step.timers.values()] == wanted
        if alert.is_open:
            wanted_names = {"coming": ("runs_out",), "claimed": ("settles",)}
            assert (*step.timers,)[0] in wanted_names.get(alert.state, ("again", "next_tier"))


@FEW
@given(deeds, kinds)
@example([("coming", 0, 0), ("duress", 0, 0), ("declined", 0, 0)], "standard")
def test_nobody_who_is_coming_or_there_is_paged_unless_that_came_to_nothing(
    played: list[Deed], kind: str
) -> None:
    for step in history(played, kind):
        ran_out = isinstance(step.event, CallerSaidNotYet) or any(
            e == Record("ran_out") for e in step.result.effects
        )
        going = {p.person for p in step.before.responders()}
        assert ran_out or not going & set(step.paged)


@FEW
@given(deeds, kinds)
def test_every_paged_person_stands_in_the_plan(played: list[Deed], kind: str) -> None:
    for step in history(played, kind):
        plan = {
            t.person for p in (plans().standard, plans().danger) for tier in p.tiers for t in tier.targets
        }
        assert set(step.paged) <= plan
        assert {p.person for p in step.result.alert.pages} <= plan


@FEW
@given(deeds, kinds)
def test_every_page_is_recorded_with_its_try_and_no_person_twice_in_one_step(
    played: list[Deed], kind: str
) -> None:
    for step in history(played, kind):
        entries = [e.data for e in step.result.effects if isinstance(e, Record) and e.kind == "paged"]
        assert [e["person"] for e in entries] == step.paged
        assert len(set(step.paged)) == len(step.paged)
        tries = {p.person: p.tries for p in step.result.alert.pages}
        assert all(tries[str(e["person"])] == e["try"] for e in entries)


@FEW
@given(deeds, kinds)
def test_an_answer_stops_what_is_pending_and_pages_nobody(played: list[Deed], kind: str) -> None:
    for step in history(played, kind):
        settles = step.before.state == "calling" and step.result.alert.state in (
            "coming",
            "claimed",
            "arrived",
        )
        ends = step.before.is_open and not step.result.alert.is_open
        if settles or ends:
            assert StopPages() in step.result.effects
            assert step.paged == []


@FEW
@given(deeds, kinds)
def test_what_is_not_in_the_table_changes_nothing(played: list[Deed], kind: str) -> None:
    for step in history(played, kind):
        if (step.before.state, type(step.event)) not in paging._TABLE:
            assert step.result.alert == step.before
            assert all(isinstance(e, Show) for e in step.result.effects)


@FEW
@given(deeds, kinds)
def test_the_end_is_the_end(played: list[Deed], kind: str) -> None:
    for step in history(played, kind):
        if step.before.state in ("cancelled", "closed"):
            assert step.result.alert == step.before


@FEW
@given(deeds, kinds)
def test_a_timer_with_an_old_stamp_does_nothing(played: list[Deed], kind: str) -> None:
    for step in history(played, kind):
        if isinstance(step.event, TimerFired) and step.event.stamp != step.before.stamp:
            assert step.result == PagingStep(step.before)


@FEW
@given(deeds, kinds)
def test_somebody_who_was_not_called_changes_nothing_and_is_told_so(played: list[Deed], kind: str) -> None:
    for step in history(played, kind):
        person = getattr(step.event, "person", "")
        if person and step.before.page_of(person) is None:
            told = (
                ()
                if isinstance(step.event, PageFailed | PageTaken)
                else (Show(person, "notice", "not_paged"),)
            )
            assert step.result == PagingStep(step.before, told)


@FEW
@given(deeds, kinds)
def test_coming_means_that_somebody_is_on_the_way(played: list[Deed], kind: str) -> None:
    for step in history(played, kind):
        alert = step.result.alert
        if alert.state == "coming":
            assert alert.on_the_way()
            assert all(p.expected for p in alert.on_the_way())


@FEW
@given(deeds, kinds)
def test_the_caller_is_told_of_every_change(played: list[Deed], kind: str) -> None:
    for step in history(played, kind):
        told = any(isinstance(e, Show) and e.to == CALLER and e.view == "status" for e in step.result.effects)
        if step.result.alert.state != step.before.state and not isinstance(step.event, Finished):
            assert told


@FEW
@given(deeds, kinds)
def test_whoever_taps_gets_an_answer(played: list[Deed], kind: str) -> None:
    for step in history(played, kind):
        person = getattr(step.event, "person", "")
        if person and not isinstance(step.event, PageFailed | PageTaken):
            assert any(isinstance(e, Show) and e.to == person for e in step.result.effects)


@FEW
@given(deeds, kinds)
def test_a_call_is_never_left_with_nobody_and_no_next_moment(played: list[Deed], kind: str) -> None:
    """However often time passes without an answer, somebody is paged within the longest wait."""
    happened = history(played, kind)
    alert = (
        happened[-1].result.alert if happened else paging.begin(HelpRequested(NOW, "standard"), plans()).alert
    )
    if alert.state != "calling":
        return
    world = World(alert, NOW + timedelta(days=1))
    stamps, paged = alert.stamp, 0
    for _ in range(4):
        result = paging.step(world.alert, TimerFired(world.now, "next_tier", world.alert.stamp))
        world.alert, paged = (
            result.alert,
            paged + sum(isinstance(e, Show) and e.urgent for e in result.effects),
        )
    assert world.alert.stamp > stamps
    assert paged or {p.reach for p in alert.pages} <= {"coming", "arrived"}


def after(*events: PagingEvent | Finished) -> tuple[Alert, list[str]]:
    """The alert after a standard call and these events, and whom the last of them paged."""
    alert, paged = paging.begin(HelpRequested(NOW, "standard"), plans()).alert, list[str]()
    for event in events:
        result = paging.step(alert, event)
        alert, paged = result.alert, [e.to for e in result.effects if isinstance(e, Show) and e.urgent]
    return alert, paged


def test_danger_pages_everyone_of_its_first_tier_but_those_who_are_coming() -> None:
    later = NOW + timedelta(seconds=20)
    assert after(HelpRequested(later, "danger"))[1] == ["sato", "kei"]
    assert after(ResponderComing(later, "sato"), HelpRequested(later, "danger"))[1] == ["kei"]
    assert after(ResponderArrived(later, "sato"), HelpRequested(later, "danger"))[1] == ["kei"]


def test_when_one_of_two_takes_it_back_the_other_ones_time_counts() -> None:
    later = NOW + timedelta(seconds=20)
    graver = HelpRequested(later, "danger")
    coming = (ResponderComing(later, "sato", 1), ResponderComing(later, "kei", 5))
    alert, _ = after(graver, *coming)
    undone = paging.step(alert, AcknowledgementUndone(later, "sato"))
    timer = next(e for e in undone.effects if isinstance(e, SetTimer))
    assert (timer.name, timer.due) == ("runs_out", later + timedelta(minutes=5) + plans().danger.grace)
    assert undone.alert.state == "coming"


EXPLAINED: dict[tuple[State, type], str] = {
    ("arrived", TimerFired): "nothing is pending any more",
    ("arrived", ResponderComing): "they see who is there",
    ("arrived", ResponderDeclined): "they see who is there",
    ("arrived", AcknowledgementUndone): "they see who is there; it is the caller who says まだ来ない",
    ("arrived", PageFailed): "somebody is there; whom it didn't reach doesn't matter",
    ("arrived", PageTaken): "somebody is there; whom it reached after all doesn't matter",
    ("arrived", CallerSaidArrived): "it has been said",
    ("arrived", CallerSaidFine): "somebody is there; it ends with 終わった",
    ("arrived", ResponderWatching): "they see who is there",
    ("arrived", HandedOver): "they see who is there",
    ("arrived", CallerFellSilent): "somebody is there; the clock of silence has stopped",
    ("claimed", CallerFellSilent): "somebody says that they are there; the clock of silence has stopped",
    ("calling", HandedOver): "nobody is on the way who could hand over",
    ("cancelled", CallerFellSilent): "the clock of silence has stopped",
    ("cancelled", DuressSignalled): "the incident begins a new alert",
    ("cancelled", HelpRequested): "the incident begins a new alert",
    **{
        ("cancelled", event): "nobody needs to come: they are told so"
        for event in (
            *(PageSeen, ResponderComing, ResponderDeclined, ResponderArrived, AcknowledgementUndone),
            *(ResponderWatching, MorePeopleWanted, HandedOver),
        )
    },
    **{
        ("cancelled", event): "the caller sees that it is stopped"
        for event in (CallerSaidArrived, CallerSaidNotYet, CallerSaidFine)
    },
    **{("cancelled", event): "nothing is pending any more" for event in (TimerFired, PageFailed, PageTaken)},
    **{
        ("closed", event): "the incident is over and answers itself"
        for event in (*get_args(PagingEvent), Finished)
    },
}


def test_every_event_in_every_state_is_in_the_table_or_has_a_reason_not_to_be() -> None:
    everything = set(product(get_args(State), (*get_args(PagingEvent), Finished)))
    assert set(paging._TABLE) | set(EXPLAINED) == everything
    assert not set(paging._TABLE) & set(EXPLAINED)


def test_open_states_are_those_in_which_time_matters() -> None:
    assert {state for state, event in paging._TABLE if event is TimerFired} == set(OPEN_STATES)


def test_a_plan_without_anybody_says_so_and_keeps_its_timer() -> None:
    begun = paging.begin(HelpRequested(NOW, "standard"), Plans())
    assert Show(CALLER, "notice", "nobody_to_call") in begun.effects
    timer = next(e for e in begun.effects if isinstance(e, SetTimer))
    assert timer.stamp == begun.alert.stamp
    later = paging.step(begun.alert, TimerFired(timer.due, timer.name, timer.stamp))
    assert any(isinstance(e, SetTimer) for e in later.effects)


def test_danger_without_people_of_its_own_widens_among_the_others() -> None:
    begun = paging.begin(HelpRequested(NOW, "standard"), Plans(standard=plans().standard, danger=Plan()))
    graver = paging.step(begun.alert, HelpRequested(NOW + timedelta(seconds=9), "danger"))
    assert [e.to for e in graver.effects if isinstance(e, Show) and e.urgent] == ["mori", "kei"]


@pytest.mark.parametrize("again", [60, 90])
def test_a_tier_that_repeats_later_than_it_waits_goes_wider_on_time(again: int) -> None:
    plan = replace(plans().standard, tiers=(tier("sato", wait=60, again=again), tier("mori")))
    begun = paging.begin(HelpRequested(NOW, "standard"), Plans(standard=plan))
    timer = next(e for e in begun.effects if isinstance(e, SetTimer))
    assert (timer.name, timer.due) == ("next_tier", NOW + timedelta(seconds=60))

"""What joins the two machines: help first, one call at a time, counts, the end, and drills."""

from dataclasses import MISSING, fields, replace
from datetime import timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from bot.core.cards import compose
from bot.core.effects import CALLER, ROOM, CallHelp, Effect, Record, Show, View
from bot.core.events import (
    Answered,
    CallerSaidArrived,
    CallerSaidFine,
    Counted,
    Event,
    Finished,
    HelpRequested,
    Joined,
    Noted,
    Opened,
    PageFailed,
    PageTaken,
    ResponderArrived,
    ResponderComing,
    SceneChosen,
    TimerFired,
)
from bot.core.incident import Incident, minutes_open, open_incident, step
from bot.core.messages import Card, buttons_of
from bot.core.page_cards import thread_line
from bot.core.plan import Person
from bot.core.scene import Scene
from tests.core.sampling import NOW, Move, moves, opened, plans, shipped_flow, shipped_words, walk_event

FLOW = shipped_flow()
LATER = NOW + timedelta(minutes=7)


def begun(kind: str = "help", **changes: object) -> Incident:
    return open_incident(FLOW, opened(kind, **changes)).incident


def after(incident: Incident, *events: Event) -> Incident:
    for event in events:
        incident = step(FLOW, incident, event).incident
    return incident


def paged(effects: tuple[Effect, ...]) -> list[str]:
    return [e.to for e in effects if isinstance(e, Show) and e.urgent]


def answered(incident: Incident, step_id: str, choice: str) -> Answered:
    return Answered(LATER, step_id, choice, incident.walk.revision, incident.walk.flow)


def scene(incident: Incident, reader: str = "aiko", language: str = "ja") -> Scene:
    return Scene(incident, FLOW, shipped_words(), LATER, ZoneInfo("Asia/Tokyo"), reader, language)


@pytest.mark.parametrize(
    ("kind", "people"), [("help", ["sato"]), ("danger", ["sato", "kei"]), ("unsure", []), ("record", [])]
)
def test_help_stands_before_the_first_question(kind: str, people: list[str]) -> None:
    result = open_incident(FLOW, opened(kind))
    assert paged(result.effects) == people
    shows = [e.view for e in result.effects if isinstance(e, Show) and e.to == CALLER]
    assert shows[-1] == "question"


def test_what_was_understood_of_typed_words_is_not_asked_again_and_calls_for_help() -> None:
    result = open_incident(FLOW, opened("unsure", facts=("weapon_seen",)))
    assert paged(result.effects) == ["sato", "kei"]
    assert result.incident.walk.at == "end_red_weapon"


def test_a_call_by_the_flow_joins_the_one_that_is_under_way() -> None:
    incident = begun("danger")
    result = step(FLOW, incident, answered(incident, "danger", "dangerous"))
    assert paged(result.effects) == []
    assert result.incident.alert == incident.alert


def test_a_graver_answer_makes_the_call_graver() -> None:
    incident = begun("help")
    result = step(FLOW, incident, answered(incident, "danger", "dangerous"))
    assert paged(result.effects) == ["sato", "kei"]


def test_a_call_after_fine_now_begins_anew_with_the_plan_of_the_beginning() -> None:
    incident = after(begun("help"), CallerSaidFine(LATER))
    result = step(FLOW, incident, HelpRequested(LATER, "standard"))
    assert paged(result.effects) == ["sato"]
    assert result.incident.alert is not None
    assert result.incident.alert.stamp > (incident.alert.stamp if incident.alert else 0)


def test_an_emergency_in_words_calls_although_a_question_is_open() -> None:
    incident = begun("unsure")
    result = step(FLOW, incident, Noted(LATER, 12, emergency=True))
    assert paged(result.effects) == ["sato", "kei"]
    assert result.incident.walk.trail == incident.walk.trail


def test_counting_is_one_tap_with_its_time() -> None:
    incident = after(begun(), Counted(NOW, "warned"), Counted(LATER, "warned"))
    assert incident.count("warned") == 2
    assert [t.at for t in incident.tallies] == [NOW, LATER]


def test_a_counter_that_no_card_has_is_not_counted() -> None:
    result = step(FLOW, begun(), Counted(LATER, "nonsense"))
    assert result.incident.tallies == ()
    assert [e.view for e in result.effects if isinstance(e, Show)] == ["question"]


def test_the_minutes_stop_at_the_end() -> None:
    incident = after(begun(), Finished(NOW + timedelta(minutes=12, seconds=59), "aiko"))
    assert minutes_open(incident, NOW + timedelta(days=3)) == 12


SAMPLES = {
    "at": LATER, "incident": "i1", "step": "danger", "choice": "safe", "revision": 1, "flow": "default", "key": "",
    "way": "our_fault", "characters": 3, "facts": (), "emergency": False, "counter": "warned", "person": "sato",
    "minutes": 0, "address": "line:Usato", "reason": "quota", "name": "again", "stamp": 1, "by": "aiko", "kind": "standard",
    "words": "はい", "to": "kei", "view": "police", "sure": False, "place": "3番窓口",
    "sight": "hurt", "yes": True, "scenes": {"phone": {"ja": "電話"}},
}  # fmt: skip
KENJI = Person("kenji", "健司", site="本庁舎", place="2番窓口", line_user_id="Ukenji")


def sample(event: type) -> Event:
    values = {f.name: SAMPLES[f.name] for f in fields(event) if f.name in SAMPLES or f.default is MISSING}
    other: dict[type, dict[str, object]] = {
        Joined: {"person": KENJI},
        SceneChosen: {"facts": {"threat_of_harm": "no"}},
    }
    made: Event = event(**{**values, **other.get(event, {})})
    return made


EVENTS = [e for e in get_args(Event) if e is not Opened]


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("kind", ["help", "unsure"])
def test_every_event_has_its_handler(event: type, kind: str) -> None:
    step(FLOW, begun(kind), sample(event))


@pytest.mark.parametrize("event", EVENTS)
def test_after_the_end_every_event_is_answered_and_changes_nothing(event: type) -> None:
    incident = after(begun(), Finished(LATER, "aiko"))
    result = step(FLOW, incident, sample(event))
    assert result.incident == incident
    silent = event in (TimerFired, PageFailed, PageTaken)
    assert [type(e) for e in result.effects] == ([] if silent else [Show])


def test_an_incident_is_opened_once() -> None:
    with pytest.raises(ValueError, match="opened once"):
        step(FLOW, begun(), opened())


@settings(max_examples=40, deadline=None)
@given(moves)
def test_the_machines_leave_no_wish_unsettled_and_every_card_can_be_drawn(played: list[Move]) -> None:
    """CallHelp never leaves the core; every Show makes cards for its reader."""
    result = open_incident(FLOW, opened("help"))
    for move in played:
        result = step(FLOW, result.incident, walk_event(FLOW, result.incident.walk, move))
        assert not any(isinstance(e, CallHelp) for e in result.effects)
        for show in (e for e in result.effects if isinstance(e, Show)):
            reader = {CALLER: "aiko", ROOM: ""}.get(show.to, show.to)
            assert compose(scene(result.incident, reader), show)


# --- what is shown ---


STATES = {
    "calling": (),
    "coming": (ResponderComing(LATER, "sato", 3),),
    "claimed": (ResponderComing(LATER, "sato", 0), ResponderArrived(LATER, "sato")),
    "arrived": (CallerSaidArrived(LATER),),
    "cancelled": (CallerSaidFine(LATER),),
    "closed": (Finished(LATER, "aiko"),),
}


@pytest.mark.parametrize("view", get_args(View))
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_view_can_be_drawn_in_every_state(view: str, state: str, language: str) -> None:
    incident = after(begun("help"), *STATES[state])
    for reader in ("aiko", "sato", ""):
        cards = compose(scene(incident, reader, language), Show(reader, view, "noted"))  # type: ignore[arg-type]
        assert cards or (view == "page" and reader != "sato")
        assert all(card.alt and len(buttons_of(card)) <= 13 for card in cards)


def test_with_nobody_on_duty_the_caller_is_told_who_was_called_instead() -> None:
    incident = begun("help", plans=replace(plans(), standard=replace(plans().standard, off_duty=True)))
    (card,) = compose(scene(incident), Show(CALLER, "status"))
    assert card.body == ("今は当番の人がいないので、satoへ知らせました。",)


@pytest.mark.parametrize("state", STATES)
def test_buttons_for_the_call_stand_only_while_it_is_open(state: str) -> None:
    incident = after(begun("help"), *STATES[state])
    labels = [b.label for c in compose(scene(incident, "sato"), Show("sato", "page")) for b in buttons_of(c)]
    assert ("行けない" in labels or "行けなくなった" in labels) == (state in ("calling", "coming"))


@pytest.mark.parametrize("view", get_args(View))
def test_a_drill_is_marked_on_every_card(view: str) -> None:
    incident = begun("help", drill=True)
    cards = compose(scene(incident, "sato" if view == "page" else "aiko"), Show("", view, "noted"))  # type: ignore[arg-type]
    assert cards
    for card in cards:
        assert card.title.startswith("【訓練】")
        assert card.alt.startswith("【訓練】")


def test_a_drill_is_marked_in_the_rooms_thread() -> None:
    record = Record("paged", {"person": "sato", "tier": 1, "try": 1})
    assert thread_line(scene(begun("help", drill=True)), record, NOW) == "【訓練】10:02 satoへ送りました"


def test_a_drill_stays_one_to_the_end() -> None:
    incident = after(begun("help", drill=True), ResponderComing(LATER, "sato"), CallerSaidArrived(LATER))
    assert after(incident, Finished(LATER, "sato")).drill


NEUTRAL = ("カスハラ", "ハラスメント", "加害", "犯人", "クレーマー", "通報", "暴")


def test_a_lock_screen_shows_nothing_that_the_other_person_may_not_read() -> None:
    incident = begun("danger")
    cards: list[Card] = []
    for reader, view in (
        ("aiko", "question"),
        ("aiko", "status"),
        ("sato", "page"),
        ("", "thread"),
        ("sato", "stood_down"),
    ):
        cards += compose(scene(incident, reader), Show(reader, view))  # type: ignore[arg-type]
    assert {word for card in cards for word in NEUTRAL if word in card.alt + card.title} == set()


def test_the_level_card_holds_what_to_do_why_and_who_decides() -> None:
    incident = begun("unsure")
    for answer in (("danger", "dangerous"), ("what_danger", "weapon")):
        incident = after(incident, answered(incident, *answer))
    (card,) = compose(scene(incident), Show(CALLER, "level"))
    assert card.body
    assert card.aloud
    assert [label for label, _ in card.facts] == ["わけ", "すること", "決める人"]
    assert [b.label for b in card.bottom][:1] == ["応援"]


def test_plans_are_frozen_into_the_incident() -> None:
    incident = begun("unsure")
    assert incident.plans == plans()
    assert replace(incident).plans is incident.plans

"""Deeds in every order, from everybody at once, with clocks that step: what must hold whatever happens to a call for help."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.cards import compose
from bot.core.effects import CALLER, ROOM, ClearTimer, Effect, Record, SetTimer, Show, StopPages
from bot.core.events import (
    AcknowledgementUndone,
    AskedAgain,
    CallerSaidArrived,
    CallerSaidFine,
    CallerSaidNotYet,
    CardWanted,
    DuressSignalled,
    Event,
    Finished,
    HandedOver,
    HelpRequested,
    Joined,
    Messaged,
    MorePeopleWanted,
    Noted,
    PageFailed,
    PageSeen,
    PageTaken,
    Placed,
    ResponderArrived,
    ResponderComing,
    ResponderDeclined,
    ResponderWatching,
    TimerFired,
    WayTaken,
)
from bot.core.incident import Incident, open_incident, step
from bot.core.plan import Person
from bot.core.scene import Scene
from bot.core.siren import tells_the_siren
from tests.core.sampling import NOW, PLAN_PEOPLE, opened, plans, shipped_flow, shipped_words

FLOW = shipped_flow()
TOKYO = timezone(timedelta(hours=9))
WITNESS = Person("wada", "和田", line_user_id="Uwada")
PERSONS = (*PLAN_PEOPLE, "nobody")

BY_PERSON: dict[str, Callable[[datetime, str], Event]] = {
    "coming": lambda at, who: ResponderComing(at, who),
    "now": lambda at, who: ResponderComing(at, who, 0),
    "five": lambda at, who: ResponderComing(at, who, 5),
    "declined": ResponderDeclined,
    "arrived": ResponderArrived,
    "undone": AcknowledgementUndone,
    "seen": PageSeen,
    "watching": ResponderWatching,
    "more": MorePeopleWanted,
    "to_mori": lambda at, who: HandedOver(at, who, "mori"),
    "to_kenji": lambda at, who: HandedOver(at, who, "kenji"),
    "police": lambda at, who: CardWanted(at, who, "police"),
    "says": lambda at, who: Messaged(at, who, "いま行く\n‮😀" * 40),
    "line_fails": lambda at, who: PageFailed(at, who, f"line:U{who}", "line_blocked"),
    "slack_fails": lambda at, who: PageFailed(at, who, f"slack:S{who}", "slack_503"),
    "line_takes": lambda at, who: PageTaken(at, who, f"line:U{who}"),
    "ends": Finished,
}
BY_CALLER: dict[str, Callable[[datetime], Event]] = {
    "help": lambda at: HelpRequested(at, "standard"),
    "danger": lambda at: HelpRequested(at, "danger"),
    "here": CallerSaidArrived,
    "not_yet": CallerSaidNotYet,
    "fine": CallerSaidFine,
    "sure": lambda at: CallerSaidFine(at, sure=True),
    "duress": DuressSignalled,
    "words": lambda at: Noted(at, 3, words="まだ"),
    "cry": lambda at: Noted(at, 3, emergency=True, words="たすけて"),
    "sign": AskedAgain,
    "way": lambda at: WayTaken(at, "our_fault"),
    "moves": lambda at: Placed(at, "奥\n" * 9),
    "joined": lambda at: Joined(at, WITNESS, "line:Uwada", "standard"),
    "finished": lambda at: Finished(at, "aiko"),
}
KINDS = ("due",) * 8 + tuple(BY_PERSON) + tuple(BY_CALLER)
SECONDS = st.sampled_from((0, 1, 5, 40, 200, -30))


def deeds_of(*names: str) -> st.SearchStrategy[list[tuple[str, str, int]]]:
    who = st.sampled_from((*PERSONS, "sato", "mori"))
    return st.lists(st.tuples(st.sampled_from(names), who, SECONDS), min_size=3, max_size=25)


deeds = deeds_of(*KINDS)
answers = deeds_of(
    *(
        "due",
        "due",
        "coming",
        "coming",
        "five",
        "declined",
        "undone",
        "arrived",
        "line_fails",
        "slack_fails",
        "line_takes",
    ),
    *("to_mori", "to_kenji", "help", "danger", "not_yet", "more"),
)
"""Only what those who were called do, and what brings more of them: deeper stories in as many deeds."""

MANY = settings(max_examples=150, deadline=None)


@dataclass
class World:
    """An incident, its timers as the store keeps them, and what a caller on LINE has read last of the call."""

    incident: Incident
    now: datetime = NOW
    timers: dict[str, SetTimer] = field(default_factory=dict)
    read: Incident | None = None

    def event(self, kind: str, person: str, seconds: int) -> Event:
        if kind == "due" and self.timers:
            timer = min(self.timers.values(), key=lambda t: t.due)
            self.now = max(self.now, timer.due)
            return TimerFired(self.now, timer.name, timer.stamp)
        self.now += timedelta(seconds=seconds)
        if kind in BY_PERSON:
            return BY_PERSON[kind](self.now, person)
        return BY_CALLER.get(kind, AskedAgain)(self.now)

    def take(self, event: Event | None, effects: tuple[Effect, ...]) -> None:
        before = dict(self.timers)
        for effect in effects:
            if isinstance(effect, SetTimer):
                self.timers[effect.name] = effect
            elif isinstance(effect, ClearTimer):
                self.timers.pop(effect.name, None)
        if isinstance(event, TimerFired) and self.timers.get(event.name) == before.get(event.name):
            self.timers.pop(event.name, None)
        if any(e.view in ("status", "closed") and not e.update_only for e in _to(effects, CALLER)):
            self.read = self.incident


@dataclass(frozen=True)
class Done:
    before: Incident
    event: Event
    after: Incident
    effects: tuple[Effect, ...]
    read: Incident | None
    now: datetime


def _to(effects: tuple[Effect, ...], person: str) -> list[Show]:
    return [e for e in effects if isinstance(e, Show) and e.to == person]


def played_out(played: list[tuple[str, str, int]], kind: str, asks_back: bool) -> list[Done]:
    result = open_incident(FLOW, opened(kind, plans=replace(plans(), duress_cancel=asks_back)))
    world = World(result.incident)
    world.take(None, result.effects)
    done = []
    for deed in played:
        event, before = world.event(*deed), world.incident
        result = step(FLOW, before, event)
        world.incident = result.incident
        world.take(event, result.effects)
        done.append(Done(before, event, result.incident, result.effects, world.read, world.now))
    return done


kinds = st.sampled_from(("help", "danger", "unsure"))


@MANY
@given(answers, kinds, st.booleans())
def test_whoever_is_named_to_the_caller_as_coming_is_coming(
    played: list[tuple[str, str, int]], kind: str, asks_back: bool
) -> None:
    """LINE can't edit: what was pushed last must not go on naming somebody who has stepped back."""
    for done in played_out(played, kind, asks_back):
        alert, read = done.after.alert, done.read.alert if done.read else None
        if alert is None or read is None or done.after.decoy or not done.after.is_open:
            continue
        promised = {p.person for p in read.pages if p.reach in ("coming", "arrived")}
        kept = {p.person for p in alert.pages if p.reach in ("coming", "arrived")}
        assert promised <= kept, (done.event, promised, kept)


@MANY
@given(deeds, kinds, st.booleans())
def test_the_caller_has_read_of_every_turn_of_the_call(
    played: list[tuple[str, str, int]], kind: str, asks_back: bool
) -> None:
    for done in played_out(played, kind, asks_back):
        alert = done.after.alert
        if alert is None or done.after.decoy or not done.after.is_open:
            continue
        assert done.read is not None
        assert done.read.alert is not None
        assert (done.read.alert.state, done.read.alert.kind) == (alert.state, alert.kind), done.event


@MANY
@given(deeds, kinds, st.booleans())
def test_nothing_is_sent_of_a_call_that_has_ended(
    played: list[tuple[str, str, int]], kind: str, asks_back: bool
) -> None:
    for done in played_out(played, kind, asks_back):
        alert = done.after.alert
        if alert is None or (done.after.is_open and alert.is_open):
            continue
        assert not [e for e in done.effects if isinstance(e, Show) and e.urgent], done.event
        was_open = done.before.alert is not None and done.before.alert.is_open and done.before.is_open
        if was_open:
            assert any(isinstance(e, StopPages) for e in done.effects), done.event


@MANY
@given(answers, kinds, st.booleans())
def test_somebody_who_said_no_is_left_in_peace_while_others_have_not_been_asked(
    played: list[tuple[str, str, int]], kind: str, asks_back: bool
) -> None:
    for done in played_out(played, kind, asks_back):
        alert = done.before.alert
        if (
            not isinstance(done.event, TimerFired)
            or done.event.name not in ("again", "next_tier")
            or not alert
        ):
            continue
        declined = {p.person for p in alert.pages if p.reach == "declined"}
        asked = {e.to for e in done.effects if isinstance(e, Show) and e.urgent}
        fresh = asked - {p.person for p in alert.pages}
        assert not (fresh and asked & declined), done.event


@MANY
@given(answers, kinds, st.booleans())
def test_whoever_asked_another_to_go_hears_when_that_one_does_not(
    played: list[tuple[str, str, int]], kind: str, asks_back: bool
) -> None:
    for done in played_out(played, kind, asks_back):
        before, after = done.before.alert, done.after.alert
        if before is None or after is None or not after.is_open:
            continue
        for page in (p for p in before.pages if p.reach == "coming" and p.handing_to):
            was, now = before.page_of(page.handing_to), after.page_of(page.handing_to)
            is_lost = was and now and was.can_answer and now.reach in ("declined", "unreachable")
            if is_lost:
                assert [e for e in _to(done.effects, page.person) if not e.update_only], done.event


@MANY
@given(deeds, kinds, st.booleans())
def test_a_colleague_who_joined_hears_the_end_and_every_turn(
    played: list[tuple[str, str, int]], kind: str, asks_back: bool
) -> None:
    for done in played_out([("joined", "", 1), *played], kind, asks_back):
        if not done.before.witnesses or done.before.decoy or done.after.decoy:
            continue
        is_over = done.before.is_open and not done.after.is_open
        was, now = done.before.alert, done.after.alert
        if is_over or (was and now and was.state != now.state):
            assert [e for e in _to(done.effects, "wada") if not e.update_only], done.event


@MANY
@given(deeds, kinds, st.booleans())
def test_every_card_of_every_turn_can_be_drawn(
    played: list[tuple[str, str, int]], kind: str, asks_back: bool
) -> None:
    for done in played_out(played, kind, asks_back):
        for show in (e for e in done.effects if isinstance(e, Show)):
            reader = {CALLER: "aiko", ROOM: ""}.get(show.to, show.to)
            compose(Scene(done.after, FLOW, shipped_words(), done.now, TOKYO, reader), show)


@MANY
@given(deeds, kinds)
def test_a_stranger_changes_nothing(played: list[tuple[str, str, int]], kind: str) -> None:
    """Whoever was not called can neither answer nor end it, however they came by the button."""
    for done in played_out(played, kind, asks_back=False):
        by = getattr(done.event, "person", getattr(done.event, "by", ""))
        if by == "nobody":
            assert done.after == done.before, done.event
            assert _to(done.effects, "nobody") or isinstance(done.event, PageFailed | PageTaken), done.event


def test_a_cry_for_help_lifts_the_pretence_and_shows_that_people_are_called() -> None:
    """Their screen said that it was cancelled; whoever cries out doesn't pretend any more."""
    *_, done = played_out([("duress", "", 5), ("cry", "", 20)], "danger", asks_back=False)
    assert done.after.decoy is None
    assert any(e.view == "status" and not e.update_only for e in _to(done.effects, CALLER))


def test_a_cry_for_help_goes_wider_like_a_tap_on_danger() -> None:
    *_, done = played_out([("cry", "", 20)], "danger", asks_back=False)
    assert [e.to for e in done.effects if isinstance(e, Show) and e.urgent] == ["kenji"]


def test_a_machine_that_was_told_of_a_call_hears_its_end_also_when_it_became_graver() -> None:
    """The siren is in the second tier of the standard plan; danger begins again at its own first tier, which has none."""
    plain = plans()
    loud = replace(plain.standard.tiers[1], siren=True)
    with_siren = replace(plain, standard=replace(plain.standard, tiers=(plain.standard.tiers[0], loud)))
    incident = open_incident(FLOW, opened("help", plans=with_siren)).incident
    for event in (
        CallerSaidNotYet(NOW + timedelta(seconds=9)),
        HelpRequested(NOW + timedelta(seconds=20), "danger"),
        ResponderComing(NOW + timedelta(seconds=30), "kei"),
    ):
        result = step(FLOW, incident, event)
        incident = result.incident
        assert tells_the_siren(incident, [e for e in result.effects if isinstance(e, Record)])


def test_a_call_that_has_not_reached_the_siren_tells_it_nothing() -> None:
    result = open_incident(FLOW, opened("help", plans=plans()))
    assert not tells_the_siren(result.incident, [e for e in result.effects if isinstance(e, Record)])

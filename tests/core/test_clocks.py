"""Three clocks run beside each other, each with its own stamp: whatever happens, each has at most one timer, its own."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core import limits, silence
from bot.core.calling import TIMERS
from bot.core.effects import CALLER, ClearTimer, Effect, SetTimer, Show
from bot.core.events import (
    AskedAgain,
    CallerSaidArrived,
    CallerSaidFine,
    CallerSaidNotYet,
    DuressSignalled,
    Event,
    Finished,
    HelpRequested,
    Joined,
    Messaged,
    MorePeopleWanted,
    Noted,
    ResponderArrived,
    ResponderComing,
    ResponderDeclined,
    ResponderWatching,
    TimerFired,
)
from bot.core.incident import Incident, open_incident, step
from bot.core.plan import Person
from tests.core.sampling import NOW, opened, plans, shipped_flow

FLOW = shipped_flow()
KENJI = Person("kenji", "健司", line_user_id="Ukenji")
DEEDS = (
    *("due", "due", "due", "sign", "help", "danger", "words", "here", "not_yet", "fine", "duress"),
    *("coming", "declined", "arrived", "watching", "more", "message", "joined", "finished"),
)
deeds = st.lists(
    st.tuples(st.sampled_from(DEEDS), st.sampled_from(("sato", "mori", "kei")), st.integers(0, 400)),
    min_size=3,
    max_size=25,
)


@dataclass
class World:
    incident: Incident
    now: datetime = NOW
    timers: dict[str, SetTimer] = field(default_factory=dict)

    def event(self, kind: str, person: str, seconds: int) -> Event:
        if kind == "due" and self.timers:
            timer = min(self.timers.values(), key=lambda t: t.due)
            self.now = max(self.now, timer.due)
            return TimerFired(self.now, timer.name, timer.stamp)
        self.now += timedelta(seconds=seconds)
        return self.deeds(person).get(kind, AskedAgain(self.now))

    def deeds(self, person: str) -> dict[str, Event]:
        now = self.now
        return {
            "help": HelpRequested(now, "standard"),
            "danger": HelpRequested(now, "danger"),
            "words": Noted(now, 4, words="奥にいる"),
            "here": CallerSaidArrived(now),
            "not_yet": CallerSaidNotYet(now),
            "fine": CallerSaidFine(now),
            "duress": DuressSignalled(now),
            "coming": ResponderComing(now, person, 1),
            "declined": ResponderDeclined(now, person),
            "arrived": ResponderArrived(now, person),
            "watching": ResponderWatching(now, person),
            "more": MorePeopleWanted(now, person),
            "message": Messaged(now, person, "はい"),
            "joined": Joined(now, KENJI, "line:Ukenji", "standard"),
            "finished": Finished(now, "aiko"),
        }

    def take(self, event: Event, effects: tuple[Effect, ...], before: dict[str, SetTimer]) -> None:
        for effect in effects:
            if isinstance(effect, SetTimer):
                self.timers[effect.name] = effect
            elif isinstance(effect, ClearTimer):
                self.timers.pop(effect.name, None)
        if isinstance(event, TimerFired) and self.timers.get(event.name) == before.get(event.name):
            self.timers.pop(event.name, None)

    def check(self) -> None:
        incident, alert = self.incident, self.incident.alert
        is_open = incident.is_open and alert is not None and alert.is_open
        own = [t.stamp for n, t in self.timers.items() if n in TIMERS]
        assert own == ([alert.stamp] if is_open and alert else [])
        quiet = [t.stamp for n, t in self.timers.items() if n == silence.TIMER]
        assert quiet == ([incident.silence.stamp] if incident.silence.runs else [])
        slow = [t.stamp for n, t in self.timers.items() if n == limits.TIMER]
        assert slow == ([incident.stalemate.stamp] if incident.stalemate.runs else [])
        assert incident.is_open or self.timers == {}


def begun(kind: str) -> World:
    with_limits = plans().__class__(plans().standard, plans().danger, limits=(("hard_limit_stall", 30),))
    result = open_incident(FLOW, opened(kind, plans=with_limits))
    world = World(result.incident)
    world.take(AskedAgain(NOW), result.effects, {})
    return world


@settings(max_examples=120, deadline=None)
@given(deeds, st.sampled_from(("help", "danger", "unsure")))
def test_each_clock_has_one_timer_while_it_runs_and_none_when_it_does_not(
    played: list[tuple[str, str, int]], kind: str
) -> None:
    world = begun(kind)
    world.check()
    for deed in played:
        event, before = world.event(*deed), dict(world.timers)
        result = step(FLOW, world.incident, event)
        world.incident = result.incident
        world.take(event, result.effects, before)
        world.check()


@settings(max_examples=120, deadline=None)
@given(deeds)
def test_while_the_caller_is_forced_nothing_that_others_do_reaches_their_screen(
    played: list[tuple[str, str, int]],
) -> None:
    world = begun("help")
    for deed in (("duress", "sato", 1), *played):
        event, before = world.event(*deed), dict(world.timers)
        result = step(FLOW, world.incident, event)
        world.incident = result.incident
        world.take(event, result.effects, before)
        by_others = deed[0] in (
            "due",
            "coming",
            "declined",
            "arrived",
            "watching",
            "more",
            "message",
            "joined",
        )
        by_others = by_others and not isinstance(event, AskedAgain)  # where no timer was left to fire
        if world.incident.decoy is not None and by_others and world.incident.is_open:
            assert [e for e in result.effects if isinstance(e, Show) and e.to == CALLER] == []

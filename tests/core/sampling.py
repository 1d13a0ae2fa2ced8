"""Small made-up people, plans, flows and moves for the tests of the machines."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache

from hypothesis import strategies as st

from bot.app.flow_reader import read_flow
from bot.app.proving import finder
from bot.app.wording import load_words
from bot.config import CONTENT
from bot.core.events import (
    Answered,
    AskedAgain,
    AskedMore,
    Opened,
    ThingsChanged,
    WalkEvent,
    WayTaken,
    WentBack,
)
from bot.core.flow import UNSURE, Ask, Flow
from bot.core.plan import Person, Plan, Plans, Target, Tier
from bot.core.walk import Walk
from bot.core.words import Words

NOW = datetime(2026, 11, 24, 1, 2, tzinfo=UTC)
AIKO = Person("aiko", "愛子", site="本庁舎", place="2番窓口", line_user_id="Uaiko")
PLAN_PEOPLE = ("sato", "mori", "kei", "kenji")


@cache
def shipped_flow() -> Flow:
    flows = CONTENT / "flows"
    return read_flow((flows / "default.yaml").read_text("utf-8"), "default.yaml", 1, finder(flows))


@cache
def shipped_words() -> Words:
    return load_words(CONTENT)


def target(name: str) -> Target:
    return Target(name, name, (f"line:U{name}", f"slack:S{name}"))


def tier(*names: str, wait: int = 60, again: int = 30) -> Tier:
    return Tier(tuple(target(n) for n in names), timedelta(seconds=wait), timedelta(seconds=again))


def plans() -> Plans:
    """Standard: sato, then mori and kei. Danger: sato and kei, then kenji."""
    return Plans(
        standard=Plan((tier("sato"), tier("mori", "kei")), room="C1"),
        danger=Plan((tier("sato", "kei", wait=30, again=15), tier("kenji", wait=30, again=15))),
    )


def opened(kind: str = "help", **changes: object) -> Opened:
    fields = {
        "at": NOW,
        "incident": "i1",
        "caller": AIKO,
        "address": "line:Uaiko",
        "kind": kind,
        "plans": plans(),
    }
    return Opened(**{**fields, **changes})  # type: ignore[arg-type]


Move = tuple[str, int, int]

moves = st.lists(
    st.tuples(
        st.sampled_from(
            ("answer", "answer", "answer", "answer", "old", "back", "way", "changed", "again", "more", "odd")
        ),
        st.integers(0, 60),
        st.integers(0, 4),
    ),
    max_size=25,
)
"""What a person may do with a walk: answer, tap old buttons, go back, take a way out, ask again, tap nonsense."""


def walk_event(flow: Flow, walk: Walk, move: Move) -> WalkEvent:
    kind, first, second = move
    match kind:
        case "answer":
            return _answer(flow, walk, walk.at, second)
        case "old":
            asks = [a.step for a in walk.trail] or [walk.at]
            return _answer(flow, walk, asks[first % len(asks)], second)
        case "odd":
            asks = [s.id for s in _asks(flow)]
            return _answer(flow, walk, asks[first % len(asks)], second)
        case "back":
            return WentBack(NOW)
        case "way":
            return WayTaken(NOW, "our_fault" if second % 2 else "accommodation")
        case "changed":
            return ThingsChanged(NOW)
        case "more":
            return AskedMore(NOW)
    return AskedAgain(NOW)


def _asks(flow: Flow) -> Iterator[Ask]:
    return (s for s in flow.steps.values() if isinstance(s, Ask))


def _answer(flow: Flow, walk: Walk, step_id: str, number: int) -> Answered:
    ask = flow.ask(step_id)
    choices = [*(c.id for c in ask.choices), UNSURE] if ask else [UNSURE]
    return Answered(NOW, step_id, choices[number % len(choices)], walk.revision, walk.flow)

"""Clock and count: at each limit of the policy a card says what may be done now and who decides; nothing is done by itself.

The clock runs from the first tap and has a timer and a stamp of its own. What is for care or fair never meets a card that
speaks of ending it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.effects import CALLER, ClearTimer, Effect, Record, SetTimer, Show

TIMER = "stalemate"
RUNGS = ("soft_limit_counter", "hard_limit_stall", "hard_limit_counter")
"""Minutes since the first tap, by their names in the policy."""

COUNTS: Mapping[str, tuple[str, ...]] = {
    "warned": ("warn_count",),
    "stop_requested": ("stop_request",),
    "asked_to_leave": ("leave_count",),
    "asked_again": ("repeat_caution", "repeat_refuse"),
}
"""Which counter reaches which limits of the policy."""

NAMES = (*RUNGS, *(name for names in COUNTS.values() for name in names))

SCENES = ("phone", "visit")
"""Flows in which ending it has other words: one hangs up, or leaves oneself."""

NEVER_ENDED = ("care", "green")


@dataclass(frozen=True)
class Stalemate:
    """runs: whether the timer is pending. rung: the limit that it waits for."""

    stamp: int = 0
    runs: bool = False
    rung: str = ""


@dataclass(frozen=True)
class LimitStep:
    clock: Stalemate
    effects: tuple[Effect, ...] = ()


def armed(clock: Stalemate, limits: Mapping[str, int], opened: datetime, reached: int = 0) -> LimitStep:
    """Waits for the next limit of time after `reached` minutes; without one the clock stands. Of two limits at the same
    minute the graver is told."""
    rungs = [(limits[r], -number) for number, r in enumerate(RUNGS) if limits.get(r, 0) > reached]
    if not rungs:
        return LimitStep(Stalemate(clock.stamp + 1), (ClearTimer(TIMER),) if clock.runs else ())
    minutes, number = min(rungs)
    number = -number
    waiting = Stalemate(clock.stamp + 1, True, RUNGS[number])
    return LimitStep(waiting, (SetTimer(TIMER, opened + timedelta(minutes=minutes), waiting.stamp),))


def stopped(clock: Stalemate) -> LimitStep:
    if not clock.runs:
        return LimitStep(clock)
    return LimitStep(Stalemate(clock.stamp + 1), (ClearTimer(TIMER),))


def told(name: str, number: int, responders: tuple[str, ...]) -> tuple[Effect, ...]:
    """The caller and whoever is coming or there read the same."""
    shown = (CALLER, *responders)
    args = {"number": str(number)}
    return (
        Record("limit", {"limit": name, "number": number}),
        *(Show(person, "limit", name, args) for person in shown),
    )

"""Silence is a signal: a caller who gives no sign is asked whether all is well, and without an answer others are told.

The clock runs from the call for help until somebody says that they are there; each sign of the caller sets it anew. It
has a timer and a stamp of its own, beside those of the alert, and stops after one question and its answer's time.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.alert import Alert
from bot.core.effects import CALLER, ClearTimer, Effect, Record, SetTimer, Show

TIMER = "silence"
TO_ANSWER = timedelta(seconds=30)


@dataclass(frozen=True)
class Silence:
    """runs: whether the timer is pending. asked: since when an answer is waited for."""

    stamp: int = 0
    runs: bool = False
    asked: datetime | None = None


@dataclass(frozen=True)
class SilenceStep:
    silence: Silence
    effects: tuple[Effect, ...] = ()


def heard(silence: Silence, alert: Alert | None, at: datetime) -> SilenceStep:
    """A sign of the caller: the clock begins anew where it is wanted, and stops where it isn't."""
    if alert is None or not is_wanted(alert):
        return stopped(silence)
    return _armed(silence, at + alert.plan.silence, None)


def stopped(silence: Silence) -> SilenceStep:
    if not silence.runs:
        return SilenceStep(silence)
    return SilenceStep(Silence(silence.stamp + 1), (ClearTimer(TIMER),))


def is_wanted(alert: Alert | None) -> bool:
    """Until somebody says that they are there, or it is over."""
    return alert is not None and alert.state in ("calling", "coming")


def asked(silence: Silence, at: datetime) -> SilenceStep:
    """まだ大丈夫?, with a little time to answer."""
    armed = _armed(silence, at + TO_ANSWER, at)
    return SilenceStep(armed.silence, (Record("checked"), Show(CALLER, "check"), *armed.effects))


def given_up(silence: Silence) -> SilenceStep:
    """No answer: the clock stands until the next sign. Its timer has just fired, so nothing is left to clear."""
    return SilenceStep(replace(silence, stamp=silence.stamp + 1, runs=False))


def _armed(silence: Silence, due: datetime, question: datetime | None) -> SilenceStep:
    armed = Silence(silence.stamp + 1, True, question)
    return SilenceStep(armed, (SetTimer(TIMER, due, armed.stamp),))

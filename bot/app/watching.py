"""What the auditor looks at, and what it finds wrong in it: a pure judgement over one reading of the store."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from bot.app.committing import Timer
from bot.app.delivering import Delivery
from bot.core.quota import Quota, is_low

FindingKind = Literal[
    "timer_missing",  # an open alert has no timer that would call anybody further
    "timers_late",
    "pages_waiting",  # urgent deliveries are too old
    "messages_waiting",  # the others
    "no_worker",  # no worker's loop turns at all
    "worker_stopped",  # one of several doesn't turn any more, and didn't say goodbye
    "pages_dead",  # urgent deliveries that reached nobody at that address
    "quota_low",
    "quota_spent",
    "policy_unread",  # the stored policy can't be read: the one before it goes on
    "flow_unread",  # the published flow can't be read: a revision before it goes on
]

RED: tuple[FindingKind, ...] = (
    "timer_missing",
    "timers_late",
    "pages_waiting",
    "messages_waiting",
    "no_worker",
)
"""What keeps us from doing our work now. The others are told, but a process that can work stays in service."""

ABOUT_QUOTA: tuple[FindingKind, ...] = ("quota_low", "quota_spent")

LATE = timedelta(seconds=5)
STILL = timedelta(seconds=5)
PAGE_AGE = timedelta(seconds=10)
MESSAGE_AGE = timedelta(seconds=60)
DEAD_SINCE = timedelta(minutes=10)
FORGOTTEN = timedelta(minutes=1)
"""A worker that was killed is named for so long; whoever takes its place has another name."""

NAMED = 3
"""So many ids stand in a log line."""


Unread = Mapping[Literal["policy_unread", "flow_unread"], str]
"""What is stored and can't be read: the place, as file:line, or empty."""

NOTHING_UNREAD: Unread = {}


@dataclass(frozen=True)
class Letter:
    """A dead letter of a page: the delivery, the incident it was for, and why it could not be sent."""

    delivery: str
    incident: str
    reason: str


@dataclass(frozen=True)
class Survey:
    """One reading of the store. `waiting` and `late` are samples: what is due first, at most some hundred rows.

    unarmed: incidents whose open alert has no timer of its stamp. workers: when each loop last turned. told: when the
    operators heard of a finding last, by the finding's name.
    """

    at: datetime
    open_incidents: int = 0
    open_alerts: int = 0
    unarmed: tuple[str, ...] = ()
    timers: tuple[Timer, ...] = ()
    waiting: tuple[Delivery, ...] = ()
    urgent_depth: int = 0
    calm_depth: int = 0
    workers: Mapping[str, datetime] = field(default_factory=dict)
    letters: tuple[Letter, ...] = ()
    quota: Quota = field(default_factory=Quota)
    told: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def oldest_s(self) -> float:
        return max((_age(d, self.at) for d in self.waiting), default=timedelta(0)).total_seconds()

    @property
    def has_worker(self) -> bool:
        return any(self.at - turned <= STILL for turned in self.workers.values())


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `about` tells findings of one kind apart; `count` and `seconds` say how bad; `ids` name it."""

    kind: FindingKind
    about: str = ""
    count: int = 1
    seconds: int = 0
    ids: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.about}" if self.about else self.kind

    @property
    def is_red(self) -> bool:
        return self.kind in RED


def findings(
    survey: Survey, reserve: int | None = None, unread: Unread = NOTHING_UNREAD
) -> tuple[Finding, ...]:
    """Everything that is wrong, worst first. `reserve`: what the policy writes of LINE's pushes."""
    return (
        *(Finding("timer_missing", incident, ids=(incident,)) for incident in survey.unarmed),
        *_late(survey),
        *_old(survey, "pages_waiting", (d for d in survey.waiting if d.urgent), PAGE_AGE),
        *_old(survey, "messages_waiting", (d for d in survey.waiting if not d.urgent), MESSAGE_AGE),
        *_still(survey),
        *_dead(survey),
        *(Finding(kind, place) for kind, place in unread.items() if place),
        *_quota(survey, reserve),
    )


def _late(survey: Survey) -> Iterator[Finding]:
    late = [t for t in survey.timers if survey.at - t.due > LATE]
    if late:
        seconds = int((survey.at - min(t.due for t in late)).total_seconds())
        yield Finding("timers_late", count=len(late), seconds=seconds, ids=tuple(t.row for t in late[:NAMED]))


def _old(
    survey: Survey, kind: FindingKind, deliveries: Iterable[Delivery], longest: timedelta
) -> Iterator[Finding]:
    old = [d for d in deliveries if _age(d, survey.at) > longest]
    if old:
        seconds = int(max(_age(d, survey.at) for d in old).total_seconds())
        yield Finding(kind, count=len(old), seconds=seconds, ids=tuple(d.id for d in old[:NAMED]))


def _still(survey: Survey) -> Iterator[Finding]:
    """Of several workers the still ones; of none that turns only that."""
    if not survey.has_worker:
        yield Finding("no_worker")
        return
    for worker, turned in survey.workers.items():
        if STILL < survey.at - turned <= FORGOTTEN:
            seconds = int((survey.at - turned).total_seconds())
            yield Finding("worker_stopped", worker, seconds=seconds, ids=(worker,))


def _dead(survey: Survey) -> Iterator[Finding]:
    """Pages for an incident: an operator's own that was refused is no news for the operator. The quota has its own word."""
    dead = [letter for letter in survey.letters if letter.incident and letter.reason != "line_quota"]
    if dead:
        ids = tuple(f"{letter.delivery} {letter.reason}" for letter in dead[-NAMED:])
        yield Finding("pages_dead", count=len(dead), ids=ids)


def _quota(survey: Survey, reserve: int | None) -> Iterator[Finding]:
    """Named by the month, so that each is told once in it."""
    quota = survey.quota
    if quota.is_spent(survey.at) and quota.spent_until:
        yield Finding("quota_spent", f"{quota.spent_until:%Y-%m}")
    elif is_low(quota, reserve):
        yield Finding("quota_low", f"{survey.at:%Y-%m}", count=quota.left or 0)


def _age(delivery: Delivery, at: datetime) -> timedelta:
    return at - delivery.created

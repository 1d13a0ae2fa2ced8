"""Machine 2: a call for help, from the first page until a person stands beside the caller.

    calling ──向かう──▶ coming ──着いた・来てくれた──▶ arrived
       ▲                  │ ran out, taken back, まだ来ない      │ まだ来ない, 応援 once more
       └──────────────────┴─────────────────────────────────────┘
    calling, coming ──もう大丈夫──▶ cancelled        calling, coming, arrived ──終わった──▶ closed

While it is calling, exactly one timer is pending: `again` (the same people once more) or `next_tier` (wider). After the
last tier it calls everyone again at an interval, for as long as it takes. While it is coming, `runs_out` is pending. So an
open alert without a timer can't exist. A timer that was set before the last change carries an old stamp and does
nothing. The table at the end says which event is possible in which state; any other is answered in words.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.alert import Alert, Page, State
from bot.core.calling import (
    TIMERS,
    PagingStep,
    again,
    arm,
    arm_run_out,
    by_next_way,
    call_back,
    keep_calling,
    overdue,
    page_tier,
    told,
    widen,
)
from bot.core.effects import CALLER, ROOM, ClearTimer, Effect, Record, Show, StopPages
from bot.core.events import (
    AcknowledgementUndone,
    CallerSaidArrived,
    CallerSaidFine,
    CallerSaidNotYet,
    Finished,
    HelpRequested,
    PageFailed,
    PageSeen,
    PagingEvent,
    ResponderArrived,
    ResponderComing,
    ResponderDeclined,
    TimerFired,
)
from bot.core.plan import Plans

DOUBLE_TAP = timedelta(seconds=3)
"""A shaking thumb taps twice: the same wish within this time is one wish."""


def begin(event: HelpRequested, plans: Plans, stamp: int = 0) -> PagingStep:
    """Starts the alert, freezes the plans into it and pages the first tier at once."""
    alert = Alert(event.kind, plans, event.at, stamp=stamp)
    started = Record("help_requested", {"kind": event.kind})
    if not alert.plan.tiers:
        alone = keep_calling(alert, event.at)
        nobody = (Record("nobody_to_call"), Show(CALLER, "notice", "nobody_to_call"))
        return PagingStep(alone.alert, (started, *alone.effects, *nobody))
    paged = page_tier(alert, 0, event.at)
    return PagingStep(paged.alert, (started, *paged.effects, *told()))


def step(alert: Alert, event: PagingEvent | Finished) -> PagingStep:
    """The next alert and its effects. What is not in the table changes nothing and is answered in words."""
    if isinstance(event, TimerFired) and (event.stamp != alert.stamp or not alert.is_open):
        return PagingStep(alert)
    rule = _TABLE.get((alert.state, type(event)))
    if rule is None:
        return PagingStep(alert, _explain(alert, event))
    person = getattr(event, "person", "")
    if person and alert.page_of(person) is None:
        return PagingStep(alert, _explain(alert, event))
    return rule(alert, event)


# --- calling ---


def _help_again(alert: Alert, event: HelpRequested) -> PagingStep:
    """応援 once more: danger outranks standard; otherwise the next people are called at once."""
    entry = Record("help_requested", {"kind": event.kind})
    if event.kind == "danger" and alert.kind == "standard" and alert.plans.danger.tiers:
        return _upgrade(alert, event.at, entry)
    if _has_just_called(alert, event.at):
        return PagingStep(alert, (Show(CALLER, "status"),))
    return widen(alert, event.at, entry)


def _upgrade(alert: Alert, at: datetime, entry: Record) -> PagingStep:
    """Everyone of the danger plan's first tier is paged, those who had been paged before as well."""
    paged = page_tier(replace(alert, kind="danger", state="calling"), 0, at)
    return PagingStep(paged.alert, (entry, *paged.effects, *told()))


def _has_just_called(alert: Alert, at: datetime) -> bool:
    latest = max((p.at for p in alert.pages), default=alert.started)
    return alert.state == "calling" and at - latest < DOUBLE_TAP


def _timer(alert: Alert, event: TimerFired) -> PagingStep:
    match event.name:
        case "again":
            return again(alert, event.at)
        case "next_tier":
            return widen(alert, event.at, Record("not_answered", {"tier": alert.tier + 1}))
        case "runs_out":
            return _ran_out(alert, event.at)
    return PagingStep(alert)


def _ran_out(alert: Alert, at: datetime) -> PagingStep:
    """Someone said 「向かう」 and hasn't arrived: it goes on as if they hadn't, and they are asked as well."""
    late = overdue(alert, at)
    return call_back(alert, late, at, Record("ran_out")) if late else arm_run_out(alert)


# --- answers of those who were paged ---


def _seen(alert: Alert, event: PageSeen) -> PagingStep:
    page = _page(alert, event.person)
    if page.reach != "paged":
        return _as_it_stands(alert, event.person)
    seen = alert.with_page(replace(page, reach="seen", since=event.at))
    entry = Record("seen", {"person": event.person})
    return PagingStep(seen, (entry, Show(event.person, "page"), Show(CALLER, "status", update_only=True)))


def _coming(alert: Alert, event: ResponderComing) -> PagingStep:
    """Someone is on the way: nothing pending is sent any more, and every copy says who."""
    before = _page(alert, event.person)
    if before.reach == "arrived":
        return _as_it_stands(alert, event.person)
    if before.reach == "coming":
        return _expected(alert, before, event)
    page = replace(before, reach="coming", since=event.at, minutes=event.minutes, expected=_eta(alert, event))
    timed = arm_run_out(
        replace(alert.with_page(page), state="coming", answered=alert.answered or event.at)
    )
    entry = Record("coming", {"person": event.person, "minutes": event.minutes})
    shown = (Show(event.person, "page"), Show(CALLER, "status"))
    copies = _copies(timed.alert, except_for=event.person)
    return PagingStep(timed.alert, (entry, StopPages(), *timed.effects, *shown, *copies))


def _eta(alert: Alert, event: ResponderComing) -> datetime:
    return event.at + (timedelta(minutes=event.minutes) if event.minutes else alert.plan.default_eta)


def _expected(alert: Alert, before: Page, event: ResponderComing) -> PagingStep:
    """They name the minutes, or tap twice. Who is coming is known already, so only the caller is told anew."""
    eta = _eta(alert, event)
    is_same = event.minutes == before.minutes and before.expected and eta - before.expected < DOUBLE_TAP
    if not event.minutes or is_same:
        return _as_it_stands(alert, event.person)
    moved = alert.with_page(replace(before, minutes=event.minutes, expected=eta))
    timed = arm_run_out(moved) if alert.state == "coming" else PagingStep(moved)
    entry = Record("coming", {"person": event.person, "minutes": event.minutes})
    shown = (Show(event.person, "page"), Show(CALLER, "status"))
    copies = _copies(timed.alert, except_for=event.person, silently=True)
    return PagingStep(timed.alert, (entry, *timed.effects, *shown, *copies))


def _declined(alert: Alert, event: ResponderDeclined) -> PagingStep:
    """「行けない」: nobody waits for a person who can't come."""
    before = _page(alert, event.person)
    if before.reach in ("declined", "arrived"):
        return _as_it_stands(alert, event.person)
    return _steps_back(alert, before, event.at, Record("declined", {"person": event.person}))


def _undone(alert: Alert, event: AcknowledgementUndone) -> PagingStep:
    before = _page(alert, event.person)
    if before.reach != "coming":
        return _as_it_stands(alert, event.person)
    return _steps_back(alert, before, event.at, Record("undone", {"person": event.person}))


def _steps_back(alert: Alert, before: Page, at: datetime, entry: Record) -> PagingStep:
    page = replace(before, reach="declined", since=at, minutes=0, expected=None)
    return _one_less(alert, alert.with_page(page), at, (entry, Show(page.person, "page")))


def _failed(alert: Alert, event: PageFailed) -> PagingStep:
    """An address took nothing. With none left the person counts as unreachable and the next is called at once."""
    before = _page(alert, event.person)
    if event.address in before.failed:
        return PagingStep(alert)
    page = replace(before, failed=(*before.failed, event.address))
    channel = event.address.partition(":")[0]
    entry = Record("page_failed", {"person": event.person, "by": channel, "reason": event.reason})
    if set(page.failed) < set(page.addresses) or not before.can_answer:
        further = by_next_way(alert, page, event.at)
        return PagingStep(further.alert, (entry, *further.effects))
    lost = replace(page, reach="unreachable", since=event.at)
    return _one_less(alert, alert.with_page(lost), event.at, (entry,))


def _one_less(before: Alert, after: Alert, at: datetime, entries: tuple[Effect, ...]) -> PagingStep:
    """Goes wider at once when nobody who was called can answer any more; otherwise only tells the caller."""
    was_coming = before.state == "coming"
    if was_coming and after.on_the_way():
        timed = arm_run_out(after)
        told_quietly = (Show(CALLER, "status", update_only=True), *_copies(after, silently=True))
        return PagingStep(timed.alert, (*entries, *timed.effects, *told_quietly))
    if not was_coming and _tier_can_answer(after):
        return PagingStep(after, (*entries, Show(CALLER, "status")))
    if after.tier + 1 < len(after.plan.tiers) or (was_coming and after.waiting_for()):
        wider = widen(after, at, Record("wider", {"tier": after.tier + 1}))
        return PagingStep(wider.alert, (*entries, *wider.effects))
    if after.waiting_for():
        return PagingStep(after, (*entries, Show(CALLER, "status")))
    return _nobody_left(after, at, entries)


def _tier_can_answer(alert: Alert) -> bool:
    members = {t.person for t in alert.plan.tiers[alert.tier].targets} if alert.plan.tiers else set()
    return any(p.person in members for p in alert.waiting_for())


def _nobody_left(alert: Alert, at: datetime, entries: tuple[Effect, ...]) -> PagingStep:
    """Everyone of every tier said no or can't be reached: the caller hears it now; all are asked again after the interval."""
    timed = arm(replace(alert, state="calling"), "next_tier", at + alert.plan.repeat)
    words = (Show(CALLER, "status"), Show(CALLER, "notice", "nobody_left"))
    return PagingStep(timed.alert, (*entries, *timed.effects, *words, Show(ROOM, "thread")))


def _arrived(alert: Alert, event: ResponderArrived) -> PagingStep:
    before = _page(alert, event.person)
    if before.reach == "arrived":
        return _as_it_stands(alert, event.person)
    page = replace(before, reach="arrived", since=event.at)
    return _there(alert.with_page(page), event.at, Record("arrived", {"person": event.person}), event.person)


# --- the caller's word ---


def _caller_arrived(alert: Alert, event: CallerSaidArrived) -> PagingStep:
    """The caller closes the loop: whoever was on the way counts as there."""
    coming = alert.on_the_way()
    for page in coming:
        alert = alert.with_page(replace(page, reach="arrived", since=event.at))
    return _there(alert, event.at, Record("caller_arrived"), "")


def _there(alert: Alert, at: datetime, entry: Record, said_by: str) -> PagingStep:
    arrived = replace(
        alert,
        state="arrived",
        stamp=alert.stamp + 1,
        answered=alert.answered or at,
        there=alert.there or at,
    )
    own = (Show(said_by, "page"),) if said_by else ()
    copies = _copies(arrived, except_for=said_by)
    return PagingStep(arrived, (entry, StopPages(), *_no_timers(), Show(CALLER, "status"), *own, *copies))


def _not_yet(alert: Alert, event: CallerSaidNotYet) -> PagingStep:
    """Whoever was counted on is asked again, and the next people are called at once."""
    if _has_just_called(alert, event.at):
        return PagingStep(alert, (Show(CALLER, "status"),))
    return call_back(replace(alert, there=None), alert.responders(), event.at, Record("not_yet"))


def _fine(alert: Alert, event: CallerSaidFine) -> PagingStep:
    return _end(alert, event.at, "cancelled", (Record("cancelled"),), (Show(CALLER, "status"),))


def _finished(alert: Alert, event: Finished) -> PagingStep:
    return _end(alert, event.at, "closed", (), ())


def _end(
    alert: Alert, at: datetime, state: State, entries: tuple[Effect, ...], shown: tuple[Effect, ...]
) -> PagingStep:
    """Nothing is pending any more; everyone who may still be thinking of coming hears it once."""
    ended = replace(alert, state=state, stamp=alert.stamp + 1, ended=at)
    thinking = [p for p in alert.pages if p.reach != "declined"] if alert.is_open else alert.responders()
    stood_down = tuple(Show(p.person, "stood_down", update_only=p not in thinking) for p in alert.pages)
    return PagingStep(
        ended, (*entries, StopPages(), *_no_timers(), *shown, *stood_down, Show(ROOM, "thread"))
    )


def _finished_after_cancel(alert: Alert, event: Finished) -> PagingStep:
    """They have been told that nobody needs to come; only the copies that can be edited say the rest."""
    copies = tuple(Show(p.person, "stood_down", update_only=True) for p in alert.pages)
    return PagingStep(alert, (*copies, Show(ROOM, "thread")))


def _no_timers() -> tuple[Effect, ...]:
    return tuple(ClearTimer(t) for t in TIMERS)


# --- words to people ---


def _copies(alert: Alert, except_for: str = "", silently: bool = False) -> tuple[Effect, ...]:
    """Every other copy of the page says what is true now: edited in place, or one short message where that can't be."""
    others = tuple(
        Show(p.person, "page", update_only=silently or p.reach == "declined")
        for p in alert.pages
        if p.person != except_for
    )
    return (*others, Show(ROOM, "thread"))


def _as_it_stands(alert: Alert, person: str) -> PagingStep:
    """A tap that says nothing new: the person sees what is true, nothing changes and nobody else is told."""
    return PagingStep(alert, (Show(person, "page"),))


def _explain(alert: Alert, event: PagingEvent | Finished) -> tuple[Effect, ...]:
    """A late or impossible tap is told what is true now; a failed send of a finished alert needs no words."""
    person = getattr(event, "person", "")
    if isinstance(event, PageFailed | TimerFired | Finished):
        return ()
    if not person:
        return (Show(CALLER, "status"),)
    if alert.page_of(person) is None:
        return (Show(person, "notice", "not_paged"),)
    return (Show(person, "stood_down" if alert.state in ("cancelled", "closed") else "page"),)


def _page(alert: Alert, person: str) -> Page:
    page = alert.page_of(person)
    assert page is not None, "step lets only paged people through"
    return page


_TABLE: dict[tuple[State, type], Callable[..., PagingStep]] = {
    ("calling", HelpRequested): _help_again,
    ("calling", TimerFired): _timer,
    ("calling", PageSeen): _seen,
    ("calling", ResponderComing): _coming,
    ("calling", ResponderDeclined): _declined,
    ("calling", ResponderArrived): _arrived,
    ("calling", AcknowledgementUndone): _undone,
    ("calling", PageFailed): _failed,
    ("calling", CallerSaidArrived): _caller_arrived,
    ("calling", CallerSaidNotYet): _not_yet,
    ("calling", CallerSaidFine): _fine,
    ("calling", Finished): _finished,
    ("coming", HelpRequested): _help_again,
    ("coming", TimerFired): _timer,
    ("coming", PageSeen): _seen,
    ("coming", ResponderComing): _coming,
    ("coming", ResponderDeclined): _declined,
    ("coming", ResponderArrived): _arrived,
    ("coming", AcknowledgementUndone): _undone,
    ("coming", PageFailed): _failed,
    ("coming", CallerSaidArrived): _caller_arrived,
    ("coming", CallerSaidNotYet): _not_yet,
    ("coming", CallerSaidFine): _fine,
    ("coming", Finished): _finished,
    ("arrived", HelpRequested): _help_again,
    ("arrived", PageSeen): _seen,
    ("arrived", ResponderArrived): _arrived,
    ("arrived", CallerSaidNotYet): _not_yet,
    ("arrived", Finished): _finished,
    ("cancelled", Finished): _finished_after_cancel,
}

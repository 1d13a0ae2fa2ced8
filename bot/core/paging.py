"""Machine 2: a call for help, from the first page until a person stands beside the caller.

    calling ──向かう──▶ coming ──着いた──▶ claimed ──来てくれた, or no objection──▶ arrived
       ▲                  │ ran out, taken back     │ まだ来ない                    │ まだ来ない, 応援 once more
       └──────────────────┴───────────────────────┴──────────────────────────────┘
    calling, coming, claimed ──もう大丈夫──▶ cancelled        any of them but cancelled ──終わった──▶ closed

While it is calling, exactly one timer is pending: `again` (the same people once more) or `next_tier` (wider). After the
last tier it calls everyone again at an interval, for as long as it takes. While it is coming, `runs_out` is pending;
while a responder says 着いた and the caller hasn't spoken, `settles`. So an open alert without a timer can't exist. A
timer that was set before the last change carries an old stamp and does nothing. The table at the end says which event
is possible in which state; any other is answered in words.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core import arriving, reinforcing
from bot.core.alert import Alert, Page, State
from bot.core.calling import (
    DOUBLE_TAP,
    PagingStep,
    again,
    arm,
    arm_run_out,
    as_it_stands,
    by_next_way,
    call_back,
    copies,
    copies_for_those_going,
    has_just_called,
    keep_calling,
    no_timers,
    overdue,
    page_tier,
    told,
    widen,
)
from bot.core.effects import CALLER, ROOM, Effect, Record, Show, StopPages
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
from bot.core.plan import Plans


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
    if has_just_called(alert, event.at):
        return PagingStep(alert, (Show(CALLER, "status"),))
    return widen(alert, event.at, entry)


def _upgrade(alert: Alert, at: datetime, entry: Record) -> PagingStep:
    """Everyone of the danger plan's first tier is paged, those who had been paged before as well."""
    paged = page_tier(replace(alert, kind="danger", state="calling"), 0, at, anew=True)
    return PagingStep(paged.alert, (entry, *paged.effects, *told()))


def _timer(alert: Alert, event: TimerFired) -> PagingStep:
    match event.name:
        case "again":
            return again(alert, event.at)
        case "next_tier":
            return widen(alert, event.at, Record("not_answered", {"tier": alert.tier + 1}))
        case "runs_out":
            return _ran_out(alert, event.at)
        case "settles":
            return arriving.settled(alert, event.at)
    return PagingStep(alert)


def _ran_out(alert: Alert, at: datetime) -> PagingStep:
    """Someone said 「向かう」 and hasn't arrived: it goes on as if they hadn't, and they are asked as well."""
    late = overdue(alert, at)
    return call_back(alert, late, at, Record("ran_out")) if late else arm_run_out(alert)


# --- answers of those who were paged ---


def _seen(alert: Alert, event: PageSeen) -> PagingStep:
    page = _page(alert, event.person)
    if page.reach != "paged":
        return as_it_stands(alert, event.person)
    seen = alert.with_page(replace(page, reach="seen", since=event.at))
    entry = Record("seen", {"person": event.person})
    return PagingStep(seen, (entry, Show(event.person, "page"), Show(CALLER, "status", update_only=True)))


def _watching(alert: Alert, event: ResponderWatching) -> PagingStep:
    """「見守り中」: the caller isn't alone any more. It is no answer to the call; whoever can come is still needed."""
    page = _page(alert, event.person)
    if page.watching or page.reach in ("coming", "arrived"):
        return as_it_stands(alert, event.person)
    reach = "seen" if page.reach == "paged" else page.reach
    noted = alert.with_page(replace(page, watching=event.at, reach=reach, since=page.since or event.at))
    entry = Record("watching", {"person": event.person})
    shown = (Show(event.person, "page"), Show(CALLER, "status"))
    return PagingStep(noted, (entry, *shown, *copies(noted, except_for=event.person, silently=True)))


def _coming(alert: Alert, event: ResponderComing) -> PagingStep:
    """Someone is on the way: nothing pending is sent any more, and every copy says who."""
    before = _page(alert, event.person)
    if before.reach == "arrived":
        return as_it_stands(alert, event.person)
    if before.reach == "coming":
        return _expected(alert, before, event)
    page = replace(before, reach="coming", since=event.at, minutes=event.minutes, expected=_eta(alert, event))
    going, freed = reinforcing.released(alert.with_page(page), event.person, event.at)
    timed = _awaited(replace(going, answered=alert.answered or event.at))
    shown = (Show(event.person, "page"), Show(CALLER, "status"))
    is_first = not alert.responders()
    tell = copies if is_first else copies_for_those_going
    others = tell(timed.alert, except_for=event.person)
    entry = _coming_entry(event)
    return PagingStep(timed.alert, (entry, *freed, StopPages(), *timed.effects, *shown, *others))


def _awaited(alert: Alert) -> PagingStep:
    """While the caller is asked whether the first one is there, the clock of that question runs on."""
    return PagingStep(alert) if alert.state == "claimed" else arm_run_out(replace(alert, state="coming"))


def _coming_entry(event: ResponderComing) -> Record:
    named = {} if event.minutes is None else {"minutes": event.minutes}
    return Record("coming", {"person": event.person, **named})


def _eta(alert: Alert, event: ResponderComing) -> datetime:
    return event.at + (alert.plan.default_eta if event.minutes is None else timedelta(minutes=event.minutes))


def _expected(alert: Alert, before: Page, event: ResponderComing) -> PagingStep:
    """They name the minutes, or tap twice. Who is coming is known already, so only the caller is told anew."""
    eta = _eta(alert, event)
    is_same = event.minutes == before.minutes and before.expected and eta - before.expected < DOUBLE_TAP
    if event.minutes is None or is_same:
        return as_it_stands(alert, event.person)
    moved = alert.with_page(replace(before, minutes=event.minutes, expected=eta))
    timed = arm_run_out(moved) if alert.state == "coming" else PagingStep(moved)
    shown = (Show(event.person, "page"), Show(CALLER, "status"))
    others = copies(timed.alert, except_for=event.person, silently=True)
    return PagingStep(timed.alert, (_coming_entry(event), *timed.effects, *shown, *others))


def _declined(alert: Alert, event: ResponderDeclined) -> PagingStep:
    """「行けない」: nobody waits for a person who can't come."""
    before = _page(alert, event.person)
    if before.reach in ("declined", "released", "arrived"):
        return as_it_stands(alert, event.person)
    return _steps_back(alert, before, event.at, Record("declined", {"person": event.person}))


def _undone(alert: Alert, event: AcknowledgementUndone) -> PagingStep:
    before = _page(alert, event.person)
    if before.reach != "coming":
        return as_it_stands(alert, event.person)
    return _steps_back(alert, before, event.at, Record("undone", {"person": event.person}))


def _steps_back(alert: Alert, before: Page, at: datetime, entry: Record) -> PagingStep:
    page = replace(before, reach="declined", since=at, minutes=None, expected=None, handing_to="")
    after, told_back = reinforcing.refused(alert.with_page(page), page)
    return _one_less(alert, after, at, (entry, Show(page.person, "page"), *told_back))


def _failed(alert: Alert, event: PageFailed) -> PagingStep:
    """An address took nothing. With none left the person counts as unreachable, and the next is called at once where nobody
    else of the tier can answer: of sixty whose pages fail, the caller isn't told sixty times."""
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
    after, told_back = reinforcing.refused(alert.with_page(lost), lost)
    if _tier_can_answer(after) and alert.state == "calling":
        quietly = (Show(CALLER, "status", update_only=True), *copies(after, silently=True))
        return PagingStep(after, (entry, *told_back, *quietly))
    return _one_less(alert, after, event.at, (entry, *told_back))


def _taken(alert: Alert, event: PageTaken) -> PagingStep:
    """It was in doubt, and got through: whoever was told that this person isn't reached reads otherwise."""
    before = _page(alert, event.person)
    if event.address not in before.failed:
        return PagingStep(alert)
    page = replace(before, failed=tuple(a for a in before.failed if a != event.address))
    if page.reach == "unreachable":
        page = replace(page, reach="paged", since=None)
    entry = Record("page_taken", {"person": page.person, "by": event.address.partition(":")[0]})
    after = alert.with_page(page)
    shown = (Show(CALLER, "status", update_only=True), *copies(after, except_for=page.person, silently=True))
    return PagingStep(after, (entry, *shown))


def _one_less(before: Alert, after: Alert, at: datetime, entries: tuple[Effect, ...]) -> PagingStep:
    """Goes wider at once when nobody who was called can answer any more; otherwise only tells the caller: anew where they
    had been told that this one is coming."""
    was_coming = before.state == "coming"
    is_counted_on = len(after.on_the_way()) < len(before.on_the_way())
    told_so = (Show(CALLER, "status", update_only=not is_counted_on), *copies(after, silently=True))
    if before.state == "claimed":
        return PagingStep(after, (*entries, *told_so))
    if was_coming and after.on_the_way():
        timed = arm_run_out(after)
        return PagingStep(timed.alert, (*entries, *timed.effects, *told_so))
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


# --- the caller's word ---


def _fine(alert: Alert, event: CallerSaidFine) -> PagingStep:
    return _end(alert, event.at, "cancelled", (Record("cancelled"),), (Show(CALLER, "status"),))


def _finished(alert: Alert, event: Finished) -> PagingStep:
    return _end(alert, event.at, "closed", (), ())


def _end(
    alert: Alert, at: datetime, state: State, entries: tuple[Effect, ...], shown: tuple[Effect, ...]
) -> PagingStep:
    """Nothing is pending any more; everyone who may still be thinking of coming hears it once."""
    ended = replace(alert, state=state, stamp=alert.stamp + 1, ended=at)
    thinking = (
        [p for p in alert.pages if p.reach not in ("declined", "released")]
        if alert.is_open
        else alert.responders()
    )
    stood_down = tuple(Show(p.person, "stood_down", update_only=p not in thinking) for p in alert.pages)
    return PagingStep(ended, (*entries, StopPages(), *no_timers(), *shown, *stood_down, Show(ROOM, "thread")))


def _finished_after_cancel(alert: Alert, event: Finished) -> PagingStep:
    """They have been told that nobody needs to come; only the copies that can be edited say the rest."""
    copies = tuple(Show(p.person, "stood_down", update_only=True) for p in alert.pages)
    return PagingStep(alert, (*copies, Show(ROOM, "thread")))


# --- words to people ---


def _explain(alert: Alert, event: PagingEvent | Finished) -> tuple[Effect, ...]:
    """A late or impossible tap is told what is true now; a failed send of a finished alert needs no words."""
    person = getattr(event, "person", "")
    if isinstance(event, PageFailed | PageTaken | TimerFired | Finished):
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
    ("calling", ResponderWatching): _watching,
    ("calling", ResponderComing): _coming,
    ("calling", ResponderDeclined): _declined,
    ("calling", ResponderArrived): arriving.responder_arrived,
    ("calling", AcknowledgementUndone): _undone,
    ("calling", MorePeopleWanted): reinforcing.more_people,
    ("calling", PageFailed): _failed,
    ("calling", PageTaken): _taken,
    ("calling", CallerSaidArrived): arriving.caller_arrived,
    ("calling", CallerSaidNotYet): arriving.not_yet,
    ("calling", CallerSaidFine): _fine,
    ("calling", CallerFellSilent): reinforcing.fell_silent,
    ("calling", DuressSignalled): reinforcing.under_duress,
    ("calling", Finished): _finished,
    ("coming", HelpRequested): _help_again,
    ("coming", TimerFired): _timer,
    ("coming", PageSeen): _seen,
    ("coming", ResponderWatching): _watching,
    ("coming", ResponderComing): _coming,
    ("coming", ResponderDeclined): _declined,
    ("coming", ResponderArrived): arriving.responder_arrived,
    ("coming", AcknowledgementUndone): _undone,
    ("coming", MorePeopleWanted): reinforcing.more_people,
    ("coming", HandedOver): reinforcing.handed_over,
    ("coming", PageFailed): _failed,
    ("coming", PageTaken): _taken,
    ("coming", CallerSaidArrived): arriving.caller_arrived,
    ("coming", CallerSaidNotYet): arriving.not_yet,
    ("coming", CallerSaidFine): _fine,
    ("coming", CallerFellSilent): reinforcing.fell_silent,
    ("coming", DuressSignalled): reinforcing.under_duress,
    ("coming", Finished): _finished,
    ("claimed", HelpRequested): _help_again,
    ("claimed", TimerFired): _timer,
    ("claimed", PageSeen): _seen,
    ("claimed", ResponderWatching): _watching,
    ("claimed", ResponderComing): _coming,
    ("claimed", ResponderDeclined): _declined,
    ("claimed", ResponderArrived): arriving.responder_arrived,
    ("claimed", AcknowledgementUndone): _undone,
    ("claimed", MorePeopleWanted): reinforcing.more_people,
    ("claimed", HandedOver): reinforcing.handed_over,
    ("claimed", PageFailed): _failed,
    ("claimed", PageTaken): _taken,
    ("claimed", CallerSaidArrived): arriving.caller_arrived,
    ("claimed", CallerSaidNotYet): arriving.not_yet,
    ("claimed", CallerSaidFine): _fine,
    ("claimed", DuressSignalled): reinforcing.under_duress,
    ("claimed", Finished): _finished,
    ("arrived", HelpRequested): _help_again,
    ("arrived", PageSeen): _seen,
    ("arrived", ResponderArrived): arriving.responder_arrived,
    ("arrived", MorePeopleWanted): reinforcing.more_people,
    ("arrived", CallerSaidNotYet): arriving.not_yet,
    ("arrived", DuressSignalled): reinforcing.under_duress,
    ("arrived", Finished): _finished,
    ("cancelled", Finished): _finished_after_cancel,
}

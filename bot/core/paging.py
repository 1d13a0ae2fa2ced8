"""Machine 2: a call for help, from the first page until a person stands beside the caller.

    calling ──向かう──▶ coming ──到着・来てくれた──▶ arrived
       ▲                  │ ran out, taken back, まだ来ない
       └──────────────────┘
    calling, coming ──もう大丈夫──▶ cancelled        any ──終わった──▶ closed

While it is calling, exactly one timer is pending: `again` (the same people once more) or `next_tier` (wider). After the
last tier it calls everyone again at an interval, for as long as it takes. While it is coming, `runs_out` is pending. So an
open alert without a timer can't exist. A timer that was set before the last change carries an old stamp and does
nothing. The table at the end says which event is possible in which state; any other is answered in words.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.alert import Alert, Page, State, new_page
from bot.core.effects import CALLER, ROOM, ClearTimer, Effect, Record, SetTimer, Show, StopPages
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

TIMERS = ("again", "next_tier", "runs_out")


@dataclass(frozen=True)
class PagingStep:
    alert: Alert
    effects: tuple[Effect, ...] = ()


def begin(event: HelpRequested, plans: Plans, stamp: int = 0) -> PagingStep:
    """Starts the alert, freezes the plans into it and pages the first tier at once."""
    alert = Alert(event.kind, plans, event.at, stamp=stamp)
    started = Record("help_requested", {"kind": event.kind})
    if not alert.plan.tiers:
        alone = _keep_calling(alert, event.at)
        told = (Record("nobody_to_call"), Show(CALLER, "notice", "nobody_to_call"))
        return PagingStep(alone.alert, (started, *alone.effects, *told))
    paged = _page_tier(alert, 0, event.at)
    return PagingStep(paged.alert, (started, *paged.effects, *_told()))


def step(alert: Alert, event: PagingEvent | Finished) -> PagingStep:
    """The next alert and its effects. What is not in the table changes nothing and is answered in words."""
    if isinstance(event, TimerFired) and (event.stamp != alert.stamp or not alert.is_open):
        return PagingStep(alert)
    rule = _TABLE.get((alert.state, type(event)))
    if rule is None:
        return PagingStep(alert, _explain(alert, event))
    person = getattr(event, "person", "")
    if person and alert.page_of(person) is None:
        return PagingStep(alert, (Show(person, "notice", "not_paged"),))
    return rule(alert, event)


# --- what happens while nobody has answered ---


def _help_again(alert: Alert, event: HelpRequested) -> PagingStep:
    """応援 once more: danger outranks standard; otherwise the next people are called at once."""
    if event.kind == "danger" and alert.kind == "standard":
        return _upgrade(alert, event.at)
    return _widen(alert, event.at, Record("help_requested", {"kind": event.kind}))


def _upgrade(alert: Alert, at: datetime) -> PagingStep:
    """Everyone of the danger plan's first tier is paged, those who had been paged before as well."""
    danger = replace(alert, kind="danger", tier=0, state="calling")
    entry = Record("help_requested", {"kind": "danger"})
    if not danger.plan.tiers:
        return PagingStep(replace(danger, tier=alert.tier), (entry, *_told()))
    paged = _page_tier(danger, 0, at)
    return PagingStep(paged.alert, (entry, *paged.effects, *_told()))


def _page_tier(alert: Alert, tier: int, at: datetime) -> PagingStep:
    """Pages everyone of the tier who isn't on their way, and sets the timer for what comes if nobody answers."""
    members = alert.plan.tiers[tier].targets
    known = {p.person: p for p in alert.pages}
    paged: list[Page] = []
    for target in members:
        before = known.get(target.person)
        if before is None:
            paged.append(new_page(target, at))
        elif before.reach not in ("coming", "arrived"):
            paged.append(replace(before, reach="paged", tries=before.tries + 1, at=at))
    names = {p.person for p in paged}
    pages = tuple(p for p in alert.pages if p.person not in names) + tuple(paged)
    moved = replace(alert, tier=tier, pages=pages)
    timed = _arm(moved, "again", at + alert.plan.tiers[tier].again)
    return PagingStep(timed.alert, (*_pages(paged, tier), *timed.effects))


def _pages(paged: list[Page], tier: int) -> tuple[Effect, ...]:
    shows = tuple(Show(p.person, "page", urgent=True) for p in paged)
    entries = tuple(Record("paged", {"person": p.person, "tier": tier + 1, "try": p.tries}) for p in paged)
    return (*shows, *entries)


def _arm(alert: Alert, name: str, due: datetime) -> PagingStep:
    """Sets one timer with a new stamp and clears the others: one pending timer for an open alert."""
    stamped = replace(alert, stamp=alert.stamp + 1)
    cleared = tuple(ClearTimer(t) for t in TIMERS if t != name)
    return PagingStep(stamped, (SetTimer(name, due, stamped.stamp), *cleared))


def _timer(alert: Alert, event: TimerFired) -> PagingStep:
    match event.name:
        case "again":
            return _again(alert, event.at)
        case "next_tier":
            return _widen(alert, event.at, Record("not_answered", {"tier": alert.tier + 1}))
        case "runs_out":
            return _ran_out(alert, event.at)
    return PagingStep(alert)


def _again(alert: Alert, at: datetime) -> PagingStep:
    """The same people once more, then the rest of the wait before it goes wider."""
    if not alert.plan.tiers:
        return _keep_calling(alert, at)
    tier = alert.plan.tiers[alert.tier]
    waiting = [replace(p, tries=p.tries + 1, at=at) for p in alert.waiting_for()]
    repaged = alert
    for page in waiting:
        repaged = repaged.with_page(page)
    timed = _arm(repaged, "next_tier", at + max(tier.wait - tier.again, timedelta(seconds=1)))
    return PagingStep(timed.alert, (*_pages(waiting, alert.tier), *timed.effects))


def _widen(alert: Alert, at: datetime, entry: Record) -> PagingStep:
    """The next tier at once; after the last one everybody again."""
    calling = replace(alert, state="calling")
    if alert.tier + 1 < len(alert.plan.tiers):
        paged = _page_tier(calling, alert.tier + 1, at)
        return PagingStep(paged.alert, (entry, *paged.effects, *_told()))
    everyone = _keep_calling(calling, at)
    return PagingStep(everyone.alert, (entry, *everyone.effects, *_told()))


def _keep_calling(alert: Alert, at: datetime) -> PagingStep:
    """After the last tier: everyone who isn't on their way, again and again. Whoever said no is asked again too."""
    absent = [
        replace(p, reach="paged", tries=p.tries + 1, at=at)
        for p in alert.pages
        if p.reach not in ("coming", "arrived")
    ]
    for page in absent:
        alert = alert.with_page(page)
    timed = _arm(alert, "next_tier", at + alert.plan.repeat)
    return PagingStep(timed.alert, (*_pages(absent, alert.tier), *timed.effects))


# --- answers of those who were paged ---


def _seen(alert: Alert, event: PageSeen) -> PagingStep:
    page = _page(alert, event.person)
    if page.reach != "paged":
        return PagingStep(alert, (Show(event.person, "page"),))
    seen = alert.with_page(replace(page, reach="seen", since=event.at))
    entry = Record("seen", {"person": event.person})
    return PagingStep(seen, (entry, Show(event.person, "page"), Show(CALLER, "status", update_only=True)))


def _coming(alert: Alert, event: ResponderComing) -> PagingStep:
    """Someone is on the way: nothing pending is sent any more, and every copy says who."""
    before = _page(alert, event.person)
    minutes = event.minutes or before.minutes
    page = replace(
        before, reach="coming", minutes=minutes, since=before.since if before.reach == "coming" else event.at
    )
    coming = replace(alert.with_page(page), state="coming")
    eta = timedelta(minutes=minutes) if minutes else alert.plan.default_eta
    timed = _arm(coming, "runs_out", event.at + eta + alert.plan.grace)
    entry = Record("coming", {"person": event.person, "minutes": minutes})
    quiet = alert.state == "coming" and minutes == before.minutes
    others = _copies(timed.alert, except_for=event.person)
    told = Show(CALLER, "status", update_only=quiet)
    return PagingStep(
        timed.alert, (entry, StopPages(), *timed.effects, Show(event.person, "page"), told, *others)
    )


def _declined(alert: Alert, event: ResponderDeclined) -> PagingStep:
    """「行けない」: nobody waits for a person who can't come."""
    page = replace(_page(alert, event.person), reach="declined", since=event.at)
    entries: tuple[Effect, ...] = (Record("declined", {"person": event.person}), Show(event.person, "page"))
    return _one_less(alert, alert.with_page(page), event.at, entries)


def _failed(alert: Alert, event: PageFailed) -> PagingStep:
    """An address took nothing. With none left the person counts as unreachable and the next is called at once."""
    before = _page(alert, event.person)
    failed = (*before.failed, event.address) if event.address not in before.failed else before.failed
    page = replace(before, failed=failed)
    entry = Record(
        "page_failed", {"person": event.person, "by": event.address.partition(":")[0], "reason": event.reason}
    )
    if set(failed) < set(page.addresses) or not before.can_answer:
        return PagingStep(alert.with_page(page), (entry,))
    return _one_less(
        alert, alert.with_page(replace(page, reach="unreachable", since=event.at)), event.at, (entry,)
    )


def _one_less(before: Alert, after: Alert, at: datetime, entries: tuple[Effect, ...]) -> PagingStep:
    """Goes wider at once when nobody who was called can answer any more; otherwise only tells the caller."""
    if after.responders():
        return PagingStep(after, (*entries, Show(CALLER, "status", update_only=True), *_copies(after)))
    nobody_coming = before.state == "coming"
    if _tier_can_answer(after) and not nobody_coming:
        return PagingStep(after, (*entries, Show(CALLER, "status")))
    if after.tier + 1 < len(after.plan.tiers) or (nobody_coming and after.waiting_for()):
        wider = _widen(after, at, Record("wider", {"tier": after.tier + 1}))
        return PagingStep(wider.alert, (*entries, *wider.effects))
    if after.waiting_for():
        return PagingStep(after, (*entries, Show(CALLER, "status")))
    return _nobody_left(after, at, entries)


def _tier_can_answer(alert: Alert) -> bool:
    members = {t.person for t in alert.plan.tiers[alert.tier].targets} if alert.plan.tiers else set()
    return any(p.person in members for p in alert.waiting_for())


def _nobody_left(alert: Alert, at: datetime, entries: tuple[Effect, ...]) -> PagingStep:
    """Everyone of every tier said no or can't be reached: the caller hears it now; all are asked again after the interval."""
    timed = _arm(replace(alert, state="calling"), "next_tier", at + alert.plan.repeat)
    return PagingStep(
        timed.alert, (*entries, *timed.effects, Show(CALLER, "status"), Show(CALLER, "notice", "nobody_left"))
    )


def _undone(alert: Alert, event: AcknowledgementUndone) -> PagingStep:
    page = replace(_page(alert, event.person), reach="declined", since=event.at)
    entries: tuple[Effect, ...] = (Record("undone", {"person": event.person}), Show(event.person, "page"))
    return _one_less(alert, alert.with_page(page), event.at, entries)


def _ran_out(alert: Alert, at: datetime) -> PagingStep:
    """Someone said 「向かう」 and nobody has arrived: it goes on as if they hadn't, and they are asked as well."""
    late = [replace(p, reach="paged", tries=p.tries + 1, at=at) for p in alert.pages if p.reach == "coming"]
    for page in late:
        alert = alert.with_page(page)
    wider = _widen(alert, at, Record("ran_out"))
    asked = {e.to for e in wider.effects if isinstance(e, Show) and e.urgent}
    return PagingStep(
        wider.alert, (*wider.effects, *_pages([p for p in late if p.person not in asked], alert.tier))
    )


def _arrived(alert: Alert, event: ResponderArrived) -> PagingStep:
    page = replace(_page(alert, event.person), reach="arrived", since=event.at)
    return _there(alert.with_page(page), event.at, Record("arrived", {"person": event.person}), event.person)


# --- the caller's word ---


def _caller_arrived(alert: Alert, event: CallerSaidArrived) -> PagingStep:
    """The caller closes the loop: whoever was on the way counts as there."""
    pages = tuple(
        replace(p, reach="arrived", since=event.at) if p.reach == "coming" else p for p in alert.pages
    )
    return _there(replace(alert, pages=pages), event.at, Record("caller_arrived"), "")


def _there(alert: Alert, at: datetime, entry: Record, said_by: str) -> PagingStep:
    arrived = replace(alert, state="arrived", stamp=alert.stamp + 1)
    cleared = tuple(ClearTimer(t) for t in TIMERS)
    own = (Show(said_by, "page"),) if said_by else ()
    copies = _copies(arrived, except_for=said_by)
    return PagingStep(arrived, (entry, StopPages(), *cleared, Show(CALLER, "status"), *own, *copies))


def _not_yet(alert: Alert, event: CallerSaidNotYet) -> PagingStep:
    pages = tuple(replace(p, reach="paged") if p.reach in ("coming", "arrived") else p for p in alert.pages)
    return _widen(replace(alert, pages=pages), event.at, Record("not_yet"))


def _fine(alert: Alert, event: CallerSaidFine) -> PagingStep:
    return _end(alert, event.at, "cancelled", Record("cancelled"), "status")


def _finished(alert: Alert, event: Finished) -> PagingStep:
    return _end(alert, event.at, "closed", None, "")


def _end(alert: Alert, at: datetime, state: State, entry: Record | None, view: str) -> PagingStep:
    """Nothing is pending any more; everyone who was called hears it once."""
    ended = replace(alert, state=state, stamp=alert.stamp + 1, ended=at)
    cleared = tuple(ClearTimer(t) for t in TIMERS)
    told = (Show(CALLER, "status"),) if view else ()
    stood_down = tuple(Show(p.person, "stood_down") for p in alert.pages if p.reach != "declined")
    entries = (entry,) if entry else ()
    return PagingStep(ended, (*entries, StopPages(), *cleared, *told, *stood_down, Show(ROOM, "thread")))


# --- words to people ---


def _told() -> tuple[Effect, ...]:
    return (Show(CALLER, "status"), Show(ROOM, "thread"))


def _copies(alert: Alert, except_for: str = "") -> tuple[Effect, ...]:
    """Every other copy of the page says what is true now: edited in place, or one short message where that can't be."""
    others = tuple(
        Show(p.person, "page", update_only=p.reach == "declined")
        for p in alert.pages
        if p.person != except_for
    )
    return (*others, Show(ROOM, "thread"))


def _explain(alert: Alert, event: PagingEvent | Finished) -> tuple[Effect, ...]:
    """A late or impossible tap is told what is true now; a failed send of a finished alert needs no words."""
    person = getattr(event, "person", "")
    if isinstance(event, PageFailed | TimerFired | Finished):
        return ()
    if person:
        return (Show(person, "page"),) if alert.page_of(person) else (Show(person, "notice", "not_paged"),)
    return (Show(CALLER, "status"),)


def _page(alert: Alert, person: str) -> Page:
    page = alert.page_of(person)
    assert page is not None, "step lets only paged people through"
    return page


Rule = Callable[[Alert, "PagingEvent"], PagingStep]

_TABLE: dict[tuple[State, type], Callable[..., PagingStep]] = {
    ("calling", HelpRequested): _help_again,
    ("calling", TimerFired): _timer,
    ("calling", PageSeen): _seen,
    ("calling", ResponderComing): _coming,
    ("calling", ResponderDeclined): _declined,
    ("calling", ResponderArrived): _arrived,
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
    ("arrived", PageSeen): _seen,
    ("arrived", ResponderArrived): _arrived,
    ("arrived", CallerSaidNotYet): _not_yet,
    ("arrived", Finished): _finished,
    ("cancelled", Finished): _finished,
}

"""Whom to call next and when: tiers, repeats, everyone again after the last tier; and what every copy is told."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.alert import Alert, Page, new_page
from bot.core.effects import CALLER, ROOM, ClearTimer, Effect, Record, SetTimer, Show
from bot.core.plan import Target

TIMERS = ("again", "next_tier", "runs_out", "settles")

SHORTEST_WAIT = timedelta(seconds=1)

DOUBLE_TAP = timedelta(seconds=3)
"""A shaking thumb taps twice: the same wish within this time is one wish."""


@dataclass(frozen=True)
class PagingStep:
    alert: Alert
    effects: tuple[Effect, ...] = ()


def arm(alert: Alert, name: str, due: datetime) -> PagingStep:
    """Sets one timer with a new stamp and clears the others: one pending timer for an open alert."""
    stamped = replace(alert, stamp=alert.stamp + 1)
    cleared = tuple(ClearTimer(t) for t in TIMERS if t != name)
    return PagingStep(stamped, (SetTimer(name, due, stamped.stamp), *cleared))


def page_tier(alert: Alert, tier: int, at: datetime, anew: bool = False) -> PagingStep:
    """Pages everyone of the tier who isn't on their way or there, and hasn't said no unless it is asked `anew`. A tier
    without such a person is passed over at once."""
    members = _members(alert, tier, at, despite_no=anew)
    alert = _with_ways_of(alert, tier)
    if not members:
        further = tier + 1 < len(alert.plan.tiers)
        return (
            page_tier(alert, tier + 1, at, anew) if further else keep_calling(replace(alert, tier=tier), at)
        )
    paged = _with_members(alert, members, tier)
    timed = _arm_tier(paged.alert, at)
    return PagingStep(timed.alert, (*paged.effects, *timed.effects))


def further(alert: Alert, at: datetime) -> PagingStep:
    """The next people at once, after the last tier all who aren't on their way; the clock that runs is left alone."""
    for tier in range(alert.tier + 1, len(alert.plan.tiers)):
        if members := _members(alert, tier, at):
            return _with_members(alert, members, tier)
    return _paged_again(alert, tuple(p for p in alert.pages if not _is_going(p)), at)


def page_everyone(alert: Alert, at: datetime) -> PagingStep:
    """Every tier at once, by every way that any of them knows; the clock that runs is left alone."""
    members: dict[str, Page] = {}
    for tier in range(len(alert.plan.tiers)):
        for page in _members(alert, tier, at, despite_no=True):
            before = members.get(page.person)
            members[page.person] = before.with_ways(page.addresses) if before else page
    return _with_members(alert, tuple(members.values()), max(0, len(alert.plan.tiers) - 1))


def page_one(alert: Alert, target: Target, at: datetime) -> PagingStep:
    """One named person, whichever tier they are of."""
    known = alert.page_of(target.person)
    page = known.with_ways(target.addresses).again(at) if known else new_page(target, at)
    return _with_members(alert, (page,), alert.tier)


def _with_members(alert: Alert, members: tuple[Page, ...], tier: int) -> PagingStep:
    names = {p.person for p in members}
    pages = (*(p for p in alert.pages if p.person not in names), *members)
    siren = alert.siren or any(t.siren for t in alert.plan.tiers[: tier + 1])
    return PagingStep(replace(alert, tier=tier, pages=pages, siren=siren), _sent(members, tier))


def _members(alert: Alert, tier: int, at: datetime, despite_no: bool = False) -> tuple[Page, ...]:
    known = {p.person: p for p in alert.pages}
    left_out = {p.person for p in alert.pages if _is_going(p) or (p.reach == "declined" and not despite_no)}
    return tuple(
        known[t.person].with_ways(t.addresses).again(at) if t.person in known else new_page(t, at)
        for t in alert.plan.tiers[tier].targets
        if t.person not in left_out
    )


def _with_ways_of(alert: Alert, tier: int) -> Alert:
    """Whoever isn't called with this tier is called by its ways, too, should everyone be called later."""
    for target in alert.plan.tiers[tier].targets:
        if page := alert.page_of(target.person):
            alert = alert.with_page(page.with_ways(target.addresses))
    return alert


def _is_going(page: Page) -> bool:
    return page.reach in ("coming", "arrived")


def _arm_tier(alert: Alert, at: datetime) -> PagingStep:
    """The same people once more before it goes wider, unless the tier's wait is over sooner than that."""
    tier = alert.plan.tiers[alert.tier]
    if tier.again < tier.wait:
        return arm(alert, "again", at + tier.again)
    return arm(alert, "next_tier", at + tier.wait)


def again(alert: Alert, at: datetime) -> PagingStep:
    """The same people once more, then the rest of the wait before it goes wider.

    The wait counts from when the tier was called: a worker that was late must not make the next people late as well.
    """
    tier = alert.plan.tiers[alert.tier]
    members = {t.person for t in tier.targets}
    called = max((p.at for p in alert.pages if p.person in members), default=at - tier.again)
    repaged = _paged_again(alert, alert.waiting_for(), at)
    timed = arm(repaged.alert, "next_tier", max(called + tier.wait, at + SHORTEST_WAIT))
    return PagingStep(timed.alert, (*repaged.effects, *timed.effects))


def widen(alert: Alert, at: datetime, entry: Record) -> PagingStep:
    """The next tier at once; after the last one everybody again."""
    calling = replace(alert, state="calling")
    is_last = alert.tier + 1 >= len(alert.plan.tiers)
    further = keep_calling(calling, at) if is_last else page_tier(calling, alert.tier + 1, at)
    return PagingStep(further.alert, (entry, *further.effects, *told()))


def keep_calling(alert: Alert, at: datetime) -> PagingStep:
    """After the last tier: everyone who isn't on their way, again and again. Whoever said no is asked again, too, but not
    in answer to their own no."""
    absent = tuple(p for p in alert.pages if not _is_going(p) and p.since != at)
    repaged = _paged_again(alert, absent, at)
    timed = arm(repaged.alert, "next_tier", at + alert.plan.repeat)
    return PagingStep(timed.alert, (*repaged.effects, *timed.effects))


def call_back(alert: Alert, late: tuple[Page, ...], at: datetime, entry: Record) -> PagingStep:
    """People who were counted on and aren't there: they are asked again, and with nobody else on the way it goes wider."""
    waiting = alert
    for page in late:
        waiting = waiting.with_page(replace(page, reach="paged", since=None, minutes=None, expected=None))
    if waiting.on_the_way():
        timed = arm_run_out(waiting)
        wider = PagingStep(timed.alert, (entry, *timed.effects, *told()))
    else:
        wider = widen(waiting, at, entry)
    tries = {p.person: p.tries for p in late}
    left_out = tuple(p for p in wider.alert.pages if tries.get(p.person) == p.tries)
    asked = _paged_again(wider.alert, left_out, at)
    return PagingStep(asked.alert, (*asked.effects, *wider.effects))


def arm_run_out(alert: Alert) -> PagingStep:
    """The first who is expected counts: an answer that isn't followed by arrival runs out."""
    due = min(p.expected for p in alert.on_the_way() if p.expected)
    return arm(alert, "runs_out", due + alert.plan.grace)


def overdue(alert: Alert, at: datetime) -> tuple[Page, ...]:
    return tuple(p for p in alert.on_the_way() if p.expected and p.expected + alert.plan.grace <= at)


def by_next_way(alert: Alert, page: Page, at: datetime) -> PagingStep:
    """One address failed and others are left: where they are tried one by one, the next is tried at once."""
    if page.at_once or not page.can_answer:
        return PagingStep(alert.with_page(page))
    moved = replace(page, tries=page.tries + 1, at=at)
    return PagingStep(alert.with_page(moved), _sent((moved,), alert.tier))


def no_timers() -> tuple[Effect, ...]:
    return tuple(ClearTimer(t) for t in TIMERS)


def copies(alert: Alert, except_for: str = "", silently: bool = False) -> tuple[Effect, ...]:
    """Every other copy of the page says what is true now: edited in place, or one short message where that can't be."""
    others = tuple(
        Show(p.person, "page", update_only=silently or p.reach in ("declined", "released"))
        for p in alert.pages
        if p.person != except_for
    )
    return (*others, Show(ROOM, "thread"))


def copies_for_those_going(alert: Alert, except_for: str = "") -> tuple[Effect, ...]:
    """As `copies`, once everybody has read that somebody comes: only who is on the way or there is told anew; a message to
    each of the others would cost LINE's pushes and say nothing that changes what they do."""
    return tuple(
        replace(e, update_only=not _is_going_there(alert, e.to))
        if isinstance(e, Show) and e.view == "page"
        else e
        for e in copies(alert, except_for)
    )


def _is_going_there(alert: Alert, person: str) -> bool:
    page = alert.page_of(person)
    return page is not None and _is_going(page)


def as_it_stands(alert: Alert, person: str) -> PagingStep:
    """A tap that says nothing new: the person sees what is true, nothing changes and nobody else is told."""
    return PagingStep(alert, (Show(person, "page"),))


def has_just_called(alert: Alert, at: datetime) -> bool:
    latest = max((p.at for p in alert.pages), default=alert.started)
    return alert.state == "calling" and abs(at - latest) < DOUBLE_TAP


def told() -> tuple[Effect, ...]:
    return (Show(CALLER, "status"), Show(ROOM, "thread"))


def _paged_again(alert: Alert, pages: tuple[Page, ...], at: datetime) -> PagingStep:
    repaged = tuple(p.again(at) for p in pages)
    for page in repaged:
        alert = alert.with_page(page)
    return PagingStep(alert, _sent(repaged, alert.tier))


def _sent(pages: tuple[Page, ...], tier: int) -> tuple[Effect, ...]:
    shows = tuple(Show(p.person, "page", urgent=True) for p in pages)
    entries = tuple(Record("paged", {"person": p.person, "tier": tier + 1, "try": p.tries}) for p in pages)
    return (*shows, *entries)

"""More people than the tiers' own pace brings: the caller fell silent, is being forced, or a responder asks for others."""

from dataclasses import replace
from datetime import datetime

from bot.core.alert import Alert, Page
from bot.core.calling import (
    PagingStep,
    arm,
    as_it_stands,
    copies,
    further,
    page_everyone,
    page_one,
    told,
    widen,
)
from bot.core.effects import CALLER, Effect, Record, Show
from bot.core.events import CallerFellSilent, DuressSignalled, HandedOver, MorePeopleWanted
from bot.core.plan import Target


def fell_silent(alert: Alert, event: CallerFellSilent) -> PagingStep:
    """No sign of the caller: in danger everyone is called; otherwise the next people, unless somebody is on the way."""
    entry = Record("silent")
    silent = replace(alert, silent=event.at)
    if alert.kind == "danger":
        return _everyone(silent, event, (entry, *told()))
    if alert.state == "calling":
        wider = widen(silent, event.at, entry)
        return PagingStep(wider.alert, (*wider.effects, *_others(wider)))
    return PagingStep(silent, (entry, Show(CALLER, "status", update_only=True), *copies(silent)))


def under_duress(alert: Alert, event: DuressSignalled) -> PagingStep:
    """The plan for danger, everyone of it at once. Whoever is on the way goes on and reads that nobody should speak up."""
    kind = "danger" if alert.plans.danger.tiers else alert.kind
    graver = replace(alert, kind=kind, duress=True, there=None)
    if alert.state in ("claimed", "arrived"):
        graver = replace(
            graver, state="calling"
        )  # nobody can object for them while their screen is being watched
    return _everyone(graver, event, (Record("duress"), *told()))


def _everyone(
    alert: Alert, event: CallerFellSilent | DuressSignalled, entries: tuple[Effect, ...]
) -> PagingStep:
    paged = page_everyone(alert, event.at)
    if alert.state == "calling":
        timed = arm(paged.alert, "next_tier", event.at + alert.plan.repeat)
        paged = PagingStep(timed.alert, (*paged.effects, *timed.effects))
    return PagingStep(paged.alert, (*paged.effects, *entries, *_others(paged)))


def more_people(alert: Alert, event: MorePeopleWanted) -> PagingStep:
    """A responder's もっと人を. With somebody on the way the clock that waits for them runs on."""
    entry = Record("more_people", {"person": event.person})
    own = Show(event.person, "notice", "more_people_called")
    if alert.state in ("calling", "arrived"):
        wider = widen(alert, event.at, entry)
    else:
        paged = further(alert, event.at)
        wider = PagingStep(paged.alert, (entry, *paged.effects, *told()))
    return PagingStep(wider.alert, (*wider.effects, own))


def handed_over(alert: Alert, event: HandedOver) -> PagingStep:
    """Another one is asked to go instead. Until that one says 向かう, the first is counted on as before."""
    mine = alert.page_of(event.person)
    target = next((t for t in candidates(alert) if t.person == event.to), None)
    if mine is None or mine.reach != "coming" or target is None:
        return as_it_stands(alert, event.person)
    paged = page_one(alert.with_page(replace(mine, handing_to=event.to)), target, event.at)
    entry = Record("handed_over", {"person": event.person, "to": event.to})
    shown = (Show(event.person, "page"), Show(CALLER, "status", update_only=True))
    return PagingStep(paged.alert, (entry, *paged.effects, *shown))


def candidates(alert: Alert) -> tuple[Target, ...]:
    """Who can be asked to go instead: people of the plan who aren't on their way already."""
    going = {p.person for p in alert.responders()}
    known: dict[str, Target] = {}
    for tier in alert.plan.tiers:
        for target in tier.targets:
            known.setdefault(target.person, target)
    return tuple(target for person, target in known.items() if person not in going)


def released(alert: Alert, going: str, at: datetime) -> tuple[Alert, tuple[Effect, ...]]:
    """Whoever asked `going` to go instead is free once that one says 向かう."""
    effects: list[Effect] = []
    for page in alert.pages:
        if page.handing_to == going and page.reach == "coming":
            alert = alert.with_page(
                replace(page, reach="released", since=at, minutes=None, expected=None, handing_to="")
            )
            effects.append(Record("released", {"person": page.person}))
    return alert, tuple(effects)


def refused(alert: Alert, by: Page) -> tuple[Alert, tuple[Effect, ...]]:
    """Whoever asked this one to go instead is counted on alone again, and hears it: they may have turned back already."""
    effects: list[Effect] = []
    for page in alert.pages:
        if page.handing_to == by.person and page.reach == "coming":
            alert = alert.with_page(replace(page, handing_to=""))
            effects.append(Show(page.person, "notice", "hand_over_refused", {"name": by.name}))
            effects.append(Show(page.person, "page"))
    return alert, tuple(effects)


def _others(step: PagingStep) -> tuple[Effect, ...]:
    """Those who weren't paged by this very step see it as well."""
    paged = {e.to for e in step.effects if isinstance(e, Show) and e.urgent}
    others = tuple(e for e in copies(step.alert) if isinstance(e, Show) and e.to not in paged)
    return tuple(e for e in others if e.view == "page")

"""Machine 1: one person's walk through a flow.

`begin` and `step` take the flow, the walk so far and an event, and return the new walk with its effects. Only taps are
kept (the trail); where the walk stands, its facts, acts and level are always derived from them again, so that going
back or changing an old answer can't leave anything behind. What was sent stays sent: effects are given only for answers
that are new in this step.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from bot.core.effects import CALLER, CallHelp, Effect, Record, Show
from bot.core.events import (
    Answered,
    AskedAgain,
    AskedMore,
    ThingsChanged,
    WalkEvent,
    WayTaken,
    WentBack,
)
from bot.core.facts import ACTS, NUMBER_FACTS, FactValue, in_order, merged
from bot.core.flow import UNSURE, Ask, Choice, Decide, End, Flow, Say, WayOut

WayName = Literal["our_fault", "accommodation"]


@dataclass(frozen=True)
class Answer:
    """One answered question. `known`: the engine answered it from facts that were known already."""

    step: str
    choice: str
    known: bool = False


@dataclass(frozen=True)
class Walk:
    """Where a person stands in one revision of one flow.

    at: the question or end that waits for them. trail: the answers that count, in order. kept: answers that no longer
    count, offered as suggestions. marks: facts taken from typed words; any tap outranks them. ways: which of the two
    ways out was taken; a later answer that says otherwise takes it back. passed: `say` steps to show with this card.
    called: answers and ends that have called for help already, so that going back and forth doesn't call twice. picked: acts
    that the person ticked on the card of their typed words.
    """

    flow: str
    revision: int
    at: str
    trail: tuple[Answer, ...] = ()
    kept: tuple[Answer, ...] = ()
    marks: tuple[tuple[str, FactValue], ...] = ()
    ways: tuple[WayName, ...] = ()
    passed: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    turn: int = 0
    picked: tuple[str, ...] = ()


@dataclass(frozen=True)
class WalkStep:
    walk: Walk
    effects: tuple[Effect, ...] = ()


def begin(
    flow: Flow, facts: Mapping[str, FactValue], danger: bool = False, picked: tuple[str, ...] = ()
) -> WalkStep:
    """The first card of a new walk; questions whose answer is among `facts` are not asked.

    With `danger` (危険 was tapped, people are being called) nobody is asked whether there is danger: the first question's
    choice that calls for danger counts as tapped, and the next card asks what it is.
    """
    before = Walk(flow.id, flow.revision, at="", marks=tuple(facts.items()), picked=picked)
    first = _replay(flow, before)
    said = _says_danger(flow.ask(first.at)) if danger else None
    if said is None:
        return _arrive(flow, before, first)
    answered = replace(before, trail=(*first.trail, said), called=(f"{said.step}:{said.choice}",))
    entry = Record("answered", {"step": said.step, "choice": said.choice})
    return _with(_arrive(flow, answered, _replay(flow, answered)), entry)


def _says_danger(ask: Ask | None) -> Answer | None:
    return next((Answer(ask.id, c.id) for c in ask.choices if c.page == "danger"), None) if ask else None


def begin_elsewhere(flow: Flow, walk: Walk, facts: Mapping[str, FactValue], danger: bool) -> WalkStep:
    """The same person in another flow: what they have said stays known, and nobody is called a second time for it. `danger`:
    the walk so far was red.
    """
    begun = begin(flow, facts, danger, walk.picked)
    effects = tuple(e for e in begun.effects if not (isinstance(e, CallHelp) and (danger or walk.called)))
    called = tuple(dict.fromkeys((*walk.called, *begun.walk.called)))
    return WalkStep(replace(begun.walk, turn=walk.turn + 1, called=called), effects)


def step(flow: Flow, walk: Walk, event: WalkEvent) -> WalkStep:
    """The next walk and its effects. An event that doesn't fit is answered with where the person stands."""
    match event:
        case Answered():
            return _answer(flow, walk, event)
        case WentBack():
            return _back(flow, walk)
        case WayTaken(way=way):
            return _take_way(flow, walk, way)
        case ThingsChanged():
            kept = _kept(walk.kept, walk.trail)
            again = replace(walk, trail=(), marks=(), ways=(), called=(), picked=(), kept=kept)
            return _with(_arrive(flow, again, _replay(flow, again)), Record("changed"))
        case AskedAgain(key=key):
            return _show_again(flow, walk, key)
        case AskedMore():
            return WalkStep(walk, (Show(CALLER, "more"),))


def facts_of(flow: Flow, walk: Walk) -> dict[str, FactValue]:
    """What typed words, answers and ways out assert, in this order: a tap outranks words, whichever came first."""
    ways = (_way_out(flow, name).facts for name in walk.ways)
    return merged([dict(walk.marks), *(c.facts for c in _choices(flow, walk.trail)), *ways])


def acts_of(flow: Flow, walk: Walk) -> tuple[str, ...]:
    """The acts of the answers, and of choices that nobody had to tap because their facts were told beside the questions."""
    answered = (act for c in _choices(flow, walk.trail) for act in c.acts)
    return in_order((*answered, *_told_acts(flow, walk), *_picked_acts(flow, walk)), ACTS)


def _told_acts(flow: Flow, walk: Walk) -> Iterator[str]:
    """What was told must carry the act by itself, or one answer would speak for another choice of its question; and no
    answer since may deny it.
    """
    if not walk.marks:
        return
    told, facts = dict(walk.marks), facts_of(flow, walk)
    for choice in flow.acting_choices:
        if all(_known(told, n, v) and _known(facts, n, v) for n, v in choice.facts.items()):
            yield from choice.acts


def _picked_acts(flow: Flow, walk: Walk) -> Iterator[str]:
    """Until the answers have denied everything in the flow that would stand for the act."""
    facts = facts_of(flow, walk) if walk.picked else {}
    for act in walk.picked:
        standing = [c for c in flow.acting_choices if act in c.acts]
        if not standing or not all(_is_denied(facts, choice) for choice in standing):
            yield act


def _is_denied(facts: Mapping[str, FactValue], choice: Choice) -> bool:
    return any(facts.get(n) in ("yes", "no") and facts[n] != v for n, v in choice.facts.items())


def level_of(flow: Flow, walk: Walk) -> str:
    """The working level: that of the end that was reached; before it, red after a danger answer, otherwise yellow."""
    at = flow.steps.get(walk.at)
    if isinstance(at, End):
        return at.level
    return "red" if any(c.page == "danger" for c in _choices(flow, walk.trail)) else "yellow"


def suggestion(walk: Walk) -> str:
    """The choice that was given to this question before and no longer counts, or empty."""
    return next((a.choice for a in reversed(walk.kept) if a.step == walk.at), "")


def matching_choice(ask: Ask, facts: Mapping[str, FactValue]) -> Choice | None:
    """The first choice all of whose facts are known to hold; of choices that name minutes, the largest that was reached."""
    fitting = [c for c in ask.choices if c.facts and all(_known(facts, n, v) for n, v in c.facts.items())]
    return max(fitting, key=_minutes, default=None)


def _minutes(choice: Choice) -> int:
    return max((v for n, v in choice.facts.items() if n in NUMBER_FACTS and isinstance(v, int)), default=0)


def _known(facts: Mapping[str, FactValue], name: str, value: FactValue) -> bool:
    known = facts.get(name, "unknown")
    if isinstance(known, int) and isinstance(value, int):
        return known >= value
    return known != "unknown" and known == value


def _answer(flow: Flow, walk: Walk, event: Answered) -> WalkStep:
    """1. judge the tap by what stands now; 2. keep later answers as suggestions; 3. derive everything again."""
    given = next((a for a in walk.trail if a.step == event.step and not a.known), None)
    fits = (event.flow, event.revision) == (walk.flow, walk.revision) and _is_choice(flow, event)
    if not fits or (given is None and event.step != walk.at):
        return _show_again(flow, walk, "question_over")
    if given is not None and given.choice == event.choice:
        return _show_again(flow, walk, "")
    cut = walk.trail.index(given) if given else len(walk.trail)
    answer = Answer(event.step, event.choice)
    changed = replace(
        walk,
        trail=(*walk.trail[:cut], answer),
        kept=_kept(walk.kept, walk.trail[cut:]),
        ways=_ways_left(flow, walk.ways, answer),
    )
    entry = Record("answer_changed" if given else "answered", {"step": event.step, "choice": event.choice})
    return _with(_arrive(flow, replace(walk, kept=changed.kept), _replay(flow, changed)), entry)


def _is_choice(flow: Flow, event: Answered) -> bool:
    ask = flow.ask(event.step)
    return ask is not None and (event.choice == UNSURE or any(c.id == event.choice for c in ask.choices))


def _back(flow: Flow, walk: Walk) -> WalkStep:
    """Takes back the last answer that a person gave; it stays as a suggestion. Nothing is called for on the way back."""
    taps = [i for i, a in enumerate(walk.trail) if not a.known]
    if not taps:
        return _show_again(flow, walk, "at_the_start")
    shorter = _replay(
        flow, replace(walk, trail=walk.trail[: taps[-1]], kept=_kept(walk.kept, walk.trail[taps[-1] :]))
    )
    went = replace(shorter, turn=walk.turn + 1)
    return WalkStep(went, (Record("went_back"), *_level_record(flow, walk, went), _card(flow, went)))


def _take_way(flow: Flow, walk: Walk, name: WayName) -> WalkStep:
    """Its card is shown, and what it asserts holds from now on; the place may change with it."""
    taken = replace(walk, ways=(*(w for w in walk.ways if w != name), name))
    marked = _replay(flow, taken)
    further = marked.passed if marked.at != walk.at else ()
    shown = replace(marked, passed=(_way_out(flow, name).show, *further))
    return _with(_arrive(flow, walk, shown), Record("way_taken", {"way": name}))


def _way_out(flow: Flow, name: WayName) -> WayOut:
    return flow.our_fault if name == "our_fault" else flow.accommodation


def _ways_left(flow: Flow, ways: tuple[WayName, ...], answer: Answer) -> tuple[WayName, ...]:
    """The ways that a new answer doesn't contradict."""
    said = merged(c.facts for c in _choices(flow, (answer,)))
    return tuple(
        w
        for w in ways
        if all(said.get(f, "unknown") in (v, "unknown") for f, v in _way_out(flow, w).facts.items())
    )


def _show_again(flow: Flow, walk: Walk, key: str) -> WalkStep:
    notice = (Show(CALLER, "notice", key),) if key else ()
    return WalkStep(walk, (*notice, _card(flow, walk)))


def _arrive(flow: Flow, before: Walk, after: Walk) -> WalkStep:
    """The effects of standing at a new place: help that new answers or the end ask for, then the card."""
    after = replace(after, turn=before.turn + 1)
    callers = _callers(flow, before, after)
    effects: list[Effect] = [_call(callers, before.called)] if callers else []
    effects.extend(_level_record(flow, before, after))
    after = replace(after, called=tuple(dict.fromkeys((*before.called, *callers))))
    return WalkStep(after, (*effects, _card(flow, after)))


def _level_record(flow: Flow, before: Walk, after: Walk) -> tuple[Record, ...]:
    end = flow.steps.get(after.at)
    if not isinstance(end, End) or after.at == before.at:
        return ()
    return (Record("level", {"level": end.level, "step": end.id}),)


def _callers(flow: Flow, before: Walk, after: Walk) -> dict[str, str]:
    """The answers that are new, and the end if it is, that call for help: name to kind."""
    new = tuple(a for a in after.trail if a not in before.trail)
    pages = {f"{a.step}:{a.choice}": c.page for a in new for c in _choices(flow, (a,)) if c.page}
    end = flow.steps.get(after.at)
    if isinstance(end, End) and after.at != before.at and end.page:
        pages[end.id] = end.page
    return pages


def _call(callers: Mapping[str, str], called: tuple[str, ...]) -> CallHelp:
    fresh = {name: kind for name, kind in callers.items() if name not in called}
    kinds = (fresh or callers).values()
    return CallHelp("danger" if "danger" in kinds else "standard", again=not fresh)


def _card(flow: Flow, walk: Walk) -> Show:
    return Show(CALLER, "level" if isinstance(flow.steps.get(walk.at), End) else "question")


def _with(result: WalkStep, entry: Record) -> WalkStep:
    return WalkStep(result.walk, (entry, *result.effects))


def _replay(flow: Flow, walk: Walk) -> Walk:
    """Walks from the start by the taps of the trail and by what is known, to the first open question or an end."""
    taps = {a.step: a for a in walk.trail if not a.known}
    trail: list[Answer] = []
    passed: list[str] = []
    at = flow.start
    while True:
        here = flow.steps[at]
        if isinstance(here, Say):
            passed.append(at)
            at = here.to
        elif isinstance(here, Decide):
            at = here.next(facts_of(flow, replace(walk, trail=tuple(trail))))
        elif isinstance(here, Ask) and (answer := taps.get(at) or _from_known(flow, walk, here, trail)):
            passed = passed if answer.known else []
            trail.append(answer)
            at = _target(here, answer.choice)
        else:
            return replace(walk, at=at, trail=tuple(trail), passed=tuple(passed))


def _from_known(flow: Flow, walk: Walk, ask: Ask, trail: list[Answer]) -> Answer | None:
    choice = matching_choice(ask, facts_of(flow, replace(walk, trail=tuple(trail))))
    return Answer(ask.id, choice.id, known=True) if choice else None


def _target(ask: Ask, choice_id: str) -> str:
    return next((c.to for c in ask.choices if c.id == choice_id), ask.unsure)


def _choices(flow: Flow, trail: tuple[Answer, ...]) -> Iterator[Choice]:
    for answer in trail:
        ask = flow.ask(answer.step)
        yield from (c for c in ask.choices if c.id == answer.choice) if ask else ()


def _kept(kept: tuple[Answer, ...], dropped: tuple[Answer, ...]) -> tuple[Answer, ...]:
    """Suggestions, one per question, the newest last."""
    fresh = tuple(a for a in dropped if not a.known)
    return tuple(a for a in kept if a.step not in {f.step for f in fresh}) + fresh

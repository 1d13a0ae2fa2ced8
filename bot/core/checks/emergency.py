"""Proves what must hold in danger: the card at once, people called, 110 or 119 named, no calm level."""

from collections.abc import Callable, Iterator, Mapping

from bot.core.checks.finding import DANGER_TAPS, EMERGENCY_STEPS, Finding
from bot.core.checks.shape import in_walking_order
from bot.core.flow import Ask, End, Flow, Say, Step, targets

NEVER = 1000
"""Taps to a card that doesn't come."""


def findings(flow: Flow) -> Iterator[Finding]:
    """The flow has no loop: every way ends."""
    yield from _silent_red(flow)
    yield from _danger(flow)


def _silent_red(flow: Flow) -> Iterator[Finding]:
    """Red may be reached by facts alone, without a tap that has paged: the end itself must, and it names 110 or 119."""
    for step in flow.steps.values():
        if isinstance(step, End) and step.level == "red" and step.page != "danger":
            yield Finding("red_without_page", step.id)
        if isinstance(step, End) and step.level == "red" and not _names_a_number(step):
            yield Finding("red_without_call", step.id)


def _danger(flow: Flow) -> Iterator[Finding]:
    """After a tap that pages danger, what to do and 110 or 119 come without a second question, at no calm level."""
    words, numbers = _taps_until(flow, _says_something), _taps_until(flow, _names_a_number)
    for ask in (s for s in flow.steps.values() if isinstance(s, Ask)):
        for choice in (c for c in ask.choices if c.page == "danger"):
            args = {"choice": choice.id}
            if (taps := 1 + words[choice.to]) > DANGER_TAPS:
                yield Finding("danger_card_late", ask.id, {**args, "taps": str(taps)})
            elif 1 + numbers[choice.to] > DANGER_TAPS:
                yield Finding("danger_call_late", ask.id, args)
            if mild := _first_ends(flow, choice.to) & {"green", "yellow", "orange"}:
                yield Finding("danger_card_mild", ask.id, {**args, "levels": ", ".join(sorted(mild))})


def _taps_until(flow: Flow, shows: Callable[[Step], bool]) -> Mapping[str, int]:
    """The most questions that can stand between a step and a card that shows it; NEVER where an end comes first."""
    taps: dict[str, int] = {}
    for step_id in reversed(in_walking_order(flow)):
        step = flow.steps[step_id]
        after = max((taps[t] for t in targets(step)), default=NEVER)
        taps[step_id] = 0 if shows(step) else after + isinstance(step, Ask)
    return taps


def _says_something(step: Step) -> bool:
    return isinstance(step, Say | End)


def _names_a_number(step: Step) -> bool:
    return isinstance(step, Say | End) and bool(EMERGENCY_STEPS & set(step.guidance.steps))


def _first_ends(flow: Flow, start: str) -> set[str]:
    """The levels that can be reached from here with no guidance before them."""
    levels: set[str] = set()
    waiting, seen = [start], set[str]()
    while waiting:
        step = flow.steps[waiting.pop()]
        if step.id in seen or isinstance(step, Say):
            continue
        seen.add(step.id)
        if isinstance(step, End):
            levels.add(step.level)
        waiting.extend(targets(step))
    return levels

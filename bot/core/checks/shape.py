"""Proves the shape of a flow: every step can be reached, every path ends, danger has its card at once."""

from collections.abc import Iterator, Mapping

from bot.core.checks.finding import DANGER_TAPS, Finding
from bot.core.flow import Ask, End, Flow, Say, targets


def findings(flow: Flow) -> Iterator[Finding]:
    yield from _unreachable(flow)
    yield from _silent_red(flow)
    loop = find_loop(flow)
    if loop:
        yield Finding("never_ends", loop[0], {"steps": " → ".join((*loop, loop[0]))})
    else:
        yield from _danger(flow)


def _unreachable(flow: Flow) -> Iterator[Finding]:
    reached: set[str] = set()
    waiting = [flow.start, flow.our_fault.show, flow.accommodation.show]
    while waiting:
        here = waiting.pop()
        if here not in reached:
            reached.add(here)
            waiting.extend(targets(flow.steps[here]))
    yield from (Finding("unreachable_step", step) for step in flow.steps if step not in reached)


def _silent_red(flow: Flow) -> Iterator[Finding]:
    """Red may be reached by facts alone, without a tap that has paged: the end itself must."""
    for step in flow.steps.values():
        if isinstance(step, End) and step.level == "red" and step.page != "danger":
            yield Finding("red_without_page", step.id)


def find_loop(flow: Flow) -> tuple[str, ...]:
    """The steps of one loop in their order, or nothing when every path ends."""
    ending = set(in_walking_order(flow))
    here = next((step for step in flow.steps if step not in ending), "")
    trail: list[str] = []
    while here and here not in trail:
        trail.append(here)
        here = next(t for t in targets(flow.steps[here]) if t not in ending)
    return tuple(trail[trail.index(here) :]) if trail else ()


def in_walking_order(flow: Flow) -> tuple[str, ...]:
    """Every step from which all paths end, each after the steps that lead to it."""
    leading: dict[str, list[str]] = {step: [] for step in flow.steps}
    open_ways: dict[str, int] = {}
    for step_id, step in flow.steps.items():
        followers = set(targets(step))
        open_ways[step_id] = len(followers)
        for follower in followers:
            leading[follower].append(step_id)
    backwards = [step for step, ways in open_ways.items() if ways == 0]
    for step_id in backwards:  # grows while it is read
        for before in leading[step_id]:
            open_ways[before] -= 1
            if open_ways[before] == 0:
                backwards.append(before)
    return tuple(reversed(backwards))


def _danger(flow: Flow) -> Iterator[Finding]:
    """After a tap that pages danger, what to do comes without a second question, and it is no calm level."""
    taps = _taps_until_words(flow)
    for ask in (s for s in flow.steps.values() if isinstance(s, Ask)):
        for choice in (c for c in ask.choices if c.page == "danger"):
            args = {"choice": choice.id}
            if 1 + taps[choice.to] > DANGER_TAPS:
                yield Finding("danger_card_late", ask.id, {**args, "taps": str(1 + taps[choice.to])})
            if mild := _first_ends(flow, choice.to) & {"green", "yellow", "orange"}:
                yield Finding("danger_card_mild", ask.id, {**args, "levels": ", ".join(sorted(mild))})


def _taps_until_words(flow: Flow) -> Mapping[str, int]:
    """The most questions that can stand between a step and the first guidance, whatever the facts are."""
    taps: dict[str, int] = {}
    for step_id in reversed(in_walking_order(flow)):
        step = flow.steps[step_id]
        after = max((taps[t] for t in targets(step)), default=0)
        taps[step_id] = 0 if isinstance(step, Say | End) else after + isinstance(step, Ask)
    return taps


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

"""Proves the shape of a flow: every step can be reached, every path ends."""

from collections.abc import Iterator

from bot.core.checks.finding import Finding
from bot.core.flow import Flow, targets


def findings(flow: Flow) -> Iterator[Finding]:
    yield from _unreachable(flow)
    loop = find_loop(flow)
    if loop:
        yield Finding("never_ends", loop[0], {"steps": " → ".join((*loop, loop[0]))})


def _unreachable(flow: Flow) -> Iterator[Finding]:
    reached: set[str] = set()
    waiting = [flow.start, flow.our_fault.show, flow.accommodation.show]
    while waiting:
        here = waiting.pop()
        if here not in reached:
            reached.add(here)
            waiting.extend(targets(flow.steps[here]))
    yield from (Finding("unreachable_step", step) for step in flow.steps if step not in reached)


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

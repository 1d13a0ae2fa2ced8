"""Proves what must hold on every way through a flow: danger, わからない, how many taps, the first words."""

from collections.abc import Iterator, Mapping

from bot.core.checks.exploring import Arrivals, Map, Place, Start, TooMany, way_to
from bot.core.checks.finding import FIRST_WORDS_TAPS, MAX_SAYS, MAX_STATES, MAX_TAPS, PEOPLE_STEPS, Finding
from bot.core.facts import DANGER_FACTS, FactValue
from bot.core.flow import Ask, Decide, End, Flow, Say


def findings(flow: Flow) -> Iterator[Finding]:
    """The flow has no loop: every way ends."""
    ways = Map(flow)
    try:
        by_taps = ways.explore(Start({}))
        yield from _taps(flow, by_taps)
        yield from _danger(ways)
        yield from _unsure(ways)
    except TooMany as too_many:
        open_facts = sorted(ways.reads[too_many.step])
        args = {"count": str(MAX_STATES), "facts": ", ".join(open_facts), "open": str(len(open_facts))}
        yield Finding("too_many_ways", too_many.step, args)


def _taps(flow: Flow, arrivals: Arrivals) -> Iterator[Finding]:
    for step_id, found in arrivals.items():
        here = flow.steps[step_id]
        if not found or isinstance(here, Decide):
            continue
        if isinstance(here, Say | End) and (taps := max(a.silent for a in found.values())) > FIRST_WORDS_TAPS:
            yield Finding("first_words_late", step_id, {"taps": str(taps)})
        if isinstance(here, Say) and (says := 1 + max(a.says for a in found.values())) > MAX_SAYS:
            yield Finding("says_in_a_row", step_id, {"says": str(says)})
        longest = max(found, key=lambda facts: found[facts].taps)
        if isinstance(here, End) and found[longest].taps > MAX_TAPS:
            way = {"taps": str(found[longest].taps), "way": _told(arrivals, (step_id, longest))}
            yield Finding("too_many_taps", step_id, way)


def _danger(ways: Map) -> Iterator[Finding]:
    """No way to green with a yes to danger: tapped, or known before from typed words, with either way out."""
    told: set[str] = set()
    for marks in _beginnings(ways.flow):
        arrivals = ways.explore(Start(marks, any_answer=True))
        for step_id, found in arrivals.items():
            if step_id in told or not _is_green(ways.flow, step_id):
                continue
            facts = next((f for f in found if any(name in DANGER_FACTS for name, _ in f)), None)
            if facts is not None:
                told.add(step_id)
                names = ", ".join(sorted(n for n, _ in facts if n in DANGER_FACTS))
                way = _told(arrivals, (step_id, facts))
                yield Finding("danger_to_green", step_id, {"facts": names, "way": way})


def _beginnings(flow: Flow) -> Iterator[Mapping[str, FactValue]]:
    fault, support = flow.our_fault.facts, flow.accommodation.facts
    for taken in ({}, fault, support, {**fault, **support}):
        yield taken
        yield from ({**taken, name: "yes"} for name in DANGER_FACTS)


def _unsure(ways: Map) -> Iterator[Finding]:
    """わからない from any question on, with no yes before it, ends with people and never in green.

    A yes before it is an answer of its own: who said that the request is fair may leave the rest open.
    """
    start = Start({}, only_negative=True)
    arrivals, told = ways.explore(start), set[tuple[str, str]]()
    for step_id, found in arrivals.items():
        for facts in found if isinstance(ways.flow.steps[step_id], Ask) else ():
            end, way = _all_unsure(ways, (step_id, facts), start)
            if (step_id, end.id) in told:
                continue
            told.add((step_id, end.id))
            before = " → ".join([*way_to(arrivals, (step_id, facts)), *way])
            if end.level == "green":
                yield Finding("unsure_to_green", step_id, {"end": end.id, "way": before})
            elif not end.page and not PEOPLE_STEPS & set(end.guidance.steps):
                yield Finding("unsure_without_people", step_id, {"end": end.id, "way": before})


def _all_unsure(ways: Map, place: Place, start: Start) -> tuple[End, list[str]]:
    way: list[str] = []
    step_id, facts = place
    while not isinstance(here := ways.flow.steps[step_id], End):
        *_, move = ways.moves(step_id, facts, start)  # わからない comes last
        way += [move.tapped] if move.tapped else []
        step_id, facts = move.to, move.facts
    return here, way


def _is_green(flow: Flow, step_id: str) -> bool:
    end = flow.steps[step_id]
    return isinstance(end, End) and end.level == "green"


def _told(arrivals: Arrivals, place: Place) -> str:
    return " → ".join(way_to(arrivals, place))

"""Proves the rows of a decision by finding facts for them: what can hold first, fall through, overlap."""

from collections.abc import Iterator, Mapping, Sequence

from bot.core.checks.finding import Finding
from bot.core.facts import FACTS, NUMBER_FACTS, FactValue
from bot.core.flow import Condition, Decide, End, Flow, Row, Say

SEVERITY = {"green": 0, "yellow": 1, "orange": 2, "red": 3}
"""`care` stands beside these, neither milder nor graver."""

Example = dict[str, FactValue]


def findings(flow: Flow) -> Iterator[Finding]:
    for step in flow.steps.values():
        if isinstance(step, Decide):
            yield from _never_first(step)
            yield from _fall_through(flow, step)
            yield from _milder_first(flow, step)


def _never_first(step: Decide) -> Iterator[Finding]:
    for number, row in enumerate(step.rows):
        if example([row], step.rows[:number]) is None:
            yield Finding("row_never_first", step.id, {"row": str(number + 1), "to": row.to})


def _fall_through(flow: Flow, step: Decide) -> Iterator[Finding]:
    """`otherwise` is needed by somebody, and what nobody thought of doesn't end in green."""
    left = example([], step.rows)
    if left is None:
        yield Finding("otherwise_never", step.id, {"to": step.otherwise})
    elif _level_at(flow, step.otherwise) == "green":
        yield Finding("gap_to_green", step.id, {"facts": in_words(left), "to": step.otherwise})


def _milder_first(flow: Flow, step: Decide) -> Iterator[Finding]:
    """Rows that can hold together, where the milder level wins only because it was written first.

    A milder row that is a special case of the graver one is an exception that its author meant.
    """
    levels = [_level_at(flow, row.to) for row in step.rows]
    used = [example([row], step.rows[:number]) is not None for number, row in enumerate(step.rows)]
    for number, row in enumerate(step.rows):
        for later, graver in enumerate(step.rows[number + 1 :], number + 1):
            if not (used[later] and _is_milder(levels[number], levels[later])):
                continue
            is_exception = example([row], [*step.rows[:number], graver]) is None
            both = None if is_exception else example([row, graver], step.rows[:number])
            if both is not None:
                rows = {"row": str(number + 1), "other": str(later + 1)}
                yield Finding("milder_row_first", step.id, {**rows, "facts": in_words(both)})


def _level_at(flow: Flow, step_id: str) -> str:
    """The level that is reached from here without another question or decision, or empty."""
    for _ in flow.steps:
        step = flow.steps[step_id]
        if not isinstance(step, Say):
            return step.level if isinstance(step, End) else ""
        step_id = step.to
    return ""


def _is_milder(one: str, other: str) -> bool:
    return one in SEVERITY and other in SEVERITY and SEVERITY[one] < SEVERITY[other]


def in_words(facts: Mapping[str, FactValue]) -> str:
    """The facts as an author writes them; those that nobody knows are left out."""
    known = [f"{name}: {value}" for name, value in facts.items() if value != "unknown"]
    return "{" + ", ".join(known) + "}"


def example(hold: Sequence[Row], fail: Sequence[Row]) -> Example | None:
    """Facts for which every row of `hold` holds and none of `fail`, or None when there are none. Complete.

    Facts are fixed one at a time, those of `hold` first; a branch is left once a row comes out wrong.
    """
    rows = [*hold, *fail]
    tested: dict[str, list[Condition]] = {}
    for condition in (c for row in rows for c in row.conditions()):
        tested.setdefault(condition.fact, []).append(condition)
    values = {name: _telling_values(name, conditions) for name, conditions in tested.items()}
    return _search(hold, fail, values, list(tested), {})


def _search(
    hold: Sequence[Row],
    fail: Sequence[Row],
    values: Mapping[str, list[FactValue]],
    left: list[str],
    fixed: Example,
) -> Example | None:
    if any(_verdict(row, fixed) is False for row in hold) or any(_verdict(row, fixed) for row in fail):
        return None
    hold = [row for row in hold if _verdict(row, fixed) is None]
    fail = [row for row in fail if _verdict(row, fixed) is None]
    if not hold and not fail:
        return fixed
    name = next(c.fact for row in (*hold, *fail) for c in row.conditions() if c.fact in left)
    rest = [n for n in left if n != name]
    found = (_search(hold, fail, values, rest, {**fixed, name: value}) for value in values[name])
    return next((facts for facts in found if facts is not None), None)


def _verdict(row: Row, fixed: Example) -> bool | None:
    """Whether the row holds, as far as the fixed facts settle it."""
    wanted = [_held(c, fixed) for c in row.all]
    wanted += [None if held is None else not held for held in (_held(c, fixed) for c in row.none)]
    options = [_held(c, fixed) for c in row.any]
    if False in wanted or (options and all(held is False for held in options)):
        return False
    settled = None not in wanted and (not options or True in options)
    return True if settled else None


def _held(condition: Condition, fixed: Example) -> bool | None:
    return condition.holds(fixed) if condition.fact in fixed else None


def _telling_values(name: str, conditions: list[Condition]) -> list[FactValue]:
    """One value for each way in which these conditions can come out; `unknown` first, for short examples."""
    if name not in FACTS or name in NUMBER_FACTS:
        edges = {c.at_least for c in conditions if c.at_least is not None}
        edges |= {c.value for c in conditions if isinstance(c.value, int)}
        numbers = sorted(edges | {edge - 1 for edge in edges})
        return ["unknown", *(n for n in numbers if n >= 0)]
    return ["unknown", "no", "yes"]

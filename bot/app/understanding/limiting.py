"""The lines between yes and no, set by what models said of phrases that were held back from them."""

from collections.abc import Sequence
from typing import Any

from bot.app.understanding.danger import Danger
from bot.app.understanding.deciding import (
    DANGER_STATES,
    Limits,
    acts_of,
    state_of,
    sureness,
    urgency_of,
)
from bot.app.understanding.phrases import Phrase
from bot.core.facts import ACTS

STEPS = tuple(step / 40 for step in range(-40, 41))
DANGER_STEPS = tuple(step / 40 for step in range(-40, 21))
MISSED = 200
"""Where a word of danger stands, one emergency in so many may lie below the line."""
NEVER_ABOVE = {"now": -0.1, "told": 0.0, "none": -0.05}
"""Nor may a line be higher: the phrases shaped the words of danger, others are told less clearly."""
A_MISS = {"told": 8.0, "none": 2.0}
"""Elsewhere: how many false alarms one missed emergency is worth. Where no word of danger is told, an emergency must be
clear, or every third shout would call the police."""
USUAL = -0.3
"""Where the line of an act usually is. Found lines are moved half the way there: with few examples they are chance."""
BINS = 12

Said = Sequence[dict[str, float]]


def limits_from(phrases: Sequence[Phrase], said: Said, dangers: Sequence[Danger]) -> Limits:
    """`said` and `dangers` belong to the phrases, in the same order."""
    acts = {act: _best_line(phrases, said, act) for act in ACTS}
    danger = {state: _danger_line(phrases, said, dangers, state) for state in DANGER_STATES}
    bare = Limits(acts, danger)
    return Limits(acts, danger, _shares(phrases, said, dangers, bare))


def limits_read(measured: dict[str, Any]) -> Limits:
    pairs = tuple((edge, share) for edge, share in measured["sureness"])
    return Limits(measured["acts"], measured["danger"], pairs)


def limits_written(limits: Limits) -> dict[str, Any]:
    return {"acts": limits.acts, "danger": limits.danger, "sureness": limits.sureness}


def _best_line(phrases: Sequence[Phrase], said: Said, act: str) -> float:
    """Where most are right of those that have the act or are said to have it (F1); the middle of equally good lines."""
    have = [act in phrase.acts for phrase in phrases]
    scores = [each[f"act:{act}"] for each in said]
    worth = {line: _f1(have, [score > line for score in scores]) for line in STEPS}
    best = [line for line in STEPS if worth[line] >= max(worth.values()) - 1e-9]
    return round((best[len(best) // 2] + USUAL) / 2, 4)


def _f1(have: Sequence[bool], called: Sequence[bool]) -> float:
    both = [h and c for h, c in zip(have, called, strict=True)].count(True)
    return 2 * both / max(1, have.count(True) + called.count(True))


def _danger_line(phrases: Sequence[Phrase], said: Said, dangers: Sequence[Danger], state: str) -> float:
    """As low as MISSED asks where danger stands; elsewhere the line that costs least, the lowest of equally good ones."""
    here = [
        (each["urgency:emergency"], phrase.urgency == "emergency")
        for phrase, each, danger in zip(phrases, said, dangers, strict=True)
        if state_of(danger) == state
    ]

    if state == "now":
        real = sorted(score for score, is_real in here if is_real) or [0.0]
        return min(round(real[len(real) // MISSED] - 0.005, 3), NEVER_ABOVE[state])

    def cost(line: float) -> float:
        missed = [is_real for score, is_real in here if score <= line].count(True)
        false = [is_real for score, is_real in here if score > line].count(False)
        return A_MISS[state] * missed + false

    return min(min(DANGER_STEPS, key=cost), NEVER_ABOVE[state])


def _shares(
    phrases: Sequence[Phrase], said: Said, dangers: Sequence[Danger], limits: Limits
) -> tuple[tuple[float, float], ...]:
    """In equal bins by sureness, never falling: pooled with the bin before where it would."""
    ranked = sorted(
        (
            sureness(each, danger, limits),
            _is_right(phrase, each, danger, limits),
        )
        for phrase, each, danger in zip(phrases, said, dangers, strict=True)
    )
    size = max(1, len(ranked) // BINS)
    pools: list[list[tuple[float, bool]]] = []
    for at in range(0, len(ranked), size):
        pools.append(ranked[at : at + size])
        while len(pools) > 1 and _share(pools[-2]) > _share(pools[-1]):
            last = pools.pop()
            pools[-1] = [*pools[-1], *last]
    return tuple((round(pool[0][0], 4), round(_share(pool), 3)) for pool in pools)


def _is_right(phrase: Phrase, said: dict[str, float], danger: Danger, limits: Limits) -> bool:
    urgency = urgency_of(said, danger, limits)
    return urgency == phrase.urgency and set(acts_of(said, urgency, limits)) == set(phrase.acts)


def _share(pool: Sequence[tuple[float, bool]]) -> float:
    return [right for _, right in pool].count(True) / len(pool)

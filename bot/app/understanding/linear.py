"""Many yes/no questions answered by one weight per sign each; learnt from examples, the same to the byte every time.

Least squares with a price on large weights (ridge regression), solved example by example in the dual (Gauss-Seidel). It
needs +, -, * and / alone, which every machine rounds alike, and adds in a fixed order: exp, log and sum() differ between
systems and Python versions.
"""

from collections.abc import Sequence
from random import Random

Row = tuple[tuple[int, float], ...]
"""One example: the numbers of its signs and their weights in it. The squares of the weights add up to about one."""

ROUNDS = 8
PRICE = 0.12


def learnt(rows: Sequence[Row], answers: Sequence[Sequence[float]], width: int) -> list[list[float]]:
    """For each sign its weight per question, so that the row's weighted sum comes near the answer (less its mean)."""
    questions = len(answers[0])
    weights: list[list[float]] = [[0.0] * questions for _ in range(width)]
    dual = [[0.0] * questions for _ in rows]
    steps = [1.0 / (_square(row) + PRICE) for row in rows]
    order, chance = list(range(len(rows))), Random(len(rows))
    for _ in range(ROUNDS):
        chance.shuffle(order)
        for i in order:
            row, own, step = rows[i], dual[i], steps[i]
            left = [answer - PRICE * d for answer, d in zip(answers[i], own, strict=True)]
            for sign, strength in row:
                left = [rest - strength * w for rest, w in zip(left, weights[sign], strict=True)]
            push = [rest * step for rest in left]
            dual[i] = [d + p for d, p in zip(own, push, strict=True)]
            for sign, strength in row:
                weights[sign] = [w + strength * p for w, p in zip(weights[sign], push, strict=True)]
    return weights


def _square(row: Row) -> float:
    total = 0.0
    for _, weight in row:
        total += weight * weight
    return total

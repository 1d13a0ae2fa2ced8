"""A learnt model as it is used and kept: for each sign one small whole number per question, in a text file.

The first line tells what it was made from and what was measured; then one line for each sign.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FORMAT = 1
FULL = 127
SLIGHT = 8
"""A sign that weighs no more than this for any question is left out: a third of the file, and no answer changes."""


class Outdated(ValueError):
    """The file is of another format, or no model at all: `mamori understand build` makes it anew."""


@dataclass(frozen=True)
class Model:
    """`questions`: names like act:sexual, urgency:page. `measured`: what cross-validation found, for deciding.
    `sense`: what sentence meaning adds (see sense.py), where the model uses it.
    """

    questions: tuple[str, ...]
    biases: tuple[float, ...]
    scales: tuple[float, ...]
    weights: Mapping[str, bytes]
    source: str = ""
    measured: Mapping[str, Any] = field(default_factory=dict)
    sense: Mapping[str, Any] = field(default_factory=dict)

    def scores(self, signs: Mapping[str, float]) -> dict[str, float]:
        """Above 0: rather yes; 1 and more: surely."""
        totals = [0.0] * len(self.questions)
        for sign, strength in signs.items():
            row = self.weights.get(sign)
            if row is None:
                continue
            whole = memoryview(row).cast("b")
            totals = [total + strength * weight for total, weight in zip(totals, whole, strict=True)]
        return {
            question: bias + scale * total
            for question, bias, scale, total in zip(
                self.questions, self.biases, self.scales, totals, strict=True
            )
        }


def compact(
    questions: Sequence[str],
    biases: Sequence[float],
    signs: Sequence[str],
    weights: Sequence[Sequence[float]],
) -> Model:
    """Of full weights, sign by sign; signs that weigh nothing are left out."""
    columns = list(zip(*weights, strict=True)) or [(0.0,)] * len(questions)
    scales = tuple(max(map(abs, column)) / FULL or 1.0 for column in columns)
    rows: dict[str, bytes] = {}
    for sign, row in zip(signs, weights, strict=True):
        whole = [round(weight / scale) for weight, scale in zip(row, scales, strict=True)]
        if any(abs(w) > SLIGHT for w in whole):
            rows[sign] = bytes(w & 0xFF for w in whole)
    return Model(tuple(questions), tuple(round(bias, 9) for bias in biases), scales, rows)


def written(model: Model) -> str:
    head = {
        "format": FORMAT,
        "source": model.source,
        "questions": model.questions,
        "biases": model.biases,
        "scales": model.scales,
        "measured": model.measured,
        "sense": model.sense,
    }
    lines = (f"{base64.b64encode(row).decode()} {sign}" for sign, row in sorted(model.weights.items()))
    return "\n".join((json.dumps(head, ensure_ascii=False), *lines)) + "\n"


def read_model(file: Path) -> Model:
    """Raises Outdated for a file of another format, FileNotFoundError where there is none."""
    head, _, body = file.read_text("utf-8").partition("\n")
    try:
        told = json.loads(head)
    except ValueError as error:
        raise Outdated(file.name) from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise Outdated(file.name)
    rows = (line.split(" ", 1) for line in body.split("\n") if line)
    return Model(
        tuple(told["questions"]),
        tuple(told["biases"]),
        tuple(told["scales"]),
        {sign: base64.b64decode(row) for row, sign in rows},
        told["source"],
        told["measured"],
        told["sense"],
    )

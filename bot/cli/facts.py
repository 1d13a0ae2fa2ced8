"""Reads facts as `flows walk` takes them: one JSON object a line, the same fact never twice with two values."""

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any

from bot.core.facts import FACTS, NUMBER_FACTS, FactValue

_TRUTH = {True: "yes", False: "no", None: "unknown"}


def read_line(line: str) -> tuple[Any, dict[str, FactValue]]:
    """The id and the facts; true, false and null are taken for yes, no and unknown. Raises ValueError in words.

    A name that is no fact is kept with whatever it says: the walk ignores it.
    """
    data = json.loads(line, object_pairs_hook=_each_once)
    if not isinstance(data, dict) or not isinstance(data.get("facts"), dict):
        raise ValueError('each line is {"id": …, "facts": {name: value}}')
    return data.get("id"), {name: _value(name, value) for name, value in data["facts"].items()}


def strangers(facts: Mapping[str, object], told: set[str]) -> list[str]:
    """Names that are no facts and were not told before; now they are."""
    found = [name for name in facts if name not in FACTS and name not in told]
    told.update(found)
    return found


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found and found[name] != value:
            raise ValueError(f"{name} is said twice, {found[name]!r} and {value!r}: keep the one that holds")
        found[name] = value
    return found


def _value(name: str, value: object) -> FactValue:
    if name not in FACTS or value == "unknown" or value is None:
        return "unknown"
    if name in NUMBER_FACTS:
        if isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) and value >= 0:
            return int(value)
        raise ValueError(f"{name}: a number of minutes or unknown, not {value!r}")
    word = _TRUTH[value] if isinstance(value, bool) else value
    if word == "yes" or word == "no":
        return word
    raise ValueError(f"{name}: yes, no or unknown, not {value!r}")

"""What LINE finds wrong with a request: checks that gather, and the 400 body they become."""

import re
from collections.abc import Callable
from typing import Any

from bot.playground.line.text_length import is_longer_than
from bot.playground.world.json_data import JsonObject

Check = Callable[[Any], str | None]

EMPTY = "May not be empty"


class Problems:
    """Every finding with the path of the property it concerns."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []

    def add(self, path: str, message: str) -> None:
        self.found.append((path, message))

    def body(self) -> JsonObject:
        return {
            "message": f"The request body has {len(self.found)} error(s)",
            "details": [{"message": message, "property": path} for path, message in self.found],
        }

    def text(
        self,
        owner: JsonObject,
        name: str,
        path: str,
        limit: int,
        *,
        required: bool = False,
        graphemes: bool = False,
    ) -> None:
        """A text property: there when required, never empty, not longer than the limit."""
        value = owner.get(name)
        if value is None:
            if required:
                self.add(f"{path}.{name}", EMPTY)
        elif not isinstance(value, str):
            self.add(f"{path}.{name}", "must be a string")
        elif not value:
            self.add(f"{path}.{name}", EMPTY)
        elif is_longer_than(value, limit, graphemes):
            self.add(f"{path}.{name}", f"Length must be between 0 and {limit}")

    def url(self, owner: JsonObject, name: str, path: str, *, required: bool = False) -> None:
        self.text(owner, name, path, 2000, required=required)
        value = owner.get(name)
        if isinstance(value, str) and value and not value.startswith("https://"):
            self.add(f"{path}.{name}", "invalid uri scheme")

    def objects(
        self, owner: JsonObject, name: str, path: str, low: int, high: int, *, required: bool = True
    ) -> list[tuple[str, JsonObject]]:
        """The objects of a list with their paths; anything that is no object is a finding."""
        value = owner.get(name)
        where = f"{path}.{name}" if path else name
        if value is None and not required:
            return []
        if value is None or value == []:
            if low > 0 or value is None:
                self.add(where, EMPTY)
            return []
        if not isinstance(value, list):
            self.add(where, "must be an array")
            return []
        if not low <= len(value) <= high:
            self.add(where, f"Size must be between {low} and {high}")
        return [pair for i, item in enumerate(value) if (pair := self._object(item, f"{where}[{i}]"))]

    def child(self, owner: JsonObject, name: str, path: str, *, required: bool = False) -> JsonObject | None:
        value = owner.get(name)
        if value is None:
            if required:
                self.add(f"{path}.{name}", EMPTY)
            return None
        if not isinstance(value, dict):
            self.add(f"{path}.{name}", "must be an object")
            return None
        return value

    def _object(self, item: object, path: str) -> tuple[str, JsonObject] | None:
        if isinstance(item, dict):
            return path, item
        self.add(path, "must be an object")
        return None


def one_of(*words: str) -> Check:
    known = frozenset(words)

    def check(value: Any) -> str | None:
        if isinstance(value, str) and value in known:
            return None
        return f"Must be one of the following values: [{', '.join(words)}]"

    return check


def matching(pattern: str, message: str) -> Check:
    match = re.compile(pattern).fullmatch

    def check(value: Any) -> str | None:
        return None if isinstance(value, str) and match(value) else message

    return check


def whole_number(low: int, high: int | None = None) -> Check:
    def check(value: Any) -> str | None:
        if not isinstance(value, int) or isinstance(value, bool):
            return "must be an integer"
        if value < low or (high is not None and value > high):
            return f"must be between {low} and {'any number' if high is None else high}"
        return None

    return check


def is_true_or_false(value: Any) -> str | None:
    return None if isinstance(value, bool) else "must be a boolean"


def no_check(value: Any) -> str | None:
    """For properties whose inside is walked elsewhere."""
    return None

"""Lays one written thing over another: what the upper one says replaces, adds or removes, all else stays as it was."""

from dataclasses import dataclass, field
from typing import Any

from bot.app.yaml_text import Mistake, Path, Place, Placed

REMOVED = "remove"
BY_ID = "choices"
"""The one list whose items are told apart by their `id`; every other list is replaced as a whole."""


@dataclass(frozen=True)
class Node:
    """A value of a file with its place; mappings and lists hold nodes again."""

    value: Any
    place: Place


@dataclass
class Overlay:
    """One laying of nodes, with what its author can't have meant."""

    mistakes: list[Mistake] = field(default_factory=list)

    def over(self, base: Node, upper: Node) -> Node:
        """Mappings by key, null takes a key away; anything else stands instead of what was there."""
        if not (isinstance(base.value, dict) and isinstance(upper.value, dict)):
            return upper
        merged = dict(base.value)
        for key, value in upper.value.items():
            if value.value is None:
                self._take(merged, key, value)
            elif key == BY_ID and key in merged:
                merged[key] = self._by_id(merged[key], value)
            else:
                merged[key] = self.over(merged[key], value) if key in merged else value
        return Node(merged, upper.place)

    def _by_id(self, base: Node, upper: Node) -> Node:
        """Items with an id that is known are laid over that one, the others are added at the end."""
        if not (isinstance(base.value, list) and isinstance(upper.value, list)):
            return upper
        merged = {_id(item) or str(number): item for number, item in enumerate(base.value)}
        for number, item in enumerate(upper.value):
            key = _id(item) or f"new {number}"
            if _is_removed(item):
                self._take(merged, key, item)
            else:
                merged[key] = self.over(merged[key], item) if key in merged else item
        return Node(list(merged.values()), upper.place)

    def _take(self, merged: dict[str, Node], key: str, upper: Node) -> None:
        if merged.pop(key, None) is None:
            self.mistakes.append(Mistake(upper.place, "pack_nothing_here", key))


def grown(document: Placed, path: Path = ()) -> Node:
    """The value at this path of a document, with the place of everything in it."""
    value = document.data
    for part in path:
        value = value[part]
    return _node(document, path, value)


def flattened(name: str, node: Node) -> Placed:
    """As a document again."""
    places: dict[Path, Place] = {}
    return Placed(name, _plain(node, (), places), places)


def _node(document: Placed, path: Path, value: Any) -> Node:
    if isinstance(value, dict):
        value = {key: _node(document, (*path, key), part) for key, part in value.items()}
    elif isinstance(value, list):
        value = [_node(document, (*path, number), part) for number, part in enumerate(value)]
    return Node(value, document.where(path))


def _plain(node: Node, path: Path, places: dict[Path, Place]) -> Any:
    places[path] = node.place
    if isinstance(node.value, dict):
        return {key: _plain(part, (*path, key), places) for key, part in node.value.items()}
    if isinstance(node.value, list):
        return [_plain(part, (*path, number), places) for number, part in enumerate(node.value)]
    return node.value


def _id(item: Node) -> str:
    found = item.value.get("id") if isinstance(item.value, dict) else None
    return found.value if found and isinstance(found.value, str) else ""


def _is_removed(item: Node) -> bool:
    return (
        isinstance(item.value, dict)
        and set(item.value) == {"id", REMOVED}
        and item.value[REMOVED].value == "yes"
    )

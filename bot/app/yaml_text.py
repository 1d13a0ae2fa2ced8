"""YAML as authors write it: read strictly, with the line of every value, so that a mistake can be pointed at."""

from collections.abc import Iterable
from typing import Any

import yaml
from pydantic import ValidationError

Path = tuple[str | int, ...]


class Misread(ValueError):
    """The author's mistake: where, what, how to mend it. One line for each."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(self.lines))


class _PlainLoader(yaml.SafeLoader):
    """As SafeLoader, but yes/no/on/off stay words (facts are yes and no), and dates stay text."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag not in ("tag:yaml.org,2002:timestamp",)]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _first in "yYnNoO":
    _PlainLoader.yaml_implicit_resolvers[_first] = [
        (tag, pattern)
        for tag, pattern in _PlainLoader.yaml_implicit_resolvers.get(_first, [])
        if tag != "tag:yaml.org,2002:bool"
    ]


class Document:
    """A parsed document and the line of each of its values."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.lines: dict[Path, int] = {}
        try:
            node = yaml.compose(text, Loader=_PlainLoader)
            self._visit(node, ())
            self.data: Any = yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - a SafeLoader with fewer resolvers
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
            raise Misread(
                [
                    f"{where}: YAML として読めません({error.problem})。字下げと「:」の後の空白を見直してください"
                ]
            ) from None
        except yaml.YAMLError as error:
            raise Misread([f"{name}: YAML として読めません({error})"]) from None

    def line(self, path: Path) -> int:
        """The line of the value at this path, or of the nearest one around it."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 1)

    def misread(self, path: Path, words: str) -> Misread:
        return Misread([f"{self.name}:{self.line(path)}: {words}"])

    def explained(self, error: ValidationError) -> Misread:
        """A model's complaints, each with its line and the value's path."""
        return Misread(
            f"{self.name}:{self.line(tuple(e['loc']))}: {'.'.join(str(p) for p in e['loc'])}: {e['msg']}"
            for e in error.errors()
        )

    def _visit(self, node: yaml.Node | None, path: Path) -> None:
        if node is None:
            return
        self.lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            self._visit_mapping(node, path)
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                self._visit(item, (*path, index))

    def _visit_mapping(self, node: yaml.MappingNode, path: Path) -> None:
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                raise Misread(
                    [f"{self.name}:{line}: 「{key.value}」が二度書かれています。一つにしてください"]
                )
            seen.add(key.value)
            self._visit(value, (*path, key.value))
            self.lines[(*path, key.value)] = key.start_mark.line + 1

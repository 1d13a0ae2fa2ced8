"""YAML as authors write it: read strictly, with the line of every value, so that mistakes can be shown."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path as File
from typing import Any

import yaml
from pydantic import ValidationError

Path = tuple[str | int, ...]

NOT_YAML = "YAML として読めません({why})。字下げと「:」の後の空白を見直してください"
ALIAS = "「*{name}」は使えません。同じ内容をもう一度書いてください"
TWICE = "「{name}」が二度書かれています。一つにしてください"

DEEPEST = 40
LARGEST = 1_000_000
"""Characters. An alias can make little text into much data, so aliases are refused as well."""


class Misread(ValueError):
    """The author's mistake: where, what, how to mend it. One line for each."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(self.lines))


# libyaml where the wheel brings it: a flow of 1,000 lines in 0.1 s instead of 1.5 s.
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _PlainLoader(_Loader):  # type: ignore[misc, valid-type]
    """As SafeLoader, but yes/no/on/off stay words (facts are yes and no), dates text; `<<` merges nothing."""


_AS_WRITTEN = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:merge", "tag:yaml.org,2002:value")
_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rules if tag not in _AS_WRITTEN]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_INTEGER = "tag:yaml.org,2002:int"
_PLAIN_INTEGER = re.compile(r"[-+]?(0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*)$")
"""As YAML 1.1 has it, but without its numbers to the base of sixty: 17:15 is a time of day."""

for _first, _rules in _PlainLoader.yaml_implicit_resolvers.items():
    _PlainLoader.yaml_implicit_resolvers[_first] = [
        (tag, _PLAIN_INTEGER if tag == _INTEGER else pattern) for tag, pattern in _rules
    ]
for _first in "yYnNoO":
    _PlainLoader.yaml_implicit_resolvers[_first] = [
        (tag, pattern)
        for tag, pattern in _PlainLoader.yaml_implicit_resolvers.get(_first, [])
        if tag != "tag:yaml.org,2002:bool"
    ]


class Document:
    """A parsed document and the line of each of its values."""

    def __init__(self, text: str, name: str) -> None:
        """Raises Misread for whatever isn't plain YAML: also for what only a machine would write."""
        self.name = name
        self.lines: dict[Path, int] = {}
        if len(text) > LARGEST:
            raise Misread([f"{name}: {LARGEST}字をこえています。分けてください"])
        try:
            self._refuse_aliases(text)
            node = yaml.compose(text, Loader=_PlainLoader)
            self._visit(node, ())
            self.data: Any = yaml.load(text, Loader=_PlainLoader)  # a SafeLoader with fewer resolvers
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
            raise Misread([f"{where}: {NOT_YAML.format(why=error.problem)}"]) from None
        except yaml.YAMLError as error:
            first = str(error).splitlines()[0]
            raise Misread([f"{name}: YAML として読めません({first})"]) from None
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            if isinstance(error, Misread):
                raise
            raise Misread([f"{name}: YAML として読めない値があります({error})"]) from None

    def line(self, path: Path) -> int:
        """The line of the value at this path, or of the nearest one around it."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 1)

    def misread(self, path: Path, words: str) -> Misread:
        return Misread([f"{self.name}:{self.line(path)}: {words}"])

    def explained(self, error: ValidationError, inside: Path = ()) -> Misread:
        """A model's complaints, each with line and path; `inside`: where the model's data begins."""
        lines: dict[str, None] = {}
        for item in error.errors():
            path = (*inside, *item["loc"])
            where = ".".join(str(part) for part in path if part != "steps")
            lines.setdefault(f"{self.name}:{self.line(path)}: {where}: {_said(item)}")
        return Misread(lines)

    def _refuse_aliases(self, text: str) -> None:
        depth = 0
        for event in yaml.parse(text, Loader=_PlainLoader):
            if isinstance(event, yaml.AliasEvent):
                raise Misread([f"{self.name}:{_line(event)}: {ALIAS.format(name=event.anchor)}"])
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                raise Misread([f"{self.name}:{_line(event)}: 字下げが深すぎます"])

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
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise Misread([f"{self.name}:{line}: 名前は一語で書いてください"])
            if key.value in seen:
                raise Misread([f"{self.name}:{line}: {TWICE.format(name=key.value)}"])
            seen.add(key.value)
            self._visit(value, (*path, key.value))
            self.lines[(*path, key.value)] = line


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _said(item: Mapping[str, Any]) -> str:
    """The complaint in the author's language; pydantic's own words where we have none."""
    sentence = _sentences().get(item["type"])
    return sentence.format(**item.get("ctx", {})) if sentence else item["msg"]


@cache
def _sentences() -> dict[str, str]:
    words: dict[str, str] = yaml.safe_load(File(__file__).with_name("misread.yaml").read_text("utf-8"))
    return words

"""YAML as authors write it: read strictly, with the line of every value, so that mistakes can be shown."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path as File
from typing import Any

import yaml
from pydantic import ValidationError

Path = tuple[str | int, ...]

DEEPEST = 40
LARGEST = 1_000_000
"""Characters. An alias can make little text into much data, so aliases are refused as well."""


Place = tuple[str, int]
"""A file's name and a line in it."""


@dataclass(frozen=True)
class Mistake:
    """One thing that an author wrote: where, what it is about, and which sentence of misread.yaml tells it.

    column is 0 where the line is enough. args fill the sentence; "msg" stands in for a sentence that we don't have.
    """

    place: Place
    code: str
    about: str = ""
    args: Mapping[str, Any] = field(default_factory=dict)
    column: int = 0

    def words(self, language: str = "ja") -> str:
        sentence = _sentences(language).get(self.code)
        words = sentence.format(**self.args) if sentence else str(self.args.get("msg", self.code))
        return f"{self.about}: {words}" if self.about else words

    def as_line(self) -> str:
        file, line = self.place
        where = f"{file}:{line}:{self.column}" if self.column else f"{file}:{line}"
        return f"{where}: {self.words()}"


class Unfit(ValueError):
    """A value that a model's own check refuses: the sentence of misread.yaml that says why."""

    def __init__(self, code: str, **values: object) -> None:
        self.code, self.values = code, values
        super().__init__(code)


class Misread(ValueError):
    """The author's mistake: where, what, how to mend it. One line for each, also where what was written has several."""

    def __init__(self, mistakes: Iterable[str | Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        lines = (one if isinstance(one, str) else one.as_line() for one in self.mistakes)
        self.lines = tuple(" ".join(line.splitlines()) for line in lines)
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


class Placed:
    """Data with the place of each of its values. Several files may have a part in it, as a flow and its pack."""

    def __init__(self, name: str, data: Any, places: dict[Path, Place]) -> None:
        self.name = name
        self.data = data
        self.places = places

    def where(self, path: Path) -> Place:
        """The place of the value at this path, or of the nearest one around it."""
        while path not in self.places and path:
            path = path[:-1]
        return self.places.get(path, (self.name, 1))

    def line(self, path: Path) -> int:
        return self.where(path)[1]

    def mistake(self, path: Path, code: str, about: str = "", **args: object) -> Mistake:
        return Mistake(self.where(path), code, about, args)

    def refused(self, path: Path, code: str, about: str = "", **args: object) -> Misread:
        return Misread([self.mistake(path, code, about, **args)])

    def misread(self, path: Path, words: str) -> Misread:
        file, line = self.where(path)
        return Misread([f"{file}:{line}: {words}"])

    def explained(self, error: ValidationError, inside: Path = ()) -> Misread:
        """A model's complaints, each with line and path; `inside`: where the model's data begins."""
        found: dict[str, Mistake] = {}
        for item in _own_complaints(error.errors()):
            path = (*inside, *item["loc"])
            about = ".".join(str(part) for part in path if part != "steps")
            mistake = Mistake(self.where(path), *_complaint(item, about))
            found.setdefault(mistake.as_line(), mistake)
        return Misread(found.values())


class Document(Placed):
    """A parsed document and the line of each of its values."""

    def __init__(self, text: str, name: str, before: int = 0) -> None:
        """Raises Misread for whatever isn't plain YAML: also for what only a machine would write.

        before: how many lines of the file stand above this text.
        """
        super().__init__(name, None, {})
        self._before = before
        if len(text) > LARGEST:
            raise self._unreadable("yaml_too_large", most=LARGEST)
        try:
            self._refuse_aliases(text)
            node = yaml.compose(text, Loader=_PlainLoader)
            self._visit(node, ())
            self.data = yaml.load(text, Loader=_PlainLoader)  # a SafeLoader with fewer resolvers
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            column = mark.column + 1 if mark else 0
            raise self._unreadable("not_yaml", mark, column, why=error.problem) from None
        except yaml.YAMLError as error:
            raise self._unreadable("not_yaml_text", why=str(error).splitlines()[0]) from None
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            if isinstance(error, Misread):
                raise
            raise self._unreadable("not_yaml_value", why=error) from None

    def _unreadable(self, code: str, mark: Any = None, column: int = 0, **args: object) -> Misread:
        return Misread([Mistake((self.name, self._line_of(mark)), code, "", args, column)])

    def _line_of(self, mark: Any) -> int:
        return self._before + 1 + (mark.line if mark else 0)

    def _refuse_aliases(self, text: str) -> None:
        depth = 0
        for event in yaml.parse(text, Loader=_PlainLoader):
            if isinstance(event, yaml.AliasEvent):
                raise self._unreadable("yaml_alias", event.start_mark, name=event.anchor)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                raise self._unreadable("yaml_too_deep", event.start_mark)

    def _visit(self, node: yaml.Node | None, path: Path) -> None:
        if node is None:
            return
        self.places[path] = self.name, self._line_of(node.start_mark)
        if isinstance(node, yaml.MappingNode):
            self._visit_mapping(node, path)
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                self._visit(item, (*path, index))

    def _visit_mapping(self, node: yaml.MappingNode, path: Path) -> None:
        seen: set[str] = set()
        for key, value in node.value:
            line = self._line_of(key.start_mark)
            if not isinstance(key, yaml.ScalarNode):
                raise self._unreadable("yaml_name", key.start_mark)
            if key.value in seen:
                raise self._unreadable("yaml_twice", key.start_mark, name=key.value)
            seen.add(key.value)
            self._visit(value, (*path, key.value))
            self.places[(*path, key.value)] = self.name, line


def _own_complaints(items: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Without those about a list that is too short only because what is wrong in it was not counted."""
    places = [tuple(item["loc"]) for item in items]
    for item, place in zip(items, places, strict=True):
        is_about_rest = item["type"] == "too_short" and any(
            len(other) > len(place) and other[: len(place)] == place for other in places
        )
        if not is_about_rest:
            yield item


def _complaint(item: Mapping[str, Any], about: str) -> tuple[str, str, Mapping[str, Any]]:
    """The code of a model's complaint, what it is about, and what fills the sentence."""
    context = item.get("ctx", {})
    own = context.get("error")
    if isinstance(own, Unfit):
        return own.code, about, own.values
    return item["type"], about, {"msg": item["msg"], **context}


@cache
def _sentences(language: str) -> dict[str, str]:
    name = "misread.en.yaml" if language == "en" else "misread.yaml"
    words: dict[str, str] = yaml.safe_load(File(__file__).with_name(name).read_text("utf-8"))
    return words

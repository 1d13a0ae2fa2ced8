"""Proves a flow's text: reads it, gathers findings, tells each with file, line and words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.app.bundle import Page
from bot.app.flow_reader import FindText, Read, read_part, read_whole
from bot.app.yaml_text import Document, Misread, Mistake
from bot.core.checks import Finding, Means, findings
from bot.core.checks.finding import Severity

Sentences = Mapping[str, Mapping[str, str]]
"""code → language → sentence."""

MISREAD = "misread"
"""The code, beside those of the findings, of what can't be read."""


@dataclass(frozen=True)
class Told:
    """One finding as its author reads it."""

    file: str
    line: int
    step: str
    level: Severity
    code: str
    words: str

    def as_line(self) -> str:
        where = f"{self.file}:{self.line}"
        return ": ".join(part for part in (where, self.step, self.words) if part)

    def as_json(self) -> dict[str, str | int]:
        return {
            "file": self.file,
            "line": self.line,
            "step": self.step,
            "level": self.level,
            "code": self.code,
            "words": self.words,
        }


def load_sentences(content: Path) -> Sentences:
    """The sentence of each code, by language. `content`: the folder that holds flows/ and knowledge/."""
    file = content / "flows" / "phrases" / "findings.yaml"
    data = Document(file.read_text("utf-8"), str(file)).data
    return {str(code): {str(k): str(v) for k, v in texts.items()} for code, texts in data.items()}


def shown(file: Path) -> str:
    """The file's name as one would type it here."""
    here = Path.cwd()
    return str(file.relative_to(here) if file.is_relative_to(here) else file)


def finder(folder: Path) -> FindText:
    """Finds the sub-flows of a folder by their file's name."""

    def find(flow_id: str) -> str:
        file = folder / f"{flow_id}.yaml"
        if not file.is_file():
            raise KeyError(flow_id)
        return text_of(file)

    return find


def text_of(file: Path) -> str:
    """Raises Misread for what isn't text."""
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise Misread([Mistake((shown(file), 1), "file_not_text")]) from None
    except OSError as error:
        raise Misread([Mistake((shown(file), 1), "file_unreadable", "", {"why": error.strerror})]) from None


def prove_text(
    text: str,
    name: str,
    means: Means,
    sentences: Sentences,
    language: str = "ja",
    find: FindText | None = None,
    pack: Page | None = None,
) -> tuple[Read | None, list[Told]]:
    """The flow, or None when it can't be read or is a part of others, and what was found."""
    try:
        if pack is None and read_part(text, name):
            return None, []
        read = read_whole(text, name, find=find, pack=pack)
    except Misread as error:
        return None, misread(error, name, language)
    return read, [_told(finding, read, sentences, language) for finding in findings(read.flow, means)]


def sentence(finding: Finding, sentences: Sentences, language: str) -> str:
    """The finding in words. A code without words is an error of ours: KeyError."""
    texts = sentences[finding.code]
    return (texts.get(language) or texts["ja"]).format(**finding.args)


def misread(error: Misread, name: str, language: str = "ja") -> list[Told]:
    """What a reader complains of, told as findings are."""
    return [
        _misread(one, name)
        if isinstance(one, str)
        else Told(*one.place, "", "error", MISREAD, one.words(language))
        for one in error.mistakes
    ]


def _told(finding: Finding, read: Read, sentences: Sentences, language: str) -> Told:
    """The place is where the step is written: in the flow, its pack, or a flow that it calls."""
    at_the_top = read.document.where((finding.args.get("place", ""),))
    file, line = read.places[finding.step] if finding.step else at_the_top
    return Told(file, line, finding.step, finding.level, finding.code, sentence(finding, sentences, language))


def _misread(line: str, name: str) -> Told:
    """A reader's line is 「file:line[:column]: words」 already; the file may be another than the flow's."""
    match = re.match(r"(.+?):(\d+)(?::\d+)?: (.*)", line, re.DOTALL)
    if match is None:
        return Told(name, 1, "", "error", MISREAD, line.removeprefix(f"{name}: "))
    return Told(match[1], int(match[2]), "", "error", MISREAD, match[3])

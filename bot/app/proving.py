"""Proves flow files: reads them, gathers findings and scenarios, tells each with file, line and words."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.app.flow_reader import read_flow, read_part
from bot.app.walking import read_scenario, run_scenario
from bot.app.yaml_text import Document, Misread
from bot.core.checks import Finding, Means, findings
from bot.core.checks.finding import Severity
from bot.core.flow import Flow

Sentences = Mapping[str, Mapping[str, str]]
"""code → language → sentence."""

MISREAD = "misread"
SCENARIO = "scenario_fails"
"""The codes beside those of the findings: a file that can't be read, a scenario that comes out otherwise."""


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


@dataclass(frozen=True)
class Proof:
    """What came of it: the flows that could be read, how many scenarios were run, everything found."""

    flows: tuple[str, ...] = ()
    scenarios: int = 0
    told: tuple[Told, ...] = field(default=())

    @property
    def holds(self) -> bool:
        return all(told.level != "error" for told in self.told)


def load_sentences(content: Path) -> Sentences:
    """The sentence of each code, by language. `content`: the folder that holds flows/ and knowledge/."""
    file = content / "flows" / "phrases" / "findings.yaml"
    data = Document(file.read_text("utf-8"), str(file)).data
    return {str(code): {str(k): str(v) for k, v in texts.items()} for code, texts in data.items()}


def flow_files(folder: Path) -> list[Path]:
    """The flows of a folder: YAML files that begin a line with `flow:`."""
    return [file for file in sorted(folder.glob("*.yaml")) if _is_flow(file.read_bytes())]


def _is_flow(data: bytes) -> bool:
    return any(line.startswith(b"flow:") for line in data.splitlines())


def prove_files(files: list[Path], means: Means, sentences: Sentences, language: str = "ja") -> Proof:
    """Every file with its scenarios (scenarios/*.yaml beside it). What can't be read never stops the rest."""
    flows: list[str] = []
    told: list[Told] = []
    count = 0
    for file in files:
        try:
            text = _text_of(file)
        except Misread as error:
            told += [_misread(line, shown(file)) for line in error.lines]
            continue
        flow, found = prove_text(text, shown(file), means, sentences, language, finder(file.parent))
        told += found
        if flow is not None:
            flows.append(flow.id)
            ran, failed = _scenarios(flow, file.parent / "scenarios")
            count, told = count + ran, told + failed
    return Proof(tuple(flows), count, tuple(told))


def shown(file: Path) -> str:
    """The file's name as one would type it here."""
    here = Path.cwd()
    return str(file.relative_to(here) if file.is_relative_to(here) else file)


def _text_of(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        raise Misread([f"{shown(file)}:1: UTF-8 の文字ではありません。UTF-8 で保存してください"]) from None
    except OSError as error:
        raise Misread([f"{shown(file)}:1: 読めません({error.strerror})"]) from None


def prove_text(
    text: str,
    name: str,
    means: Means,
    sentences: Sentences,
    language: str = "ja",
    find: Callable[[str], str] | None = None,
) -> tuple[Flow | None, list[Told]]:
    """The flow, or None when it can't be read or is a part of others, and what was found."""
    try:
        if read_part(text, name):
            return None, []
        flow, document = read_flow(text, name, find=find), Document(text, name)
    except Misread as error:
        return None, [_misread(line, name) for line in error.lines]
    return flow, [_told(finding, document, sentences, language) for finding in findings(flow, means)]


def finder(folder: Path) -> Callable[[str], str]:
    """Finds the sub-flows of a folder by their file's name."""

    def find(flow_id: str) -> str:
        try:
            return (folder / f"{flow_id}.yaml").read_text("utf-8")
        except OSError:
            raise KeyError(flow_id) from None

    return find


def sentence(finding: Finding, sentences: Sentences, language: str) -> str:
    """The finding in words. A code without words is an error of ours: KeyError."""
    texts = sentences[finding.code]
    return (texts.get(language) or texts["ja"]).format(**finding.args)


def _told(finding: Finding, document: Document, sentences: Sentences, language: str) -> Told:
    step, _, _ = finding.step.partition(":")  # a step of a sub-flow is shown at its call
    line = document.line(("steps", step) if step else (finding.args.get("place", ""),))
    words = sentence(finding, sentences, language)
    return Told(document.name, line, finding.step, finding.level, finding.code, words)


def _misread(line: str, name: str) -> Told:
    """A reader's line is 「file:line[:column]: words」 already; the file may be a sub-flow's."""
    match = re.match(r"(.+?):(\d+)(?::\d+)?: (.*)", line, re.DOTALL)
    if match is None:
        return Told(name, 1, "", "error", MISREAD, line.removeprefix(f"{name}: "))
    return Told(match[1], int(match[2]), "", "error", MISREAD, match[3])


def _scenarios(flow: Flow, folder: Path) -> tuple[int, list[Told]]:
    """The scenarios of this flow in a folder: how many there are, and what came out otherwise than expected."""
    told: list[Told] = []
    count = 0
    for file in sorted(folder.glob("*.yaml")):
        try:
            scenario = read_scenario(_text_of(file), shown(file))
        except Misread as error:
            told += [_misread(line, shown(file)) for line in error.lines]
            continue
        if scenario.flow == flow.id:
            count += 1
            problems = run_scenario(flow, scenario)
            told += [Told(shown(file), 1, scenario.name, "error", SCENARIO, words) for words in problems]
    return count, told

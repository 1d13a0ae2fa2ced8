"""`mamori flows`: proves flows, walks them from facts, prints their schema; none of it needs the database."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from bot.core.checks import Means
    from bot.core.facts import FactValue
    from bot.core.flow import Flow

CONTENT = Path(__file__).parents[2]
"""The folder that holds flows/ and knowledge/."""

_TRUTH = {True: "yes", False: "no", None: "unknown"}


@click.group("flows")
def group() -> None:
    """Decision flows: prove them, walk them, describe their language.

    \b
    mamori flows check                         all flows with their scenarios
    mamori flows check flows/default.yaml --json
    mamori flows walk --facts cases.jsonl      the level for each line of facts
    mamori flows schema > flows/schema.json    for your editor
    """


@group.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="print one JSON document")
@click.option("--language", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
def check(paths: tuple[Path, ...], as_json: bool, language: str) -> None:
    """Prove flows and run their scenarios. PATH: files or folders (default: the flows that come with Mamori).

    Each finding is one line 「file:line: step: what and how to mend it」. Exit code 1 when there is an error.

    \b
    mamori flows check
    mamori flows check flows/default.yaml --json
    """
    from bot.app.proving import load_sentences, prove_files

    files = list(_files(paths or (CONTENT / "flows",)))
    proof = prove_files(files, _means(), load_sentences(CONTENT), language)
    if as_json:
        found = [told.as_json() for told in proof.told]
        whole = {"ok": proof.holds, "flows": proof.flows, "scenarios": proof.scenarios, "findings": found}
        click.echo(json.dumps(whole, ensure_ascii=False, indent=1))
    else:
        for told in proof.told:
            click.echo(told.as_line())
        click.echo(_summary(len(proof.flows), proof.scenarios, len(proof.told), language))
    if not proof.holds:
        raise click.exceptions.Exit(1)


@group.command()
@click.option(
    "--facts", "lines", type=click.File(encoding="utf-8"), required=True, help="JSON lines; - for stdin"
)
@click.option(
    "--flow", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="a flow's file"
)
def walk(lines: TextIO, file: Path | None) -> None:
    """Answer the flow's questions from facts; わからない where they don't say.

    \b
    mamori flows walk --facts cases.jsonl
    Each line in:  {"id": "1", "facts": {"loud_or_banging": "yes", "minutes_elapsed": 40}}
    Each line out: {"id": "1", "level": …, "acts": […], "steps": […], "path": […], "taps": N}
    """
    from bot.app.walking import walk_facts

    flow = _flow(file or CONTENT / "flows" / "default.yaml")
    mistakes = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            key, facts = _facts(line)
        except ValueError as error:
            mistakes += 1
            click.echo(f"mamori: {lines.name}:{number}: {error}", err=True)
            continue
        click.echo(json.dumps({"id": key, **walk_facts(flow, facts).as_json()}, ensure_ascii=False))
    if mistakes:
        raise click.exceptions.Exit(1)


@group.command()
def schema() -> None:
    """Print the JSON Schema of the flow language, for editors.

    \b
    mamori flows schema > flows/schema.json
    """
    from bot.app.flow_schema import flow_schema

    click.echo(json.dumps(flow_schema(), ensure_ascii=False, indent=1))


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    from bot.app.proving import flow_files

    for path in paths:
        found = flow_files(path) if path.is_dir() else [path]
        if not found:
            raise click.UsageError(f"{path} holds no flow (a YAML file with `flow:` at its top)")
        yield from found


def _means() -> "Means":
    from bot.app.wording import load_words
    from bot.core import cards
    from bot.core.checks import Means
    from bot.platforms.line import fit as line
    from bot.platforms.slack import fit as slack

    return Means(load_words(CONTENT), cards.compose, (line.findings, slack.findings))


def _flow(file: Path) -> "Flow":
    from bot.app.flow_reader import read_flow
    from bot.app.proving import finder

    return read_flow(file.read_text("utf-8"), str(file), find=finder(file.parent))


def _facts(line: str) -> "tuple[Any, dict[str, FactValue]]":
    """The id and the facts of one line; true, false and null are taken for yes, no and unknown."""
    data = json.loads(line)
    if not isinstance(data, dict) or not isinstance(data.get("facts"), dict):
        raise ValueError('each line is {"id": …, "facts": {name: value}}')
    return data.get("id"), {name: _value(name, value) for name, value in data["facts"].items()}


def _value(name: str, value: object) -> "FactValue":
    from bot.core.facts import NUMBER_FACTS

    if value == "unknown" or value is None:
        return "unknown"
    if name in NUMBER_FACTS:
        if isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
            return int(value)
        raise ValueError(f"{name}: a number of minutes or unknown, not {value!r}")
    word = _TRUTH[value] if isinstance(value, bool) else value
    if word == "yes" or word == "no":
        return word
    raise ValueError(f"{name}: yes, no or unknown, not {value!r}")


def _summary(flows: int, scenarios: int, findings: int, language: str) -> str:
    if language == "en":
        return f"{flows} flow(s), {scenarios} scenario(s), {findings} finding(s)"
    return f"判断フロー {flows}、シナリオ {scenarios}、指摘 {findings}"

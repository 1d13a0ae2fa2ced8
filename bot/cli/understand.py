"""`mamori understand`: what typed words mean, one answer for each line; building and comparing what understands them."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from bot.cli.learned import learned
from bot.cli.speaking import Problem, fail, language_option, speaker

if TYPE_CHECKING:
    from bot.app.understanding.comparing import Named


@click.group(invoke_without_command=True)
@click.option("--jsonl", "only_json", is_flag=True, help='every line is {"id": …, "text": …}')
@language_option
@click.pass_context
def understand(context: click.Context, only_json: bool, language: str) -> None:
    """Say what typed words mean. Reads lines of text, or of {"id", "text"}, from standard input.

    Each line out: {"id", "acts", "urgency", "intent", "confidence"}; plain text has its line number as id. Acts are
    ["none"] where none applies.

    \b
    echo 怒鳴られている | mamori understand
    mamori understand --jsonl < messages.jsonl
    """
    context.obj = language
    if context.invoked_subcommand is None:
        _answer_lines(only_json, language)


@understand.command()
@click.pass_obj
def build(language: str) -> None:
    """Learn the models anew from knowledge/phrases and write them beside it. Takes minutes.

    \b
    mamori understand build
    """
    from bot.app.understanding.building import build as build_models
    from bot.app.understanding.sense import sense_here
    from bot.app.yaml_text import Misread
    from bot.config import CONTENT

    speak = speaker(language)

    def tell(name: str, phrases: int) -> None:
        click.echo(speak.say("understand_learning", file=name, count=phrases))

    try:
        for file in build_models(CONTENT / "knowledge", sense_here(), tell):
            click.echo(speak.say("understand_built", file=file.name, kilobytes=file.stat().st_size // 1024))
    except Misread as error:
        raise Problem(speak.say("understand_phrases", why=error.lines[0])) from error


@understand.command()
@click.argument("sets", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def compare(language: str, sets: tuple[Path, ...]) -> None:
    """Print one table: the ways of understanding beside each other, on labelled sets or by cross-validation.

    A line of a set: {"id", "text", "acts", "urgency", "intent"}.

    \b
    mamori understand compare
    mamori understand compare tests/understanding/development.jsonl
    """
    from bot.app.understanding.comparing import compared_on, cross_validated
    from bot.app.understanding.measuring import Unlabelled, read_set
    from bot.app.understanding.sense import sense_here
    from bot.config import CONTENT

    knowledge, sense = CONTENT / "knowledge", sense_here()
    try:
        truths = [phrase for file in sets for phrase in read_set(file)]
    except Unlabelled as error:
        raise Problem(speaker(language).say("understand_set", file=error.file, line=error.line)) from error
    rows = compared_on(knowledge, truths, sense) if sets else cross_validated(knowledge, sense)
    _print_table(rows)


understand.add_command(learned)

HEADINGS = (
    "method", "texts", "acts F1", "urgency", "intent", "emergency", "false em.", "sure", "right", "p50 ms", "p95 ms",
)  # fmt: skip


def _print_table(rows: "Iterator[Named]") -> None:
    """A row as soon as it is known. `sure`: share of answers with a confidence of 0.8 or more; `right`: of those."""
    click.echo("  ".join(f"{heading:>10}" for heading in HEADINGS))
    kept = []
    for method, found in rows:
        kept.append((method, found))
        shares = (
            found.acts_f1, found.urgency, found.intent, found.emergency_recall, found.false_emergencies,
            found.sure, found.right_when_sure,
        )  # fmt: skip
        cells = [method, str(found.texts), *(f"{share:.3f}" for share in shares)]
        cells += [f"{found.p50:.1f}", f"{found.p95:.1f}"]
        click.echo("  ".join(f"{cell:>10}" for cell in cells))
    method, found = kept[-1]
    click.echo("  ".join([f"{method}:", *(f"{act} {f1:.2f}" for act, f1 in found.by_act.items())]))


def _answer_lines(only_json: bool, language: str) -> None:
    from bot.app.understanding import load_understander
    from bot.config import CONTENT

    understander = load_understander(CONTENT)
    mistakes = 0
    for number, line in _lines(sys.stdin):
        asked = _asked(line, number, only_json)
        if asked is None:
            mistakes += 1
            click.echo(f"mamori: {speaker(language).say('understand_line', line=number)}", err=True)
            continue
        key, text = asked
        meant = understander.understand(text)
        answer = {
            "id": key,
            "acts": list(meant.acts) or ["none"],
            "urgency": meant.urgency,
            "intent": meant.intent,
        }
        click.echo(json.dumps({**answer, "confidence": meant.confidence}, ensure_ascii=False))
    if mistakes:
        fail()


def _lines(stream: TextIO) -> Iterator[tuple[int, str]]:
    """Numbered from 1; empty lines count and are passed over."""
    for number, line in enumerate(stream, 1):
        if line.strip():
            yield number, line.strip().removeprefix("\ufeff")


def _asked(line: str, number: int, only_json: bool) -> tuple[object, str] | None:
    """The id and the text of a line; None for a line that should have been JSON and isn't."""
    try:
        data = json.loads(line)
    except ValueError:
        data = None
    if isinstance(data, dict) and isinstance(data.get("text"), str):
        return data.get("id", str(number)), data["text"]
    return None if only_json else (str(number), line)

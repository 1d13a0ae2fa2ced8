"""`mamori understand`: what typed words mean, one answer for each line."""

import json
import sys
from collections.abc import Iterator
from typing import TextIO

import click

from bot.cli.speaking import fail, language_option, speaker


@click.command()
@click.option("--jsonl", "only_json", is_flag=True, help='every line is {"id": …, "text": …}')
@language_option
def understand(only_json: bool, language: str) -> None:
    """Say what typed words mean. Reads lines of text, or of {"id", "text"}, from standard input.

    Each line out: {"id", "acts", "urgency", "intent", "confidence"}; plain text has its line number as id.

    \b
    echo 怒鳴られている | mamori understand
    mamori understand --jsonl < messages.jsonl
    """
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
        answer = {"id": key, "acts": list(meant.acts), "urgency": meant.urgency, "intent": meant.intent}
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

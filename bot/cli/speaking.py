"""What all commands share: --json and --language, one document or sentences, problems in one line."""

import json
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from bot.app.speaking import Speaker

json_option = click.option("--json", "as_json", is_flag=True, help="print one JSON document")
language_option = click.option(
    "--language", type=click.Choice(["ja", "en"]), default="ja", show_default=True, help="of what is printed"
)


class Problem(click.ClickException):
    """It can't be done, or there are findings: one line that says why and how to mend it. Exit code 1."""


def speaker(language: str, *groups: str) -> "Speaker":
    """The phrase book of the commands, with the labels of these groups."""
    from bot.app.speaking import load_speaker
    from bot.config import CONTENT

    return load_speaker(CONTENT, language, groups)


def print_json(document: object) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def print_lines(lines: list[str]) -> None:
    for line in lines:
        click.echo(line)


def fail() -> NoReturn:
    """Ends with exit code 1; what is wrong has been said."""
    raise click.exceptions.Exit(1)

"""Every command is written down, shows an example, and says what it says in both languages."""

import re
import subprocess
import sys
import time
from collections.abc import Iterator

import click
import pytest
import yaml
from click.testing import CliRunner

from bot.cli.commands import PLACES, Later, add_commands
from bot.cli.main import OneLineErrors
from tests.cli.conftest import CONTENT, Program

PHRASES = CONTENT / "flows" / "phrases"
DOCUMENTED = re.findall(
    r"^\| `mamori ([^`]+)` \|", (CONTENT / "docs" / "commands.md").read_text("utf-8"), re.M
)


def all_commands() -> Iterator[str]:
    for place in PLACES:
        command = Later(place).load()
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield place.name
        if isinstance(command, click.Group):
            yield from (f"{place.name} {name}" for name in command.commands)


def test_the_document_lists_every_command_and_no_other() -> None:
    assert sorted(DOCUMENTED) == sorted(all_commands())


@pytest.mark.parametrize("command", DOCUMENTED)
def test_every_command_shows_its_help_with_an_example(command: str) -> None:
    cli = OneLineErrors("mamori")
    add_commands(cli)
    shown = CliRunner().invoke(cli, [*command.split(), "--help"], prog_name="mamori")
    assert shown.exit_code == 0, shown.output
    assert re.search(rf"^ +.*mamori {command}", shown.output, re.M), shown.output


def test_the_overview_appears_without_loading_what_only_commands_need(program: Program) -> None:
    """Loading the libraries takes about a second; the fastest of three counts, as other tests run beside this one."""
    spent: list[float] = []
    for _ in range(3):
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "bot", "--help"],
            capture_output=True,
            text=True,
            env=dict(program.environment),
            check=True,
        )
        spent.append(time.perf_counter() - started)
        assert all(place.name in done.stdout for place in PLACES)
        assert not re.search(r"\| +(pydantic|redis|yaml|aiohttp|linebot)$", done.stderr, re.M)
    assert min(spent) < 0.4


@pytest.mark.parametrize("words", [("nosuch",), ("report", "--from", "yesterday"), ("people", "invite")])
def test_a_wrong_use_is_one_line_and_exit_code_2(program: Program, words: tuple[str, ...]) -> None:
    ended = program(*words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.error.startswith("mamori: ")
    assert "--help)" in ended.error


def test_a_wrong_setting_is_one_line_and_exit_code_2(program: Program) -> None:
    ended = program.with_settings(org="Ebetsu City")("people", "list")
    assert ended.code == 2
    assert "MAMORI_ORG" in ended.error


def test_both_languages_say_the_same_things() -> None:
    japanese, english = (
        yaml.safe_load((PHRASES / f"commands.{language}.yaml").read_text("utf-8"))
        for language in ("ja", "en")
    )
    assert japanese.keys() == english.keys()
    for key in japanese:
        assert _names(japanese[key]) == _names(english[key]), key


def test_every_sentence_that_the_program_asks_for_exists_and_every_one_is_used() -> None:
    """Keys are written out in the code, or begin with a written prefix and end with a code."""
    known = set(yaml.safe_load((PHRASES / "commands.ja.yaml").read_text("utf-8")))
    code = "".join(
        f.read_text("utf-8") for d in ("cli", "reports") for f in (CONTENT / "bot" / d).glob("*.py")
    )
    whole = set(re.findall(r'\bsay\(\s*"([a-z_]+)"', code))
    assert whole <= known
    written = set(re.findall(r"""["']([a-z_]+)["']""", code))
    prefixes = tuple(set(re.findall(r"""f["']([a-z]+_)\{""", code)))
    assert {key for key in known if key not in written and not key.startswith(prefixes)} == set()


def test_every_kind_of_journal_entry_has_its_sentence() -> None:
    """The kinds are those that the machines record, as their source says."""
    code = "".join(f.read_text("utf-8") for f in (CONTENT / "bot" / "core").glob("*.py"))
    kinds = set(re.findall(r'Record\(\s*"([a-z_]+)"', code)) | set(
        re.findall(r'"(\w+)" if given else "(\w+)"', code)[0]
    )
    known = yaml.safe_load((PHRASES / "commands.ja.yaml").read_text("utf-8"))
    assert len(kinds) > 20
    assert {kind for kind in kinds if f"timeline_{kind}" not in known} == set()


def _names(text: object) -> set[str]:
    return set(re.findall(r"(?<!\{)\{(\w+)\}", str(text)))

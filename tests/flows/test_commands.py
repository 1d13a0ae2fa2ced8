"""`mamori flows` without a database: what it prints, and what its exit code says."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.revisions import group
from tests.flows.means import ROOT

BROKEN = ROOT / "tests" / "broken_flows"
SCENARIO = """name: もっともな求め
flow: tiny
facts: {weapon_seen: no, demand_reasonable: yes}
expect: {level: LEVEL}
"""


def mamori(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(group, list(words), input=typed)


def test_check_of_a_sound_flow_is_content() -> None:
    result = mamori("check", str(BROKEN / "valid.yaml"))
    assert (result.exit_code, result.output) == (0, "判断フロー 1、パック 0、シナリオ 0、指摘 0\n")


def test_a_warning_is_told_and_blocks_nothing() -> None:
    result = mamori("check", str(BROKEN / "do_long.yaml"))
    assert result.exit_code == 0
    assert "end_yellow: すること (ja) が" in result.output


@pytest.mark.parametrize(
    ("language", "words"), [("ja", "どの質問からもここに来ません"), ("en", "No question leads here")]
)
def test_an_error_is_one_line_with_file_line_and_step(language: str, words: str) -> None:
    result = mamori("check", str(BROKEN / "unreachable_step.yaml"), "--language", language)
    assert result.exit_code == 1
    assert "unreachable_step.yaml:47: forgotten: " + words in result.output


def test_check_as_json_is_one_document() -> None:
    result = mamori("check", str(BROKEN / "never_ends.yaml"), str(BROKEN / "valid.yaml"), "--json")
    data = json.loads(result.stdout)
    assert (result.exit_code, data["ok"], data["flows"]) == (1, False, ["tiny", "tiny"])
    assert [(f["code"], f["level"], f["step"]) for f in data["findings"]] == [
        ("never_ends", "error", "sorry")
    ]


@pytest.mark.parametrize(("level", "exit_code"), [("green", 0), ("red", 1)])
def test_scenarios_beside_a_flow_are_run_with_it(tmp_path: Path, level: str, exit_code: int) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "tiny.yaml").write_text((BROKEN / "valid.yaml").read_text("utf-8"), "utf-8")
    (tmp_path / "scenarios" / "fair.yaml").write_text(SCENARIO.replace("LEVEL", level), "utf-8")
    result = mamori("check", str(tmp_path))
    assert result.exit_code == exit_code
    assert "シナリオ 1" in result.output


def test_a_file_that_is_no_text_never_stops_the_others(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_bytes("flow: 窓口".encode("shift_jis"))
    result = mamori("check", str(tmp_path / "bad.yaml"), str(BROKEN / "valid.yaml"))
    assert result.exit_code == 1
    assert "UTF-8 で保存してください" in result.output
    assert "判断フロー 1" in result.output


@pytest.mark.parametrize("words", [["check", "no/such.yaml"], ["check", "--nonsense"], ["walk"], ["no_such"]])
def test_wrong_use_is_told_so(words: list[str]) -> None:
    assert mamori(*words).exit_code == 2


def test_a_folder_without_a_flow_is_wrong_use(tmp_path: Path) -> None:
    assert mamori("check", str(tmp_path)).exit_code == 2


def test_walk_answers_each_line_and_sets_bad_ones_aside() -> None:
    lines = [
        '{"id": "a", "facts": {"weapon_seen": "yes"}}',
        '{"id": "b", "facts": {"minutes_elapsed": "long"}}',
        "nonsense",
        '{"id": "c", "facts": {"weapon_seen": "yes", "weapon_seen": "no"}}',
        '{"id": "d", "facts": {"weapon_seen": 3}}',
        '{"id": "e", "facts": {"minutes_elapsed": 1e999}}',
        '{"id": 4, "facts": {"weapon_seen": null, "touched_or_hit": false, "minutes_elapsed": 12}}',
    ]
    result = mamori("walk", "--facts", "-", typed="\n".join(lines))
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["id"] for one in told] == ["a", 4]
    assert set(told[0]) == {"id", "level", "acts", "steps", "path", "taps"}
    assert told[0]["level"] == "red"
    assert result.exit_code == 2
    lines_told = [line.split(": ")[1] for line in result.stderr.splitlines()]
    assert lines_told == [f"<stdin>:{number}" for number in (2, 3, 4, 5, 6)]
    assert "'yes' and 'no'" in result.stderr.splitlines()[2]


def test_walk_ignores_names_that_are_no_facts_and_says_so_once() -> None:
    line = '{"id": 1, "facts": {"weather": "rain", "weapon_seen": "yes"}}\n'
    result = mamori("walk", "--facts", "-", typed=line * 3)
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 3)
    assert result.stderr == "mamori: <stdin>:1: weather is no fact of the flows: ignored\n"


def test_schema_prints_what_is_committed() -> None:
    assert json.loads(mamori("schema").stdout) == json.loads(
        (ROOT / "flows" / "schema.json").read_text("utf-8")
    )


def test_help_names_every_command_with_an_example() -> None:
    told = mamori("--help").output
    assert [name for name in group.commands if f"mamori flows {name}" not in told] == []

"""docs/flows.md tells the truth: its example files work, and its tables hold every finding."""

import re
from pathlib import Path

from bot.app.flow_reader import read_whole
from bot.app.proving import finder, load_sentences, text_of
from bot.app.proving_folders import flow_files, pack_files, prove_files
from tests.flows.document import FILE, written
from tests.flows.means import MEANS, ROOT

TEXT = FILE.read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\n# (my-flows/\S+)\n(.*?)```", TEXT, re.S)


def folder(tmp_path: Path) -> Path:
    for name, text in EXAMPLES:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return tmp_path / "my-flows"


def test_the_example_is_proved_with_its_pack_and_its_scenarios_and_nothing_is_found(tmp_path: Path) -> None:
    proof = prove_files(flow_files(folder(tmp_path)), MEANS, load_sentences(ROOT))
    assert [told.as_line() for told in proof.told] == []
    assert (proof.flows, proof.packs, proof.scenarios) == (("default",), ("phone_desk",), 2)


def test_the_example_pack_changes_what_its_comments_say(tmp_path: Path) -> None:
    mine = folder(tmp_path)
    (pack,) = pack_files(mine)
    flow = read_whole(text_of(mine / "default.yaml"), "default.yaml", find=finder(mine), pack=pack.page).flow
    danger, within = flow.ask("danger"), flow.ask("ours:within")
    assert danger
    assert within
    assert [choice.label["ja"] for choice in danger.choices] == ["来ると言う", "ない"]
    assert within.text["ja"] == "電話で決められる求めですか"


def test_the_tables_hold_every_finding_as_it_is_told() -> None:
    """When this fails: .venv/bin/python -m tests.flows.document"""
    assert written(TEXT) == TEXT


def test_every_command_in_the_document_exists() -> None:
    from bot.cli.revisions import group

    named = set(re.findall(r"\bmamori\s+flows ([a-z]+)", TEXT))
    assert named <= set(group.commands)
    assert named >= {"check", "publish", "packs", "pull", "diff", "rollback", "walk"}

"""A file may hold several scenarios: each is run, told with its own line, and none stops the others."""

from pathlib import Path

from bot.app.proving import load_sentences
from bot.app.proving_folders import Proof, prove_files
from tests.flows.means import MEANS, ROOT

SENTENCES = load_sentences(ROOT)
VALID = (ROOT / "tests" / "broken_flows" / "valid.yaml").read_text("utf-8")


def proved(folder: Path, scenarios: str) -> Proof:
    (folder / "scenarios").mkdir()
    (folder / "tiny.yaml").write_text(VALID, "utf-8")
    (folder / "scenarios" / "several.yaml").write_text(scenarios, "utf-8")
    return prove_files([folder / "tiny.yaml"], MEANS, SENTENCES)


def scenario(level: str, key: str = "taps") -> str:
    return f"# 根拠\nname: 場面 {level}\nflow: tiny\n{key}: [none, within]\nexpect: {{level: {level}}}\n"


def test_every_scenario_of_a_file_is_run(tmp_path: Path) -> None:
    proof = proved(tmp_path, "---\n".join([scenario("green"), scenario("green"), scenario("green")]))
    assert (proof.scenarios, proof.holds) == (3, True)


def test_one_that_comes_out_otherwise_is_told_with_the_line_it_begins_at(tmp_path: Path) -> None:
    proof = proved(tmp_path, "---\n".join([scenario("green"), scenario("red")]))
    assert [(t.line, t.step, t.code) for t in proof.told if t.level == "error"] == [
        (7, "場面 red", "scenario_fails")
    ]


def test_one_that_cannot_be_read_is_told_with_its_line_and_the_others_are_run(tmp_path: Path) -> None:
    proof = proved(tmp_path, "---\n".join([scenario("green"), scenario("green", "tap"), scenario("green")]))
    assert proof.scenarios == 2
    assert [(t.line, t.code) for t in proof.told if t.level == "error"] == [(10, "misread")]

"""Published revisions by their commands."""

from pathlib import Path

from tests.cli.conftest import CONTENT, Program
from tests.flows.test_reader import CALLING, PARTS

DEFAULT = CONTENT / "flows" / "default.yaml"


def test_a_flow_is_pulled_edited_compared_and_rolled_back(mamori: Program, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    mamori.well("flows", "pull", str(folder))
    file = folder / "default.yaml"
    assert file.read_bytes() == DEFAULT.read_bytes()
    file.write_text(file.read_text("utf-8") + "# 税務課で足したところ\n", "utf-8")
    assert "2 版として公開しました" in mamori.well("flows", "push", str(folder), "--note", "税務課").out
    diff = mamori.well("flows", "diff", "default", "1", "2", "--json").document
    assert (diff["added"], diff["removed"], diff["diff"][-1]) == (1, 0, "+# 税務課で足したところ")
    assert "3 版として公開しました" in mamori.well("flows", "rollback", "default", "1").out
    assert mamori.well("flows", "show", "default").out == DEFAULT.read_text("utf-8")
    assert mamori.well("flows", "show", "default", "--revision", "2").out == file.read_text("utf-8")
    live = next(row for row in mamori.well("flows", "list", "--json").document if row["flow"] == "default")
    assert (live["flow"], live["revision"], live["note"]) == ("default", 3, "1 版に戻す")


def test_a_faulty_flow_is_not_published(mamori: Program, tmp_path: Path) -> None:
    file = tmp_path / "default.yaml"
    file.write_text(DEFAULT.read_text("utf-8").replace("unsure:", "unsure: nowhere_", 1), "utf-8")
    ended = mamori("flows", "publish", "default", str(file))
    assert ended.code == 1
    assert "default.yaml:" in ended.err
    assert "公開していません" in ended.err
    assert mamori.well("flows", "list", "--json").document[0]["revision"] == 1


def test_publishing_the_same_again_changes_nothing(mamori: Program) -> None:
    assert "何も変わっていません" in mamori.well("flows", "publish", "default").out


def test_a_flow_of_another_name_is_refused(mamori: Program) -> None:
    ended = mamori("flows", "publish", "tax", str(DEFAULT))
    assert ended.code == 1
    assert "tax として公開しようとしています" in ended.error


def test_files_that_were_edited_are_not_overwritten_unasked(mamori: Program, tmp_path: Path) -> None:
    (tmp_path / "default.yaml").write_text("mine", "utf-8")
    ended = mamori("flows", "pull", str(tmp_path))
    assert ended.code == 1
    assert "--force" in ended.error
    mamori.well("flows", "pull", str(tmp_path), "--force")


def test_a_revision_that_there_is_not_is_told_with_those_there_are(mamori: Program) -> None:
    assert "1 から 1 まで" in mamori("flows", "rollback", "default", "9").error
    assert "あるもの: default" in mamori("flows", "show", "nosuch").error


def own_folder(where: Path) -> Path:
    """A flow that calls another, with a pack."""
    (where / "packs").mkdir(parents=True)
    (where / "default.yaml").write_text(CALLING.replace("flow: tiny", "flow: default"), "utf-8")
    (where / "part.yaml").write_text(PARTS["part"], "utf-8")
    (where / "inner.yaml").write_text(PARTS["inner"], "utf-8")
    (where / "packs" / "desk.yaml").write_text(
        "pack: desk\nformat: 1\ntitle: {ja: 机}\nbase: default\nsteps: {danger: {ask: {ja: 電話は危険ですか}}}\n",
        "utf-8",
    )
    return where


def test_a_flow_is_published_with_what_it_calls_and_its_pack_and_pulled_as_files_again(
    mamori: Program, tmp_path: Path
) -> None:
    mine, pulled = own_folder(tmp_path / "mine"), tmp_path / "pulled"
    mamori.well("flows", "publish", "default", str(mine / "default.yaml"), "--pack", "desk")
    shown = mamori.well("flows", "show", "default").out
    assert [line for line in shown.splitlines() if line.startswith(("flow:", "pack:"))] == [
        "flow: default",
        "pack: desk",
        "flow: part",
        "flow: inner",
    ]
    mamori.well("flows", "pull", str(pulled))
    files = {file.relative_to(mine): file.read_bytes() for file in mine.rglob("*.yaml")}
    assert {file: (pulled / file).read_bytes() for file in files} == files
    assert "何も変わっていません" in mamori.well("flows", "push", str(pulled)).out
    (pulled / "part.yaml").write_text(PARTS["part"].replace("どちらですか", "どれですか"), "utf-8")
    assert "3 版として公開しました" in mamori.well("flows", "push", str(pulled)).out
    diff = mamori.well("flows", "diff", "default", "2", "3", "--json").document
    assert (diff["added"], diff["removed"]) == (1, 1)


def test_a_mistake_in_a_called_flow_or_a_pack_is_told_in_its_own_file(
    mamori: Program, tmp_path: Path
) -> None:
    mine = own_folder(tmp_path / "mine")
    pack = mine / "packs" / "desk.yaml"
    pack.write_text(pack.read_text("utf-8").replace("ask:", "aks:"), "utf-8")
    ended = mamori("flows", "publish", "default", str(mine / "default.yaml"), "--pack", "desk")
    assert ended.code == 1
    assert "packs/desk.yaml:5: " in ended.err
    (mine / "inner.yaml").unlink()
    ended = mamori("flows", "publish", "default", str(mine / "default.yaml"))
    assert ended.code == 1
    assert "part.yaml:12: " in ended.err


def test_a_pack_that_there_is_not_is_told_with_those_there_are(mamori: Program, tmp_path: Path) -> None:
    mine = own_folder(tmp_path / "mine")
    ended = mamori("flows", "publish", "default", str(mine / "default.yaml"), "--pack", "nosuch")
    assert ended.code == 2
    assert "there are: desk" in ended.error


def test_a_scenario_that_fails_keeps_a_flow_from_being_published(mamori: Program, tmp_path: Path) -> None:
    mine = own_folder(tmp_path / "mine")
    (mine / "scenarios").mkdir()
    text = "name: 場面\nflow: default\ntaps: [yes_now]\nexpect: {level: green}\n"
    (mine / "scenarios" / "one.yaml").write_text(text, "utf-8")
    ended = mamori("flows", "publish", "default", str(mine / "default.yaml"))
    assert ended.code == 1
    assert "レベルが red です" in ended.err

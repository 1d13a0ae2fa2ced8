"""Published revisions by their commands."""

from pathlib import Path

from tests.cli.conftest import CONTENT, Program

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
    [live] = mamori.well("flows", "list", "--json").document
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

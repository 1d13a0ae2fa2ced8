"""`mamori understand` answers line by line."""

import json
from pathlib import Path

from bot.app.understanding import URGENCIES
from tests.cli.conftest import Program


def test_every_line_of_text_or_json_gets_its_answer(program: Program) -> None:
    lines = program.well(
        "understand", stdin='怒鳴られている\n{"id": 7, "text": "刃物を出した"}\n'
    ).out.splitlines()
    first, second = (json.loads(line) for line in lines)
    assert set(first) == {"id", "acts", "urgency", "intent", "confidence"}
    assert (first["id"], first["acts"]) == ("1", ["intimidation"])
    assert (second["id"], second["urgency"]) == (7, "emergency")
    assert first["urgency"] in URGENCIES


def test_where_no_act_applies_it_says_none(program: Program) -> None:
    (line,) = program.well("understand", stdin="間違えて送りました\n").out.splitlines()
    assert json.loads(line)["acts"] == ["none"]


def test_a_line_that_is_no_json_is_told_and_the_others_are_answered(program: Program) -> None:
    ended = program("understand", "--jsonl", stdin='なぐられた\n{"id": "b", "text": "なぐられた"}\n')
    assert ended.code == 1
    assert "1行目" in ended.error
    assert json.loads(ended.out)["id"] == "b"


def test_a_set_with_a_line_that_has_no_labels_is_told_in_one_line(program: Program, tmp_path: Path) -> None:
    (tmp_path / "set.jsonl").write_text('{"text": "あ"}\n', "utf-8")
    ended = program("understand", "compare", str(tmp_path / "set.jsonl"))
    assert ended.code == 1
    assert "set.jsonl の1行目" in ended.error

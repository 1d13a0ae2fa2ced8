"""`mamori understand` answers line by line."""

import json

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


def test_a_line_that_is_no_json_is_told_and_the_others_are_answered(program: Program) -> None:
    ended = program("understand", "--jsonl", stdin='なぐられた\n{"id": "b", "text": "なぐられた"}\n')
    assert ended.code == 1
    assert "1行目" in ended.error
    assert json.loads(ended.out)["id"] == "b"

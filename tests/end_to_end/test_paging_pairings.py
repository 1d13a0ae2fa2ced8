"""The promises of paging, kept whichever platform the caller and the called are on: LINE and Slack, each to each."""

from __future__ import annotations

import pytest

from tests.end_to_end.scenes import Scene, scene
from tests.end_to_end.stack import Stack, eventually

pytestmark = [
    pytest.mark.parametrize("chief", ["slack", "line"]),
    pytest.mark.parametrize("caller", ["line", "slack"]),
]


def called(stack: Stack, caller: str, chief: str) -> Scene:
    s = scene(stack, caller, chief)
    s.caller.asks("help")
    s.chief.waits_for("さん・応援")
    return s


def test_a_no_calls_the_next_at_once(stack: Stack, caller: str, chief: str) -> None:
    s = called(stack, caller, chief)
    s.chief.presses("行けない")
    s.deputy.waits_for("さん・応援")
    assert s.caller.waits_for(f"{s.chief_name}は手が離せません。{s.deputy_name}を呼びました")


def test_nobody_answers_again_then_the_next(stack: Stack, caller: str, chief: str) -> None:
    s = called(stack, caller, chief)
    stack.play.advance(31)
    eventually(lambda: len(s.chief.all_with("さん・応援")) == 2, "a second page")
    stack.play.advance(31)
    s.deputy.waits_for("さん・応援")
    assert s.caller.waits_for(f"{s.deputy_name}にも知らせました")


def test_there_counts_when_the_caller_says_so_and_not_yet_widens(
    stack: Stack, caller: str, chief: str
) -> None:
    s = called(stack, caller, chief)
    s.chief.presses("向かう")
    s.caller.waits_for(f"{s.chief_name}が向かっています")
    s.chief.presses("着いた")
    s.caller.waits_for("来てくれましたか")
    s.caller.presses("まだ来ない")
    s.deputy.waits_for("さん・応援")
    s.caller.presses("来てくれた")
    eventually(lambda: "caller_arrived" in s.kinds(), "the caller's word")
    assert "not_yet" in s.kinds()


def test_words_go_from_the_caller_to_who_is_coming_and_back(stack: Stack, caller: str, chief: str) -> None:
    s = called(stack, caller, chief)
    s.chief.presses("向かう")
    s.caller.waits_for(f"{s.chief_name}が向かっています")
    s.caller.types("奥の部屋です")
    assert s.chief.waits_for("奥の部屋です")
    s.chief.types("あと少しです")
    assert s.caller.waits_for("あと少しです")


def test_no_tap_after_a_call_is_asked_after(stack: Stack, caller: str, chief: str) -> None:
    s = called(stack, caller, chief)
    stack.play.advance(181)
    assert s.caller.waits_for("まだ大丈夫")

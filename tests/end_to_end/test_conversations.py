"""The whole conversation, from the call for help to the end, over both platforms' real protocols and real processes."""

from __future__ import annotations

import pytest

from tests.end_to_end.scenes import answers_to_the_level, scene
from tests.end_to_end.stack import Stack

KEPT = ("opened", "help_requested", "paged", "coming", "level", "counted", "caller_arrived", "closed")


@pytest.mark.parametrize("chief", ["slack", "line"])
@pytest.mark.parametrize("caller", ["line", "slack"])
def test_help_is_called_comes_and_the_incident_is_closed(stack: Stack, caller: str, chief: str) -> None:
    s = scene(stack, caller, chief)
    s.caller.asks("help")
    assert s.caller.waits_for("応援を呼びました。").says(s.chief_name)
    page = s.chief.waits_for(f"{s.site.caller.name}さん・応援")
    assert page.says(s.site.caller.place)
    assert page.labels[:2] == ["向かう", "行けない"]

    s.chief.presses("向かう")
    s.caller.waits_for(f"{s.chief_name}が向かっています")
    s.chief.presses("3分")
    s.caller.waits_for(f"{s.chief_name}が向かっています。あと3分ほど")

    answers_to_the_level(s.caller)
    level = s.caller.waits_for("ふたりで対応")
    assert level.says("やめるようお願いしても続いている")
    s.caller.presses("注意した")
    s.caller.waits_for_button("注意した 1回")

    s.caller.presses("来てくれた")
    s.caller.waits_for(f"{s.chief_name}が着きました")
    s.caller.presses("終わった")
    s.caller.waits_for("おつかれさまでした。")
    s.chief.waits_for("終わりました")
    told = [kind for kind in s.kinds() if kind in KEPT]
    assert told == [
        "opened",
        "help_requested",
        "paged",
        "coming",
        "coming",
        "level",
        "counted",
        "caller_arrived",
        "closed",
    ]


@pytest.mark.parametrize("caller", ["line", "slack"])
def test_typed_words_are_confirmed_by_one_tap_that_calls_help(stack: Stack, caller: str) -> None:
    s = scene(stack, caller)
    s.caller.types("怒鳴られている")
    understood = s.caller.waits_for("こう受け取りました")
    assert understood.labels[0] == "応援を呼ぶ"
    assert s.incidents() == []
    s.caller.presses("応援を呼ぶ")
    s.caller.waits_for("応援を呼びました。")
    s.chief.waits_for("大声・威圧")


def test_typed_words_of_danger_call_everyone_without_a_further_tap(stack: Stack) -> None:
    s = scene(stack)
    s.caller.types("包丁を持っています。助けて")
    s.caller.waits_for("すぐ離れてください")
    s.chief.waits_for("至急")
    s.deputy.waits_for("至急")


def test_words_typed_in_an_open_incident_are_kept_in_the_record(stack: Stack) -> None:
    s = scene(stack)
    s.caller.asks("help")
    s.caller.waits_for("応援を呼びました")
    s.caller.types("同じ話を30分くり返しています")
    s.caller.waits_for("書きとめました")
    notes = [entry.data for entry in s.journal() if "words" in entry.data]
    assert notes == [{"words": "同じ話を30分くり返しています"}]


def test_an_old_button_changes_that_answer_and_the_page_says_so(stack: Stack) -> None:
    s = scene(stack)
    s.caller.asks("help")
    loud = None
    s.caller.presses("ない")
    loud = s.caller.waits_for_button("大声・強い言い方")
    s.caller.tap(loud)
    s.chief.waits_for("大声・威圧")
    s.caller.waits_for_button("続いている")
    other = next(b for m in s.caller.messages() for b in m.buttons if b.label == "その他")
    s.caller.tap(other)
    s.caller.waits_for("その場で決めなくて大丈夫です")
    s.chief.waits_for("まだ聞けていません")


def test_a_picture_is_not_kept_and_the_person_is_told_so(stack: Stack) -> None:
    s = scene(stack)
    stack.play.post(f"line/{s.site.caller.line}/media", type="image", name="a.jpg")
    s.caller.waits_for("写真や音声は、まだここでは残せません")


def test_a_sticker_brings_the_way_to_help(stack: Stack) -> None:
    s = scene(stack)
    stack.play.post(f"line/{s.site.caller.line}/sticker")
    assert "応援" in s.caller.waits_for("ここにいます").labels

"""Every way in from Slack leads to the same four: command, shortcuts, App Home; and the room can follow."""

from __future__ import annotations

from tests.end_to_end.scenes import Scene, scene
from tests.end_to_end.stack import Stack


def on_slack(stack: Stack) -> Scene:
    return scene(stack, caller="slack", chief="line")


def test_the_command_with_a_menu_word_calls_help(stack: Stack) -> None:
    s = on_slack(stack)
    told = stack.play.post(f"slack/{s.caller.user}/command", command="/mamori", text="応援")
    assert told["status"] == 200
    s.caller.waits_for("応援を呼びました")
    s.chief.waits_for("さん・応援")


def test_the_command_with_words_asks_whether_they_were_understood(stack: Stack) -> None:
    s = on_slack(stack)
    stack.play.post(f"slack/{s.caller.user}/command", command="/mamori", text="怒鳴られている")
    assert s.caller.waits_for("こう受け取りました").labels[0] == "応援を呼ぶ"


def test_the_bare_command_and_the_global_shortcut_show_the_big_four(stack: Stack) -> None:
    for ask in ({"command": "/mamori", "text": ""}, None):
        s = on_slack(stack)
        if ask:
            stack.play.post(f"slack/{s.caller.user}/command", **ask)
        else:
            stack.play.post(f"slack/{s.caller.user}/shortcut", callback_id="mamori_open")
        assert s.caller.waits_for("ここにいます").labels[:4] == ["危険", "応援", "迷う", "記録"]


def test_the_message_shortcut_reads_the_message_it_was_used_on(stack: Stack) -> None:
    s = on_slack(stack)
    stack.play.post(f"slack/{s.caller.user}/message", text="窓口で怒鳴られている")
    s.caller.waits_for("こう受け取りました")
    own = stack.play.state(slack=s.caller.channel)["slack"]["conversations"][s.caller.channel]["messages"]  # type: ignore[attr-defined]
    ts = next(row["ts"] for row in own if row["user"] == s.caller.user)
    before = len(s.caller.all_with("こう受け取りました"))
    told = stack.play.post(
        f"slack/{s.caller.user}/shortcut",
        callback_id="mamori_from_message",
        channel=s.caller.channel,  # type: ignore[attr-defined]
        ts=ts,
    )
    assert told["status"] == 200
    stack.settles()
    assert len(s.caller.all_with("こう受け取りました")) == before + 1


def test_app_home_has_the_big_four_and_they_work(stack: Stack) -> None:
    s = on_slack(stack)
    s.caller.asks("danger")
    s.caller.waits_for("すぐ離れてください")
    s.chief.waits_for("至急")


def test_what_was_answered_stands_in_the_same_message(stack: Stack) -> None:
    s = on_slack(stack)
    s.caller.asks("help")
    s.caller.waits_for_button("ない")
    stack.settles()
    before = len(s.caller.messages())
    s.caller.presses("ない")
    s.caller.waits_for("どんな様子ですか")
    assert len(s.caller.messages()) == before
    assert not s.caller.sees("いま、身の危険はありますか")

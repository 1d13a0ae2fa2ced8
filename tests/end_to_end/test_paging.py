"""Who is called when nobody comes: no, again, wider; and what the caller and the called read meanwhile."""

from __future__ import annotations

from tests.end_to_end.phones import LinePhone
from tests.end_to_end.scenes import scene
from tests.end_to_end.stack import Stack, eventually


def test_a_no_calls_the_next_person_at_once(stack: Stack) -> None:
    s = scene(stack)
    ahead = stack.play.state()["clock"]["ahead_s"]
    s.caller.asks("help")
    s.chief.presses("行けない")
    s.deputy.waits_for("さん・応援")
    s.caller.waits_for(f"{s.chief_name}は手が離せません。{s.deputy_name}を呼びました")
    assert stack.play.state()["clock"]["ahead_s"] == ahead


def test_nobody_answers_so_the_same_person_is_called_again_and_then_the_next(stack: Stack) -> None:
    s = scene(stack)
    s.caller.asks("help")
    s.chief.waits_for("さん・応援")
    stack.play.advance(31)
    eventually(lambda: len(s.chief.all_with("さん・応援")) == 2, "a second page")
    assert not s.deputy.sees("さん・応援")
    stack.play.advance(31)
    s.deputy.waits_for("さん・応援")
    s.caller.waits_for(f"{s.deputy_name}にも知らせました")
    paged = [entry.data for entry in s.journal() if entry.kind == "paged"]
    assert [(p["person"], p["try"]) for p in paged] == [
        (s.site.chief.id, 1),
        (s.site.chief.id, 2),
        (s.site.deputy.id, 1),
    ]


def test_who_said_coming_and_does_not_arrive_is_not_waited_for_for_ever(stack: Stack) -> None:
    s = scene(stack)
    s.caller.asks("help")
    s.chief.presses("向かう")
    s.chief.presses("1分")
    s.caller.waits_for("あと1分ほど")
    stack.play.advance(125)
    s.deputy.waits_for("さん・応援")


def test_going_stops_what_had_not_gone_out_and_the_others_read_who_goes(stack: Stack) -> None:
    s = scene(stack)
    s.caller.asks("danger")
    s.deputy.waits_for("至急")
    s.chief.presses("向かう")
    s.deputy.waits_for(f"{s.chief_name}が対応します")
    pages = len(s.deputy.all_with("至急"))
    stack.play.advance(31)
    s.caller.presses("来てくれた")
    s.caller.waits_for("着きました")
    stack.settles()
    assert len([m for m in s.deputy.all_with("至急") if "向かう" in m.labels]) <= pages


def test_the_caller_needs_nobody_any_more_and_everyone_who_was_called_hears_it(stack: Stack) -> None:
    s = scene(stack)
    s.caller.asks("help")
    s.chief.waits_for("さん・応援")
    s.caller.presses("もう大丈夫")
    s.caller.waits_for("応援を止めました")
    s.chief.waits_for("もう大丈夫")
    stack.play.advance(65)
    stack.settles()
    assert not s.deputy.sees("さん・応援")


def test_a_person_with_two_platforms_is_called_on_both_and_one_answer_is_enough(stack: Stack) -> None:
    s = scene(stack, chief="both")
    other = LinePhone(stack.play, s.site.chief.line)
    s.caller.asks("help")
    s.chief.waits_for("さん・応援")
    other.waits_for("さん・応援")
    other.presses("向かう")
    s.caller.waits_for(f"{s.chief_name}が向かっています")
    s.chief.waits_for("あなたが向かっています")

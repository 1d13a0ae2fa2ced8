"""LINE or Slack fails: someone else is reached, nothing arrives twice, and the caller reads the truth."""

from __future__ import annotations

from tests.end_to_end.scenes import scene
from tests.end_to_end.stack import Stack, eventually

AWAY = {"status": 503}


def test_slack_is_away_so_the_next_person_is_called_and_the_caller_reads_why(stack: Stack) -> None:
    s = scene(stack)
    stack.play.fails("slack", "chat.postMessage", *([AWAY] * 3))
    s.caller.asks("help")
    s.deputy.waits_for("さん・応援")
    s.caller.waits_for(f"{s.chief_name}に届いていません。{s.deputy_name}を呼んでいます")


def test_the_page_that_slack_refused_for_a_moment_still_comes_and_once(stack: Stack) -> None:
    s = scene(stack)
    stack.play.fails("slack", "chat.postMessage", AWAY)
    s.caller.asks("help")
    s.chief.waits_for("さん・応援")
    stack.settles()
    assert len(s.chief.all_with("さん・応援")) == 1


def test_a_blocked_account_takes_a_person_out_of_the_plan_for_line(stack: Stack) -> None:
    s = scene(stack, chief="line")
    stack.play.post(f"line/{s.site.chief.line}/unfollow")
    s.caller.asks("help")
    s.deputy.waits_for("さん・応援")


def test_an_expired_reply_token_becomes_a_push_with_a_retry_key(stack: Stack) -> None:
    s = scene(stack)
    expired = {"status": 400, "body": {"message": "Invalid reply token"}}
    stack.play.fails("line", "reply", expired)
    before = stack.play.last_exchange()
    s.caller.asks("help")
    assert s.caller.waits_for("応援を呼びました").via == "push"
    pushes = [r for r in stack.play.wire(before) if r["method"] == "push" and r["status"] == 200]
    assert all(r["request"]["headers"].get("x-line-retry-key") for r in pushes)
    assert len(s.caller.all_with("応援を呼びました")) == 1


def test_a_reply_whose_answer_was_lost_is_seen_exactly_once(stack: Stack) -> None:
    s = scene(stack)
    stack.play.fails("line", "reply", {"accept_then": "drop"})
    s.caller.asks("help")
    s.caller.waits_for("応援を呼びました")
    stack.settles()
    assert len(s.caller.all_with("応援を呼びました")) == 1


def test_a_push_whose_answer_was_lost_is_seen_exactly_once(stack: Stack) -> None:
    s = scene(stack, chief="line")
    stack.play.fails("line", "push", {"accept_then": "drop"})
    s.caller.asks("help")
    s.chief.waits_for("さん・応援")
    stack.settles()
    assert len(s.chief.all_with("さん・応援")) == 1


def test_a_slack_post_whose_answer_was_lost_is_seen_exactly_once(stack: Stack) -> None:
    s = scene(stack)
    stack.play.fails("slack", "chat.postMessage", {"accept_then": "drop"})
    s.caller.asks("help")
    s.chief.waits_for("さん・応援")
    stack.settles()
    assert len(s.chief.all_with("さん・応援")) == 1


def test_a_line_that_goes_dead_before_anything_was_done_is_tried_again(stack: Stack) -> None:
    s = scene(stack, chief="line")
    stack.play.fails("line", "*", {"drop": True}, {"drop": True})
    s.caller.asks("help")
    s.chief.waits_for("さん・応援")
    s.caller.waits_for("応援を呼びました")
    stack.settles()
    assert len(s.caller.all_with("応援を呼びました")) == 1


def test_a_rate_limit_is_waited_for_and_the_message_comes(stack: Stack) -> None:
    s = scene(stack, caller="slack")
    slow = {
        "status": 429,
        "headers": {"Retry-After": "1"},
        "body": {"ok": False, "error": "ratelimited"},
    }
    s.caller.asks("help")
    s.caller.waits_for("応援を呼びました")
    stack.settles()
    stack.play.fails("slack", "chat.update", slow)
    s.caller.presses("ない")
    s.caller.waits_for("どんな様子ですか")


def test_a_message_that_has_gone_from_slack_is_posted_anew(stack: Stack) -> None:
    s = scene(stack, caller="slack")
    s.caller.asks("help")
    gone = {"status": 200, "body": {"ok": False, "error": "message_not_found"}}
    s.caller.waits_for_button("ない")
    stack.settles()
    stack.play.fails("slack", "chat.update", gone)
    s.caller.presses("ない")
    eventually(lambda: s.caller.sees("どんな様子ですか"), "the next question")

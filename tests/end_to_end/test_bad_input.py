"""What comes in is not always what the platforms document; the answers to it are promised in words."""

from __future__ import annotations

import json

import pytest

from tests.end_to_end.phones import LinePhone
from tests.end_to_end.scenes import incidents_of, scene
from tests.end_to_end.signing import line_event, line_tap, post_line, post_slack
from tests.end_to_end.stack import Stack, eventually


@pytest.mark.parametrize("signature", ["", "AAAA", "日本"])
def test_a_line_webhook_without_the_right_signature_is_refused_and_counted(
    stack: Stack, signature: str
) -> None:
    s = scene(stack)
    before = stack.metric("deeds_unsigned_total")
    body = {"destination": "U", "events": [line_tap(s.site.caller.line, "m1.help")]}
    assert post_line(stack.url, body, signature.encode().decode("latin-1")).status_code == 401
    assert stack.metric("deeds_unsigned_total") == before + 1
    assert s.incidents() == []


@pytest.mark.parametrize(("signature", "age"), [("", 0), ("v0=00", 0), (None, 600)])
def test_a_slack_request_without_a_right_and_fresh_signature_is_refused_and_counted(
    stack: Stack, signature: str | None, age: float
) -> None:
    before = stack.metric("deeds_unsigned_total")
    body = {"type": "url_verification", "challenge": "c"}
    assert post_slack(stack.url, body, signature, age).status_code == 401
    assert stack.metric("deeds_unsigned_total") == before + 1


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"{", b'{"events": 3}', b'{"events": [7, null, {}]}', b"\xff\xfe"]
)
def test_signed_nonsense_from_line_is_answered_with_200_so_that_it_is_not_sent_again(
    stack: Stack, body: bytes
) -> None:
    assert post_line(stack.url, body).status_code == 200


@pytest.mark.parametrize("body", [b"", b"null", b"{", b'{"type": "event_callback"}', b"payload=x", b"\xff"])
def test_signed_nonsense_from_slack_is_answered_with_200_so_that_it_is_not_sent_again(
    stack: Stack, body: bytes
) -> None:
    assert post_slack(stack.url, body).status_code == 200


def test_lines_verify_button_sends_no_events_and_is_answered_with_200(stack: Stack) -> None:
    assert post_line(stack.url, {"destination": "U", "events": []}).status_code == 200
    assert stack.play.post("line/verify")["status"] == 200


def test_slacks_url_verification_gets_its_challenge_back(stack: Stack) -> None:
    answer = post_slack(stack.url, {"type": "url_verification", "challenge": "c-123", "token": "t"})
    assert (answer.status_code, answer.json()) == (200, {"challenge": "c-123"})
    assert stack.play.post("slack/verify")["status"] == 200


def test_unknown_and_broken_events_lose_none_of_the_good_ones_beside_them(stack: Stack) -> None:
    s = scene(stack)
    user = s.site.caller.line
    events = [
        line_event(user, "somethingNew", somethingNew={"deep": [1, 2]}),
        {"type": "message"},
        line_event(user, "message", message={"type": "hologram", "id": "1"}),
        line_tap(user, "m1.help"),
        line_event(user, "postback"),
        7,
    ]
    assert post_line(stack.url, {"destination": "U", "events": events}).status_code == 200
    s.caller.waits_for("応援を呼びました")
    assert len(s.incidents()) == 1


def test_events_of_several_people_in_one_body_are_all_handled(stack: Stack) -> None:
    scenes = [scene(stack) for _ in range(3)]
    events = [line_tap(s.site.caller.line, "m1.help") for s in scenes]
    assert post_line(stack.url, {"destination": "U", "events": events}).status_code == 200
    for s in scenes:
        s.caller.waits_for("応援を呼びました")
        s.chief.waits_for(s.site.caller.name)
        assert len(s.incidents()) == 1


def test_a_redelivered_webhook_has_no_second_effect(stack: Stack) -> None:
    s = scene(stack)
    told = s.caller.asks("help")
    s.caller.waits_for("応援を呼びました")
    stack.settles()
    before = (len(s.caller.messages()), len(s.chief.messages()), s.journal())
    stack.play.post("redeliver", platform="line", event_id=told["event_id"], times=3)
    stack.settles()
    assert (len(s.caller.messages()), len(s.chief.messages()), s.journal()) == before


def test_slacks_retry_of_an_event_has_no_second_effect(stack: Stack) -> None:
    s = scene(stack, caller="slack")
    told = s.caller.types("応援")
    s.caller.waits_for("応援を呼びました")
    stack.settles()
    before = (len(s.caller.messages()), len(s.chief.messages()))
    stack.play.post("redeliver", platform="slack", event_id=told["event_id"], times=2)
    stack.settles()
    assert (len(s.caller.messages()), len(s.chief.messages())) == before
    assert len(s.incidents()) == 1


def test_an_impatient_double_tap_opens_one_incident(stack: Stack) -> None:
    s = scene(stack)
    user = s.site.caller.line
    events = [line_tap(user, "m1.help"), line_tap(user, "m1.help")]
    assert post_line(stack.url, {"destination": "U", "events": events}).status_code == 200
    s.caller.waits_for("応援を呼びました")
    assert len(s.incidents()) == 1


@pytest.mark.parametrize("data", ["m1.r.nobody.coming.0", "m9.help", "m1.a.x", "x" * 300])
def test_a_button_that_means_nothing_here_is_answered_kindly(stack: Stack, data: str) -> None:
    s = scene(stack)
    body = {"destination": "U", "events": [line_tap(s.site.caller.line, data)]}
    assert post_line(stack.url, body).status_code == 200
    assert "応援" in s.caller.waits_for("そのボタンは今は使えません").labels


def test_a_person_who_was_not_called_can_not_acknowledge(stack: Stack) -> None:
    s, other = scene(stack), scene(stack)
    s.caller.asks("help")
    coming = s.chief.waits_for_button("向かう")
    stranger = LinePhone(stack.play, other.site.caller.line)
    body = {"destination": "U", "events": [line_tap(stranger.user, coming.data)]}
    assert post_line(stack.url, body).status_code == 200
    stranger.waits_for("ほかの人に応援を頼んでいます")
    assert not s.caller.sees("が向かっています")
    assert incidents_of(stack, other.site.caller) == []


def test_a_body_larger_than_any_platform_sends_is_not_read_as_events(stack: Stack) -> None:
    body = json.dumps({"events": [], "padding": "x" * 2_100_000}).encode()
    assert post_line(stack.url, body).status_code == 413


def test_a_late_answer_to_a_call_that_was_taken_back_is_explained_and_changes_nothing(stack: Stack) -> None:
    s = scene(stack, chief="line")
    s.caller.asks("help")
    coming = s.chief.waits_for_button("向かう")
    s.caller.presses("もう大丈夫")
    s.caller.waits_for("応援を止めました")
    s.chief.tap(coming)
    stack.settles()
    eventually(lambda: s.chief.sees("もう大丈夫"), "words for the late one")
    assert not s.caller.sees("が向かっています")

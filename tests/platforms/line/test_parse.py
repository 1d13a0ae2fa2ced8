"""LINE's bytes: only the genuine ones count, and no event is lost for its neighbour's sake."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app.inbound import Address, Appeared, Attached, Inbound, Left, Tapped, Typed
from bot.platforms.line.parse import Parsed, parse, verify

NOW = datetime(2026, 4, 1, 1, 0, tzinfo=UTC)
USER = "U" + "a1" * 16
GROUP = "C" + "b2" * 16


def event(kind: str, /, **changes: Any) -> dict[str, Any]:
    whole = {
        "type": kind,
        "mode": "active",
        "timestamp": 1775005200123,
        "source": {"type": "user", "userId": USER},
        "webhookEventId": "01KN3Y5XQ5V6A7W8B9C0D1E2F3",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": "757913772c4646b784d4b7ce46d12671",
        **changes,
    }
    return {key: value for key, value in whole.items() if value is not ...}


def postback(**changes: Any) -> dict[str, Any]:
    return event("postback", postback={"data": "m1.danger"}, **changes)


def text(words: Any, **changes: Any) -> dict[str, Any]:
    return event("message", message={"type": "text", "id": "468789577898262530", "text": words}, **changes)


def read(*events: Any) -> Parsed:
    return parse(json.dumps({"destination": "U00", "events": events}).encode(), NOW)


def only(one: Any) -> Inbound:
    parsed = read(one)
    assert parsed.ignored == ()
    (inbound,) = parsed.inbound
    return inbound


# ---- the signature ---------------------------------------------------------------------------------------

SECRET = "8c570fa6dd201bb328f1c1eac23a96d8"
BODY = b'{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}'
SIGNATURE = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="


def test_the_vector_that_line_publishes_is_genuine() -> None:
    assert verify((SECRET,), BODY, SIGNATURE)


def test_while_a_secret_is_replaced_both_are_good() -> None:
    assert verify(("0" * 32, SECRET), BODY, SIGNATURE)
    assert verify((SECRET, "0" * 32), BODY, SIGNATURE)


@pytest.mark.parametrize(
    "signature",
    [None, "", "x", SIGNATURE.lower(), SIGNATURE[:-1], " " + SIGNATURE, "あ", "\udcff", "0" * 9999],
)
def test_anything_but_the_exact_signature_is_refused(signature: str | None) -> None:
    assert not verify((SECRET,), BODY, signature)


def test_one_changed_byte_is_noticed() -> None:
    assert not verify((SECRET,), BODY + b" ", SIGNATURE)


def test_without_a_secret_nobody_is_believed() -> None:
    unsigned = base64.b64encode(hmac.new(b"", BODY, hashlib.sha256).digest()).decode()
    assert not verify((), BODY, SIGNATURE)
    assert not verify(("",), BODY, unsigned)


# ---- deeds -----------------------------------------------------------------------------------------------


def test_a_tap_carries_who_when_what_and_the_way_to_answer() -> None:
    inbound = only(postback())
    assert inbound.id == "01KN3Y5XQ5V6A7W8B9C0D1E2F3"
    assert inbound.sender == Address("line", USER)
    assert inbound.at == datetime(2026, 4, 1, 1, 0, 0, 123000, tzinfo=UTC)
    assert inbound.deed == Tapped("m1.danger")
    assert inbound.origin.reply_token == "757913772c4646b784d4b7ce46d12671"
    assert inbound.origin.private


def test_a_postback_with_params_is_a_tap() -> None:
    switched = {"data": "m1.help", "params": {"newRichMenuAliasId": "a", "status": "SUCCESS"}}
    assert only(event("postback", postback=switched)).deed == Tapped("m1.help")


def test_words_are_typed() -> None:
    assert only(text("怒鳴られている")).deed == Typed("怒鳴られている")


@pytest.mark.parametrize("kind", ["image", "audio", "video", "file", "sticker", "location"])
def test_what_is_attached_is_known_by_its_message_id(kind: str) -> None:
    assert only(event("message", message={"type": kind, "id": "42"})).deed == Attached(kind, "42")  # type: ignore[arg-type]


def test_coming_and_going() -> None:
    assert only(event("follow", follow={"isUnblocked": False})).deed == Appeared()
    assert only(event("unfollow", replyToken=...)).deed == Left()


@pytest.mark.parametrize("source", [{"type": "group", "groupId": GROUP}, {"type": "room", "roomId": GROUP}])
def test_a_room_that_the_bot_comes_to_or_leaves_is_the_sender(source: dict[str, str]) -> None:
    joined, left = only(event("join", source=source)), only(event("leave", source=source))
    assert (joined.deed, joined.sender, joined.origin.private) == (Appeared(), Address("line", GROUP), False)
    assert (left.deed, left.sender) == (Left(), Address("line", GROUP))


def test_in_a_group_the_person_is_the_sender_and_the_place_is_not_private() -> None:
    inbound = only(text("応援", source={"type": "group", "groupId": GROUP, "userId": USER}))
    assert (inbound.sender, inbound.origin.private) == (Address("line", USER), False)


# ---- what is set aside -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (postback(mode="standby", replyToken=...), "standby"),
        (postback(source={"type": "group", "groupId": GROUP}), "no_sender"),
        (postback(source=...), "no_sender"),
        (postback(source="U1"), "no_sender"),
        (postback(replyToken="0" * 32), "verify_probe"),
        (
            event("message", replyToken="f" * 32, message={"type": "text", "id": "1", "text": "Hello"}),
            "verify_probe",
        ),
        (event("postback", postback={"data": ""}), "no_data"),
        (event("postback"), "no_data"),
        (text(""), "no_text"),
        (text(7), "no_text"),
        (event("message", message={"type": "image"}), "no_message_id"),
        (event("message", message={"type": "hologram", "id": "1"}), "message_hologram"),
        (event("message", message=[]), "message_unknown"),
        (event("unsend", unsend={"messageId": "1"}), "event_unsend"),
        (event("messageEdited"), "event_messageEdited"),
        (event("memberJoined"), "event_memberJoined"),
        (event("accountLink", source=...), "event_accountLink"),
        (event("news <script>"), "event_unknown"),
        ({"mode": "active"}, "malformed_event"),
        ("postback", "malformed_event"),
        (None, "malformed_event"),
    ],
)
def test_what_cannot_be_used_is_set_aside_with_its_reason(one: Any, reason: str) -> None:
    assert read(one) == Parsed(ignored=(reason,), destination="U00")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"\xff\xfe\x00", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b"[]", "not_a_webhook"),
        (b"{}", "not_a_webhook"),
        (b'{"events":{}}', "not_a_webhook"),
        (b'{"destination":7,"events":[]}', "no_events"),
    ],
)
def test_a_body_that_is_no_webhook_holds_nothing_and_says_why(body: bytes, reason: str) -> None:
    assert parse(body, NOW) == Parsed(ignored=(reason,))


def test_the_destination_is_told_even_of_an_empty_webhook() -> None:
    assert parse(BODY, NOW).destination == "U8e742f61d673b39c7fff3cecb7536ef0"


# ---- what LINE may add or leave out without notice -------------------------------------------------------


def test_new_fields_modes_and_odd_values_elsewhere_do_not_cost_the_tap() -> None:
    odd = postback(
        mode="shared", deliveryContext="later", replyToken=17, markAsReadToken={}, timestamp="soon"
    )
    inbound = only(odd)
    assert (inbound.deed, inbound.at, inbound.origin.reply_token) == (Tapped("m1.danger"), NOW, "")


@pytest.mark.parametrize("timestamp", [..., None, True, [], 10**30, -(10**30), float("inf"), float("nan")])
def test_without_a_usable_time_the_moment_of_arrival_counts(timestamp: Any) -> None:
    assert only(postback(timestamp=timestamp)).at == NOW


def test_an_event_without_id_gets_the_same_one_when_it_is_sent_again() -> None:
    first = only(postback(webhookEventId=...))
    again = only(postback(webhookEventId=..., deliveryContext={"isRedelivery": True}))
    other = only(postback(webhookEventId=..., timestamp=1775005200124))
    assert first.id == again.id != other.id


def test_half_an_emoji_becomes_something_that_can_be_stored() -> None:
    deed = only(text("助けて\ud83d")).deed
    assert isinstance(deed, Typed)
    deed.text.encode()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=8,
)
FIELDS = st.sampled_from([*postback(), "message", "follow", "unknown"])
BENT = st.dictionaries(FIELDS, JSON, max_size=4).map(lambda changes: {**postback(), **changes})


@given(st.binary())
def test_no_bytes_can_make_reading_fail(body: bytes) -> None:
    assert parse(body, NOW).inbound == ()


@given(st.lists(JSON | BENT, max_size=4), st.lists(JSON | BENT, max_size=4))
def test_no_neighbour_can_take_a_good_event_along(before: list[Any], after: list[Any]) -> None:
    good = text("こちらです", webhookEventId="GOOD")
    parsed = read(*before, good, *after)
    assert "GOOD" in [inbound.id for inbound in parsed.inbound]
    assert len(parsed.inbound) + len(parsed.ignored) == len(before) + 1 + len(after)

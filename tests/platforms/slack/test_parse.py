"""What Slack sends becomes a deed or a reason, whatever it is."""

import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier

from bot.app.inbound import Address, Appeared, Attached, Inbound, Origin, Tapped, Typed
from bot.platforms.slack.parse import decode, read, verify

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SENT = "1795251590.000200"
AT = datetime.fromtimestamp(1795251590.0002, UTC)
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
# The worked example of https://docs.slack.dev/authentication/verifying-requests-from-slack/
EXAMPLE = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
EXAMPLE_STAMP = "1531420618"
EXAMPLE_AT = datetime.fromtimestamp(1531420618, UTC)
EXAMPLE_SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"


def message(**event: Any) -> dict[str, Any]:
    words = {
        "type": "message",
        "channel_type": "im",
        "channel": "D1",
        "user": "U1",
        "text": "怒鳴られている",
        "ts": SENT,
    }
    return {"type": "event_callback", "event_id": "Ev1", "event": words | event}


def tap(**more: Any) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "user": {"id": "U1", "team_id": "T1"},
        "container": {"type": "message", "message_ts": "1700000000.000100", "channel_id": "D1"},
        "channel": {"id": "D1"},
        "trigger_id": "1.2.abc",
        "actions": [
            {
                "type": "button",
                "action_id": "mamori:0",
                "block_id": "0.1.aa",
                "value": "m1.help",
                "action_ts": SENT,
            }
        ],
    } | more


# ---- signature ---------------------------------------------------------------------------------------------


def test_slacks_own_example_is_accepted() -> None:
    assert verify((SECRET,), EXAMPLE, EXAMPLE_STAMP, EXAMPLE_SIGNATURE, EXAMPLE_AT)


def test_while_secrets_change_either_is_accepted() -> None:
    assert verify(("new", SECRET), EXAMPLE, EXAMPLE_STAMP, EXAMPLE_SIGNATURE, EXAMPLE_AT)


def test_one_changed_byte_is_refused() -> None:
    assert not verify((SECRET,), EXAMPLE + b" ", EXAMPLE_STAMP, EXAMPLE_SIGNATURE, EXAMPLE_AT)


def test_a_secret_that_was_never_set_lets_nobody_in() -> None:
    base = b"v0:" + EXAMPLE_STAMP.encode() + b":" + EXAMPLE
    forged = "v0=" + hmac.digest(b"", base, "sha256").hex()
    assert not verify(("",), EXAMPLE, EXAMPLE_STAMP, forged, EXAMPLE_AT)
    assert not verify((), EXAMPLE, EXAMPLE_STAMP, forged, EXAMPLE_AT)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_signature_is_refused_more_than_five_minutes_away(seconds: int) -> None:
    assert not verify(
        (SECRET,), EXAMPLE, EXAMPLE_STAMP, EXAMPLE_SIGNATURE, EXAMPLE_AT + timedelta(seconds=seconds)
    )


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_a_signature_holds_for_five_minutes(seconds: int) -> None:
    assert verify(
        (SECRET,), EXAMPLE, EXAMPLE_STAMP, EXAMPLE_SIGNATURE, EXAMPLE_AT + timedelta(seconds=seconds)
    )


@pytest.mark.parametrize(
    "stamp", [None, "", "abc", "١٢٣", "1e400", "nan", "9" * 400, "-1", "1531420618\n", "\udcff"]
)
@pytest.mark.parametrize("signature", [None, "", "v0=", "署名", "\udcff", EXAMPLE_SIGNATURE])
def test_odd_headers_are_refused_without_an_error(stamp: str | None, signature: str | None) -> None:
    assert not verify((SECRET,), EXAMPLE, stamp, signature, EXAMPLE_AT)


@given(st.binary(), st.text() | st.none(), st.text() | st.none())
def test_verifying_never_raises(body: bytes, stamp: str | None, signature: str | None) -> None:
    assert not verify((SECRET,), body, stamp, signature, EXAMPLE_AT)


@given(st.text())
def test_what_slacks_own_code_signs_is_accepted(text: str) -> None:
    body = text.encode()
    signature = SignatureVerifier(SECRET).generate_signature(timestamp=EXAMPLE_STAMP, body=body)
    assert verify((SECRET,), body, EXAMPLE_STAMP, signature, EXAMPLE_AT)


# ---- events ------------------------------------------------------------------------------------------------


def test_words_in_the_private_chat_are_typed() -> None:
    assert read(message(), NOW) == Inbound("Ev1", Address("slack", "U1"), AT, Typed("怒鳴られている"))


def test_the_same_event_sent_again_has_the_same_id() -> None:
    first, again = read(message(), NOW), read(message(), NOW + timedelta(minutes=5))
    assert isinstance(first, Inbound)
    assert isinstance(again, Inbound)
    assert first.id == again.id


@pytest.mark.parametrize(
    ("sent", "read_as"),
    [
        ("A &amp; B &lt;3", "A & B <3"),
        ("&amp;lt;", "&lt;"),
        ("<@U2|佐藤>さんが", "@佐藤さんが"),
        ("<@U2> <#C1|general> <!here>", "@U2 #general @here"),
        ("<tel:110|110>に電話", "110に電話"),
        ("<https://a.example/x>と<https://a.example|ここ>", "https://a.example/xとここ"),
        ("a < b > c", "a < b > c"),
        ("half \ud83d", "half ?"),
    ],
)
def test_words_are_read_without_slacks_marks(sent: str, read_as: str) -> None:
    inbound = read(message(text=sent), NOW)
    assert isinstance(inbound, Inbound)
    assert inbound.deed == Typed(read_as)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"bot_id": "B1"}, "message_of_a_bot"),
        ({"subtype": "message_changed"}, "message_subtype"),
        ({"subtype": "message_deleted"}, "message_subtype"),
        ({"subtype": "bot_message"}, "message_subtype"),
        ({"channel_type": "channel"}, "message_not_private"),
        ({"text": "  "}, "message_empty"),
        ({"text": None}, "message_empty"),
        ({"user": None}, "user_missing"),
        ({"user": "U1 U2"}, "malformed"),
        ({"type": "reaction_added"}, "event_unknown"),
    ],
)
def test_what_is_no_persons_word_has_a_reason(change: dict[str, Any], reason: str) -> None:
    assert read(message(**change), NOW) == reason


def test_a_picture_without_words_is_attached() -> None:
    files = [7, {"id": "F1", "mimetype": "image/png"}]
    inbound = read(message(subtype="file_share", text="", files=files), NOW)
    assert isinstance(inbound, Inbound)
    assert inbound.deed == Attached("image", "F1")


def test_a_picture_with_words_is_what_was_typed() -> None:
    inbound = read(message(subtype="file_share", files=[{"id": "F1"}]), NOW)
    assert isinstance(inbound, Inbound)
    assert inbound.deed == Typed("怒鳴られている")


def test_opening_the_home_is_an_appearance() -> None:
    event = {"type": "app_home_opened", "user": "U1", "tab": "home", "event_ts": SENT}
    envelope = {"type": "event_callback", "event_id": "Ev2", "event": event}
    assert read(envelope, NOW) == Inbound("Ev2", Address("slack", "U1"), AT, Appeared(home=True))


def test_opening_the_message_tab_is_none() -> None:
    event = {"type": "app_home_opened", "user": "U1", "tab": "messages"}
    assert read({"type": "event_callback", "event_id": "Ev2", "event": event}, NOW) == "tab_unknown"


@pytest.mark.parametrize("ts", ["", "yesterday", "99999999999.0", None])
def test_a_time_that_cannot_be_becomes_the_time_of_arrival(ts: str | None) -> None:
    inbound = read(message(ts=ts), NOW)
    assert isinstance(inbound, Inbound)
    assert inbound.at == NOW


# ---- taps, commands, shortcuts -----------------------------------------------------------------------------


def test_a_tap_in_the_private_chat_names_the_message_to_edit() -> None:
    assert read(tap(), NOW) == Inbound(
        id=f"1700000000.000100/mamori:0/{SENT}/U1",
        sender=Address("slack", "U1"),
        at=AT,
        deed=Tapped("m1.help"),
        origin=Origin(message="D1:1700000000.000100", private=True),
    )


def test_a_tap_in_a_channel_is_not_private() -> None:
    container = {"type": "message", "message_ts": "1700000000.000100", "channel_id": "C1"}
    inbound = read(tap(container=container, channel={"id": "C1"}), NOW)
    assert isinstance(inbound, Inbound)
    assert inbound.origin == Origin(message="C1:1700000000.000100", private=False)


def test_a_tap_on_the_home_has_no_message() -> None:
    inbound = read(tap(container={"type": "view", "view_id": "V1"}, channel=None), NOW)
    assert isinstance(inbound, Inbound)
    assert inbound.id.startswith("V1/")
    assert inbound.origin == Origin()


def test_two_people_tapping_the_same_button_are_two_deeds() -> None:
    one, other = read(tap(), NOW), read(tap(user={"id": "U2"}), NOW)
    assert isinstance(one, Inbound)
    assert isinstance(other, Inbound)
    assert one.id != other.id


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"actions": []}, "action_missing"),
        ({"actions": [5]}, "malformed"),
        ({"user": "U1"}, "malformed"),
        ({"actions": [{"type": "button", "action_id": "a", "action_ts": "1.2"}]}, "action_not_ours"),
        ({"actions": [{"type": "overflow", "action_id": "a", "action_ts": "1.2"}]}, "action_not_ours"),
    ],
)
def test_a_strange_tap_has_a_reason(change: dict[str, Any], reason: str) -> None:
    assert read(tap(**change), NOW) == reason


@pytest.mark.parametrize(
    ("text", "deed"), [("", Appeared()), ("  ", Appeared()), ("殴られた", Typed("殴られた"))]
)
def test_the_command_opens_or_says(text: str, deed: Appeared | Typed) -> None:
    form = {"command": "/mamori", "text": text, "user_id": "U1", "trigger_id": "1.2.c", "channel_id": "C1"}
    assert read(form, NOW) == Inbound("1.2.c", Address("slack", "U1"), NOW, deed)


def test_the_global_shortcut_opens() -> None:
    shortcut = {"type": "shortcut", "callback_id": "mamori_open", "trigger_id": "1.2.s", "user": {"id": "U1"}}
    assert read(shortcut | {"action_ts": SENT}, NOW) == Inbound(
        "1.2.s", Address("slack", "U1"), AT, Appeared()
    )


@pytest.mark.parametrize(
    ("text", "deed"), [("来ないと&lt;困る&gt;", Typed("来ないと<困る>")), ("", Appeared())]
)
def test_the_message_shortcut_says_what_the_message_says(text: str, deed: Appeared | Typed) -> None:
    shortcut = {
        "type": "message_action",
        "callback_id": "mamori_from_message",
        "trigger_id": "1.2.m",
        "user": {"id": "U1"},
        "message": {"text": text, "user": "U9"},
    }
    assert read(shortcut, NOW) == Inbound("1.2.m", Address("slack", "U1"), NOW, deed)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ({}, "type_unknown"),
        ({"type": "view_submission"}, "type_unknown"),
        ({"type": ["event_callback"]}, "type_unknown"),
        ({"type": "app_rate_limited"}, "app_rate_limited"),
        ({"ssl_check": "1", "token": "x"}, "ssl_check"),
        ({"command": "/other", "user_id": "U1", "trigger_id": "1"}, "command_unknown"),
        ({"command": "/mamori"}, "malformed"),
        (
            {"type": "shortcut", "callback_id": "x", "trigger_id": "1", "user": {"id": "U1"}},
            "shortcut_unknown",
        ),
    ],
)
def test_a_strange_payload_has_a_reason(payload: dict[str, Any], reason: str) -> None:
    assert read(payload, NOW) == reason


# ---- bodies ------------------------------------------------------------------------------------------------


def test_the_three_shapes_of_a_body_are_decoded() -> None:
    assert decode(json.dumps(message()).encode()) == message()
    assert decode(urlencode({"payload": json.dumps(tap())}).encode()) == tap()
    assert decode(b"command=%2Fmamori&text=&user_id=U1") == {
        "command": "/mamori",
        "text": "",
        "user_id": "U1",
    }


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\xff\xfe", "not_utf8"),
        (b"text=%FF", "not_utf8"),
        (b"payload=nonsense", "not_json"),
        (b"{", "not_json"),
        (b'{"a":' * 100_000, "not_json"),
        (b"payload=[1]", "not_an_object"),
        (b"a=1&" * 200, "not_json"),
    ],
)
def test_a_body_that_cannot_be_read_has_a_reason(body: bytes, reason: str) -> None:
    assert decode(body) == reason


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
WELL_FORMED = (
    message(),
    tap(),
    {"command": "/mamori", "text": "x", "user_id": "U1", "trigger_id": "1"},
    {"type": "shortcut", "callback_id": "mamori_open", "trigger_id": "1", "user": {"id": "U1"}},
)


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(path for key, inner in keys for path in paths(inner, (*here, key)))]


def replaced(value: Any, path: tuple[Any, ...], junk: Any) -> Any:
    if not path:
        return junk
    items = dict(value.items()) if isinstance(value, dict) else dict(enumerate(value))
    items[path[0]] = replaced(items[path[0]], path[1:], junk)
    return items if isinstance(value, dict) else list(items.values())


@given(st.data(), st.sampled_from(WELL_FORMED), JUNK)
def test_one_strange_value_anywhere_is_read_or_has_a_reason(
    data: st.DataObject, whole: Any, junk: Any
) -> None:
    path = data.draw(st.sampled_from([path for path in paths(whole) if path]))
    assert isinstance(read(replaced(whole, path, junk), NOW), Inbound | str)


@given(st.sampled_from(WELL_FORMED), st.dictionaries(st.text().map("new_{}".format), JUNK, max_size=3))
def test_fields_that_slack_adds_change_nothing(whole: dict[str, Any], added: dict[str, Any]) -> None:
    assert read(whole | added, NOW) == read(whole, NOW)


@given(st.binary())
def test_decoding_never_raises(body: bytes) -> None:
    assert isinstance(decode(body), dict | str)

"""The way in: signed or nothing, kept before it is acknowledged, and 200 for whatever means nothing to us."""

import hmac
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.app.inbound import Appeared, Inbound, Tapped, Typed
from bot.platforms.slack.app import SlackEntry, build

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
SECRET = "s3cret"
EVENT = {"type": "message", "channel_type": "im", "user": "U1", "text": "秘密のことば", "ts": "1700000000.1"}
ENVELOPE = {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": EVENT}
TAP = {
    "type": "block_actions",
    "user": {"id": "U1"},
    "team": {"id": "T1"},
    "container": {"type": "message", "message_ts": "1.1", "channel_id": "D1"},
    "channel": {"id": "D1"},
    "actions": [{"type": "button", "action_id": "mamori:0", "value": "m1.help", "action_ts": "1700000000.1"}],
}
COMMAND = {"command": "/mamori", "text": "", "user_id": "U1", "trigger_id": "1.2.c", "team_id": "T1"}
SHORTCUT = {"type": "shortcut", "callback_id": "mamori_open", "trigger_id": "1.2.s", "user": {"id": "U1"}}
MESSAGE_SHORTCUT = {
    "type": "message_action",
    "callback_id": "mamori_from_message",
    "trigger_id": "1.2.m",
    "user": {"id": "U1"},
    "message": {"text": "来ないと困る"},
    "channel": {"id": "C1"},
}


class Kept:
    """What was handed inside; `trouble` is raised instead while the database is away."""

    def __init__(self) -> None:
        self.deeds: list[Inbound] = []
        self.trouble: Exception | None = None

    async def receive(self, inbound: Inbound) -> None:
        if self.trouble:
            raise self.trouble
        self.deeds.append(inbound)


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def entry(kept: Kept) -> SlackEntry:
    return build(kept.receive, SECRET, "xoxb", "http://127.0.0.1:9/api/", None)


def as_json(payload: Any) -> bytes:
    return json.dumps(payload).encode()


def as_form(payload: Any) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()


def signed(body: bytes, stamp: str = STAMP) -> dict[str, str]:
    signature = "v0=" + hmac.digest(SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, "sha256").hex()
    return {"X-Slack-Signature": signature, "X-Slack-Request-Timestamp": stamp}


async def answered(entry: SlackEntry, body: bytes) -> tuple[int, bytes]:
    status, _, content = await entry.handle(body, signed(body), NOW)
    return status, content


@pytest.mark.parametrize(
    ("body", "deed"),
    [
        (as_json(ENVELOPE), Typed("秘密のことば")),
        (as_form(TAP), Tapped("m1.help")),
        (urlencode(COMMAND).encode(), Appeared()),
        (as_form(SHORTCUT), Appeared()),
        (as_form(MESSAGE_SHORTCUT), Typed("来ないと困る")),
    ],
)
async def test_each_kind_of_deed_is_kept_and_answered_with_an_empty_200(
    entry: SlackEntry, kept: Kept, body: bytes, deed: Any
) -> None:
    assert await answered(entry, body) == (200, b"")
    assert [inbound.deed for inbound in kept.deeds] == [deed]


async def test_a_home_that_is_opened_is_kept(entry: SlackEntry, kept: Kept) -> None:
    event = {"type": "app_home_opened", "user": "U1", "tab": "home"}
    assert await answered(entry, as_json(ENVELOPE | {"event": event})) == (200, b"")
    assert kept.deeds[0].deed == Appeared(home=True)


@pytest.mark.parametrize("body", [as_json(ENVELOPE), as_form(TAP), urlencode(COMMAND).encode()])
async def test_what_could_not_be_kept_is_503(
    entry: SlackEntry, kept: Kept, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    kept.trouble = ConnectionError("no database")
    assert await answered(entry, body) == (503, b"")
    assert "slack deed not kept: ConnectionError" in caplog.text
    caplog.clear()
    kept.trouble = None
    assert await answered(entry, body) == (200, b"")
    assert len(kept.deeds) == 1


async def test_a_fault_is_logged_with_its_place_and_without_its_words(
    entry: SlackEntry, kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    kept.trouble = ValueError("秘密のことば")
    with caplog.at_level(logging.DEBUG):
        await answered(entry, as_json(ENVELOPE))
    assert "ValueError" in caplog.text
    assert "test_app.py" in caplog.text
    assert "秘密" not in caplog.text
    caplog.clear()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda headers: {},
        lambda headers: headers | {"X-Slack-Signature": "v0=" + "0" * 64},
        lambda headers: headers | {"X-Slack-Signature": "署名"},
        lambda headers: headers | {"X-Slack-Request-Timestamp": "soon"},
        lambda headers: {"X-Slack-Signature": headers["X-Slack-Signature"]},
    ],
)
@pytest.mark.parametrize("body", [as_json(ENVELOPE), b"ssl_check=1", as_json({"type": "url_verification"})])
async def test_without_slacks_signature_it_is_401_and_nothing_happens(
    entry: SlackEntry,
    kept: Kept,
    caplog: pytest.LogCaptureFixture,
    body: bytes,
    spoil: Callable[[dict[str, str]], dict[str, str]],
) -> None:
    with caplog.at_level(logging.DEBUG):
        status, _, content = await entry.handle(body, spoil(signed(body)), NOW)
    assert (status, content, kept.deeds) == (401, b"", [])
    assert "秘密" not in caplog.text


async def test_an_old_request_is_401(entry: SlackEntry, kept: Kept) -> None:
    body = as_json(ENVELOPE)
    assert (await entry.handle(body, signed(body), NOW + timedelta(minutes=6)))[0] == 401
    assert kept.deeds == []


async def test_a_pushed_clock_does_not_age_signatures(entry: SlackEntry, kept: Kept) -> None:
    body = urlencode(COMMAND).encode()
    ahead = NOW + timedelta(hours=3)
    assert (await entry.handle(body, signed(body), ahead, watch=NOW))[0] == 200
    assert kept.deeds[0].at == ahead


async def test_headers_are_found_in_any_case(entry: SlackEntry) -> None:
    body = as_json(ENVELOPE)
    lower = {name.lower(): value for name, value in signed(body).items()}
    assert (await entry.handle(body, lower, NOW))[0] == 200


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "type_unknown"),
        (b"\xff", "not_utf8"),
        (b"payload=nonsense", "not_json"),
        (b'{"type":', "not_json"),
        (b"payload=[]", "not_an_object"),
        (b"ssl_check=1&token=x", "ssl_check"),
        (as_json({"type": "from_the_future"}), "type_unknown"),
        (as_json({"type": "app_rate_limited"}), "app_rate_limited"),
        (as_json(ENVELOPE | {"event": EVENT | {"type": "team_join"}}), "event_unknown"),
        (as_json(ENVELOPE | {"event": EVENT | {"bot_id": "B1"}}), "message_of_a_bot"),
        (as_json(ENVELOPE | {"event": 5}), "malformed"),
        (as_form({"type": "view_submission", "view": {}}), "type_unknown"),
        (as_form(TAP | {"team": 5}), "malformed"),
    ],
)
async def test_what_means_nothing_is_200_with_a_logged_reason(
    entry: SlackEntry, kept: Kept, caplog: pytest.LogCaptureFixture, body: bytes, reason: str
) -> None:
    with caplog.at_level(logging.INFO):
        assert await answered(entry, body) == (200, b"")
    assert kept.deeds == []
    assert f"slack payload ignored: {reason}" in caplog.messages


async def test_the_challenge_is_echoed(entry: SlackEntry) -> None:
    body = as_json({"type": "url_verification", "challenge": "c-1", "token": "t"})
    status, headers, content = await entry.handle(body, signed(body), NOW)
    assert (status, json.loads(content)) == (200, {"challenge": "c-1"})
    assert headers["content-type"].startswith("application/json")

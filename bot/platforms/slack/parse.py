"""What Slack sends, read as what a person did: its signature, then a deed or the reason why there is none.

Nothing here raises for what came over the wire: Slack adds fields and kinds without notice.
https://docs.slack.dev/apis/events-api/ · https://docs.slack.dev/reference/interaction-payloads/
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError

from bot.app.inbound import Address, Appeared, Attached, Deed, Inbound, Origin, Tapped, Typed
from bot.platforms.slack.limits import SLACK_IDENTIFIER, SLACK_SIGNATURE_AGE_S

OPEN_SHORTCUT = "mamori_open"
MESSAGE_SHORTCUT = "mamori_from_message"
COMMAND = "/mamori"

# The other subtypes are edits, deletions and machines.
_TYPED_SUBTYPES = {"", "file_share", "thread_broadcast", "me_message"}
_TIMESTAMP = re.compile(r"[0-9]{1,11}(\.[0-9]{1,9})?\Z", re.ASCII)
# <@U1|name>, <#C1|name>, <!here>, <https://…|words>, <tel:110|110>; a bare < of a person stays as it is.
_REFERENCE = re.compile(r"<(@|#|!|(?:https?|mailto|tel):)([^<>|]*)(?:\|([^<>]*))?>")
_FORM_FIELDS = 100


def verify(
    secrets: tuple[str, ...], body: bytes, timestamp: str | None, signature: str | None, now: datetime
) -> bool:
    """Whether one of the secrets signed this very body within five minutes of `now`.

    https://docs.slack.dev/authentication/verifying-requests-from-slack/
    """
    if not timestamp or not signature or not _is_fresh(timestamp, now):
        return False
    given = signature.encode("utf-8", "replace")
    base = b"v0:" + timestamp.encode("ascii") + b":" + body
    matches = [hmac.compare_digest(_signature(secret, base), given) for secret in secrets if secret]
    return any(matches)


def decode(body: bytes) -> dict[str, Any] | str:
    """A request's payload: JSON for events, a form for commands, JSON in a form's `payload` for the rest."""
    try:
        text = body.decode()
        if text.lstrip().startswith("{"):
            return _object(text)
        form = dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_FORM_FIELDS))
        return _object(form["payload"]) if "payload" in form else dict(form)
    except UnicodeDecodeError:
        return "not_utf8"
    except (ValueError, RecursionError):
        return "not_json"


def read(payload: Mapping[str, Any], now: datetime) -> Inbound | str:
    """The deed in a decoded payload, or a reason code. `now` stands in where Slack names no time."""
    try:
        match payload.get("type"):
            case "event_callback":
                return _event(_Envelope.model_validate(payload), now)
            case "block_actions":
                return _tap(_Tap.model_validate(payload), now)
            case "shortcut" | "message_action":
                return _shortcut(_Shortcut.model_validate(payload), now)
            case "app_rate_limited":
                return "app_rate_limited"
        if "command" in payload:
            return _command(_Command.model_validate(payload), now)
    except ValidationError:
        return "malformed"
    return "ssl_check" if "ssl_check" in payload else "type_unknown"


# ---- what the payloads hold; everything that isn't needed is left unread -----------------------------------


def _utf8(text: str) -> str:
    """JSON can name half a character, which nothing behind us could store."""
    return text.encode("utf-8", "replace").decode()


_Text = Annotated[str, AfterValidator(_utf8)]
_Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,128}$")]


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _File(_Loose):
    id: _Id
    mimetype: str | None = None


class _Event(_Loose):
    type: str
    user: _Id | None = None
    subtype: str | None = None
    bot_id: str | None = None
    channel_type: str | None = None
    tab: str | None = None
    text: _Text | None = None
    ts: str | None = None
    event_ts: str | None = None
    files: list[Any] | None = None


class _Envelope(_Loose):
    event_id: _Id
    event: _Event


class _User(_Loose):
    id: _Id


class _Channel(_Loose):
    id: _Id


class _Container(_Loose):
    message_ts: _Id | None = None
    channel_id: _Id | None = None
    view_id: _Id | None = None
    is_ephemeral: bool | None = None


class _Action(_Loose):
    type: str
    action_id: Annotated[str, StringConstraints(max_length=SLACK_IDENTIFIER), AfterValidator(_utf8)]
    action_ts: _Id
    value: _Text | None = None


class _Tap(_Loose):
    user: _User
    actions: list[Any]
    container: _Container
    channel: _Channel | None = None


class _Message(_Loose):
    text: _Text | None = None


class _Shortcut(_Loose):
    type: Literal["shortcut", "message_action"]
    callback_id: str
    trigger_id: _Id
    user: _User
    action_ts: str | None = None
    message: _Message | None = None


class _Command(_Loose):
    command: str
    user_id: _Id
    trigger_id: _Id
    text: _Text | None = None


# ---- from those to deeds -----------------------------------------------------------------------------------


def _event(envelope: _Envelope, now: datetime) -> Inbound | str:
    event = envelope.event
    if event.type not in {"message", "app_home_opened"}:
        return "event_unknown"
    deed = _message(event) if event.type == "message" else _home(event)
    if isinstance(deed, str):
        return deed
    if not event.user:
        return "user_missing"
    return _inbound(envelope.event_id, event.user, _at(event.ts or event.event_ts, now), deed)


def _home(event: _Event) -> Deed | str:
    return Appeared(home=True) if event.tab == "home" else "tab_unknown"


def _message(event: _Event) -> Deed | str:
    if event.bot_id:
        return "message_of_a_bot"
    if event.channel_type != "im":
        return "message_not_private"
    if (event.subtype or "") not in _TYPED_SUBTYPES:
        return "message_subtype"
    text = _plain(event.text)
    return Typed(text) if text else _attached(event.files or [])


def _attached(files: list[Any]) -> Deed | str:
    for item in files:
        try:
            file = _File.model_validate(item)
        except ValidationError:
            continue
        return Attached(_kind(file.mimetype or ""), file.id)
    return "message_empty"


def _kind(mimetype: str) -> Literal["image", "audio", "video", "file"]:
    match mimetype.partition("/")[0]:
        case "image" | "audio" | "video" as kind:
            return kind
    return "file"


def _tap(tap: _Tap, now: datetime) -> Inbound | str:
    if not tap.actions:
        return "action_missing"
    action = _Action.model_validate(tap.actions[0])  # a tap carries one
    if action.type != "button" or not action.value:
        return "action_not_ours"
    place = tap.container.message_ts or tap.container.view_id or ""
    identity = f"{place}/{action.action_id}/{action.action_ts}/{tap.user.id}"
    deed = Tapped(action.value)
    return _inbound(identity, tap.user.id, _at(action.action_ts, now), deed, _origin(tap))


def _origin(tap: _Tap) -> Origin:
    container = tap.container
    channel = container.channel_id or (tap.channel.id if tap.channel else "")
    if not channel or not container.message_ts:
        return Origin()  # App Home
    if container.is_ephemeral:  # Slack can't edit those
        return Origin(private=channel.startswith("D"))
    message = f"{channel}:{container.message_ts}"
    return Origin(message=message, private=channel.startswith("D"))


def _shortcut(shortcut: _Shortcut, now: datetime) -> Inbound | str:
    known = OPEN_SHORTCUT if shortcut.type == "shortcut" else MESSAGE_SHORTCUT
    if shortcut.callback_id != known:
        return "shortcut_unknown"
    text = _plain(shortcut.message.text) if shortcut.message else ""
    deed = Typed(text) if text else Appeared()
    return _inbound(shortcut.trigger_id, shortcut.user.id, _at(shortcut.action_ts, now), deed)


def _command(command: _Command, now: datetime) -> Inbound | str:
    if command.command != COMMAND:
        return "command_unknown"
    text = _plain(command.text)
    return _inbound(command.trigger_id, command.user_id, now, Typed(text) if text else Appeared())


def _inbound(identity: str, user: str, at: datetime, deed: Deed, origin: Origin | None = None) -> Inbound:
    return Inbound(identity, Address("slack", user), at, deed, origin or Origin())


def _plain(text: str | None) -> str:
    """The words as they were typed, without Slack's marks for links and mentions."""
    words = _REFERENCE.sub(_spoken, text or "")
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def _spoken(reference: re.Match[str]) -> str:
    mark, target, words = reference.groups()
    sign = mark if mark in {"@", "#"} else "@" if mark == "!" else ""
    if words:
        return sign + words.removeprefix(sign)
    return sign + target if sign else (mark if mark.startswith("http") else "") + target


def _at(timestamp: str | None, now: datetime) -> datetime:
    """Slack's time of the deed; a time that can't be read or lies ahead of us becomes `now`."""
    if not timestamp or not _TIMESTAMP.match(timestamp):
        return now
    return min(datetime.fromtimestamp(float(timestamp), UTC), now)


def _is_fresh(timestamp: str, now: datetime) -> bool:
    if not _TIMESTAMP.match(timestamp):
        return False
    return abs(now.timestamp() - float(timestamp)) <= SLACK_SIGNATURE_AGE_S


def _signature(secret: str, base: bytes) -> bytes:
    return b"v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest().encode()


def _object(text: str) -> dict[str, Any] | str:
    value = json.loads(text)
    return value if isinstance(value, dict) else "not_an_object"

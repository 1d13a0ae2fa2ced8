"""LINE's webhook bytes as our words: is it from LINE, and what did people do?

LINE adds event types, message types, values and fields without notice, and one body may hold events of
several people. So every event is read on its own and only as far as we need it; what we can't read is set
aside with a reason code.
https://developers.line.biz/en/reference/messaging-api/#webhook-event-objects
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bot.app.inbound import Address, Appeared, Attached, Deed, Inbound, Left, Origin, Tapped, Typed

AttachedKind = Literal["image", "audio", "video", "file", "sticker", "location"]

_ID = re.compile(r"[\x21-\x7e]{1,128}\Z")
_EVENT_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_CODE = re.compile(r"[A-Za-z]{1,40}\Z")
_PROBE_TOKENS: Final = frozenset(
    {"0" * 32, "f" * 32}
)  # the console's old "Verify" button sent events with these


@dataclass(frozen=True)
class Parsed:
    """What a body held, in its order. `ignored` has a reason code for each event set aside, or for the body.

    Codes: not_json, not_a_webhook, no_events, malformed_event, standby, verify_probe, no_sender, no_text,
    no_data, no_message_id, event_<type>, message_<type>.
    """

    inbound: tuple[Inbound, ...] = ()
    ignored: tuple[str, ...] = ()
    destination: str = ""


def verify(secrets: tuple[str, ...], body: bytes, signature: str | None) -> bool:
    """Whether LINE signed exactly these bytes with one of the secrets; there are two while one is replaced.

    https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/
    """
    given = (signature or "").encode("utf-8", "replace")
    matches = [hmac.compare_digest(_sign(secret, body), given) for secret in secrets if secret]
    return any(matches)


def parse(body: bytes, received: datetime) -> Parsed:
    """Everything that people did in this body. Never raises; `received`: used where the time is missing."""
    try:
        content = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return Parsed(ignored=("not_json",))
    if not isinstance(content, dict) or not isinstance(content.get("events"), list):
        return Parsed(ignored=("not_a_webhook",))
    if not content["events"]:
        return Parsed(ignored=("no_events",), destination=_as_text(content.get("destination")))
    read = [_read(event, received) for event in content["events"]]
    return Parsed(
        inbound=tuple(one for one in read if isinstance(one, Inbound)),
        ignored=tuple(one for one in read if isinstance(one, str)),
        destination=_as_text(content.get("destination")),
    )


# ---- the parts of an event that we read; anything else, and any odd value, is left alone -----------------


def _as_text(value: object) -> str:
    """A string that can be stored; half of a surrogate pair would break the database's UTF-8 later."""
    if not isinstance(value, str):
        return ""
    return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _as_id(value: object) -> str:
    return value if isinstance(value, str) and _ID.match(value) else ""


def _as_object(value: object) -> object:
    return value if isinstance(value, dict) else {}


Text = Annotated[str, BeforeValidator(_as_text)]
Id = Annotated[str, BeforeValidator(_as_id)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Source(_Part):
    type: Text = ""
    user: Id = Field("", alias="userId")
    group: Id = Field("", alias="groupId")
    room: Id = Field("", alias="roomId")


class _Message(_Part):
    type: Text = ""
    id: Id = ""
    text: Text = ""


class _Postback(_Part):
    data: Text = ""


class _Event(_Part):
    type: Text
    mode: Text = "active"
    timestamp: Any = None
    webhook_event_id: Text = Field("", alias="webhookEventId")
    reply_token: Id = Field("", alias="replyToken")
    source: Annotated[_Source, BeforeValidator(_as_object)] = _Source()
    message: Annotated[_Message, BeforeValidator(_as_object)] = _Message()
    postback: Annotated[_Postback, BeforeValidator(_as_object)] = _Postback()


# ---- one event ---------------------------------------------------------------------------------------------


def _read(raw: object, received: datetime) -> Inbound | str:
    """The event as a deed of a person, or the code why it isn't one for us."""
    try:
        event = _Event.model_validate(raw)
        event_id = _event_id(event, raw)
    except (ValidationError, ValueError, RecursionError):
        return "malformed_event"
    if event.mode == "standby":  # another module of the same account is in charge and we may not answer
        return "standby"
    if event.reply_token in _PROBE_TOKENS:
        return "verify_probe"
    deed = _deed(event)
    if isinstance(deed, str):
        return deed
    sender = _sender(event)
    if not sender:
        return "no_sender"
    private = not (event.source.group or event.source.room)
    return Inbound(
        id=event_id,
        sender=Address("line", sender),
        at=_at(event.timestamp, received),
        deed=deed,
        origin=Origin(reply_token=event.reply_token, private=private),
    )


def _deed(event: _Event) -> Deed | str:
    read = _READERS.get(event.type)
    return read(event) if read else f"event_{_code(event.type)}"


def _message(event: _Event) -> Deed | str:
    message = event.message
    if message.type == "text":
        return Typed(message.text) if message.text else "no_text"
    for kind in get_args(AttachedKind):
        if message.type == kind:
            return Attached(kind, message.id) if message.id else "no_message_id"
    return f"message_{_code(message.type)}"


def _postback(event: _Event) -> Deed | str:
    """A tap. Date pickers and rich menu switches also bring `params`; the data alone says what was meant."""
    return Tapped(event.postback.data) if event.postback.data else "no_data"


_READERS: Final[dict[str, Callable[[_Event], Deed | str]]] = {
    "message": _message,
    "postback": _postback,
    "follow": lambda event: Appeared(),
    "unfollow": lambda event: Left(),
    "join": lambda event: Appeared(),
    "leave": lambda event: Left(),
}


def _sender(event: _Event) -> str:
    """The person; for the bot's own coming to a room and going from it, the room."""
    if event.type in ("join", "leave"):
        return event.source.group or event.source.room
    return event.source.user


def _at(timestamp: object, received: datetime) -> datetime:
    if isinstance(timestamp, bool) or not isinstance(timestamp, int | float):
        return received
    try:
        return datetime.fromtimestamp(timestamp / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return received


def _event_id(event: _Event, raw: object) -> str:
    """LINE's id, or one made of the content without deliveryContext, which differs in a repeated event."""
    if _EVENT_ID.match(event.webhook_event_id):
        return event.webhook_event_id
    content = (
        {key: value for key, value in raw.items() if key != "deliveryContext"}
        if isinstance(raw, dict)
        else raw
    )
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return f"content-{hashlib.sha256(canonical.encode()).hexdigest()[:40]}"


def _code(type_name: str) -> str:
    return type_name if _CODE.match(type_name) else "unknown"


def _sign(secret: str, body: bytes) -> bytes:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())

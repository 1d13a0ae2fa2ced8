"""What a person did, read from any platform: who, when, what, and how to answer at once."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

PlatformName = Literal["line", "slack", "phone", "sms", "siren"]

CHATS: tuple[PlatformName, ...] = ("line", "slack")
"""Where cards stand and can be tapped. The others take pages only, and are answered by a key or a digit."""


@dataclass(frozen=True)
class Address:
    """Where a person or a room is reached. `id` is LINE's user, group or room id, Slack's user or channel id, a telephone
    number as +81…, or the name of a machine."""

    platform: PlatformName
    id: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.id}"


@dataclass(frozen=True)
class Origin:
    """How to answer this very event by the platform's fast way, if there is one.

    reply_token: LINE, one use, dies about a minute after `received`. message: Slack, the message that was tapped, as
    "channel:ts"; it is updated in place. place: where the answer belongs when it isn't a private chat.
    """

    reply_token: str = ""
    message: str = ""
    private: bool = True


@dataclass(frozen=True)
class Tapped:
    """A button; `data` as it was drawn (core/buttons.py decodes it)."""

    data: str


@dataclass(frozen=True)
class Typed:
    """Words, in a private chat or a slash command."""

    text: str


@dataclass(frozen=True)
class Attached:
    """A picture, sound, film, file, sticker or place; the bytes stay with the platform under `id`."""

    kind: Literal["image", "audio", "video", "file", "sticker", "location"]
    id: str


@dataclass(frozen=True)
class Appeared:
    """A person added the bot or opened its home."""

    home: bool = False


@dataclass(frozen=True)
class Left:
    """A person blocked or removed the bot, or it was taken out of a room."""


Deed = Tapped | Typed | Attached | Appeared | Left


@dataclass(frozen=True)
class Inbound:
    """One deed of one person. `id` is unique per event on its platform and the same when it is sent again.

    person: who it is, where the platform's signed word tells (a call knows whom it was made to); else empty.
    """

    id: str
    sender: Address
    at: datetime
    deed: Deed
    origin: Origin = field(default_factory=Origin)
    person: str = ""

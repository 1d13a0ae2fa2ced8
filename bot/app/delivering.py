"""What is to be sent, and what a platform said of it."""

from dataclasses import dataclass
from datetime import datetime

from bot.app.inbound import Address
from bot.core.messages import Card


@dataclass(frozen=True)
class Delivery:
    """One message (of one or more cards) to one address; a row of the outbox until a platform has taken it.

    id: a UUID, LINE's retry key and the mark by which a doubtful Slack message is found again.
    slot: the name of a message that is kept up to date: a later delivery with the same slot and address replaces the
    earlier one where the platform can edit (Slack), and is sent as a new message where it can't (LINE), unless `quiet`.
    reply_token / reply_until: LINE's fast way while it lives. message: Slack message "channel:ts" to update in place.
    fresh: a new message even if the slot holds one; it becomes the slot's message.
    under: the slot of the message to which this one is a reply in its thread.
    home: Slack only, the cards are the person's App Home instead of a message.
    free: it may go by LINE's reply only, which costs nothing: what is left of the month's pushes is kept for pages.
    attempts: how often sending was begun before now; above 0 the platform may have taken it already.
    """

    id: str
    address: Address
    cards: tuple[Card, ...]
    created: datetime
    incident: str = ""
    person: str = ""
    slot: str = ""
    urgent: bool = False
    quiet: bool = False
    fresh: bool = False
    under: str = ""
    reply_token: str = ""
    reply_until: datetime | None = None
    message: str = ""
    thread: str = ""
    home: bool = False
    free: bool = False
    attempts: int = 0


@dataclass(frozen=True)
class Sent:
    """The platform has taken it. `ref` names the message for a later edit ("channel:ts"), if it can be edited."""

    ref: str = ""


@dataclass(frozen=True)
class Later:
    """Not taken, or in doubt: try again, not before `after_s` seconds. The reason is a code, never words of a person.

    reply_dead: LINE's reply token is used up or too old; the next attempt must not lean on it.
    untouched: the platform was not asked at all, so it can't have taken anything, and this was no attempt.
    """

    reason: str
    after_s: float = 1.0
    reply_dead: bool = False
    untouched: bool = False


@dataclass(frozen=True)
class Refused:
    """Not taken and never will be (blocked, unknown, quota spent, too long). The next way must be tried at once."""

    reason: str


Outcome = Sent | Later | Refused

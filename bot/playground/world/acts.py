"""What came of something a person did in the playground."""

from dataclasses import dataclass

from bot.playground.world.bot_calls import BotAnswer
from bot.playground.world.json_data import JsonObject


class NotPossible(Exception):
    """A person can't do that there; the sentence says why."""


@dataclass(frozen=True)
class Done:
    """The bot's answer if it was called, what the phone should open, the id of the event that was sent."""

    answer: BotAnswer | None = None
    opened: JsonObject | None = None
    event_id: str | None = None

"""What a card is drawn from: an incident as it stands, its flow, and who reads it when, where and in which language."""

from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from bot.core.flow import Flow, Text, in_language
from bot.core.incident import Incident
from bot.core.plan import Premises
from bot.core.words import Words


@dataclass(frozen=True)
class Scene:
    """reader: the person's id. zone: the organisation's display zone. premises: where the caller's site is."""

    incident: Incident
    flow: Flow
    words: Words
    now: datetime
    zone: tzinfo
    reader: str
    language: str = "ja"
    premises: Premises = field(default_factory=Premises)

    def say(self, key: str, **values: str | int) -> str:
        return self.words.say(self.language, key, **values)

    def label(self, group: str, code: str) -> str:
        return self.words.label(self.language, group, code)

    def text(self, text: Text) -> str:
        return in_language(text, self.language)

    def clock(self, at: datetime) -> str:
        """Hours and minutes on the wall of the organisation, as 10:02."""
        return at.astimezone(self.zone).strftime("%H:%M")

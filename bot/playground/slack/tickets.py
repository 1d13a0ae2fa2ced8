"""Short-lived permissions: trigger ids (3 s, one use) and response URLs (30 min, five uses)."""

import secrets
from dataclasses import dataclass, replace

from bot.playground.slack.refusal import SlackRefusal
from bot.playground.world.clock import Clock

TRIGGER_ALIVE_S = 3.0
URL_ALIVE_S = 30 * 60.0
URL_USES = 5
SWEEP_AT = 5000


@dataclass(frozen=True)
class Trigger:
    user: str
    issued_at: float
    used: bool = False


@dataclass(frozen=True)
class ResponseUrl:
    channel: str
    user: str
    message_ts: str | None
    issued_at: float
    uses: int = 0


class Tickets:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self._urls: dict[str, ResponseUrl] = {}

    def new_trigger(self, user: str) -> str:
        now = self._clock.now()
        if len(self._triggers) > SWEEP_AT:
            self._triggers = {
                key: trigger for key, trigger in self._triggers.items() if now - trigger.issued_at < 60
            }
        key = f"{int(now * 1000)}.{secrets.randbelow(10**10):010d}.{secrets.token_hex(16)}"
        self._triggers[key] = Trigger(user, now)
        return key

    def use_trigger(self, key: str) -> str:
        """The user it was given for."""
        trigger = self._triggers.get(key)
        if trigger is None:
            raise SlackRefusal("invalid_trigger_id")
        if trigger.used:
            raise SlackRefusal("exchanged_trigger_id")
        if self._clock.now() - trigger.issued_at > TRIGGER_ALIVE_S:
            raise SlackRefusal("expired_trigger_id")
        self._triggers[key] = replace(trigger, used=True)
        return trigger.user

    def new_url(self, channel: str, user: str, message_ts: str | None) -> str:
        now = self._clock.now()
        if len(self._urls) > SWEEP_AT:
            self._urls = {key: url for key, url in self._urls.items() if now - url.issued_at < URL_ALIVE_S}
        key = secrets.token_urlsafe(18)
        self._urls[key] = ResponseUrl(channel, user, message_ts, now)
        return key

    def use_url(self, key: str) -> ResponseUrl:
        url = self._urls.get(key)
        if url is None:
            raise SlackRefusal("invalid_url", status=404)
        if url.uses >= URL_USES:
            raise SlackRefusal("used_url", status=404)
        if self._clock.now() - url.issued_at > URL_ALIVE_S:
            raise SlackRefusal("expired_url", status=404)
        self._urls[key] = replace(url, uses=url.uses + 1)
        return url

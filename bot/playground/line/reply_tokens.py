"""Reply tokens: good once, for a minute after the bot got them, at most 20 minutes after the event."""

import secrets
from dataclasses import dataclass, replace

from bot.playground.world.clock import Clock

ALIVE_S = 60.0
HARD_CAP_S = 20 * 60.0
SWEEP_AT = 5000


@dataclass(frozen=True)
class _Token:
    chat: str
    event_at: float
    received_at: float
    used: bool = False


class ReplyTokens:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tokens: dict[str, _Token] = {}

    def issue(self, chat: str) -> str:
        token, now = secrets.token_hex(16), self._clock.now()
        if len(self._tokens) > SWEEP_AT:
            self._sweep(now)
        self._tokens[token] = _Token(chat, now, now)
        return token

    def received_again(self, token: str) -> None:
        """A redelivery starts the minute anew; a used token stays used."""
        known = self._tokens.get(token)
        if known is not None:
            self._tokens[token] = replace(known, received_at=self._clock.now())

    def use(self, token: str) -> str | None:
        """The chat to answer in, or None where the token is unknown, used or too old."""
        known, now = self._tokens.get(token), self._clock.now()
        if known is None or known.used:
            return None
        if now - known.received_at > ALIVE_S or now - known.event_at > HARD_CAP_S:
            return None
        self._tokens[token] = replace(known, used=True)
        return known.chat

    def _sweep(self, now: float) -> None:
        self._tokens = {
            key: token for key, token in self._tokens.items() if now - token.event_at <= HARD_CAP_S
        }

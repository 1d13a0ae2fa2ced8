"""The facts a playground starts from: the bot's address, the shared secrets, the people."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class PlayPerson:
    """Somebody with a phone in the playground; an id that is None means: not on that platform."""

    id: str
    name: str
    role: str
    place: str
    line_user_id: str | None = None
    slack_user_id: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class PlayChannel:
    """A Slack channel the app is a member of."""

    id: str
    name: str


@dataclass(frozen=True)
class PlaygroundSettings:
    """`own_url` is where the bot reaches the playground (".../play"); empty: learnt from a request."""

    bot_url: str
    line_channel_secret: str
    line_access_token: str
    slack_signing_secret: str
    slack_bot_token: str
    slack_app_token: str = ""
    people: tuple[PlayPerson, ...] = ()
    slack_channels: tuple[PlayChannel, ...] = ()
    state_dir: Path | None = None
    clock_file: Path | None = None
    own_url: str = ""
    line_rate_limits: bool = True
    slack_rate_limits: bool = True

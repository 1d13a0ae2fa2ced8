"""What the machines want done, in the imperative. Nothing here does it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.core.plan import HelpKind

View = Literal[
    "question",  # what the flow asks now, with the guidance passed on the way
    "level",  # the working level with its reason and what to do
    "status",  # who was called, who is coming: the caller's card
    "page",  # the same, for a responder: who, where, how bad, alone or not
    "thread",  # the same, for the room
    "stood_down",  # to a person who was paged and isn't needed any more
    "closed",  # the incident is over
    "more",  # what stands behind くわしく
    "notice",  # one sentence: `key` names it in the phrase book
]


@dataclass(frozen=True)
class Show:
    """Show a person (or, with `view` thread, the room) a card made from the incident as it stands after this step.

    With `urgent` it is a page: sent before all else to every address of the person. `update_only` brings earlier copies
    up to date where the platform can edit and is silent elsewhere.
    """

    to: str
    view: View
    key: str = ""
    args: Mapping[str, str] = field(default_factory=dict)
    urgent: bool = False
    update_only: bool = False


@dataclass(frozen=True)
class StopPages:
    """Withdraw every page of this incident that hasn't gone out yet."""


@dataclass(frozen=True)
class SetTimer:
    """Fire `name` at `due` with `stamp`; an earlier timer of that name is replaced."""

    name: str
    due: datetime
    stamp: int


@dataclass(frozen=True)
class ClearTimer:
    name: str


@dataclass(frozen=True)
class CallHelp:
    """The walk asks the paging machine for people."""

    kind: HelpKind


@dataclass(frozen=True)
class Record:
    """One entry of the incident's journal: its kind, with codes or names, never whole sentences."""

    kind: str
    data: Mapping[str, str | int] = field(default_factory=dict)


Effect = Show | StopPages | SetTimer | ClearTimer | CallHelp | Record

CALLER = "caller"
ROOM = "room"
"""Stand-ins for `Show.to` that the incident's own state resolves."""

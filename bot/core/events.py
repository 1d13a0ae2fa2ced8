"""What happened, in the past tense, with the time as a field: the only things the machines react to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.core.buttons import MenuKind, Sight
from bot.core.facts import FactValue
from bot.core.flow import Text
from bot.core.plan import HelpKind, Person, Plans
from bot.core.training import Practice
from bot.core.understood import Understood


@dataclass(frozen=True)
class Opened:
    """A person tapped one of the big four, or typed something, and had no open incident.

    practice, story: of a drill that is about a made-up customer; the story in the person's language. understood: how typed
    words were taken, as the person confirmed it.
    """

    at: datetime
    incident: str
    caller: Person
    address: str
    kind: MenuKind
    plans: Plans
    facts: tuple[str, ...] = ()
    drill: bool = False
    duress: bool = False
    practice: Practice | None = None
    story: str = ""
    understood: Understood | None = None


@dataclass(frozen=True)
class HelpRequested:
    """応援 or 危険 was tapped while the incident is open, or the flow asked for people."""

    at: datetime
    kind: HelpKind


@dataclass(frozen=True)
class Answered:
    at: datetime
    step: str
    choice: str
    revision: int
    flow: str


@dataclass(frozen=True)
class WentBack:
    at: datetime


@dataclass(frozen=True)
class WayTaken:
    """こちらに非があるかも or 配慮が要るかも."""

    at: datetime
    way: Literal["our_fault", "accommodation"]


@dataclass(frozen=True)
class ThingsChanged:
    """状況が変わった: the questions begin again, the answers so far stay as suggestions."""

    at: datetime


@dataclass(frozen=True)
class ScenesWanted:
    """The caller is somewhere else than the flow supposes. `scenes`: the flows that there are, with their short names."""

    at: datetime
    scenes: Mapping[str, Text]


@dataclass(frozen=True)
class SceneChosen:
    """The questions go on in another flow. facts, danger: what the walk has said so far in the one before."""

    at: datetime
    facts: Mapping[str, FactValue]
    danger: bool = False


@dataclass(frozen=True)
class AskedAgain:
    """The person wants to see where they stand: a typed word, an old button, a second device."""

    at: datetime
    key: str = ""


@dataclass(frozen=True)
class AskedMore:
    at: datetime


@dataclass(frozen=True)
class Noted:
    """Words of the caller while the incident is open. They are passed on, and stay out of the state."""

    at: datetime
    characters: int
    facts: tuple[str, ...] = ()
    emergency: bool = False
    words: str = ""


@dataclass(frozen=True)
class Messaged:
    """Words of a person who was called, for the caller. They are passed on, and stay out of the state."""

    at: datetime
    person: str
    words: str


@dataclass(frozen=True)
class CardWanted:
    """Somebody asks for a card of their own: a responder whom to ask instead; they or the caller what a call to 110 needs."""

    at: datetime
    person: str
    view: Literal["hand_over", "police"]


@dataclass(frozen=True)
class Sighted:
    """The caller or a responder saw something that is asked in a call to 110 or 119."""

    at: datetime
    person: str
    sight: Sight
    yes: bool


@dataclass(frozen=True)
class Improved:
    """After the end the caller wrote what may be made better. The words stay out of the state."""

    at: datetime
    characters: int


@dataclass(frozen=True)
class Joined:
    """A second person called for help from the same place, just after the first."""

    at: datetime
    person: Person
    address: str
    kind: HelpKind


@dataclass(frozen=True)
class Placed:
    """The caller says where they are."""

    at: datetime
    place: str


@dataclass(frozen=True)
class DuressSignalled:
    """A code phrase, or the second はい: the caller is being forced. Their screen must not show that it was understood."""

    at: datetime


@dataclass(frozen=True)
class Counted:
    at: datetime
    counter: str


@dataclass(frozen=True)
class CallerSaidArrived:
    at: datetime


@dataclass(frozen=True)
class CallerSaidNotYet:
    at: datetime


@dataclass(frozen=True)
class CallerSaidFine:
    """もう大丈夫. `sure`: they were asked back and said はい."""

    at: datetime
    sure: bool = False


@dataclass(frozen=True)
class CallerFellSilent:
    """The caller was asked whether all is well, and gave no sign."""

    at: datetime


@dataclass(frozen=True)
class PageSeen:
    at: datetime
    person: str


@dataclass(frozen=True)
class ResponderComing:
    """「向かう」, with the minutes when they were named; 0 is 今すぐ."""

    at: datetime
    person: str
    minutes: int | None = None


@dataclass(frozen=True)
class ResponderWatching:
    """「見守り中」: a colleague keeps an eye on it. Nobody waits for them."""

    at: datetime
    person: str


@dataclass(frozen=True)
class MorePeopleWanted:
    """A responder asks for more people."""

    at: datetime
    person: str


@dataclass(frozen=True)
class HandedOver:
    """A person on the way asks another one to go instead."""

    at: datetime
    person: str
    to: str


@dataclass(frozen=True)
class ResponderDeclined:
    at: datetime
    person: str


@dataclass(frozen=True)
class ResponderArrived:
    at: datetime
    person: str


@dataclass(frozen=True)
class AcknowledgementUndone:
    """The responder takes 「向かう」 back."""

    at: datetime
    person: str


@dataclass(frozen=True)
class PageFailed:
    """An address of a paged person took nothing: blocked, unknown, quota spent."""

    at: datetime
    person: str
    address: str
    reason: str


@dataclass(frozen=True)
class PageTaken:
    """A later attempt: an address that had failed took the page after all."""

    at: datetime
    person: str
    address: str


@dataclass(frozen=True)
class TimerFired:
    """A due timer; it does nothing unless `stamp` is still the one it was set with."""

    at: datetime
    name: str
    stamp: int


@dataclass(frozen=True)
class Finished:
    """It is over, says the caller or a responder. silently: the caller has gone on to something else, and reads only that."""

    at: datetime
    by: str
    silently: bool = False


WalkEvent = Answered | WentBack | WayTaken | ThingsChanged | AskedAgain | AskedMore
PagingEvent = (
    HelpRequested
    | CallerSaidArrived
    | CallerSaidNotYet
    | CallerSaidFine
    | PageSeen
    | ResponderComing
    | ResponderDeclined
    | ResponderArrived
    | AcknowledgementUndone
    | ResponderWatching
    | MorePeopleWanted
    | HandedOver
    | CallerFellSilent
    | DuressSignalled
    | PageFailed
    | PageTaken
    | TimerFired
)
Event = (
    Opened
    | WalkEvent
    | PagingEvent
    | Noted
    | Messaged
    | CardWanted
    | Sighted
    | Joined
    | Placed
    | Counted
    | Finished
    | ScenesWanted
    | SceneChosen
    | Improved
)

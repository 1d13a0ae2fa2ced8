"""What a deed means, given what is true now: one of the events of core, or something to answer without an incident."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from bot.app.inbound import CHATS, Appeared, Attached, Inbound, Left, Tapped, Typed
from bot.app.tap_events import of_a_responder, of_the_caller
from bot.app.understanding import Understander, Understanding
from bot.app.wishes import Leafed, Ticked, Wish, asked_for, is_small_talk, is_withdrawn, looked_up, wish_in
from bot.core.buttons import (
    AnswerTap,
    ArticleTap,
    CallerTap,
    ContactTap,
    CountTap,
    GuideTap,
    Menu,
    MenuKind,
    PlaceTap,
    ReplyTap,
    SceneTap,
    SightTap,
    StartTap,
    Tap,
    TrainingTap,
    UnderstoodTap,
    WayTap,
    decode,
)
from bot.core.events import (
    AskedAgain,
    DuressSignalled,
    Event,
    HelpRequested,
    Messaged,
    Noted,
    Placed,
    Sighted,
)
from bot.core.incident import HELP_OF, Incident
from bot.core.plan import Person
from bot.core.understood import Understood

MENU_WORDS: Mapping[str, MenuKind] = {
    "危険": "danger",
    "応援": "help",
    "迷う": "unsure",
    "記録": "record",
    "danger": "danger",
    "backup": "help",
    "help": "help",
    "unsure": "unsure",
    "record": "record",
}
"""What can be typed instead of tapped, exactly."""


DRILL_WORDS: Mapping[str, MenuKind] = {
    "訓練": "help",
    "訓練応援": "help",
    "訓練危険": "danger",
    "訓練迷う": "unsure",
    "drill": "help",
    "drilldanger": "danger",
}
"""What begins a drill, typed exactly but for spaces: the same as for real, with everything marked."""

QUIZ_WORDS = ("クイズ", "くいず", "quiz")
"""What asks for a made-up case to judge."""

MENU_CARD_WORDS = ("メニュー", "使い方", "menu", "?")
"""What asks for the card with everything that can be begun."""

DRILL_LASTS = timedelta(hours=1)
"""A drill that nobody ended: after this, whoever calls for help means it."""

PLACE_WORDS = ("場所", "place")


def plain(text: str) -> str:
    """Without what a hurried thumb gets wrong: spaces, widths, capitals, a full stop at the end."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(folded.split()).rstrip("。.!")


def place_in(text: str) -> str | None:
    """The place in 「場所 2番窓口」, empty for 「場所」 alone; None for anything else."""
    word, _, place = unicodedata.normalize("NFKC", text).strip().replace(":", " ", 1).partition(" ")
    return place.strip()[:LONGEST_PLACE] if word.casefold() in PLACE_WORDS else None


LONGEST_PLACE = 30


@dataclass(frozen=True)
class Begin:
    """Nothing is open: open an incident. case: the made-up story of a drill. understood: typed words, as confirmed."""

    kind: MenuKind
    facts: tuple[str, ...] = ()
    words: str = ""
    drill: bool = False
    duress: bool = False
    case: str = ""
    understood: Understood | None = None


@dataclass(frozen=True)
class Happened:
    """An event of the loaded incident. `words` are kept beside it when there are any; `asked` is a question in them."""

    event: Event
    words: str = ""
    asked: str = ""


@dataclass(frozen=True)
class Say:
    """Answer with one sentence and the big four; nothing changes."""

    key: str


@dataclass(frozen=True)
class Confirm:
    """Ask whether typed words were understood."""

    understanding: Understanding
    words: str = ""


@dataclass(frozen=True)
class Greet:
    home: bool


@dataclass(frozen=True)
class Gone:
    """The person can't be reached at this address any more."""


@dataclass(frozen=True)
class Received:
    """A test or a roll-call was answered."""

    tap: ContactTap


@dataclass(frozen=True)
class Working:
    """Where the person works for the rest of this shift; empty: they ask which places there are."""

    place: str


@dataclass(frozen=True)
class Elsewhere:
    """The caller goes on in another flow; without one they ask which there are."""

    flow: str


@dataclass(frozen=True)
class Practising:
    """Something of the quiz, or the monthly drill is put off."""

    tap: TrainingTap


Meaning = Begin | Happened | Say | Confirm | Greet | Gone | Received | Working | Practising | Elsewhere | Wish


def tap_of(inbound: Inbound) -> Tap | None:
    """The button, if this deed is a tap on one of ours; a menu word typed exactly counts as the tap."""
    match inbound.deed:
        case Tapped(data):
            return decode(data)
        case Typed(text) if (kind := MENU_WORDS.get(text.strip().casefold())) is not None:
            return Menu(kind)
    return None


NAMELESS = (Menu, ContactTap, PlaceTap, StartTap, TrainingTap, ArticleTap, GuideTap, UnderstoodTap)
"""Buttons that name no incident."""


def incident_of(tap: Tap | None) -> str:
    """The incident that a button names; empty for the big four, which mean the sender's open one."""
    return "" if tap is None or isinstance(tap, NAMELESS) else tap.incident


def is_of_an_earlier_one(tap: Tap | None, incident: Incident | None, current: str) -> bool:
    """A button of the sender's own incident that is over, while another one is open (`current` is its id)."""
    if (
        tap is None
        or isinstance(tap, (ReplyTap, SightTap, *NAMELESS))
        or incident is None
        or incident.is_open
    ):
        return False
    return bool(current) and current != incident.id


def read(
    inbound: Inbound,
    tap: Tap | None,
    incident: Incident | None,
    person: str,
    understander: Understander,
    duress: tuple[str, ...] = (),
) -> Meaning:
    """The meaning of a deed of a known person. `incident` is the one that the button names, or the sender's open one, or
    for typed words the one in which they are called. `duress`: the organisation's code phrases.
    """
    match inbound.deed:
        case Tapped():
            return _tapped(inbound.at, tap, incident, person)
        case Typed(text):
            if isinstance(tap, Menu):
                return _menu(inbound.at, tap, incident)
            if plain(text) in MENU_CARD_WORDS and incident is None:
                return Greet(home=False)
            return _typed(inbound.at, text, incident, person, understander.understand(text), duress)
        case Attached(kind="sticker"):
            return Happened(AskedAgain(inbound.at)) if incident else Greet(home=False)
        case Attached():
            return (
                Happened(AskedAgain(inbound.at, "attachment_not_kept"))
                if incident
                else Say("attachment_not_kept")
            )
        case Appeared(home):
            return Greet(home)
        case Left():
            return Gone()
    assert_never(inbound.deed)


def _tapped(at: datetime, tap: Tap | None, incident: Incident | None, person: str) -> Meaning:
    if tap is None:
        return Say("button_unknown")
    if isinstance(tap, Menu):
        return _menu(at, tap, incident)
    if isinstance(tap, StartTap):
        return _started(at, tap, incident)
    if isinstance(tap, ContactTap):
        return Received(tap)
    if isinstance(tap, TrainingTap):
        return _practised(at, tap, incident)
    if isinstance(tap, ArticleTap | GuideTap):
        return Leafed(tap)
    if isinstance(tap, UnderstoodTap):
        return _understood(at, tap, incident)
    if isinstance(tap, PlaceTap):
        is_mine = incident is not None and incident.is_open and incident.caller.person == person
        return Happened(Placed(at, tap.place)) if is_mine else Working(tap.place)
    if incident is None:
        return Say("button_unknown")
    if isinstance(tap, ReplyTap):
        return Happened(of_a_responder(at, tap, person))
    if isinstance(tap, SightTap):
        return Happened(Sighted(at, person, tap.sight, tap.yes))
    if incident.caller.person != person:
        return Say("button_unknown")
    if isinstance(tap, SceneTap):
        return Elsewhere(tap.flow) if incident.is_open else Happened(AskedAgain(at))
    return Happened(of_the_caller(at, tap, person))


def _menu(at: datetime, tap: Menu, incident: Incident | None) -> Meaning:
    if incident is None or not incident.is_open:
        return Begin(tap.kind, tap.facts)
    wanted = HELP_OF.get(tap.kind)
    return Happened(HelpRequested(at, wanted) if wanted else AskedAgain(at))


def _started(at: datetime, tap: StartTap, incident: Incident | None) -> Meaning:
    """A drill never begins in the midst of something real, nor a second one in a drill; what is real begins in any case."""
    if incident is None or not incident.is_open or (incident.drill and not tap.drill):
        return Begin(tap.kind, drill=tap.drill)
    return Happened(AskedAgain(at)) if tap.drill else _menu(at, Menu(tap.kind), incident)


def _understood(at: datetime, tap: UnderstoodTap, incident: Incident | None) -> Meaning:
    """In the midst of something it is one of the big four; what an older card took from words is no part of that."""
    kind, understood = tap.word, tap.understood
    if incident is not None and incident.is_open:
        return Happened(AskedAgain(at)) if kind == "show" else _menu(at, Menu(kind), incident)
    if kind == "show":
        return Ticked(understood)
    return Begin(kind, understood.facts, understood.words, understood=understood)


def _practised(at: datetime, tap: TrainingTap, incident: Incident | None) -> Meaning:
    """Nothing of the practice comes between somebody and what they are in the midst of."""
    if incident is not None and incident.is_open:
        return Happened(AskedAgain(at))
    return Begin("unsure", drill=True, case=tap.case) if tap.word == "begin" else Practising(tap)


def _typed(
    at: datetime,
    text: str,
    incident: Incident | None,
    person: str,
    understood: Understanding,
    duress: tuple[str, ...],
) -> Meaning:
    """A code phrase, a drill and a place are words of one meaning; everything else is understood as well as may be."""
    emergency = understood.urgency == "emergency"
    mine = incident is not None and incident.is_open and incident.caller.person == person
    if any(plain(phrase) in plain(text) for phrase in duress):
        return Happened(DuressSignalled(at), text) if mine else Begin("danger", words=text, duress=True)
    if (place := place_in(text)) is not None:
        return Happened(Placed(at, place)) if mine and place else Working(place)
    if mine:
        asked = "" if emergency else asked_for(text, understood)
        return Happened(Noted(at, len(text), understood.facts, emergency, text), text, asked)
    if (kind := DRILL_WORDS.get(plain(text))) is not None:
        return Begin(kind, drill=True)
    if plain(text) in QUIZ_WORDS:
        return Practising(TrainingTap("next"))
    if (lookup := looked_up(text, understood)) is not None:
        return lookup
    if incident is not None and not emergency and _is_about_it(incident, person, understood.urgency):
        return Happened(Messaged(at, person, text), text)
    if emergency:
        return Begin("danger", understood.facts, text)
    return _calmly(text, understood)


def _calmly(text: str, understood: Understanding) -> Meaning:
    """Words of somebody with nothing open, without danger in them."""
    if is_withdrawn(understood):
        return Say("withdrawn")
    if is_small_talk(understood):
        return Greet(home=False)
    return wish_in(text, understood) or Confirm(understood, text)


def _is_about_it(incident: Incident, person: str, urgency: str) -> bool:
    """Words of somebody who is called: about that call while it is open, unless they ask for people themselves. Once
    somebody is there, only of those who went."""
    alert = incident.alert
    page = alert.page_of(person) if alert else None
    if alert is None or page is None or not incident.is_open:
        return False
    return page.reach in ("coming", "arrived") or (alert.is_open and urgency != "page")


def slot_of_tap(tap: Tap | None) -> str:
    """Which kept-up-to-date message a button stands on."""
    match tap:
        case AnswerTap() | WayTap() | CountTap() | SceneTap():
            return "question"
        case SightTap():
            return "police"
        case CallerTap(word="finished" | "police"):
            return ""
        case CallerTap():
            return "status"
        case ReplyTap():
            return "page"
        case _:
            return ""


def answered_where_they_are(incident: Incident, inbound: Inbound, person: Person) -> Incident:
    """The caller is answered on the platform that they are using now."""
    if person.id != incident.caller.person or incident.caller.address == str(inbound.sender):
        return incident
    if inbound.sender.platform not in CHATS:
        return incident
    return replace(incident, caller=replace(incident.caller, address=str(inbound.sender)))

"""What a button carries, as text short enough for both platforms, and back.

A button says which incident, flow, revision, step and turn it was drawn for, so that a tap can be judged when it
arrives, hours later, against what is true then. LINE's postback data (300) is the narrower of the two platforms.
"""

import base64
import re
from dataclasses import dataclass
from typing import Literal, get_args

from bot.core.training import TrainingWord
from bot.core.understood import Understood, packed, unpacked

MAX_BYTES = 300
VERSION = "m1"
WORD = re.compile(r"[A-Za-z0-9_:-]+\Z")

MenuKind = Literal["danger", "help", "unsure", "record"]
WayKind = Literal["back", "our_fault", "accommodation", "more", "changed", "current", "over"]
CallerWord = Literal["arrived", "not_yet", "fine", "finished", "ok", "stop", "stop_fine", "police"]
Sight = Literal["hurt", "here", "awake", "breathing"]
"""What is asked in a call to 110 or 119 and can be seen at a glance."""

ContactKind = Literal["rollcall", "test"]
ArticleDepth = Literal["answer", "more"]
UnderstoodWord = Literal["show", "danger", "help", "unsure", "record"]
Reply = Literal[
    "seen",
    "coming",
    "eta",
    "declined",
    "arrived",
    "undo",
    "finished",
    "watching",
    "more",
    "hand_over",
    "police",
]


@dataclass(frozen=True)
class Menu:
    """One of the big four; never stale. `facts` are codes already understood from typed words, assumed `yes`."""

    kind: MenuKind
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class AnswerTap:
    """A choice of a question, or its わからない."""

    incident: str
    flow: str
    revision: int
    step: str
    choice: str
    turn: int


@dataclass(frozen=True)
class WayTap:
    """A way that stands on every card: back, our side may be at fault, accommodation, more, things changed.

    `current` and `over` show where the person stands; `over` says first that an older question is done with.
    """

    incident: str
    way: WayKind
    turn: int


@dataclass(frozen=True)
class CountTap:
    """One more of something that is counted with its time, for instance `warned`."""

    incident: str
    counter: str


@dataclass(frozen=True)
class CallerTap:
    """The caller's word about the help: it came, not yet, no longer needed, it is over; all is well; what to tell 110.

    `stop` and `stop_fine` are the two answers to "no longer needed"; they look the same afterwards.
    """

    incident: str
    word: CallerWord


@dataclass(frozen=True)
class ReplyTap:
    """A responder's answer to a page; `minutes` with `eta` (0: at once), `to` with `hand_over`: whom, or empty to choose."""

    incident: str
    reply: Reply
    minutes: int = 0
    to: str = ""


@dataclass(frozen=True)
class ContactTap:
    """受け取りました: the answer to a roll-call (`id` is its id) or to a test page (`id` is the platform)."""

    what: ContactKind
    id: str


@dataclass(frozen=True)
class PlaceTap:
    """Where the person works today, chosen from the policy's places."""

    place: str


@dataclass(frozen=True)
class SightTap:
    """What somebody sees, for the call to 110 or 119: the caller, or whoever reads the card aloud for them."""

    incident: str
    sight: Sight
    yes: bool


@dataclass(frozen=True)
class StartTap:
    """Begins a drill; or, out of a drill, what is real."""

    kind: MenuKind
    drill: bool


@dataclass(frozen=True)
class SceneTap:
    """The questions go on in another flow; without one: which there are."""

    incident: str
    flow: str = ""


@dataclass(frozen=True)
class TrainingTap:
    """The practice: another question, an answer to one, the monthly drill. Whoever taps it twice is counted once."""

    word: TrainingWord
    case: str = ""
    answer: str = ""


@dataclass(frozen=True)
class ArticleTap:
    """An article of the handbook: its answer, or what stands behind くわしく. Read with an incident as well as without."""

    article: str
    what: ArticleDepth


@dataclass(frozen=True)
class GuideTap:
    """この場合の手引き: the articles of these acts."""

    acts: tuple[str, ...]


@dataclass(frozen=True)
class UnderstoodTap:
    """Typed words as they were taken: `show` draws the card again with other ticks, the rest begins with them."""

    word: UnderstoodWord
    understood: Understood


Tap = (
    Menu
    | AnswerTap
    | WayTap
    | CountTap
    | CallerTap
    | ReplyTap
    | ContactTap
    | PlaceTap
    | StartTap
    | SceneTap
    | TrainingTap
    | SightTap
    | ArticleTap
    | GuideTap
    | UnderstoodTap
)

_LETTERS: dict[type[Tap], str] = {
    AnswerTap: "a",
    WayTap: "w",
    CountTap: "c",
    CallerTap: "s",
    ReplyTap: "r",
    ContactTap: "k",
    PlaceTap: "p",
    StartTap: "b",
    SceneTap: "f",
    TrainingTap: "t",
    SightTap: "o",
    ArticleTap: "q",
    GuideTap: "g",
    UnderstoodTap: "u",
}


def encode(tap: Tap) -> str:
    """The tap as text of at most 300 bytes. Raises ValueError at build time for what a platform would refuse later."""
    data = ".".join([VERSION, *_words(tap)])
    if len(data.encode()) > MAX_BYTES:
        raise ValueError(
            f"button {data[:60]}… is {len(data.encode())} bytes long, at most {MAX_BYTES} are possible"
        )
    return data


def decode(data: str) -> Tap | None:
    """The tap that `encode` wrote, or None for anything else: another version, another app's button, damaged text."""
    version, _, rest = data.partition(".")
    if version != VERSION or not rest:
        return None
    try:
        return _read(rest.split("."))
    except (ValueError, TypeError):
        return None


def _words(tap: Tap) -> list[str]:
    match tap:
        case Menu(kind, facts):
            words = [kind, *facts]
        case AnswerTap():
            words = [
                _LETTERS[AnswerTap],
                tap.incident,
                tap.flow,
                str(tap.revision),
                tap.step,
                tap.choice,
                str(tap.turn),
            ]
        case WayTap():
            words = [_LETTERS[WayTap], tap.incident, tap.way, str(tap.turn)]
        case CountTap():
            words = [_LETTERS[CountTap], tap.incident, tap.counter]
        case CallerTap():
            words = [_LETTERS[CallerTap], tap.incident, tap.word]
        case ReplyTap():
            words = [
                _LETTERS[ReplyTap],
                tap.incident,
                tap.reply,
                str(tap.minutes),
                *filter(None, (_packed(tap.to),)),
            ]
        case ContactTap():
            words = [_LETTERS[ContactTap], tap.what, tap.id]
        case PlaceTap():
            words = [_LETTERS[PlaceTap], _packed(tap.place)]
        case SightTap():
            words = [_LETTERS[SightTap], tap.incident, tap.sight, "yes" if tap.yes else "no"]
        case StartTap():
            words = [_LETTERS[StartTap], tap.kind, "drill" if tap.drill else "real"]
        case SceneTap():
            words = [_LETTERS[SceneTap], tap.incident, *filter(None, (tap.flow,))]
        case TrainingTap():
            words = [_LETTERS[TrainingTap], tap.word, *filter(None, (tap.case, tap.answer))]
        case ArticleTap():
            words = [_LETTERS[ArticleTap], tap.article, tap.what]
        case GuideTap():
            words = [_LETTERS[GuideTap], *tap.acts]
        case UnderstoodTap():
            words = [_LETTERS[UnderstoodTap], tap.word, *packed(tap.understood)]
    for word in words:
        if not WORD.match(word):
            raise ValueError(f"button part {word!r} may hold only letters, digits, '_', ':' and '-'")
    return words


def _read(words: list[str]) -> Tap | None:
    if not all(WORD.match(word) for word in words):
        return None
    match words:
        case [kind, *facts] if kind in get_args(MenuKind):
            return Menu(kind, tuple(facts))  # type: ignore[arg-type]
        case ["a", incident, flow, revision, step, choice, turn]:
            return AnswerTap(incident, flow, _number(revision), step, choice, _number(turn))
        case ["w", incident, way, turn] if way in get_args(WayKind):
            return WayTap(incident, way, _number(turn))  # type: ignore[arg-type]
        case ["c", incident, counter]:
            return CountTap(incident, counter)
        case ["s", incident, word] if word in get_args(CallerWord):
            return CallerTap(incident, word)  # type: ignore[arg-type]
        case ["r", incident, reply, minutes] if reply in get_args(Reply):
            return ReplyTap(incident, reply, _number(minutes))  # type: ignore[arg-type]
        case ["r", incident, "hand_over", minutes, to]:
            return ReplyTap(incident, "hand_over", _number(minutes), _unpacked(to))
        case ["k", what, about] if what in get_args(ContactKind):
            return ContactTap(what, about)  # type: ignore[arg-type]
        case ["f", incident, *flow] if len(flow) <= 1:
            return SceneTap(incident, *flow)
        case ["p", place]:
            return PlaceTap(_unpacked(place))
        case ["o", incident, sight, "yes" | "no" as seen] if sight in get_args(Sight):
            return SightTap(incident, sight, seen == "yes")  # type: ignore[arg-type]
        case ["b", kind, "drill" | "real" as how] if kind in get_args(MenuKind):
            return StartTap(kind, how == "drill")  # type: ignore[arg-type]
        case ["t", word, *about] if word in get_args(TrainingWord) and len(about) <= 2:
            return TrainingTap(word, *about)  # type: ignore[arg-type]
        case ["q", article, what] if what in get_args(ArticleDepth):
            return ArticleTap(article, what)  # type: ignore[arg-type]
        case ["g", *acts] if acts:
            return GuideTap(tuple(acts))
        case ["u", word, *rest] if word in get_args(UnderstoodWord) and 2 <= len(rest) <= 3:
            return UnderstoodTap(word, unpacked(*rest))  # type: ignore[arg-type]
    return None


def _packed(person: str) -> str:
    """A person's id may hold dots and at signs, which a button's part may not."""
    return base64.urlsafe_b64encode(person.encode()).decode().rstrip("=")


def _unpacked(word: str) -> str:
    return base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)).decode()


def _number(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) <= 9):
        raise ValueError(word)
    return int(word)

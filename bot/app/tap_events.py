"""Which event a caller's or a responder's button is."""

from datetime import datetime
from typing import assert_never

from bot.core.buttons import (
    AnswerTap,
    CallerTap,
    CountTap,
    ReplyTap,
    WayTap,
)
from bot.core.events import (
    AcknowledgementUndone,
    Answered,
    AskedAgain,
    AskedMore,
    CallerSaidArrived,
    CallerSaidFine,
    CallerSaidNotYet,
    CardWanted,
    Counted,
    DuressSignalled,
    Event,
    Finished,
    HandedOver,
    MorePeopleWanted,
    PageSeen,
    ResponderArrived,
    ResponderComing,
    ResponderDeclined,
    ResponderWatching,
    ThingsChanged,
    WayTaken,
    WentBack,
)


def of_the_caller(at: datetime, tap: AnswerTap | WayTap | CountTap | CallerTap, person: str) -> Event:
    match tap:
        case AnswerTap():
            return Answered(at, tap.step, tap.choice, tap.revision, tap.flow)
        case CountTap():
            return Counted(at, tap.counter)
        case WayTap(way="back"):
            return WentBack(at)
        case WayTap(way="changed"):
            return ThingsChanged(at)
        case WayTap(way="more"):
            return AskedMore(at)
        case WayTap(way="current"):
            return AskedAgain(at)
        case WayTap(way="over"):
            return AskedAgain(at, "question_over")
        case WayTap(way="our_fault" | "accommodation" as way):
            return WayTaken(at, way)
        case CallerTap(word="arrived"):
            return CallerSaidArrived(at)
        case CallerTap(word="not_yet"):
            return CallerSaidNotYet(at)
        case CallerTap(word="fine"):
            return CallerSaidFine(at)
        case CallerTap(word="stop"):
            return CallerSaidFine(at, sure=True)
        case CallerTap(word="stop_fine"):
            return DuressSignalled(at)
        case CallerTap(word="ok"):
            return AskedAgain(at)
        case CallerTap(word="police"):
            return CardWanted(at, person, "police")
        case CallerTap(word="finished"):
            return Finished(at, person)
    assert_never(tap)  # type: ignore[arg-type]


def of_a_responder(at: datetime, tap: ReplyTap, person: str) -> Event:
    match tap.reply:
        case "seen":
            return PageSeen(at, person)
        case "coming":
            return ResponderComing(at, person)
        case "eta":
            return ResponderComing(at, person, tap.minutes)
        case "declined":
            return ResponderDeclined(at, person)
        case "arrived":
            return ResponderArrived(at, person)
        case "undo":
            return AcknowledgementUndone(at, person)
        case "finished":
            return Finished(at, person)
        case "watching":
            return ResponderWatching(at, person)
        case "more":
            return MorePeopleWanted(at, person)
        case "hand_over":
            return HandedOver(at, person, tap.to) if tap.to else CardWanted(at, person, "hand_over")
        case "police":
            return CardWanted(at, person, "police")
    assert_never(tap.reply)

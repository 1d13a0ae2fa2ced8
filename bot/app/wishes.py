"""What typed words or a tap ask for that is no call and no report: an answer, an article, another tick, a kind word."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from bot.app.understanding import Understanding
from bot.core.buttons import ArticleTap, GuideTap
from bot.core.understood import Understood

QUESTIONS = ("ask_definition", "ask_what_to_say", "ask_procedure")

LOOKUP = re.compile(r"(?:(調べる|しらべる|ask|look ?up)[\s:、]+|\?\s*)(\S.*)", re.IGNORECASE | re.DOTALL)
"""「調べる 録音」, "ask recording", "? 録音": whatever follows is put to the articles."""


@dataclass(frozen=True)
class Asked:
    """A question to the articles. `danger`: the words may be a cry for help as well, so that stands above the answer.
    `looked_up`: they said themselves that it is one.
    """

    question: str
    understanding: Understanding
    danger: bool = False
    looked_up: bool = False


@dataclass(frozen=True)
class Leafed:
    """A button of the handbook. It never touches an incident."""

    tap: ArticleTap | GuideTap


@dataclass(frozen=True)
class Ticked:
    """Another tick on the card of typed words."""

    understood: Understood


@dataclass(frozen=True)
class Told:
    """How somebody is after it, or that the customer has a point."""

    what: Literal["after_care", "legit_complaint"]
    understanding: Understanding
    words: str


Wish = Asked | Leafed | Ticked | Told


def asked_for(text: str, understood: Understanding) -> str:
    """The question in these words; empty where there is none."""
    if lookup := LOOKUP.fullmatch(_one_width(text)):
        return lookup[2].strip()
    return text if is_question(understood) else ""


def looked_up(text: str, understood: Understanding) -> Asked | None:
    """Whoever spells out that they look something up means it, whatever the words; danger is offered above the answer.
    Behind a mere question mark danger is a cry for help.
    """
    lookup = LOOKUP.fullmatch(_one_width(text))
    is_danger = understood.urgency == "emergency"
    if lookup is None or (is_danger and not lookup[1]):
        return None
    return Asked(lookup[2].strip(), understood, is_danger, looked_up=True)


def wish_in(text: str, understood: Understanding) -> Wish | None:
    """For words without danger, of somebody with nothing open. None: they tell what is going on, or want people."""
    if understood.urgency in ("emergency", "page"):
        return None
    if is_question(understood):
        return Asked(text, understood)
    match understood.intent:
        case "after_care" | "legit_complaint" as what:
            return Told(what, understood, text)
    return None


def is_question(understood: Understanding) -> bool:
    return understood.intent in QUESTIONS and understood.urgency in ("guide", "none")


def is_withdrawn(understood: Understanding) -> bool:
    return understood.intent == "cancel_or_mistake" and understood.urgency == "none"


def is_small_talk(understood: Understanding) -> bool:
    """Nothing in the words is worth confirming."""
    is_chat = understood.intent == "chitchat_or_other" and understood.urgency == "none"
    return is_chat and not understood.acts and not understood.facts


def _one_width(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()

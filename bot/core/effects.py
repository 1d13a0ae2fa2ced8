"""What the machines want done, in the imperative. Nothing here does it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.core.flow import Text
from bot.core.plan import HelpKind

View = Literal[
    "question",  # what the flow asks now, with the guidance passed on the way
    "level",  # the working level with its reason and what to do
    "status",  # who was called, who is coming: the caller's card
    "page",  # the same, for a responder: who, where, how bad, alone or not
    "thread",  # the same, for the room
    "stood_down",  # to a person who was paged and isn't needed any more
    "closed",  # the incident is over
    "check",  # まだ大丈夫?, to the caller who has been silent
    "cancel_check",  # 止めます, asked back after もう大丈夫
    "witness",  # the same as status, for a colleague who called from the same place
    "message",  # a few words of one person for another; `args` holds them
    "hand_over",  # whom a responder may ask to go instead
    "limit",  # a limit of time or count is reached: what may be done now, who decides
    "police",  # what a call to 110 or 119 needs
    "more",  # what stands behind くわしく
    "story",  # the made-up story of a drill, before its first question; `args` holds it
    "scenes",  # where the caller may be instead: `texts` holds the flows
    "improvement",  # after the end: one line on what may be made better, if they like
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
    texts: Mapping[str, Text] = field(default_factory=dict)
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
    """The walk asks the paging machine for people. `again`: for an answer that has asked before."""

    kind: HelpKind
    again: bool = False


JOURNAL_KINDS: Mapping[str, str] = {
    "opened": "by which button, in which flow and revision",
    "answered": "a question for the first time",
    "answer_changed": "a question that had been answered before",
    "went_back": "もどる",
    "changed": "状況が変わった: the questions begin again",
    "scene": "the questions go on in another flow: which, at which revision",
    "way_taken": "こちらに非があるかも or 配慮が要るかも",
    "level": "a working level was reached",
    "counted": "one more of a counter: which, and how many now",
    "noted": "words were typed: how many characters; the words are kept beside the journal",
    "note": "the words themselves",
    "understood": "typed words were confirmed: the acts that were guessed, the acts that the caller ticked",
    "help_requested": "by the person, their words or the flow: which kind",
    "nobody_to_call": "the plan holds nobody",
    "paged": "a person: which tier, which try",
    "page_failed": "an address of a person took nothing: which platform, why",
    "page_taken": "an address that had failed took the page after all: which platform",
    "seen": "a person opened their page",
    "coming": "a person is on the way: in how many minutes, none where they didn't say",
    "watching": "a person keeps an eye on it without coming",
    "more_people": "a responder asked for more people",
    "handed_over": "a person on the way asked another one to go instead: whom",
    "released": "a person on the way isn't needed: the one whom they asked goes",
    "message": "a person who was called wrote to the caller: how many characters; the words are kept beside",
    "joined": "a colleague called for help from the same place and joined this call: who, which kind",
    "place": "the caller said where they are",
    "checked": "the caller gave no sign and was asked whether all is well",
    "silent": "the caller gave no sign after that either",
    "sighted": "for a call to 110 or 119: what is asked there, whether it is so",
    "sign_of_life": "the caller was silent and is heard of again",
    "limit": "a limit of time or count was reached: which, at what number",
    "duress": "the caller gave the sign that they are being forced",
    "declined": "a person can't come",
    "undone": "a person took 向かう back",
    "wider": "nobody of a tier could answer any more: the next is called at once",
    "not_answered": "nobody of a tier answered in time: the next is called",
    "ran_out": "a person on the way has not arrived in time",
    "arrived": "a person says that they are there",
    "settled": "nobody objected to that in time: it counts as the caller's word",
    "caller_arrived": "the caller says that somebody came",
    "not_yet": "the caller says that nobody is there",
    "cancelled": "もう大丈夫",
    "improvement": "the ticket of an incident that ended as fair or our fault: opened, told in a line, settled",
    "closed": "it is over: who said so, after how many minutes",
}
"""Every kind of journal entry, with what it says. They stand in records: a kind is never given another meaning."""


@dataclass(frozen=True)
class Record:
    """One entry of the incident's journal: its kind, with codes or names, never whole sentences."""

    kind: str
    data: Mapping[str, str | int] = field(default_factory=dict)


Effect = Show | StopPages | SetTimer | ClearTimer | CallHelp | Record

CALLER = "caller"
ROOM = "room"
"""Stand-ins for `Show.to` that the incident's own state resolves."""

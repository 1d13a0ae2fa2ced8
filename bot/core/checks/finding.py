"""What a finding is, every code there can be, and the figures that they are measured by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.core.effects import Show
from bot.core.messages import Card
from bot.core.scene import Scene
from bot.core.words import Words

Severity = Literal["error", "warning"]

CODES: Mapping[str, Severity] = {
    # shape
    "unreachable_step": "error",
    "never_ends": "error",
    # danger
    "danger_card_late": "error",
    "danger_call_late": "error",
    "danger_card_mild": "error",
    "red_without_page": "error",
    "red_without_call": "error",
    # decisions
    "row_never_first": "error",
    "otherwise_never": "warning",
    "gap_to_green": "warning",
    "milder_row_first": "warning",
    # every way through the flow
    "danger_to_green": "error",
    "unsure_to_green": "error",
    "unsure_without_people": "error",
    "first_words_late": "error",
    "too_many_taps": "error",
    "says_in_a_row": "error",
    "order_matters": "warning",
    "order_unproved": "warning",
    "too_many_ways": "error",
    # texts
    "text_missing": "error",
    "label_long": "warning",
    "label_too_long": "error",
    "question_long": "warning",
    "do_long": "warning",
    "aloud_long": "warning",
    "easy_long": "warning",
    "card_heavy": "warning",
    "telling_word": "error",
    "words_missing": "error",
    # cards
    "code_unnamed": "error",
    "help_far": "error",
    "way_far": "error",
    "card_unfit": "error",
}
"""An error blocks publication, a warning doesn't."""

MAX_TAPS = 10
FIRST_WORDS_TAPS = 2
DANGER_TAPS = 2
MAX_SAYS = 2
PEOPLE_STEPS = frozenset({"call_backup", "two_or_more_staff", "switch_person", "report_supervisor"})
"""The steps by which a card leads to other people."""
EMERGENCY_STEPS = frozenset({"call_110", "call_119"})

JAPANESE = ("ja", "ja_easy")
LABEL_GLANCE = {"ja": 12, "ja_easy": 12}
LABEL_LIMIT = 20
"""LINE cuts quick replies there. https://developers.line.biz/en/reference/messaging-api/#quick-reply-button-object"""
QUESTION_GLANCE = {"ja": 60, "ja_easy": 60}
DO_GLANCE = {"ja": 60, "ja_easy": 60}
ALOUD_GLANCE = {"ja": 40, "ja_easy": 40}
EASY_SENTENCE = 32
"""Characters of one sentence in やさしい日本語, readings in parentheses not counted."""
CARD_GLANCE = {"ja": 200, "ja_easy": 260}
"""All that a card says at once, without its buttons; what くわしく adds is read in peace."""
TELLING = ("カスハラ", "カスタマーハラスメント", "クレーマー", "加害者", "harass", "offender", "！", "!")
"""What the person across the counter must not read on a card, or what only makes it louder."""
OTHERWISE_TIMES = 2.5
"""For languages without a figure of their own: a Japanese character says as much as 2.5 letters."""

MAX_STATES = 40_000
"""How many situations of one flow are followed, in all explorations, until it is given up: `too_many_ways`."""
MAX_ORDERS = 100_000
"""How many situations, told apart by every answer on the way, are followed for `order_matters`: then `order_unproved`."""


@dataclass(frozen=True)
class Finding:
    """`step` is empty where the flow as a whole is meant. `args` fill the sentence of the code."""

    code: str
    step: str = ""
    args: Mapping[str, str] = field(default_factory=dict)

    @property
    def level(self) -> Severity:
        return CODES[self.code]


Compose = Callable[[Scene, Show], tuple[Card, ...]]
Fit = Callable[[Card], list[str]]
"""Gives one sentence for each limit of a platform that a card would break."""


@dataclass(frozen=True)
class Means:
    """What is needed to judge cards: the phrase book, the composer of cards, and a fit for each platform."""

    words: Words
    compose: Compose
    fits: tuple[Fit, ...] = ()

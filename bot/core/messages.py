"""What people see, on no platform: cards with a title, words, a line to say aloud, and buttons."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Button:
    """One thing a person can tap. `data` is an encoded button of buttons.py; `echo` is what the chat shows as said."""

    label: str
    data: str
    primary: bool = False
    echo: str = ""


@dataclass(frozen=True)
class Card:
    """One card, with the same anatomy on every platform.

    title: state, as 「対応中 12分」. body: what to do, one idea a line. aloud: one line to say to the other person, without
    quotation marks. facts: label and value pairs a supervisor reads at a glance. choices: at most four, one under the
    other. actions: small buttons for counters and closing. bottom: the row that is the same on every card.
    note: where a sentence comes from, or a hint, in small. alt: what a lock screen shows, neutral and never empty.
    """

    alt: str
    title: str = ""
    body: tuple[str, ...] = ()
    aloud: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    choices: tuple[Button, ...] = ()
    actions: tuple[Button, ...] = ()
    bottom: tuple[Button, ...] = ()
    note: str = ""


MAX_CHOICES = 4
MAX_ACTIONS = 8
MAX_BOTTOM = 5


def buttons_of(card: Card) -> tuple[Button, ...]:
    """Every button of a card in reading order."""
    return card.choices + card.actions + card.bottom

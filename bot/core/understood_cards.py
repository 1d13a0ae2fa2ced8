"""What is answered to typed words where nothing is open: how they were taken, care for the person, a fair complaint."""

from dataclasses import replace

from bot.core.buttons import ArticleTap, Menu, MenuKind, UnderstoodTap, encode
from bot.core.messages import Button, Card
from bot.core.understood import TICKED, FactActs, Understood
from bot.core.words import Words

ORDER: tuple[MenuKind, ...] = ("help", "unsure", "danger", "record")
"""Help stands first in any case; the one that stands out is what the words asked for."""


def confirm(words: Words, language: str, understood: Understood, meant: FactActs) -> Card:
    """こう受け取りました: one tap goes on; each act can be ticked or taken away. Help is there in any case.

    A button that draws the card again carries all that the words said; one that begins, only what the ticks stand for.
    """
    picked = [words.label(language, "acts", act) for act in understood.picked]
    first = words.say(language, "words_join").join(picked) or words.say(language, "understood_nothing")
    settled = understood.settled(meant)
    wanted: MenuKind = "help" if understood.hurry else "unsure"
    return Card(
        alt=words.say(language, "alt_menu"),
        title=words.say(language, "title_understood" if picked else "title_menu"),
        body=(first,),
        choices=tuple(_begin(words, language, kind, settled, primary=kind == wanted) for kind in ORDER),
        actions=tuple(_tick(words, language, understood, act) for act, _ in understood.acts),
        note=words.say(language, "understood_hint") if understood.acts else "",
    )


def consolation(words: Words, language: str, articles: tuple[Button, ...]) -> Card:
    """To somebody who tells how they are: thanks first, no question, and people."""
    body = tuple(words.say(language, key) for key in ("care_thanks", "care_not_you", "care_rest"))
    return Card(
        words.say(language, "alt_menu"), body=body, actions=articles, bottom=(_people(words, language),)
    )


def fair_complaint(words: Words, language: str, understood: Understood, articles: tuple[Button, ...]) -> Card:
    """The customer may be right: the questions begin with that."""
    body = tuple(words.say(language, key) for key in ("fair_thanks", "fair_first"))
    begin = (_begin(words, language, "unsure", understood, primary=True),)
    people = (_people(words, language),)
    return Card(words.say(language, "alt_menu"), body=body, choices=begin, actions=articles, bottom=people)


def danger_first(words: Words, language: str, card: Card) -> Card:
    """The card with 危険 and 応援 above all else."""
    kinds: tuple[MenuKind, ...] = ("danger", "help")
    first = tuple(Button(words.say(language, f"begin_{k}"), encode(Menu(k)), primary=True) for k in kinds)
    line = words.say(language, "understood_danger")
    return replace(card, choices=(*first, *card.choices)[:4], body=(line, *card.body))


def happening(words: Words, language: str, understood: Understood) -> Button:
    """It is no question but what is going on: the way from an answer to the guided questions."""
    return Button(words.say(language, "happening_now"), encode(UnderstoodTap("show", understood)))


def article_button(label: str, article: str) -> Button:
    return Button(label, encode(ArticleTap(article, "answer")))


def _begin(words: Words, language: str, kind: MenuKind, understood: Understood, primary: bool) -> Button:
    is_confirming = kind == "unsure" and bool(understood.picked)
    label = words.say(language, "begin_understood" if is_confirming else f"begin_{kind}")
    return Button(label, encode(UnderstoodTap(kind, understood)), primary)


def _tick(words: Words, language: str, understood: Understood, act: str) -> Button:
    """What the chat shows as said names the change, not the state."""
    label = words.label(language, "acts", act)
    is_ticked = dict(understood.acts)[act] in TICKED
    shown = words.say(language, "ticked", act=label) if is_ticked else label
    said = words.say(language, "said_not_so" if is_ticked else "said_also", act=label)
    return Button(shown, encode(UnderstoodTap("show", understood.turned(act))), echo=said)


def _people(words: Words, language: str) -> Button:
    return Button(words.say(language, "ask_people"), encode(Menu("help")), primary=True)

"""The cards of the practice: a story to judge, what the flow says of it, the invitation to the monthly drill.

None of them has 応援 on it: a card that asks what one would do would make people call in earnest. Nor does any say what its
reader answered: cards wait in the outbox, and there an answer would stand beside an address.
"""

from bot.core.buttons import TrainingTap, encode
from bot.core.flow import UNSURE, in_language
from bot.core.messages import Button, Card
from bot.core.training import Agreement, Case, Judged, offered
from bot.core.words import Words


def question(words: Words, language: str, case: Case, level: str) -> Card:
    """この場合は? `level`: what the organisation's flow says, so that it is among the answers."""
    choices = tuple(
        Button(words.label(language, "levels", one), encode(TrainingTap("answer", case.id, one)))
        for one in offered(level)
    )
    unsure = Button(words.say(language, "way_unsure"), encode(TrainingTap("answer", case.id, UNSURE)))
    return Card(
        alt=words.say(language, "alt_neutral"),
        title=words.say(language, "quiz_title"),
        body=(in_language(case.story, language), words.say(language, "quiz_ask")),
        choices=choices,
        bottom=(unsure, _end(words, language)),
        note=words.say(language, "quiz_note"),
    )


def verdict(words: Words, language: str, judged: Judged, others: Agreement) -> Card:
    """What the flow says and why; what most people said, once they are enough."""
    most = _label(words, language, others.most)
    lines = [
        words.say(language, "quiz_level", level=words.label(language, "levels", judged.level)),
        in_language(judged.why, language),
    ]
    if not others.is_few:
        lines.append(words.say(language, "quiz_most", answer=most))
    return Card(
        alt=words.say(language, "alt_neutral"),
        title=words.say(language, "quiz_title"),
        body=tuple(filter(None, lines)),
        aloud=in_language(judged.aloud, language),
        choices=(_next(words, language),),
        bottom=(_end(words, language),),
        note=words.say(language, "quiz_source", source=judged.source),
    )


def last_seen(words: Words, language: str) -> Card:
    """Every story was shown today."""
    return Card(words.say(language, "alt_neutral"), body=(words.say(language, "quiz_all"),))


def farewell(words: Words, language: str) -> Card:
    return Card(words.say(language, "alt_neutral"), body=(words.say(language, "quiz_thanks"),))


def invitation(words: Words, language: str, case: str, later: bool = False) -> Card:
    """2分の練習. `later`: it was put off, and can still be begun here."""
    begin = Button(words.say(language, "practice_begin"), encode(TrainingTap("begin", case)), primary=True)
    put_off = Button(words.say(language, "practice_later"), encode(TrainingTap("later", case)))
    return Card(
        alt=words.say(language, "drill") + words.say(language, "practice_title"),
        title=words.say(language, "practice_title"),
        body=(words.say(language, "practice_put_off" if later else "practice_invite"),),
        choices=(begin,) if later else (begin, put_off),
    )


def _label(words: Words, language: str, answer: str) -> str:
    return words.say(language, "way_unsure") if answer == UNSURE else words.label(language, "levels", answer)


def _next(words: Words, language: str) -> Button:
    return Button(words.say(language, "quiz_next"), encode(TrainingTap("next")), primary=True)


def _end(words: Words, language: str) -> Button:
    return Button(words.say(language, "quiz_end"), encode(TrainingTap("end")))

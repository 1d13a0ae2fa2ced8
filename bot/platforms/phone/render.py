"""Cards as speech and as text messages: short calm sentences, then what each key does.

https://www.twilio.com/docs/voice/twiml/gather
"""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Gather, VoiceResponse

from bot.app.by_phone import Heard
from bot.core.buttons import ReplyTap, decode
from bot.core.messages import Card
from bot.platforms.limits import clip, utf16
from bot.platforms.phone.parse import REPLIES

VOICES: Final = {
    "ja": ("ja-JP", "Polly.Mizuki"),
    "ja_easy": ("ja-JP", "Polly.Mizuki"),
    "en": ("en-US", "Polly.Joanna"),
}
KEY_WAIT_S: Final = 8
TIMES_SAID: Final = 2
MARK: Final = re.compile(r"[【\[][^】\]]*[】\]] ?")
"""What a drill's title begins with."""

LONGEST_SAID: Final = 600
"""Letters of one sentence: about a minute and a half. Twilio takes 4,096."""

LONGEST_TEXT: Final = 300
"""Letters of a text message, as a place may be of any length; Twilio takes 1,600."""

NOT_XML: Final = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\U00010000-\U0010ffff]+")
"""https://www.w3.org/TR/xml/#charsets; one such letter in a name, and whoever picks up hears an error tone."""

JAPANESE: Final = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def phrase(language: str, key: str, **values: str) -> str:
    texts = _phrases().get(language) or _phrases()["ja"]
    return str(texts[key]).format(**values) if values else str(texts[key])


def asked(heard: Heard, key_url: str, first: str = "") -> str:
    """TwiML: who and where, then the keys; said twice, with time to press. `first` is said before it, once."""
    response = VoiceResponse()
    for number in range(TIMES_SAID):
        gather = Gather(
            input="dtmf",
            num_digits=1,
            timeout=KEY_WAIT_S,
            action=key_url,
            method="POST",
            action_on_empty_result=False,
        )
        before = (first,) if first and number == 0 else ()
        for sentence in (*before, *spoken(heard), phrase(heard.language, "keys")):
            _say(gather, sentence, heard.language)
        response.append(gather)
    _say(response, phrase(heard.language, "no_key"), heard.language)
    response.hangup()
    return str(response)


def told(sentences: Sequence[str], language: str) -> str:
    """TwiML: these sentences, then the end of the call."""
    response = VoiceResponse()
    for sentence in sentences:
        _say(response, sentence, language)
    response.hangup()
    return str(response)


def confirmed(heard: Heard) -> tuple[str, ...]:
    """What is true after an answer; what the card says where the answer changed nothing."""
    if heard.standing == "asked" and heard.card is not None:
        return spoken(heard)
    return (phrase(heard.language, heard.standing, caller=heard.caller),)


def spoken(heard: Heard) -> tuple[str, ...]:
    """The card as sentences: what a lamp, a bracket or a dot says on a screen is a pause or a word here."""
    card = heard.card
    if card is None:
        return (phrase(heard.language, "hello"),)
    drill = (phrase(heard.language, "drill"),) if heard.drill else ()
    lines = (_sentence(line) for line in (*card.body, card.title))
    return (*drill, phrase(heard.language, "hello"), *filter(None, lines))


def text_of(cards: Sequence[Card]) -> str:
    """A text message: place and kind, minutes, then which digit means what. No links, no names of customers."""
    card = cards[-1]
    keys = " ".join(f"{digit}={label}" for digit, label in _answers(card))
    language = "ja" if JAPANESE.search(keys or card.alt) else "en"
    marked = MARK.match(card.title)
    mark = marked.group() if marked else ""
    title = card.title.removeprefix(mark)
    first = card.body[0] if card.body else card.alt
    answer = phrase(language, "sms_keys", keys=keys) if keys else ""
    who = clip(NOT_XML.sub(" ", f"{mark}{first} {title}").strip(), LONGEST_TEXT - len(answer) - 1, utf16)
    return "\n".join(filter(None, (who, answer)))


def text_answer(text: str) -> str:
    """TwiML that answers a text message with another, or with none."""
    response = MessagingResponse()
    if text:
        response.message(NOT_XML.sub(" ", text))
    return str(response)


def _answers(card: Card) -> list[tuple[str, str]]:
    """Digit and label of the buttons that a digit can press."""
    found: list[tuple[str, str]] = []
    for digit, reply in REPLIES.items():
        for button in card.choices:
            tap = decode(button.data)
            if isinstance(tap, ReplyTap) and tap.reply == reply:
                found.append((digit, button.label))
    return found


def _sentence(line: str) -> str:
    plain = re.sub(r"[・/|]+", "、" if JAPANESE.search(line) else ", ", line)
    plain = re.sub(r"[()()「」【】]", " ", plain)
    plain = re.sub(r"\s+", "、" if JAPANESE.search(line) else " ", plain.strip())
    return (
        plain if not plain or plain[-1] in "。.!?!?" else f"{plain}{'。' if JAPANESE.search(plain) else '.'}"
    )


def _say(where: Any, sentence: str, language: str) -> None:
    tag, voice = VOICES.get(language, VOICES["ja"])
    where.say(clip(NOT_XML.sub(" ", sentence), LONGEST_SAID, utf16), language=tag, voice=voice)


@cache
def _phrases() -> dict[str, dict[str, str]]:
    text = Path(__file__).with_name("phrases.yaml").read_text(encoding="utf-8")
    phrases: dict[str, dict[str, str]] = yaml.safe_load(text)
    return phrases

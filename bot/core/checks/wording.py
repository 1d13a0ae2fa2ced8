"""Proves how a flow speaks: nothing that gives it away on a screen, easy Japanese that is easy, no word of ours missing."""

import re
from collections.abc import Iterator

from bot.core.checks.finding import EASY_SENTENCE, TELLING, Finding, Means
from bot.core.checks.texts import length, texts_of
from bot.core.flow import Flow
from bot.core.words import Words

EASY = "ja_easy"
NAMED = 3
"""How many missing names are told before "…"."""

_READING = re.compile(r"[（(][^（）()]*[）)]")
_SENTENCE = re.compile(r"(?<=[。？?\n])")


def findings(flow: Flow, means: Means) -> Iterator[Finding]:
    yield from _missing_words(flow, means.words)
    shown = [("", "title", flow.title)]
    shown += [(step.id, place, text) for step in flow.steps.values() for place, text, _ in texts_of(step)]
    for step_id, place, text in shown:
        for language in flow.languages:
            yield from _telling(step_id, place, language, text.get(language, ""))
        yield from _hard(step_id, place, text.get(EASY, "") if EASY in flow.languages else "")


def _telling(step_id: str, place: str, language: str, text: str) -> Iterator[Finding]:
    for word in TELLING:
        if word in text.lower():
            yield Finding("telling_word", step_id, {"place": place, "language": language, "word": word})
            return


def _hard(step_id: str, place: str, text: str) -> Iterator[Finding]:
    """A reading in parentheses helps, so it isn't counted."""
    longest = max((length(part.strip()) for part in _SENTENCE.split(_READING.sub("", text))), default=0)
    if longest > EASY_SENTENCE:
        args = {"place": place, "size": str(longest), "most": str(EASY_SENTENCE)}
        yield Finding("easy_long", step_id, args)


def _missing_words(flow: Flow, words: Words) -> Iterator[Finding]:
    """What the engine itself says on cards, and the names of codes, in every language that the flow promises."""
    for language in flow.languages:
        missing = [key for key in words.phrases["ja"] if not words.phrases.get(language, {}).get(key)]
        for group, codes in words.labels.items():
            missing += [f"{group}: {code}" for code, texts in codes.items() if not texts.get(language)]
        if missing:
            names = ", ".join(missing[:NAMED]) + (" …" if len(missing) > NAMED else "")
            args = {"place": "languages", "language": language, "names": names, "count": str(len(missing))}
            yield Finding("words_missing", "", args)

"""Proves the texts of a flow: there in every declared language, and short enough for a glance."""

import unicodedata
from collections.abc import Iterator, Mapping

from bot.core.checks.finding import (
    ALOUD_GLANCE,
    DO_GLANCE,
    LABEL_GLANCE,
    LABEL_LIMIT,
    OTHERWISE_TIMES,
    QUESTION_GLANCE,
    Finding,
)
from bot.core.flow import Ask, End, Flow, Guidance, Say, Step, Text

Place = tuple[str, Text, bool]
"""The name of a text in the YAML, the text, and whether the step is nothing without it."""


def findings(flow: Flow) -> Iterator[Finding]:
    yield from _missing(flow, "", [("title", flow.title, True), ("scene", flow.scene, False)])
    for step in flow.steps.values():
        yield from _missing(flow, step.id, list(texts_of(step)))
        yield from _heavy(flow, step)


def length(text: str) -> int:
    """Characters as a reader sees them, but for joined pictures, which no flow needs."""
    return sum(1 for c in text if unicodedata.category(c) not in ("Mn", "Me", "Cf"))


def texts_of(step: Step) -> Iterator[Place]:
    """Everything of a step that is read on a card, in any language."""
    match step:
        case Ask():
            yield "ask", step.text, True
            yield "hint", step.hint, False
            for choice in step.choices:
                yield f"choices.{choice.id}.label", choice.label, True
        case Say():
            yield "say", step.guidance.do, True
            yield from _guidance(step.guidance)
        case End():
            yield "reason", step.reason, True
            yield "do", step.guidance.do, True
            yield from _guidance(step.guidance)


def _guidance(guidance: Guidance) -> Iterator[Place]:
    yield "aloud", guidance.aloud, False
    yield "who_decides", guidance.who_decides, False
    yield "evidence", guidance.evidence, False


def _missing(flow: Flow, step_id: str, texts: list[Place]) -> Iterator[Finding]:
    for place, text, needed in texts:
        for language in flow.languages if needed or text else ():
            if not text.get(language, "").strip():
                yield Finding("text_missing", step_id, {"place": place, "language": language})


def _heavy(flow: Flow, step: Step) -> Iterator[Finding]:
    for language in flow.languages:
        match step:
            case Ask():
                yield from _labels(step, language)
                question = step.text.get(language, "") + step.hint.get(language, "")
                yield from _long("question_long", step.id, question, QUESTION_GLANCE, language)
            case Say(guidance=guidance) | End(guidance=guidance):
                do, aloud = guidance.do.get(language, ""), guidance.aloud.get(language, "")
                yield from _long("do_long", step.id, do, DO_GLANCE, language)
                yield from _long("aloud_long", step.id, aloud, ALOUD_GLANCE, language)


def _labels(ask: Ask, language: str) -> Iterator[Finding]:
    for choice in ask.choices:
        size = length(choice.label.get(language, ""))
        args = {"choice": choice.id, "language": language, "size": str(size)}
        if size > LABEL_LIMIT:
            yield Finding("label_too_long", ask.id, {**args, "most": str(LABEL_LIMIT)})
        elif size > LABEL_GLANCE.get(language, LABEL_LIMIT):
            yield Finding("label_long", ask.id, {**args, "most": str(LABEL_GLANCE[language])})


def _long(code: str, step_id: str, text: str, glance: Mapping[str, int], language: str) -> Iterator[Finding]:
    most = glance.get(language, int(glance["ja"] * OTHERWISE_TIMES))
    if length(text) > most:
        yield Finding(code, step_id, {"language": language, "size": str(length(text)), "most": str(most)})

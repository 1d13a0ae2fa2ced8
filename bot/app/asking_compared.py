"""Measures the search on questions whose articles are known: how often the right one comes first, and honest silence."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bot.app.asking import SHOWN, Asker, Found
from bot.app.yaml_text import Document


class Question(BaseModel):
    """`fits`: the articles of which any is right; empty when none answers it."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    text: str
    fits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Miss:
    """A question that came out otherwise, with what came instead."""

    question: Question
    found: tuple[Found, ...]


@dataclass(frozen=True)
class Comparison:
    """Shares from 0 to 1; milliseconds of the slowest question, which the machine's mood changes."""

    answered: int
    first: float
    among_three: float
    unanswered: int
    silent: float
    slowest: float
    misses: tuple[Miss, ...] = ()


def read_questions(text: str, name: str) -> tuple[Question, ...]:
    """A YAML list of {text, fits}. Raises Misread."""
    document = Document(text, name)
    try:
        return TypeAdapter(tuple[Question, ...]).validate_python(document.data)
    except ValidationError as error:
        raise document.explained(error) from None


def compare(asker: Asker, questions: Sequence[Question]) -> Comparison:
    answers = [(question, *_timed(asker, question.text)) for question in questions]
    asked = [(q, [f.article.id for f in found]) for q, found, _ in answers if q.fits]
    others = [found for q, found, _ in answers if not q.fits]
    return Comparison(
        answered=len(asked),
        first=_share([bool(ids) and ids[0] in q.fits for q, ids in asked]),
        among_three=_share([bool(set(ids[:SHOWN]) & set(q.fits)) for q, ids in asked]),
        unanswered=len(others),
        silent=_share([not found for found in others]),
        slowest=max((ms for _, _, ms in answers), default=0.0),
        misses=tuple(Miss(q, found) for q, found, _ in answers if _is_wrong(q, found)),
    )


def _timed(asker: Asker, text: str) -> tuple[tuple[Found, ...], float]:
    started = time.perf_counter()
    return asker.ask(text), (time.perf_counter() - started) * 1000


def _is_wrong(question: Question, found: Sequence[Found]) -> bool:
    if not question.fits:
        return bool(found)
    return not found or found[0].article.id not in question.fits


def _share(right: Sequence[bool]) -> float:
    return sum(right) / len(right) if right else 1.0

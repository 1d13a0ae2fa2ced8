"""How well a way of understanding does on labelled texts: the figures that the comparison prints."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.app.understanding.deciding import Understanding
from bot.app.understanding.phrases import INTENTS, URGENCIES, Phrase, phrase_of
from bot.core.facts import ACTS

SURE = 0.8


class Unlabelled(ValueError):
    """A line of a test set that can't be used. `line` counts from 1."""

    def __init__(self, file: str, line: int) -> None:
        self.file, self.line = file, line
        super().__init__(f"{file}:{line}")


@dataclass(frozen=True)
class Figures:
    """Shares from 0 to 1; times in milliseconds of processor time for one message, at the middle and
    at the 95th of a hundred."""

    texts: int
    acts_f1: float
    urgency: float
    intent: float
    emergency_recall: float
    false_emergencies: float
    sure: float
    right_when_sure: float
    by_act: Mapping[str, float]
    p50: float = 0.0
    p95: float = 0.0


def figures(truths: Sequence[Phrase], said: Sequence[Understanding], times: Sequence[float] = ()) -> Figures:
    by_act = {act: f1 for act in ACTS if (f1 := _f1(truths, said, act)) is not None}
    pairs = list(zip(truths, said, strict=True))
    real = [meant.urgency == "emergency" for truth, meant in pairs if truth.urgency == "emergency"]
    other = [meant.urgency == "emergency" for truth, meant in pairs if truth.urgency != "emergency"]
    sure = [is_right(truth, meant) for truth, meant in pairs if meant.confidence >= SURE]
    ranked = sorted(times) or [0.0]
    return Figures(
        texts=len(truths),
        acts_f1=_mean(list(by_act.values())),
        urgency=_share([truth.urgency == meant.urgency for truth, meant in pairs]),
        intent=_share([truth.intent == meant.intent for truth, meant in pairs]),
        emergency_recall=_share(real),
        false_emergencies=_share(other),
        sure=len(sure) / max(1, len(pairs)),
        right_when_sure=_share(sure),
        by_act=by_act,
        p50=ranked[len(ranked) // 2],
        p95=ranked[int(len(ranked) * 0.95)],
    )


def is_right(truth: Phrase, meant: Understanding) -> bool:
    """Acts and urgency, what the person is shown and what is done at once."""
    return set(truth.acts) == set(meant.acts) and truth.urgency == meant.urgency


def timed(
    texts: Sequence[str], understand: Callable[[str], Understanding]
) -> tuple[list[Understanding], list[float]]:
    said, times = [], []
    for text in texts:
        begun = time.thread_time()
        said.append(understand(text))
        times.append((time.thread_time() - begun) * 1000)
    return said, times


def read_set(file: Path) -> list[Phrase]:
    """{"id", "text", "acts", "urgency", "intent"} a line. Raises Unlabelled."""
    phrases = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            phrase = phrase_of(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unlabelled(file.name, number) from error
        known = phrase.urgency in URGENCIES and phrase.intent in INTENTS
        if not known or not set(phrase.acts) - {"none"} <= set(ACTS):
            raise Unlabelled(file.name, number)
        phrases.append(replace(phrase, acts=tuple(act for act in phrase.acts if act != "none")))
    return phrases


def _f1(truths: Sequence[Phrase], said: Sequence[Understanding], act: str) -> float | None:
    """None where neither the labels nor the answers know the act."""
    have = [act in truth.acts for truth in truths]
    called = [act in meant.acts for meant in said]
    total = have.count(True) + called.count(True)
    both = [h and c for h, c in zip(have, called, strict=True)].count(True)
    return 2 * both / total if total else None


def _share(rights: Sequence[bool]) -> float:
    return list(rights).count(True) / len(rights) if rights else 1.0


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0

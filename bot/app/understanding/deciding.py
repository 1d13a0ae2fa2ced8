"""From scores to an answer: which acts, how urgent, what is wanted, which facts, and how sure. Danger has its own path."""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.app.understanding.danger import Danger
from bot.app.understanding.phrases import INTENTS, URGENCIES
from bot.core.facts import ACTS

LIKELY = 3
CLEARLY = 0.6
NOTHING = ("cancel_or_mistake", "chitchat_or_other")
FACT_SURE = 0.25
DANGER_STATES = ("now", "told", "none")
"""Danger words that stand; danger words that are denied, past or supposed; no danger words."""


@dataclass(frozen=True)
class Understanding:
    """acts and facts worth showing for confirmation. `confidence`, 0 to 1: how often acts and urgency were both right for
    phrases of that kind. `likely`: the acts that come next, best first. `facts` are those answered yes, `denied` those
    answered no, `minutes` how long it lasts, where the text says so.
    """

    acts: tuple[str, ...] = ()
    urgency: str = "none"
    intent: str = "chitchat_or_other"
    confidence: float = 0.0
    facts: tuple[str, ...] = ()
    likely: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    minutes: int | None = None


@dataclass(frozen=True)
class Limits:
    """What cross-validation found: from which score an act counts, from which an emergency is called (by DANGER_STATES),
    and how often an answer of a sureness was right (rising: sureness, share).
    """

    acts: Mapping[str, float]
    danger: Mapping[str, float]
    sureness: Sequence[tuple[float, float]] = ()


def state_of(danger: Danger) -> str:
    if danger.is_now:
        return "now"
    return "told" if danger.kinds or danger.denied else "none"


def urgency_of(scores: Mapping[str, float], danger: Danger, limits: Limits) -> str:
    """Emergency is decided first and alone; only then the rest by the highest score."""
    if scores["urgency:emergency"] > limits.danger[state_of(danger)]:
        return "emergency"
    return max(URGENCIES[1:], key=lambda urgency: scores[f"urgency:{urgency}"])


def intent_of(scores: Mapping[str, float]) -> str:
    return max(INTENTS, key=lambda intent: scores[f"intent:{intent}"])


def acts_of(scores: Mapping[str, float], urgency: str, limits: Limits) -> tuple[str, ...]:
    """Best first. None where nothing is the matter; where the customer has a point, only what is told clearly."""
    intent = intent_of(scores)
    if urgency == "none" or intent in NOTHING:
        return ()
    more = CLEARLY if intent == "legit_complaint" else 0.0
    over = [(scores[f"act:{act}"] - limits.acts[act] - more, act) for act in ACTS]
    return tuple(act for margin, act in sorted(over, reverse=True) if margin > 0)


def decided(
    scores: Mapping[str, float], danger: Danger, danger_facts: Mapping[str, str], sound: str, limits: Limits
) -> Understanding:
    urgency = urgency_of(scores, danger, limits)
    acts = acts_of(scores, urgency, limits)
    facts = facts_of(scores, danger_facts if not danger.guards else {}, urgency)
    rest = sorted((a for a in ACTS if a not in acts), key=lambda a: limits.acts[a] - scores[f"act:{a}"])
    return Understanding(
        acts=acts,
        urgency=urgency,
        intent=intent_of(scores),
        confidence=share_right(sureness(scores, danger, limits), limits),
        facts=tuple(sorted(name for name, value in facts.items() if value == "yes")),
        likely=tuple(rest[:LIKELY]),
        denied=tuple(sorted(name for name, value in facts.items() if value == "no")),
        minutes=minutes_in(sound),
    )


def facts_of(scores: Mapping[str, float], told: Mapping[str, str], urgency: str) -> dict[str, str]:
    """Only what is sure: learnt facts well above the line, danger words where the whole is an emergency, denials."""
    facts: dict[str, str] = {}
    for question, score in scores.items():
        if question.startswith("fact:") and score > FACT_SURE:
            name, _, value = question.removeprefix("fact:").partition("=")
            if score > scores.get(f"fact:{name}={'no' if value == 'yes' else 'yes'}", -1.0):
                facts[name] = value
    said = {name: value for name, value in told.items() if value == "no" or urgency == "emergency"}
    return {**said, **facts}


def sureness(scores: Mapping[str, float], danger: Danger, limits: Limits) -> float:
    """How far the nearest decision is from its line."""
    lines = [abs(scores[f"act:{act}"] - limits.acts[act]) for act in ACTS]
    lines.append(abs(scores["urgency:emergency"] - limits.danger[state_of(danger)]))
    ranked = sorted((scores[f"urgency:{urgency}"] for urgency in URGENCIES), reverse=True)
    return min(lines) + 0.5 * (ranked[0] - ranked[1])


def share_right(sure: float, limits: Limits) -> float:
    if not limits.sureness:
        return 0.5
    at = bisect_right([edge for edge, _ in limits.sureness], sure) - 1
    return round(limits.sureness[max(at, 0)][1], 2)


_HOURS = re.compile(
    r"(\d{1,2})(?:じかん|時間| ?hours?)(はん|半)?(?!まえ|ご|いない|た(?:つ|て)ば|で(?:おわ|しめ))"
)
_MINUTES = re.compile(
    r"(\d{1,3})(?:ふん|ぷん|分| ?min(?:ute)?s?)(?!まえ|ご|で(?:つ|い|く|き)|いない|おき|の\d)"
)
_CLOCK = re.compile(r"\d{1,2}(?:時|じ)$")


def minutes_in(sound: str) -> int | None:
    """A length of time, not a time of day (15時20分). The longest that is told."""
    hours = [int(n) * 60 + (30 if half else 0) for n, half in _HOURS.findall(sound)]
    minutes = [
        int(found[1]) for found in _MINUTES.finditer(sound) if not _CLOCK.search(sound[: found.start()])
    ]
    told = [*hours, *minutes]
    return max(told) if told and max(told) > 0 else None

"""How far people agree: about each made-up case, and at each question of the flow in the drills. Never who."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.app.judging import judged
from bot.core.figures import PRACTICE
from bot.core.flow import Flow
from bot.core.training import Agreement, Case, Judged, agreement

Answers = Mapping[str, Mapping[str, int]]
"""What was asked → answer → how often."""


@dataclass(frozen=True)
class CaseLine:
    """One case, its level by the organisation's flow, and how people judged it."""

    case: Case
    level: str
    people: Agreement


@dataclass(frozen=True)
class QuestionLine:
    """One question of the flow, over all drills: the same answer as most others' to the same story, and as the flow's."""

    step: str
    people: Agreement


@dataclass(frozen=True)
class Drills:
    """How many of a month's invitations were taken up."""

    invited: int = 0
    begun: int = 0
    finished: int = 0


@dataclass(frozen=True)
class AgreementReport:
    """Least agreement first; what too few have answered comes last."""

    cases: tuple[CaseLine, ...] = ()
    questions: tuple[QuestionLine, ...] = ()
    drills: Mapping[str, Drills] = field(default_factory=dict)


def agreement_report(
    flow: Flow,
    cases: Mapping[str, Case],
    answers: Answers,
    invitations: Mapping[str, int],
    days: Mapping[str, Mapping[str, int]],
) -> AgreementReport:
    """answers: of the quiz. days: date ("2026-11-10") → the day's figures, from which the drills are read."""
    judgements = {name: judged(flow, case) for name, case in cases.items()}
    lines = [
        CaseLine(case, judgements[name].level, agreement(answers.get(name, {}), judgements[name].level))
        for name, case in cases.items()
    ]
    questions = [QuestionLine(step, people) for step, people in _questions(judgements, days).items()]
    return AgreementReport(
        cases=tuple(sorted(lines, key=lambda line: (_least_first(line.people), line.case.id))),
        questions=tuple(sorted(questions, key=lambda line: (_least_first(line.people), line.step))),
        drills=_drills(invitations, days),
    )


def _least_first(people: Agreement) -> tuple[bool, float]:
    share = people.agree_share if people.agree_share is not None else people.most_share
    return people.is_few, 1.0 if share is None else share


def _questions(
    judgements: Mapping[str, Judged], days: Mapping[str, Mapping[str, int]]
) -> dict[str, Agreement]:
    """Stories differ, so answers are compared within each, and then added up by question."""
    asked: dict[tuple[str, str], Counter[str]] = {}
    for code, count in _practice(days):
        if code.count(".") == 2:
            case, step, choice = code.split(".")
            asked.setdefault((step, case), Counter())[choice] += count
    found: dict[str, Agreement] = {}
    for (step, case), counts in sorted(asked.items()):
        expected = judgements[case].choices.get(step, "") if case in judgements else ""
        found[step] = _added(found.get(step, Agreement()), agreement(+counts, expected))
    return found


def _added(one: Agreement, other: Agreement) -> Agreement:
    return Agreement(
        answered=one.answered + other.answered,
        most_count=one.most_count + other.most_count,
        agreeing=one.agreeing + other.agreeing,
        comparable=one.comparable + other.comparable,
    )


def _drills(invitations: Mapping[str, int], days: Mapping[str, Mapping[str, int]]) -> dict[str, Drills]:
    counts: dict[str, Counter[str]] = {month: Counter(invited=n) for month, n in invitations.items()}
    for day, figures in days.items():
        for word in ("begun", "finished"):
            if number := figures.get(PRACTICE + word, 0):
                counts.setdefault(day[:7], Counter())[word] += number
    return {month: Drills(**counts[month]) for month in sorted(counts)}


def _practice(days: Mapping[str, Mapping[str, int]]) -> list[tuple[str, int]]:
    return [
        (name.removeprefix(PRACTICE), count)
        for figures in days.values()
        for name, count in figures.items()
        if name.startswith(PRACTICE)
    ]

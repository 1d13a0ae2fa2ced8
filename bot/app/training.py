"""The practice as the turn knows it: the quiz, the monthly drills, and the story with which a drill begins."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.app.committing import Timer
from bot.app.judging import judged
from bot.app.monthly_drill import ROUND, MonthlyDrills
from bot.app.quiz import Quiz
from bot.core.flow import Flow, in_language
from bot.core.training import Case, Practice


@dataclass(frozen=True)
class Training:
    quiz: Quiz
    drills: MonthlyDrills
    cases: Mapping[str, Case]

    def is_due(self, timer: Timer) -> bool:
        """Whether this is the timer of the monthly drills."""
        return not timer.incident and timer.name == ROUND

    def story(self, case: str, flow: Flow, language: str) -> tuple[Practice | None, str]:
        """What a drill is about; nothing for a drill without a story, or with one that is gone meanwhile."""
        known = self.cases.get(case)
        if known is None:
            return None, ""
        return Practice(known.id, judged(flow, known).level), in_language(known.story, language)

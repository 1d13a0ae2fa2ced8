"""What a flow makes of a made-up case: its level, its line to say, and the choice it takes at each question."""

from bot.app.walking import walk_told
from bot.core.flow import UNSURE, End, Flow
from bot.core.training import Case, Judged


def judged(flow: Flow, case: Case) -> Judged:
    """By the organisation's own flow: where that says another level than the case was written for, its own reason stands."""
    walked = walk_told(flow, case.facts, case.taps)
    *answers, end_id = walked.path
    choices = dict(answer.split(":") for answer in answers)
    end = flow.steps[end_id]
    if not isinstance(end, End):
        raise ValueError(f"the walk of {case.id} ended at {end_id}, which is no end")
    as_written = walked.level == case.level
    return Judged(
        level=walked.level,
        why=case.why if as_written else end.reason,
        aloud=end.guidance.aloud,
        source=case.source if as_written else end.guidance.source,
        choices={step: choice for step, choice in choices.items() if choice != UNSURE},
        calls=bool(end.page) or any(_calls(flow, step, choice) for step, choice in choices.items()),
    )


def _calls(flow: Flow, step: str, choice: str) -> bool:
    ask = flow.ask(step)
    return ask is not None and any(c.page for c in ask.choices if c.id == choice)

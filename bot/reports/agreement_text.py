"""How far people agree, as lines for a terminal and as a document. Of few answers only that they are few."""

from bot.app.agreement import AgreementReport, Drills
from bot.app.speaking import Speaker
from bot.core.flow import UNSURE, Flow, in_language
from bot.core.training import Agreement
from bot.reports.table import table


def as_json(report: AgreementReport) -> dict[str, object]:
    return {
        "cases": [
            {
                "case": line.case.id,
                "workplace": line.case.workplace,
                "level": line.level,
                **_people_as_json(line.people),
                "most": None if line.people.is_few else line.people.most,
            }
            for line in report.cases
        ],
        "questions": [{"step": line.step, **_people_as_json(line.people)} for line in report.questions],
        "drills": {month: _drills_as_json(drills) for month, drills in report.drills.items()},
    }


def as_lines(report: AgreementReport, flow: Flow, speaker: Speaker) -> list[str]:
    """Least agreement first: there the rules are least clear."""
    return [
        speaker.say("training_explained"),
        "",
        *_cases(report, speaker),
        "",
        *_questions(report, flow, speaker),
        "",
        *_drills(report, speaker),
    ]


def _cases(report: AgreementReport, speaker: Speaker) -> list[str]:
    names = ("case", "answered", "agree_share", "most_share", "most", "level")
    rows = [
        (
            line.case.id,
            _answered(line.people, speaker),
            _percent(line.people.agree_share),
            _percent(line.people.most_share),
            None if line.people.is_few else _level(line.people.most, speaker),
            _level(line.level, speaker),
        )
        for line in report.cases
    ]
    return table([speaker.say(f"heading_{name}") for name in names], rows)


def _questions(report: AgreementReport, flow: Flow, speaker: Speaker) -> list[str]:
    if not report.questions:
        return [speaker.say("training_no_questions")]
    names = ("question", "answered", "agree_share", "most_share")
    rows = []
    for line in report.questions:
        ask = flow.ask(line.step)
        shown = in_language(ask.text, speaker.language) if ask else line.step
        people = line.people
        shares = (_percent(people.agree_share), _percent(people.most_share))
        rows.append((shown, _answered(people, speaker), *shares))
    return table([speaker.say(f"heading_{name}") for name in names], rows)


def _drills(report: AgreementReport, speaker: Speaker) -> list[str]:
    if not report.drills:
        return [speaker.say("training_no_drills")]
    names = ("month", "invited", "begun", "finished")
    rows = [(month, d.invited, d.begun, d.finished) for month, d in report.drills.items()]
    return table([speaker.say(f"heading_{name}") for name in names], rows)


def _level(answer: str, speaker: Speaker) -> str:
    return speaker.say("answer_unsure") if answer == UNSURE else speaker.label("levels", answer)


def _answered(people: Agreement, speaker: Speaker) -> str:
    return speaker.say("training_few") if people.is_few else str(people.answered)


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{share:.0%}"


def _people_as_json(people: Agreement) -> dict[str, object]:
    return {
        "few": people.is_few,
        "answered": None if people.is_few else people.answered,
        "most_share": _rounded(people.most_share),
        "agree_share": _rounded(people.agree_share),
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 3)


def _drills_as_json(drills: Drills) -> dict[str, int]:
    return {"invited": drills.invited, "begun": drills.begun, "finished": drills.finished}

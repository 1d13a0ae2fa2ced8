"""`mamori training`: the made-up cases, and how far people agree about them."""

from typing import TYPE_CHECKING

import click

from bot.cli.speaking import json_option, language_option, print_json, print_lines, speaker

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.app.agreement import AgreementReport
    from bot.core.flow import Flow
    from bot.core.training import Case, Judged
    from bot.wiring.parts import Stores

DAYS = 366
"""So far back the drills are read; each day on its own."""


@click.group("training")
def group() -> None:
    """Practice with made-up customers: the quiz and the monthly drill.

    \b
    mamori training list
    mamori training report
    """


@group.command("list")
@json_option
@language_option
def list_cases(as_json: bool, language: str) -> None:
    """List the cases: where they play, what this organisation's flow says, whether a monthly drill may take them.

    A level with * is another one than the case was written for: the flow was changed, or the case doesn't fit here.

    \b
    mamori training list
    mamori training list --json
    """
    from bot.app.case_reader import load_cases
    from bot.app.judging import judged
    from bot.config import CONTENT
    from bot.reports.table import table

    say = speaker(language, "levels")
    flow, month = _flow_and_month()
    cases = load_cases(CONTENT)
    rows = [(case, judged(flow, case)) for case in cases.values()]
    of_month = _of_month(cases, flow, month)
    if as_json:
        print_json([_listed(case, found, case.id == of_month) for case, found in rows])
        return
    names = ("case", "workplace", "level", "drill")
    lines = [
        (
            case.id,
            case.workplace,
            say.label("levels", found.level) + ("" if found.level == case.level else " *"),
            say.say(f"drill_{_use(case, found, of_month)}"),
        )
        for case, found in rows
    ]
    print_lines(table([say.say(f"heading_{name}") for name in names], lines))


@group.command()
@json_option
@language_option
def report(as_json: bool, language: str) -> None:
    """How far people agree, least first: about each case of the quiz, and at each question of the drills of a year.

    Answers are counted without a name; of fewer than five nothing is shown.

    \b
    mamori training report
    mamori training report --json
    """
    from bot.cli.database import with_stores
    from bot.reports import agreement_text

    made, flow = with_stores(_report)
    if as_json:
        print_json(agreement_text.as_json(made))
        return
    print_lines(agreement_text.as_lines(made, flow, speaker(language, "levels")))


async def _report(stores: "Stores") -> "tuple[AgreementReport, Flow]":
    from datetime import timedelta

    from bot.app.agreement import agreement_report
    from bot.app.case_reader import load_cases
    from bot.app.reporting import Period, counters_of
    from bot.cli.shelf import shelf_of
    from bot.config import CONTENT

    shelf = await shelf_of(stores)
    flow, today = await shelf.live_flow(), _now().astimezone(shelf.zone).date()
    days = await counters_of(stores.records, Period(today - timedelta(days=DAYS), today, shelf.zone))
    answers, invited = await stores.practices.answers(), await stores.practices.invitations()
    return agreement_report(flow, load_cases(CONTENT), answers, invited, days), flow


def _flow_and_month() -> "tuple[Flow, str]":
    from bot.cli.database import with_stores
    from bot.cli.shelf import shelf_of

    async def work(stores: "Stores") -> "tuple[Flow, str]":
        shelf = await shelf_of(stores)
        return await shelf.live_flow(), f"{_now().astimezone(shelf.zone):%Y-%m}"

    return with_stores(work)


def _now() -> "datetime":
    from bot.config import load_settings
    from bot.wiring.parts import clock_of

    return clock_of(load_settings()).now()


def _of_month(cases: "Mapping[str, Case]", flow: "Flow", month: str) -> str:
    from bot.app.monthly_drill import case_of_month

    case = case_of_month(cases, flow, month)
    return case.id if case else ""


def _use(case: "Case", found: "Judged", of_month: str) -> str:
    if case.id == of_month:
        return "now"
    return "yes" if case.drill and not found.calls else "no"


def _listed(case: "Case", found: "Judged", is_of_month: bool) -> dict[str, object]:
    return {
        "case": case.id,
        "workplace": case.workplace,
        "level": found.level,
        "written_for": case.level,
        "source": case.source,
        "drill": case.drill and not found.calls,
        "this_month": is_of_month,
    }

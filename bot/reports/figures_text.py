"""A report for the terminal and for a spreadsheet: titles and tables, or one long list."""

from collections.abc import Iterator

from bot.app.reporting import Figures, Report
from bot.app.speaking import Speaker
from bot.reports.csv_text import csv_text
from bot.reports.figures_document import SECTIONS, Row, rows
from bot.reports.table import table

MOST_DAYS = 31
"""A terminal shows single days of about a month; longer periods are read by month."""


def as_lines(report: Report, speaker: Speaker) -> list[str]:
    """For reading in a terminal. An empty period says so."""
    lines = [_heading(report, speaker)]
    if not report.real.opened and not report.drills.opened:
        return [*lines, "", speaker.say("report_empty"), *_counter_lines(report, speaker)]
    if report.real.opened:
        lines += _side(report, report.real, speaker)
    else:
        lines += ["", speaker.say("report_no_real")]
    if report.drills.opened:
        lines += ["", speaker.say("report_drills"), *_side(report, report.drills, speaker)]
    return [*lines, *_counter_lines(report, speaker)]


def as_csv(report: Report, speaker: Speaker) -> str:
    """One row a number; the first column keeps real cases and drills apart."""
    header = [speaker.say(f"csv_{name}") for name in ("side", "section", "code", "name", "number")]
    sides = ((speaker.say("csv_real"), report.real), (speaker.say("csv_drill"), report.drills))
    lines = [
        (side, speaker.say(f"section_{row.section}"), row.code, row.name, _number(row.value))
        for side, figures in sides
        for row in rows(figures, speaker)
    ]
    return csv_text(header, lines)


def _heading(report: Report, speaker: Speaker) -> str:
    period = report.period
    return speaker.say(
        "report_heading",
        first=period.first.isoformat(),
        last=period.last.isoformat(),
        zone=period.zone.key,
        site=report.site or speaker.say("all_sites"),
    )


def _side(report: Report, figures: Figures, speaker: Speaker) -> Iterator[str]:
    found = list(rows(figures, speaker))
    for section in ("total", *SECTIONS):
        if (section == "days" and len(report.period.days) > MOST_DAYS) or _says_nothing(section, figures):
            continue
        own = [row for row in found if row.section == section]
        if own:
            header = (speaker.say(f"section_{section}"), speaker.say("csv_number"))
            yield ""
            yield from table(header, [(row.name, _measured(row, speaker)) for row in own])


def _says_nothing(section: str, figures: Figures) -> bool:
    """One month only: the total has said it."""
    return section == "months" and len(figures.months) < 2


def _measured(row: Row, speaker: Speaker) -> int | str | None:
    if row.value is None or isinstance(row.value, int):
        return row.value
    return f"{row.value:.1f}".removesuffix(".0")


def _number(value: int | float | None) -> int | str | None:
    return f"{value:.1f}" if isinstance(value, float) else value


def _counter_lines(report: Report, speaker: Speaker) -> Iterator[str]:
    """What comparing the counters with the incidents brought."""
    if not report.recounted:
        return
    yield ""
    if not report.wrong:
        yield speaker.say("counters_equal")
        return
    yield speaker.say("counters_differ", count=len(report.wrong))
    columns = ("day", "figure", "counter", "incidents")
    header = [speaker.say(f"counters_{name}") for name in columns]
    yield from table(header, [(m.day, m.name, m.counter, m.incidents) for m in report.wrong])

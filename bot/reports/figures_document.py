"""A report as one JSON document, and as rows (section, code, name, number) for CSV and for the terminal."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.app.reporting import Figures, Report
from bot.app.speaking import Speaker
from bot.core.facts import ACTS, LEVELS

SECTIONS = ("months", "days", "sites", "channels", "kinds", "levels", "acts", "counted", "called")
"""The parts of a report that are lists, in the order of reading."""

LABELLED = {"levels": "levels", "acts": "acts"}
"""Sections whose codes have labels in knowledge/; others have sentences, or are names by themselves."""

WORDED = ("channels", "kinds", "counted", "called")
ORDERED = {"levels": LEVELS, "acts": ACTS}


@dataclass(frozen=True)
class Row:
    """One number. `code` is stable, `name` is for people. None: there is nothing to measure."""

    section: str
    code: str
    name: str
    value: int | float | None


def as_json(report: Report) -> dict[str, object]:
    document: dict[str, object] = {
        "from": report.period.first.isoformat(),
        "to": report.period.last.isoformat(),
        "zone": report.period.zone.key,
        "site": report.site or None,
        "real": _side(report.real),
        "drills": _side(report.drills),
    }
    if report.recounted:
        document["counters_equal"] = not report.wrong
        document["mismatches"] = [
            {"day": m.day, "figure": m.name, "counter": m.counter, "incidents": m.incidents}
            for m in report.wrong
        ]
    return document


def rows(figures: Figures, speaker: Speaker) -> Iterator[Row]:
    """Every number of one side, the sums first."""
    for code, value in sums(figures).items():
        yield Row("total", code, speaker.say(f"figure_{code}"), value)
    for section in SECTIONS:
        values: Mapping[str, int] = getattr(figures, section)
        for code in _in_order(section, values):
            yield Row(section, code, name_of(section, code, speaker), values[code])


def sums(figures: Figures) -> dict[str, int | float | None]:
    return {
        "opened": figures.opened,
        "closed": figures.closed,
        "legitimate": figures.legitimate,
        "our_fault": figures.our_fault,
        "improvements": sum(figures.improvements.values()),
        "improvements_open": figures.improvements.get("open", 0),
        "minutes": figures.minutes,
        "average_minutes": figures.average_minutes,
        "median_minutes": figures.median_minutes,
        "called": sum(figures.called.values()),
        "answered": figures.answered,
        "cancelled": figures.cancelled,
        "median_seconds_to_answer": figures.median_seconds_to_answer,
        "median_seconds_to_arrive": figures.median_seconds_to_arrive,
    }


def name_of(section: str, code: str, speaker: Speaker) -> str:
    """The label of a code; a code that an organisation added stands for itself."""
    if section in LABELLED:
        return speaker.label(LABELLED[section], code)
    key = f"{section}_{code}"
    if section in WORDED and speaker.knows(key):
        return speaker.say(key)
    return code or speaker.say("not_named")


def _side(figures: Figures) -> dict[str, object]:
    """Lists have objects with a code, so that their order stays and more can be added beside a count."""
    lists = {
        section: [
            {"code": code, "count": getattr(figures, section)[code]}
            for code in _in_order(section, getattr(figures, section))
        ]
        for section in SECTIONS
    }
    return {"total": sums(figures), **lists}


def _in_order(section: str, values: Mapping[str, int]) -> list[str]:
    """Codes in the vocabulary's order, those that an organisation added after them; names and dates as they come."""
    known = ORDERED.get(section, ())
    return sorted(values, key=lambda code: known.index(code) if code in known else len(known))

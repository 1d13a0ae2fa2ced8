"""From an incident's state to numbers. A figure is a name with dimensions, `real|act|本庁舎|line|intimidation`.

Every figure is a sum over incidents of what `figures_of` says of one, so that counters kept in the commit (the difference
between before and after) and a rebuild from the records are the same by construction.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.core.flow import Flow
from bot.core.incident import Incident, minutes_open
from bot.core.walk import acts_of, facts_of, level_of

METRICS = (
    "opened",
    "closed",
    "act",
    "level",
    "minutes",
    "counted",
    "called",
    "answered",
    "seconds_to_answer",
    "there",
    "seconds_to_arrive",
    "cancelled",
    "our_fault",
    "improvement",
    "practice",
)
"""What is counted, in the order of reports."""

SEPARATOR = "|"


def figures_of(incident: Incident, flow: Flow) -> Counter[str]:
    """Everything this incident adds to the figures of the day on which it began."""
    figures: Counter[str] = Counter()

    def add(metric: str, code: str = "", amount: int = 1) -> None:
        figures[_name(incident, metric, code)] += amount

    add("opened", incident.kind)
    add("level", level_of(flow, incident.walk))
    for act in acts_of(flow, incident.walk):
        add("act", act)
    for tally in incident.tallies:
        add("counted", tally.counter)
    if incident.closed:
        add("closed")
        add("minutes", amount=minutes_open(incident, incident.closed))
    if facts_of(flow, incident.walk).get("org_at_fault") == "yes":
        add("our_fault")
    if incident.ticket:
        add("improvement", "settled" if incident.ticket.settled else "open")
    _add_alert(incident, add)
    _add_practice(incident, figures)
    return +figures


def difference(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    """What must be added to the counters to turn the one into the other."""
    names = [*before, *(n for n in after if n not in before)]
    return {n: after.get(n, 0) - before.get(n, 0) for n in names if after.get(n, 0) != before.get(n, 0)}


def parse(name: str) -> tuple[bool, str, str, str, str]:
    """(drill, metric, site, channel, code) of a figure's name."""
    real, metric, site, channel, code = name.split(SEPARATOR)
    return real == "drill", metric, site, channel, code


def _name(incident: Incident, metric: str, code: str) -> str:
    real = "drill" if incident.drill else "real"
    site = incident.caller.site.replace(SEPARATOR, " ")
    channel = incident.caller.address.partition(":")[0]
    return SEPARATOR.join((real, metric, site, channel, code))


def _add_alert(incident: Incident, add: Callable[..., None]) -> None:
    alert = incident.alert
    if alert is None:
        return
    add("called", alert.kind)
    if alert.state == "cancelled":
        add("cancelled")
    if alert.answered:
        add("answered")
        add("seconds_to_answer", amount=_seconds(alert.answered - alert.started))
    if alert.there:
        add("there")
        add("seconds_to_arrive", amount=_seconds(alert.there - alert.started))


def _add_practice(incident: Incident, figures: Counter[str]) -> None:
    """A drill with a story: that it began, that it ended, and what was answered. Neither site nor way stands in it, so that
    the numbers don't grow small enough to know somebody by."""
    if incident.practice is None or not incident.drill:
        return
    figures[PRACTICE + "begun"] += 1
    if incident.closed:
        figures[PRACTICE + "finished"] += 1
    for answer in incident.walk.trail:
        if not answer.known:
            figures[PRACTICE + ".".join((incident.practice.case, answer.step, answer.choice))] += 1


PRACTICE = SEPARATOR.join(("drill", "practice", "", "", ""))
"""The beginning of a figure's name. After it: begun, finished, or case, question and choice with dots between."""


def _seconds(span: timedelta) -> int:
    return max(0, round(span.total_seconds()))

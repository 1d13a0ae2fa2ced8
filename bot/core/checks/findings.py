"""Every check of a flow, in the order in which an author would want to hear."""

from bot.core.checks import emergency, orders, rows, screens, shape, texts, ways, wording
from bot.core.checks.finding import Finding, Means
from bot.core.flow import Flow


def findings(flow: Flow, means: Means) -> tuple[Finding, ...]:
    """What is wrong with the flow, errors first. Ways and cards are looked at where every path ends."""
    found = [
        *shape.findings(flow),
        *rows.findings(flow),
        *texts.findings(flow),
        *wording.findings(flow, means),
    ]
    if not shape.find_loop(flow):
        found += [*emergency.findings(flow), *ways.findings(flow), *orders.findings(flow)]
        found += screens.findings(flow, means)
    return tuple(sorted(found, key=lambda finding: finding.level))

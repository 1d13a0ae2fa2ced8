"""How long it takes to prove a flow of two hundred steps, as an admin waits for it before publishing."""

import time

from bot.core.checks import findings
from bot.core.flow import Flow
from tests.flows.large_flow import large_flow
from tests.flows.means import MEANS

TIMES = 3
STEPS = len(large_flow().steps)


def proof_seconds() -> float:
    """Processor time, the fastest of three."""
    flow = large_flow()
    return min(_seconds(flow) for _ in range(TIMES))


def _seconds(flow: Flow) -> float:
    started = time.process_time()
    findings(flow, MEANS)
    return time.process_time() - started

"""The proof about the order of questions walks as conversations do, and looks at every one of them."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app.flow_reader import read_flow
from bot.app.proving import finder
from bot.core.checks.orders import Bits, findings
from bot.core.events import Answered
from bot.core.facts import FACTS, NUMBER_FACTS, FactValue
from bot.core.flow import UNSURE, Ask, End, Flow
from bot.core.walk import begin, facts_of, step
from tests.flows.large_flow import large_flow
from tests.flows.means import ROOT

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SHIPPED = read_flow(
    (ROOT / "flows" / "default.yaml").read_text("utf-8"), "default.yaml", find=finder(ROOT / "flows")
)
MINUTES = read_flow(
    (ROOT / "tests" / "broken_flows" / "valid.yaml")
    .read_text("utf-8")
    .replace(
        "{demand_reasonable: yes}, to: weigh", "{demand_reasonable: yes, minutes_elapsed: 40}, to: weigh"
    )
    .replace(
        "{all: [{demand_reasonable: yes}]}",
        "{all: [{minutes_elapsed: {at_least: 30}}], none: [{org_at_fault: unknown}]}",
    ),
    "x.yaml",
)
FLOWS = (SHIPPED, large_flow(), MINUTES)
BITS = {flow.id + str(len(flow.steps)): Bits(flow) for flow in FLOWS}

flows = st.sampled_from(FLOWS)
facts = st.dictionaries(st.sampled_from(FACTS), st.sampled_from(["yes", "no", "unknown"]), max_size=6)
taps = st.lists(st.integers(0, 4), max_size=20)


def usable(known: dict[str, FactValue]) -> dict[str, FactValue]:
    """`yes` and `no` as minutes where the fact is a number."""
    numbers: dict[FactValue, FactValue] = {"yes": 45, "no": 10}
    return {n: numbers.get(v, v) if n in NUMBER_FACTS else v for n, v in known.items()}


def by_machine(
    flow: Flow, known: dict[str, FactValue], answers: list[int]
) -> tuple[str, dict[str, FactValue], int]:
    """Where the walk ends that really happens, with the facts there and the answers as bits; わからない at the last."""
    walk, left, tapped = begin(flow, known).walk, list(answers), 0
    bits = BITS[flow.id + str(len(flow.steps))]
    while isinstance(ask := flow.steps[walk.at], Ask):
        number = left.pop() if left else 4
        given = ask.choices[number] if number < len(ask.choices) else None
        if given:
            tapped |= next(a.bit for a in bits.answers[ask.id] if a.name == given.id)
        choice = given.id if given else UNSURE
        walk = step(flow, walk, Answered(NOW, ask.id, choice, walk.revision, walk.flow)).walk
    return walk.at, facts_of(flow, walk), tapped


@settings(max_examples=150, deadline=None)
@given(flows, facts, taps)
def test_the_proof_walks_as_conversations_do(
    flow: Flow, known: dict[str, FactValue], answers: list[int]
) -> None:
    known = usable(known)
    bits = BITS[flow.id + str(len(flow.steps))]
    end, _, tapped = by_machine(flow, known, answers)
    assert bits.walked(bits.known(known), tapped) == end


@settings(max_examples=100, deadline=None)
@given(flows, taps)
def test_every_conversation_by_taps_is_among_those_that_are_looked_at(flow: Flow, answers: list[int]) -> None:
    bits = BITS[flow.id + str(len(flow.steps))]
    end, known, tapped = by_machine(flow, {}, answers)
    assert (end, bits.known(known), tapped) in bits.reached


def test_the_way_that_is_told_leads_to_the_end_that_is_told() -> None:
    text = (ROOT / "tests" / "broken_flows" / "order_matters.yaml").read_text("utf-8")
    flow = read_flow(text, "x.yaml")
    (found,) = findings(flow)
    walk = begin(flow, {}).walk
    for tap in found.args["way"].split(" → "):
        at, _, choice = tap.rpartition(":")
        walk = step(flow, walk, Answered(NOW, at, choice, walk.revision, walk.flow)).walk
    assert walk.at == found.step
    assert isinstance(flow.steps[walk.at], End)

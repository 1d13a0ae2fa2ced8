"""What ships with Mamori is proved, its schema is up to date, and proving stays quick for a flow of many steps."""

import json

from bot.app.flow_reader import read_flow
from bot.app.flow_schema import flow_schema, pack_schema
from bot.app.proving import finder, load_sentences
from bot.app.proving_folders import flow_files, prove_files
from bot.app.wording import load_words
from bot.core import cards
from bot.core.checks import Means, findings
from bot.platforms.line import fit as line
from bot.platforms.slack import fit as slack
from tests.flows.large_flow import large_flow
from tests.flows.means import MEANS, ROOT

FLOWS = ROOT / "flows"


def test_the_flows_that_ship_have_no_errors_and_all_their_scenarios_come_out_right() -> None:
    means = Means(load_words(ROOT), cards.compose, (line.findings, slack.findings))
    proof = prove_files(flow_files(FLOWS), means, load_sentences(ROOT))
    assert [told.as_line() for told in proof.told if told.level == "error"] == []
    assert "default" in proof.flows
    assert proof.scenarios >= 20


def test_the_default_flow_asks_at_most_eight_times() -> None:
    from bot.core.checks.exploring import Map, Start

    flow = read_flow((FLOWS / "default.yaml").read_text("utf-8"), "default.yaml", find=finder(FLOWS))
    arrivals = Map(flow).explore(Start({}))
    assert max(a.taps for found in arrivals.values() for a in found.values()) <= 8


def test_the_committed_schema_is_the_one_of_the_models() -> None:
    """When this fails: mamori flows schema > flows/schema.json, mamori flows schema --pack > flows/pack.schema.json"""
    assert json.loads((FLOWS / "schema.json").read_text("utf-8")) == flow_schema()
    assert json.loads((FLOWS / "pack.schema.json").read_text("utf-8")) == pack_schema()


def test_the_schema_knows_every_kind_of_step() -> None:
    schema = flow_schema()
    (steps,) = schema["properties"]["steps"]["patternProperties"].values()
    names = [one["$ref"].rpartition("/")[2] for one in steps["anyOf"]]
    required = {name: set(schema["$defs"][name]["required"]) for name in names}
    assert [
        kind
        for kind in ("ask", "say", "decide", "call", "end")
        if not any(kind in r for r in required.values())
    ] == []


def test_a_flow_of_two_hundred_steps_is_proved_whole() -> None:
    """Nothing is given up on the way; how long it takes is told by `make bench`."""
    flow = large_flow()
    assert (findings(flow, MEANS), len(flow.steps) >= 200) == ((), True)

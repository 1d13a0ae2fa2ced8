"""A flow walked from facts, and scenarios that say what must come of them."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app.flow_reader import read_flow
from bot.app.proving import finder, load_sentences
from bot.app.proving_folders import prove_files
from bot.app.walking import Scenario, read_scenario, run_scenario, walk_facts
from bot.app.yaml_text import Misread
from bot.core.facts import DANGER_FACTS, FACTS, NUMBER_FACTS, FactValue
from tests.flows.means import MEANS, ROOT

VALID = (ROOT / "tests" / "broken_flows" / "valid.yaml").read_text("utf-8")
TINY = read_flow(VALID, "valid.yaml")
DEFAULT = read_flow(
    (ROOT / "flows" / "default.yaml").read_text("utf-8"), "default.yaml", find=finder(ROOT / "flows")
)
FAIR = Scenario("もっともな求め", "tiny", {"weapon_seen": "no", "demand_reasonable": "yes"}, (), "green")
SCENARIO = """name: もっともな求め
flow: tiny
facts: {weapon_seen: no, demand_reasonable: yes}
taps: [none]
expect: {level: green, steps_include: [record_as_opinion], most_taps: 2}
"""

values = st.sampled_from(["yes", "no", "unknown"])
facts = st.dictionaries(st.sampled_from([f for f in FACTS if f not in NUMBER_FACTS]), values)


def test_facts_answer_the_questions_and_what_they_dont_say_is_answered_with_unsure() -> None:
    walked = walk_facts(TINY, {"weapon_seen": "no"})
    assert walked.as_json() == {
        "level": "yellow",
        "acts": [],
        "steps": ["two_or_more_staff"],
        "path": ["danger:none", "fair:unsure", "end_yellow"],
        "taps": 2,
    }


def test_unknown_facts_and_facts_without_a_question_are_as_nothing_said() -> None:
    nothing = walk_facts(DEFAULT, {})
    assert walk_facts(DEFAULT, {"weapon_seen": "unknown", "no_such_fact": "yes"}) == nothing


def test_an_act_that_the_facts_confirm_is_named_although_its_question_was_not_reached() -> None:
    walked = walk_facts(DEFAULT, {"touched_or_hit": "yes", "personal_insult": "yes"})
    assert {"physical_attack", "mental_attack"} <= set(walked.acts)


def test_the_steps_of_the_end_come_before_those_told_on_the_way() -> None:
    told = "    say: {ja: まず聞きます。}\n    steps: [listen_and_confirm_facts]"
    text = (ROOT / "tests" / "broken_flows" / "valid.yaml").read_text("utf-8")
    flow = read_flow(text.replace("    say: {ja: まず聞きます。}", told), "x.yaml")
    assert walk_facts(flow, FAIR.facts).steps == ("record_as_opinion", "listen_and_confirm_facts")


@given(facts)
def test_any_facts_at_all_end_in_a_level(known: dict[str, FactValue]) -> None:
    walked = walk_facts(DEFAULT, known)
    assert walked.path[-1] in DEFAULT.steps
    assert len(walked.path) == walked.taps + 1


@given(facts, st.sampled_from(DANGER_FACTS))
def test_a_danger_fact_is_red_whatever_else_is_known(known: dict[str, FactValue], danger: str) -> None:
    assert walk_facts(DEFAULT, {**known, danger: "yes"}).level == "red"


def test_a_scenario_that_comes_out_as_expected_says_nothing() -> None:
    assert run_scenario(TINY, FAIR) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"level": "red"}, "レベルが green です"),
        ({"acts_include": ("persistent",)}, "行為 persistent がありません"),
        ({"steps_include": ("call_110",)}, "すること call_110 がありません"),
        ({"steps_exclude": ("record_as_opinion",)}, "してはいけない record_as_opinion"),
        ({"most_taps": 1}, "2 回押します"),
        ({"facts": {}, "taps": ("none", "no_such")}, "「fair」に「no_such」という選択肢がありません"),
        ({"facts": {}, "taps": ("yes_now", "beyond")}, "押されなかったものがあります: beyond"),
    ],
)
def test_a_scenario_that_comes_out_otherwise_says_what_and_by_which_way(
    change: dict[str, object], told: str
) -> None:
    scenario = replace(FAIR, **change)  # type: ignore[arg-type]
    assert any(told in why.words() for why in run_scenario(TINY, scenario))


def test_a_scenario_is_read_whole() -> None:
    scenario = read_scenario(SCENARIO, "s.yaml")
    assert (scenario.taps, scenario.level, scenario.most_taps) == (("none",), "green", 2)
    assert scenario.facts == FAIR.facts


def test_a_mistake_in_a_scenario_is_told_with_its_line() -> None:
    with pytest.raises(Misread) as caught:
        read_scenario(
            SCENARIO.replace("steps_include", "step_include").replace("weapon_seen", "wepon"), "s.yaml"
        )
    assert [line.split(": ")[0] for line in caught.value.lines] == ["s.yaml:3", "s.yaml:5"]


def test_several_scenarios_may_share_a_file_and_a_bad_one_never_stops_the_others(tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "tiny.yaml").write_text(VALID, "utf-8")
    told = SCENARIO.replace("taps: [none]\n", "")
    parts = [told, told.replace("facts", "fatcs"), told.replace("level: green", "level: red")]
    (tmp_path / "scenarios" / "fair.yaml").write_text("---\n".join(parts), "utf-8")
    proof = prove_files([tmp_path / "tiny.yaml"], MEANS, load_sentences(ROOT))
    assert proof.scenarios == 2
    assert [(t.line, t.code) for t in proof.told] == [(8, "misread"), (11, "scenario_fails")]

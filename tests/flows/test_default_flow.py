"""What the flows that ship must never say and must always say, whatever combination of facts they are asked with."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from random import Random

import pytest

from bot.app.flow_reader import read_flow
from bot.app.proving import finder
from bot.app.walking import Walked, walk_facts
from bot.core.facts import DANGER_FACTS, FACTS, NUMBER_FACTS, FactValue
from bot.core.flow import Decide, Flow
from tests.flows.means import ROOT

FLOW_FOLDER = ROOT / "flows"
FLOWS = ("default", "phone", "visit", "street", "online")
IN_NEED = ("disability_or_illness_suspected", "suicide_hint", "medical_emergency")
SENDING_AWAY = {"warn", "end_call", "ask_to_leave", "demand_leave_formally"}
REFUSING = {*SENDING_AWAY, "explain_cannot_comply"}
DANGER_NEEDS = {"get_safe", "call_110", "call_backup", "preserve_evidence", "report_supervisor"}
HARD = {
    "filming_staff": {"preserve_evidence", "report_supervisor"},
    "sns_threat_or_post": {"preserve_evidence", "consult_lawyer"},
    "sexual_remark_or_act": {"switch_person", "preserve_evidence", "report_supervisor", "aftercare"},
    "stalking_or_personal_info": {"preserve_evidence", "report_supervisor", "aftercare"},
    "personal_insult": {"two_or_more_staff", "preserve_evidence", "report_supervisor"},
    "discriminatory_remark": {"two_or_more_staff", "preserve_evidence", "report_supervisor"},
    "asks_dogeza": {"two_or_more_staff", "preserve_evidence", "report_supervisor"},
    "said_to_leave_and_refused": {"preserve_evidence", "report_supervisor"},
}
"""Conduct beyond what staff must take, however right the demand is; and what each needs, whichever other decided."""
GRAVER = (
    *HARD,
    "loud_or_banging",
    "staff_feels_unsafe",
    "staff_alone",
    "warned_already",
    "repeated_contacts",
    "asks_staff_punishment",
    "other_customers_affected",
    "intoxicated",
    *DANGER_FACTS,
)
MILD_TO_GRAVE = ("green", "yellow", "orange", "red")

Known = dict[str, FactValue]


@cache
def flow(name: str) -> Flow:
    file = FLOW_FOLDER / f"{name}.yaml"
    return read_flow(file.read_text("utf-8"), file.name, find=finder(file.parent))


@cache
def told(name: str) -> tuple[tuple[Known, Walked], ...]:
    """Five hundred situations, the same in every run: a few things known of each, mostly without danger."""
    return tuple((known, walk_facts(flow(name), known)) for known in _situations(Random(name), 500))


def _situations(random: Random, count: int) -> Iterator[Known]:
    for _ in range(count):
        known: Known = {f: random.choice(["yes", "no"]) for f in random.sample(FACTS, random.randint(1, 12))}
        for name in known.keys() & {*NUMBER_FACTS}:
            known[name] = random.choice([5, 20, 35, 70])
        calm: Known = {f: "no" for f in known.keys() & {*DANGER_FACTS, *IN_NEED} if random.random() < 0.7}
        yield {**known, **calm}


def says_yes(known: Known, names: tuple[str, ...]) -> bool:
    return any(known.get(name) == "yes" for name in names)


@pytest.mark.parametrize("name", FLOWS)
def test_danger_is_red_and_calls_for_help(name: str) -> None:
    for known, came in told(name):
        if says_yes(known, DANGER_FACTS):
            assert came.level == "red", known
            assert {*came.steps} >= DANGER_NEEDS, (known, came)
            assert not {*came.steps} & REFUSING, (known, came)


@pytest.mark.parametrize("name", FLOWS)
def test_who_is_ill_or_in_need_is_never_sent_away(name: str) -> None:
    for known, came in told(name):
        if says_yes(known, IN_NEED):
            assert came.level == ("red" if says_yes(known, DANGER_FACTS) else "care"), (known, came)
            assert not {*came.steps} & SENDING_AWAY, (known, came)


@pytest.mark.parametrize("name", FLOWS)
def test_who_has_gone_is_neither_warned_nor_asked_to_leave(name: str) -> None:
    for known, came in told(name):
        if known.get("person_still_present") == "no":
            assert not {*came.steps} & SENDING_AWAY, (known, came)


@pytest.mark.parametrize("name", FLOWS)
def test_what_one_fact_needs_is_told_where_another_decides(name: str) -> None:
    for known, came in told(name):
        if says_yes(known, (*DANGER_FACTS, *IN_NEED)):
            continue
        for fact in HARD.keys() & {f for f, v in known.items() if v == "yes"}:
            later = {"consult_lawyer"} if came.level == "red" else set()
            assert came.level in ("orange", "red"), (known, came)
            assert HARD[fact] - later <= {*came.steps}, (fact, known, came)


@pytest.mark.parametrize("name", FLOWS)
def test_nobody_stays_alone_with_it_above_green(name: str) -> None:
    people = {"two_or_more_staff", "switch_person", "call_backup", "report_supervisor"}
    for known, came in told(name):
        if came.level != "green":
            assert {*came.steps} & people, (known, came)


@pytest.mark.parametrize("name", FLOWS)
def test_a_fair_request_is_met_and_kept_as_an_opinion(name: str) -> None:
    came = [(known, walked) for known, walked in told(name) if walked.level == "green"]
    assert came
    for known, walked in came:
        assert not {*walked.steps} & {*REFUSING, "call_110", "consult_lawyer"}, (known, walked)
        assert "record_as_opinion" in walked.steps
        assert not says_yes(known, (*HARD, *DANGER_FACTS))


@pytest.mark.parametrize("name", FLOWS)
def test_one_more_hard_fact_never_makes_it_milder(name: str) -> None:
    random = Random(name)
    for known, before in told(name):
        fact = random.choice(GRAVER)
        after = walk_facts(flow(name), {**known, fact: "yes"})
        if "care" not in (before.level, after.level):
            assert MILD_TO_GRAVE.index(after.level) >= MILD_TO_GRAVE.index(before.level), (fact, known, after)


def test_calm_cases_are_weighed_alike_at_the_counter_and_elsewhere() -> None:
    """The shared part hands back to its caller what the default flow ends in orange itself."""
    compared = 0
    for step_id, here in flow("default").steps.items():
        shared = flow("phone").steps.get(f"calm:{step_id}")
        if isinstance(shared, Decide) and isinstance(here, Decide):
            calm = [replace(row, to=f"calm:{row.to}") for row in here.rows if not _hands_back(row.to)]
            assert calm == [row for row in shared.rows if row.to.startswith("calm:")], step_id
            compared += len(calm)
    assert compared > 20


def test_no_card_holds_a_word_that_would_inflame() -> None:
    words = ("カスハラ", "クレーマー", "加害者", "！", "!")
    files = [*FLOW_FOLDER.glob("*.yaml"), *(FLOW_FOLDER / "packs").glob("*.yaml")]
    texts = [(file.name, file.read_text("utf-8")) for file in files if file.stem != "policy"]
    assert len(texts) > 10
    assert [(name, word) for name, text in texts for word in words if word in text] == []


def _hands_back(to: str) -> bool:
    return to.startswith("end_orange") or to == "weigh_beyond_long"

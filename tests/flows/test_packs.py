"""A pack says only what is otherwise; all else stays as the flow has it, and what it can't mean is told with its line."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app.bundle import Page
from bot.app.flow_reader import Read, read_whole
from bot.app.proving import load_sentences, prove_text
from bot.app.proving_folders import prove_files
from bot.app.yaml_text import Misread
from bot.core.flow import Ask, Decide, End, Say
from tests.flows.means import MEANS, ROOT
from tests.flows.test_reader import CALLING, PARTS, PIECES, VALID

HEAD = "pack: desk\nformat: 1\ntitle: {ja: 机}\nbase: tiny\n"
SENTENCES = load_sentences(ROOT)


def laid(steps: str, head: str = HEAD) -> Read:
    page = Page(f"{head}steps:\n{steps}", "packs/desk.yaml")
    return read_whole(CALLING, "tiny.yaml", find=PARTS.__getitem__, pack=page)


def mistakes(steps: str, head: str = HEAD) -> tuple[str, ...]:
    with pytest.raises(Misread) as caught:
        laid(steps, head)
    return caught.value.lines


def test_a_text_is_changed_and_the_rest_of_its_step_stays() -> None:
    flow = laid("  danger: {ask: {ja: 電話の向こうは危険ですか}}\n").flow
    assert isinstance(danger := flow.steps["danger"], Ask)
    assert danger.text["ja"] == "電話の向こうは危険ですか"
    assert [c.id for c in danger.choices] == ["yes_now", "none"]
    assert flow.id == "tiny"


def test_choices_are_changed_and_added_by_their_id() -> None:
    steps = "  fair:\n    choices:\n      - {id: beyond, to: end_yellow}\n      - {id: third, label: {ja: 他}, to: weigh}\n"
    assert isinstance(fair := laid(steps).flow.steps["fair"], Ask)
    assert [(c.id, c.label["ja"], c.to) for c in fair.choices] == [
        ("within", "はい", "weigh"),
        ("beyond", "いいえ", "end_yellow"),
        ("third", "他", "weigh"),
    ]


def test_a_choice_is_taken_away() -> None:
    steps = "  fair:\n    choices:\n      - {id: within, remove: yes}\n      - {id: third, label: {ja: 他}, to: weigh}\n"
    assert isinstance(fair := laid(steps).flow.steps["fair"], Ask)
    assert [c.id for c in fair.choices] == ["beyond", "third"]


def test_other_lists_are_replaced_and_null_takes_away() -> None:
    flow = laid("  end_yellow: {steps: [report_supervisor]}\n  sorry: {aloud: null}\n").flow
    assert isinstance(end := flow.steps["end_yellow"], End)
    assert end.guidance.steps == ("report_supervisor",)
    assert isinstance(say := flow.steps["sorry"], Say)
    assert (say.guidance.aloud, say.guidance.do["ja"]) == ({}, "まず聞きます。")


def test_a_new_step_is_added_whole_and_a_step_of_another_kind_stands_instead() -> None:
    flow = laid(
        "  fair: {decide: [{when: {all: [{org_at_fault: yes}]}, to: desk_first}], otherwise: weigh}\n"
        "  desk_first: {say: {ja: 受話器を置きません。}, to: weigh}\n"
    ).flow
    assert isinstance(flow.steps["fair"], Decide)
    assert isinstance(flow.steps["desk_first"], Say)


def test_a_step_is_taken_away() -> None:
    flow = laid("  end_green: null\n  weigh: {say: {ja: 待ちます。}, to: end_yellow}\n").flow
    assert "end_green" not in flow.steps


def test_a_pack_reaches_into_one_call_of_a_flow_and_not_into_another() -> None:
    twice = CALLING + "  again: {call: part, to: sorry}\n"
    page = Page(
        f"{HEAD}steps:\n  shared:first: {{ask: {{ja: 机です}}}}\n  shared:deep:words: {{say: {{ja: 奥です。}}}}\n",
        "p",
    )
    flow = read_whole(twice, "tiny.yaml", find=PARTS.__getitem__, pack=page).flow
    assert isinstance(changed := flow.steps["shared:first"], Ask)
    assert isinstance(kept := flow.steps["again:first"], Ask)
    assert isinstance(deep := flow.steps["shared:deep:words"], Say)
    assert (changed.text["ja"], kept.text["ja"]) == ("机です", "どちらですか")
    assert deep.guidance.do["ja"] == "奥です。"


def test_start_title_and_ways_out_can_be_otherwise() -> None:
    head = HEAD + "start: fair\nways_out: {our_fault: {facts: {org_at_fault: yes, demand_reasonable: yes}}}\n"
    flow = laid("  fair: {unsure: weigh}\n", head).flow
    assert (flow.start, flow.title) == ("fair", {"ja": "机"})
    assert flow.our_fault.facts == {"org_at_fault": "yes", "demand_reasonable": "yes"}
    assert flow.our_fault.show == "sorry"


@pytest.mark.parametrize(
    ("steps", "line", "told"),
    [
        ("  dagner: {ask: {ja: 何}}\n", 6, "必要です"),
        ("  dagner: {hint: {ja: 何}}\n", 6, "元の判断フローに、この手順がありません"),
        ("  dagner: null\n", 6, "元の判断フローに、この手順がありません"),
        ("  danger: {hnt: {ja: 何}}\n", 6, "この名前は使えません"),
        ("  danger:\n    unsure: nowhere\n", 6, "行き先「nowhere」"),
        ("  sorry: {evidence: null}\n", 6, "取り除けません"),
        ("  fair: {choices: [{id: nosuch, remove: yes}]}\n", 6, "取り除けません"),
        ("  fair:\n    choices:\n      - {id: new, to: weigh}\n", 8, "label: 必要です"),
        ("  shraed:first: {ask: {ja: 何}}\n", 6, "「shraed」という call がありません"),
        ("  shared:frist: {hint: {ja: 何}}\n", 6, "この手順がありません"),
        ("  danger: {ask: {ja: 何}, say: {ja: 何}}\n", 6, "どれか一つ"),
    ],
)
def test_what_a_pack_cant_mean_is_told_with_its_line(steps: str, line: int, told: str) -> None:
    found = mistakes(steps)
    assert any(one.startswith(f"packs/desk.yaml:{line}:") and told in one for one in found), found


@pytest.mark.parametrize(
    ("head", "told"),
    [
        (HEAD.replace("tiny", "other"), "「other」に重ねるパック"),
        (HEAD + "stpes: {}\n", "この名前は使えません"),
        (HEAD.replace("format: 1", "format: 2"), "使えるのは"),
        (HEAD + "start: nowhere\n", "行き先「nowhere」"),
    ],
)
def test_a_mistake_at_the_top_of_a_pack_is_told(head: str, told: str) -> None:
    found = mistakes("  danger: {hint: {ja: 何}}\n", head)
    assert any(one.startswith("packs/desk.yaml:") and told in one for one in found), found


def test_a_finding_names_the_file_that_the_step_was_last_written_in() -> None:
    long = "  end_yellow: {do: {ja: " + "長" * 80 + "}}\n"
    _, told = prove_text(
        VALID, "tiny.yaml", MEANS, SENTENCES, pack=Page(f"{HEAD}steps:\n{long}", "packs/desk.yaml")
    )
    assert [(t.file, t.line, t.step, t.code) for t in told] == [
        ("packs/desk.yaml", 6, "end_yellow", "do_long")
    ]


def folder(tmp_path: Path, pack: str = HEAD + "steps: {danger: {hint: {ja: 何}}}\n") -> Path:
    (tmp_path / "packs").mkdir()
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "tiny.yaml").write_text(VALID, "utf-8")
    (tmp_path / "packs" / "desk.yaml").write_text(pack, "utf-8")
    return tmp_path


def scenario(where: Path, pack: str, level: str) -> None:
    text = f"name: 場面\nflow: tiny\n{pack}taps: [none, within]\nexpect: {{level: {level}}}\n"
    (where / "scenarios" / f"{level}.yaml").write_text(text, "utf-8")


def test_every_pack_beside_a_flow_is_proved_with_the_scenarios_that_name_it(tmp_path: Path) -> None:
    where = folder(tmp_path, HEAD + "steps: {fair: {choices: [{id: within, to: end_yellow}]}}\n")
    scenario(where, "", "green")
    scenario(where, "pack: desk\n", "yellow")
    proof = prove_files([where / "tiny.yaml"], MEANS, SENTENCES)
    assert (proof.flows, proof.packs, proof.scenarios) == (("tiny",), ("desk",), 2)
    assert [t.code for t in proof.told if t.level == "error"] == []
    alone = prove_files([where / "packs" / "desk.yaml"], MEANS, SENTENCES)
    assert (alone.flows, alone.packs, alone.scenarios) == ((), ("desk",), 1)


def test_what_is_wrong_with_the_flow_itself_is_told_once_and_not_for_each_pack(tmp_path: Path) -> None:
    where = folder(tmp_path)
    (where / "tiny.yaml").write_text(VALID.replace("二人で聞きます。", "長" * 80), "utf-8")
    assert [t.code for t in prove_files([where / "tiny.yaml"], MEANS, SENTENCES).told] == ["do_long"]


@pytest.mark.parametrize("pack", ["pack: nosuch\n"])
def test_a_scenario_that_waits_for_a_pack_in_vain_is_told(tmp_path: Path, pack: str) -> None:
    where = folder(tmp_path)
    scenario(where, pack, "green")
    (told,) = prove_files([where / "tiny.yaml"], MEANS, SENTENCES).told
    assert "「nosuch」がありません" in told.words


def test_a_pack_over_a_flow_that_is_nowhere_is_told(tmp_path: Path) -> None:
    where = folder(tmp_path, HEAD.replace("tiny", "other"))
    (told,) = prove_files([where / "tiny.yaml"], MEANS, SENTENCES).told
    assert (told.level, "「other」" in told.words) == ("error", True)


WHOLE = HEAD + (
    "start: danger\nways_out: {our_fault: {show: sorry}}\nsteps:\n"
    "  danger: {ask: {ja: 何}, choices: [{id: none, to: fair}]}\n"
    "  end_green: null\n  shared:first: {hint: {ja: 何}}\n  new: {say: {ja: 何}, to: fair}\n"
)


@given(
    at=st.integers(0, len(WHOLE)),
    cut=st.integers(0, 40),
    put=st.lists(PIECES | st.text(max_size=8), max_size=4),
)
@settings(max_examples=150, deadline=None)
def test_a_mangled_pack_is_misread_and_nothing_else(at: int, cut: int, put: list[str]) -> None:
    page = Page(WHOLE[:at] + "".join(put) + WHOLE[at + cut :], "packs/desk.yaml")
    with suppress(Misread):
        read_whole(CALLING, "tiny.yaml", find=PARTS.__getitem__, pack=page)

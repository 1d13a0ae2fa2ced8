"""Mistakes in a flow's YAML are told with line and mend, and nothing an author can write makes the reader fall over."""

import re
from collections.abc import Callable
from contextlib import suppress

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app.flow_reader import read_flow, read_part
from bot.app.yaml_text import Misread
from bot.core.flow import Ask, Decide, Say
from tests.flows.means import ROOT

VALID = (ROOT / "tests" / "broken_flows" / "valid.yaml").read_text("utf-8")
PART = """flow: part
format: 1
title: {ja: 部品}
start: first
steps:
  first:
    ask: {ja: どちらですか}
    choices:
      - {id: one, label: {ja: 一}, to: done}
      - {id: two, label: {ja: 二}, to: deep}
    unsure: done
  deep: {call: inner, to: done}
  done: {end: return}
"""
INNER = """flow: inner
format: 1
title: {ja: 奥の部品}
start: words
steps:
  words: {say: {ja: まず聞きます。}, to: back}
  back: {end: return}
"""
PARTS = {"part": PART, "inner": INNER}
CALLING = (
    VALID.replace("to: sorry}\n    unsure", "to: shared}\n    unsure") + "  shared: {call: part, to: sorry}\n"
)


def mistakes(text: str, find: Callable[[str], str] | None = None) -> tuple[str, ...]:
    with pytest.raises(Misread) as caught:
        read_flow(text, "x.yaml", find=find)
    return caught.value.lines


def line_of(text: str, words: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if words in line)


def broken(old: str, new: str) -> str:
    assert old in VALID
    return VALID.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "where", "told"),
    [
        ("  fair:\n", "  sorry:\n", "  sorry:\n    ask", "二度書かれています"),
        (
            "demand_reasonable: yes}, to",
            "demand_resonable: yes}, to",
            "demand_resonable: yes}, to",
            "使えるのは",
        ),
        (
            "demand_reasonable: yes}, to",
            "demand_reasonable: 3}, to",
            "demand_reasonable: 3",
            "yes / no / unknown",
        ),
        ("demand_reasonable: yes}, to", "minutes_elapsed: yes}, to", "minutes_elapsed: yes", "数"),
        ("any: [{weapon_seen: yes}", "any: [{weapon_seen: {at_least: 3}}", "at_least", "yes / no / unknown"),
        ("    to: fair\n", "   to: fair\n", "   to: fair", "字下げ"),
        ("    to: fair\n", "    to: fear\n", "  sorry:", "行き先「fear」"),
        (
            "    to: fair\n",
            "    to: fair\n    unsure: weigh\n",
            "    unsure: weigh\n  fair",
            "この名前は使えません",
        ),
        ("    to: fair\n", "    to: fair\n    end: yellow\n", "  sorry:", "どれか一つ"),
        ("    unsure: weigh\n", "", "  fair:", "必要です"),
        ("say: {ja: まず聞きます。}", "say: まず聞きます。", "say: まず", "「名前: 値」の形"),
        ("id: beyond", "id: within", "  fair:", "重なっています"),
        ("id: beyond", "id: unsure", "  fair:", "重なっています"),
        ("id: beyond", "id: Beyond", "id: Beyond", "小文字"),
        ("start: danger", "start: dagner", "start: dagner", "行き先「dagner」"),
        ("show: sorry", "show: fair", "show: fair", "say の手順"),
        ("end: green", "end: return", "  weigh:", "return です"),
        ("format: 1\n", "format: 1\nlanguages: [en]\n", "languages", "ja は必ず"),
        ("steps: [record_as_opinion]", "steps: [record_as_opinon]", "record_as_opinon", "record_as_opinion"),
        ("flow: tiny", "flow: &a tiny\nsource: *a", "source", "もう一度書いてください"),
        ("{ja: 小さな流れ}", "{[ja]: 小さな流れ}", "title", "一語"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_how_to_mend_it(
    old: str, new: str, where: str, told: str
) -> None:
    text = broken(old, new)
    line = text[: text.index(where)].count("\n") + 1
    assert any(f"x.yaml:{line}" in one and told in one for one in mistakes(text)), mistakes(text)


def test_all_mistakes_of_all_steps_are_told_at_once() -> None:
    text = VALID.replace("to: fair", "two: fair").replace("unsure: weigh", "unsafe: weigh")
    assert {line.split(": ")[1].split(".")[0] for line in mistakes(text)} == {"sorry", "fair"}


def test_five_choices_are_refused_with_the_number_that_is_possible() -> None:
    more = "".join(f"\n      - {{id: more_{n}, label: {{ja: 他}}, to: weigh}}" for n in range(3))
    text = VALID.replace("to: weigh}\n    unsure", f"to: weigh}}{more}\n    unsure")
    assert [line for line in mistakes(text) if "4つまで" in line and "fair" in line]


def test_a_called_flow_is_written_in_place_and_its_returns_come_back() -> None:
    flow = read_flow(CALLING, "x.yaml", find=PARTS.__getitem__)
    assert isinstance(first := flow.steps["shared:first"], Ask)
    assert (first.choices[0].to, first.choices[1].to) == ("sorry", "shared:deep:words")
    assert isinstance(words := flow.steps["shared:deep:words"], Say)
    assert words.to == "sorry"


def test_a_flow_may_begin_with_a_call() -> None:
    text = CALLING.replace("start: danger", "start: shared")
    assert read_flow(text, "x.yaml", find=PARTS.__getitem__).start == "shared:first"


def test_a_part_that_begins_with_a_call_is_entered_at_its_inmost_first_step() -> None:
    parts = {**PARTS, "part": PART.replace("start: first", "start: deep")}
    flow = read_flow(CALLING, "x.yaml", find=parts.__getitem__)
    assert isinstance(danger := flow.steps["danger"], Ask)
    assert danger.choices[1].to == "shared:deep:words"


def test_calls_that_go_round_are_told_with_the_round() -> None:
    round_about = {
        **PARTS,
        "inner": INNER.replace("words: {say: {ja: まず聞きます。}, to", "words: {call: part, to"),
    }
    (line,) = mistakes(CALLING, round_about.__getitem__)
    assert "inner.yaml:6:" in line
    assert "tiny → part → inner → part" in line


def test_a_called_flow_that_is_nowhere_is_told_at_the_call() -> None:
    (line,) = mistakes(CALLING, dict[str, str]().__getitem__)
    assert line.startswith(f"x.yaml:{line_of(CALLING, 'call: part')}:")
    assert "part.yaml を作って" in line


def test_a_mistake_in_a_called_flow_is_told_in_its_own_file() -> None:
    parts = {**PARTS, "inner": INNER.replace("say:", "sey:")}
    assert mistakes(CALLING, parts.__getitem__)[0].startswith("inner.yaml:6:")


def test_a_sub_flow_is_told_from_a_whole_one() -> None:
    assert read_part(PART, "part.yaml")
    assert not read_part(VALID, "x.yaml")


def test_yes_and_no_stay_words_and_several_tests_on_one_line_are_all_read() -> None:
    text = broken("{all: [{demand_reasonable: yes}]}", "{all: [{demand_reasonable: yes, org_at_fault: no}]}")
    assert isinstance(weigh := read_flow(text, "x.yaml").steps["weigh"], Decide)
    assert [(c.fact, c.value) for c in weigh.rows[1].all] == [
        ("demand_reasonable", "yes"),
        ("org_at_fault", "no"),
    ]


def reads_or_is_misread(text: str) -> None:
    with suppress(Misread):
        read_flow(text, "x.yaml", find=PARTS.__getitem__)


PIECES = st.sampled_from(
    ["{", "}", "[", "]", ":", "- ", "\n", "  ", "\t", "&a ", "*a", "<<", "!!int x", "!!binary x", "'", '"', "|", "? ",
     "%", "\x00", "\ud7ff", "0x_", "1e999", "2026-99-99", "~", "true", "call: part", "end: return", "steps:", "#"]
)  # fmt: skip


@given(
    at=st.integers(0, len(VALID)),
    cut=st.integers(0, 60),
    put=st.lists(PIECES | st.text(max_size=8), max_size=4),
)
@settings(max_examples=100, deadline=None)
def test_mangled_text_is_misread_and_nothing_else(at: int, cut: int, put: list[str]) -> None:
    reads_or_is_misread(VALID[:at] + "".join(put) + VALID[at + cut :])


@given(st.text(max_size=200) | st.lists(PIECES, max_size=30).map("".join))
@settings(max_examples=100, deadline=None)
def test_any_text_at_all_is_misread_and_nothing_else(text: str) -> None:
    reads_or_is_misread(text)


@pytest.mark.parametrize(
    "text", ["[" * 5000, "a: " * 3000, "- " * 5000, "a: &a [*a]", "? {a: b}\n: c", "flow: 0x_"]
)
def test_text_that_only_a_machine_would_write_is_misread(text: str) -> None:
    assert mistakes(text)


def test_mistakes_can_be_told_in_english() -> None:
    texts = [
        broken("    to: fair\n", "    to: fear\n"),
        broken("    unsure: weigh\n", ""),
        broken("demand_reasonable: yes}, to", "demand_reasonable: 3}, to"),
        broken("    to: fair\n", "   to: fair\n"),
    ]
    told = []
    for text in texts:
        with pytest.raises(Misread) as caught:
            read_flow(text, "x.yaml")
        told += [one.words("en") for one in caught.value.mistakes if not isinstance(one, str)]
    assert told[:2] == [
        "sorry: There is no step `fear` to lead to. See its spelling, or add the step",
        "fair.unsure: This is needed. Write it",
    ]
    assert told[2].endswith("demand_reasonable is yes, no or unknown")
    assert all(one.isascii() for one in told)


def test_both_languages_tell_the_same_mistakes_with_the_same_names() -> None:
    japanese, english = (
        yaml.safe_load((ROOT / "bot" / "app" / name).read_text("utf-8"))
        for name in ("misread.yaml", "misread.en.yaml")
    )
    names = [
        {key: set(re.findall(r"\{(\w+)\}", text)) for key, text in words.items()}
        for words in (japanese, english)
    ]
    assert names[0] == names[1]

"""Every kind of mistake in a flow is found, told in words, and found nowhere else."""

from dataclasses import replace
from functools import cache
from string import Formatter

import pytest

from bot.app.flow_reader import read_flow
from bot.app.proving import MISREAD, load_sentences, prove_text
from bot.core.checks import CODES, Finding, findings
from tests.flows.means import MEANS, ROOT, one_word_short, without_help, without_ways

BROKEN = ROOT / "tests" / "broken_flows"
SENTENCES = load_sentences(ROOT)
WITH = {
    "help_far": replace(MEANS, compose=without_help),
    "way_far": replace(MEANS, compose=without_ways),
    "words_missing": replace(MEANS, words=one_word_short()),
}
"""What no author can break is broken here in the means."""

BESIDE = {
    "danger_card_mild": {"danger_to_green", "danger_call_late"},
    "too_many_ways": {"order_unproved"},
    "help_far": {"way_far"},
    "card_unfit": {"aloud_long", "card_heavy"},
    "label_too_long": {"card_unfit"},
}
"""Findings that a broken flow can't be without."""


@cache
def found_in(name: str) -> tuple[Finding, ...]:
    text = (BROKEN / f"{name}.yaml").read_text("utf-8")
    return findings(read_flow(text, f"{name}.yaml"), WITH.get(name, MEANS))


def test_nothing_is_found_in_a_sound_flow() -> None:
    assert found_in("valid") == ()


@pytest.mark.parametrize("code", CODES)
def test_each_kind_of_mistake_has_a_broken_flow_in_which_nothing_else_is_found(code: str) -> None:
    found = {finding.code for finding in found_in(code)}
    assert found - BESIDE.get(code, set()) == {code}


def test_every_broken_flow_stands_for_a_kind_of_mistake() -> None:
    assert {file.stem for file in BROKEN.glob("*.yaml")} - {"valid"} == set(CODES)


def test_every_kind_of_mistake_has_words_in_both_languages_and_no_words_are_left_over() -> None:
    assert set(SENTENCES) == set(CODES)
    assert {code for code, texts in SENTENCES.items() if set(texts) != {"ja", "en"}} == set()


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("code", CODES)
def test_the_words_use_what_the_finding_knows(code: str, language: str) -> None:
    for finding in found_in(code):
        template = SENTENCES[finding.code][language]
        wanted = {name for _, name, _, _ in Formatter().parse(template) if name}
        assert wanted <= set(finding.args)


@pytest.mark.parametrize("code", CODES)
def test_a_finding_is_told_with_the_line_where_its_step_begins(code: str) -> None:
    text = (BROKEN / f"{code}.yaml").read_text("utf-8")
    _, told = prove_text(text, "x.yaml", WITH.get(code, MEANS), SENTENCES)
    assert told
    for one in told:
        line = text.splitlines()[one.line - 1].strip()
        assert line.startswith(f"{one.step}:" if one.step else ("title:", "languages:", "flow:"))
        assert one.as_line().startswith(f"x.yaml:{one.line}: ")


def test_an_unreadable_flow_is_told_like_a_finding() -> None:
    _, told = prove_text("flow: x\nflow: y\n", "x.yaml", MEANS, SENTENCES)
    assert [(t.line, t.code, t.level) for t in told] == [(2, MISREAD, "error")]


def test_every_declared_language_of_what_the_program_says_is_looked_at() -> None:
    """A flow may promise a language only when the cards' own words have it as well."""
    text = (BROKEN / "easy_long.yaml").read_text("utf-8")
    silent = replace(MEANS, words=replace(MEANS.words, phrases={"ja": MEANS.words.phrases["ja"]}))
    found = [f for f in findings(read_flow(text, "x.yaml"), silent) if f.code == "words_missing"]
    assert [f.args["language"] for f in found] == ["ja_easy"]

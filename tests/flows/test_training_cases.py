"""The made-up cases: many, of every level and workplace, in three languages, and judged as the shipped flow judges."""

from collections import Counter

import pytest

from bot.app.bundle import Page
from bot.app.case_reader import load_cases, read_case
from bot.app.judging import judged
from bot.app.monthly_drill import case_of_month
from bot.app.yaml_text import Misread
from bot.config import CONTENT
from bot.core.facts import LEVELS
from bot.core.training import Agreement, Case, agreement, of_the_day, offered
from bot.core.training_cards import invitation, question, verdict
from bot.platforms.line import fit as line
from bot.platforms.slack import fit as slack
from tests.core.sampling import shipped_flow, shipped_words

CASES = load_cases(CONTENT)
FLOW, WORDS = shipped_flow(), shipped_words()
MONTHS = [f"{year}-{month:02}" for year in (2026, 2027, 2028) for month in range(1, 13)]
TELLING = ("カスハラ", "クレーマー", "加害", "犯人", "!", "!")

every_case = pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))


@every_case
def test_the_shipped_flow_gives_the_level_that_the_case_expects(case: Case) -> None:
    assert judged(FLOW, case).level == case.level


@every_case
def test_a_case_has_a_line_to_say_and_no_word_that_a_customer_should_not_read(case: Case) -> None:
    assert judged(FLOW, case).aloud["ja"]
    texts = [*case.story.values(), *case.why.values()]
    assert [text for text in texts for word in TELLING if word in text] == []


def test_there_are_many_of_every_level_and_from_eight_workplaces() -> None:
    assert len(CASES) >= 30
    assert min(Counter(case.level for case in CASES.values())[level] for level in LEVELS) >= 5
    assert len({case.workplace for case in CASES.values()}) >= 8


@pytest.mark.parametrize("language", ["ja", "ja_easy", "en"])
def test_every_card_of_the_practice_fits_both_platforms(language: str) -> None:
    for case in CASES.values():
        found = judged(FLOW, case)
        most = agreement({"orange": 7, "unsure": 1}, found.level)
        cards = (
            question(WORDS, language, case, found.level),
            verdict(WORDS, language, found, most),
            invitation(WORDS, language, case.id),
        )
        assert [f for card in cards for f in (*line.findings(card), *slack.findings(card))] == []


@pytest.mark.parametrize("level", LEVELS)
def test_four_answers_are_offered_in_their_order_and_the_right_one_is_among_them(level: str) -> None:
    answers = offered(level)
    assert level in answers
    assert len(answers) == 4
    assert list(answers) == [one for one in LEVELS if one in answers]


@pytest.mark.parametrize("month", MONTHS)
def test_no_monthly_drill_calls_people_or_meets_anybody_unwarned(month: str) -> None:
    case = case_of_month(CASES, FLOW, month)
    assert case is not None
    assert case.drill
    assert case.level != "red"
    assert not judged(FLOW, case).calls


def test_the_monthly_drill_is_about_different_stories() -> None:
    assert len({case.id for month in MONTHS if (case := case_of_month(CASES, FLOW, month))}) > 12


def test_a_day_has_one_order_for_everybody_and_the_next_day_another() -> None:
    assert of_the_day(CASES, "2026-11-24") == of_the_day(reversed(list(CASES)), "2026-11-24")
    assert of_the_day(CASES, "2026-11-24") != of_the_day(CASES, "2026-11-25")


# --- a flow of one's own ---


def test_where_the_own_flow_says_another_level_its_own_reason_stands() -> None:
    case = CASES["counter_dogeza"]
    written = Case(**{**vars(case), "level": "green"})
    found = judged(FLOW, written)
    assert found.level == "orange"
    assert found.why != case.why
    assert found.why["ja"]


# --- agreement ---


def test_of_fewer_than_five_nothing_is_told() -> None:
    few, enough = agreement({"red": 4}, "red"), agreement({"red": 4, "orange": 1}, "orange")
    assert (few.most_share, few.agree_share) == (None, None)
    assert (enough.most, enough.most_share, enough.agree_share) == ("red", 0.8, 0.2)


def test_where_the_flow_has_no_answer_of_its_own_nobody_is_said_to_disagree() -> None:
    assert agreement({"loud": 6}).agree_share is None
    assert Agreement().most_share is None


# --- how a case is written ---

WRITTEN = """case: a_case
format: 1
story: {ja: 話, ja_easy: 話, en: story}
facts: {asks_dogeza: yes}
level: orange
why: {ja: わけ, ja_easy: わけ, en: why}
source: 江別市方針
"""


def test_a_case_is_read_as_it_is_written() -> None:
    case = read_case(Page(WRITTEN, "x.yaml"), "counter")
    assert (case.id, case.level, case.drill) == ("a_case", "orange", True)


@pytest.mark.parametrize(
    ("was", "becomes", "where"),
    [
        ("level: orange", "level: purple", "x.yaml:5:"),
        ("asks_dogeza", "asks_nothing", "x.yaml:4:"),
        ("ja_easy: 話, ", "", "x.yaml:3:"),
        ("{ja: 話", "{ja: " + "話" * 121, "x.yaml:3:"),
        ("source: 江別市方針", "source: ''", "x.yaml:7:"),
    ],
)
def test_a_mistake_is_told_with_its_line(was: str, becomes: str, where: str) -> None:
    with pytest.raises(Misread) as told:
        read_case(Page(WRITTEN.replace(was, becomes), "x.yaml"), "counter")
    assert told.value.lines[0].startswith(where)

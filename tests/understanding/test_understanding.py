"""What typed words mean: what the shipped models promise, on words of this file and on the development set."""

from __future__ import annotations

import pytest

from bot.app.understanding.deciding import Limits as Lines
from bot.app.understanding.deciding import Understanding, minutes_in, share_right
from bot.app.understanding.engine import LIGHT, PlainUnderstander, Understander, load_understander
from bot.app.understanding.measuring import figures, read_set
from bot.app.understanding.model import read_model
from bot.app.understanding.phrases import read_phrases, source_digest
from bot.app.understanding.signs import Reader
from bot.core.facts import ACTS
from tests.understanding.conftest import CONTENT, KNOWLEDGE

DEVELOPMENT = CONTENT / "tests" / "understanding" / "development.jsonl"


def test_the_light_model_was_learnt_from_the_phrases_that_are_here() -> None:
    assert read_model(KNOWLEDGE / LIGHT).source == source_digest(KNOWLEDGE), "run `mamori understand build`"


def test_the_labels_of_the_phrases_all_exist_and_no_text_stands_twice(reader: Reader) -> None:
    phrases = read_phrases(KNOWLEDGE)
    assert len(phrases) >= 2_000
    assert len({phrase.text for phrase in phrases}) == len(phrases)


@pytest.mark.parametrize(
    "text", ["殴られた", "ナイフ出してきた", "へやから でられない", "お客さんが倒れた", "he has a knife"]
)
def test_danger_is_an_emergency(light: Understander, text: str) -> None:
    assert light.understand(text).urgency == "emergency"


@pytest.mark.parametrize(
    "text",
    ["殴られてはいない 声だけ大きい", "死ぬほど疲れた", "包丁売場はどこですか", "昨日のドラマで殴るとこ"],
)
def test_words_that_only_sound_like_danger_are_no_emergency(light: Understander, text: str) -> None:
    assert light.understand(text).urgency != "emergency"


def test_the_same_text_always_means_the_same(light: Understander) -> None:
    again = load_understander(CONTENT, semantic=False)
    text = "2番窓口で机をたたいて大声を出している"
    assert light.understand(text) == again.understand(text)


def test_every_spelling_of_a_shout_is_a_shout(light: Understander) -> None:
    for text in ("怒鳴られている", "どなられている", "ﾄﾞﾅﾗﾚﾃｲﾙ"):
        assert "intimidation" in light.understand(text).acts, text


def test_the_next_likely_acts_are_offered_beside_those_understood(light: Understander) -> None:
    meant = light.understand("土下座しろと言われている")
    assert "apology_demand" in meant.acts
    assert len(meant.likely) == 3
    assert not set(meant.likely) & set(meant.acts)
    assert set(meant.likely) <= set(ACTS)


def test_nothing_is_said_of_acts_when_nothing_is_the_matter(light: Understander) -> None:
    meant = light.understand("まちがえて押しました、ごめんなさい")
    assert (meant.acts, meant.urgency, meant.intent) == ((), "none", "cancel_or_mistake")


def test_a_phrase_newer_than_the_model_keeps_the_labels_that_people_gave_it(reader: Reader) -> None:
    model = read_model(KNOWLEDGE / LIGHT)
    phrase = next(p for p in read_phrases(KNOWLEDGE) if "sexual" in p.acts)
    knows = Understander(reader, model, [phrase])
    assert knows.understand(phrase.text + "。").acts == phrase.acts
    assert knows.understand(phrase.text).confidence == 1.0


def test_without_a_model_the_most_alike_phrases_serve_and_danger_is_still_heard(reader: Reader) -> None:
    plain = PlainUnderstander(reader, read_phrases(KNOWLEDGE)[:60])
    assert plain.understand("刃物を出してきた").urgency == "emergency"


@pytest.mark.parametrize(
    ("sound", "minutes"),
    [
        ("でんわ40分", 40),
        ("もう1時間半", 90),
        ("2じかんいすわり", 120),
        ("15時20分にきた", None),
        ("3番まどぐち", None),
    ],
)
def test_minutes_are_lengths_of_time_and_not_times_of_day(sound: str, minutes: int | None) -> None:
    assert minutes_in(sound) == minutes


def test_confidence_is_the_share_that_was_right_at_that_sureness() -> None:
    lines = Lines({}, {}, ((0.0, 0.3), (0.5, 0.6), (1.0, 0.9)))
    assert [share_right(sure, lines) for sure in (-1.0, 0.2, 0.7, 3.0)] == [0.3, 0.3, 0.6, 0.9]


def test_denied_danger_becomes_a_fact_that_is_no(light: Understander) -> None:
    assert "weapon_seen" in light.understand("刃物はもってない どなってるだけ").denied


def test_the_development_set_is_understood_as_well_as_was_measured(light: Understander) -> None:
    """A floor a little below the figures in docs/understanding.md, so that a worse model is noticed."""
    truths = read_set(DEVELOPMENT)
    found = figures(truths, [light.understand(truth.text) for truth in truths])
    assert found.emergency_recall >= 0.98
    assert found.false_emergencies <= 0.12
    assert found.acts_f1 >= 0.76
    assert found.urgency >= 0.81
    assert found.intent >= 0.80


def test_an_answer_of_nothing_is_no_danger_and_no_acts() -> None:
    assert (Understanding().acts, Understanding().urgency) == ((), "none")

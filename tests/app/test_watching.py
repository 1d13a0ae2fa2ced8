"""What the auditor finds in one reading of the store: each fault by itself, and nothing where nothing is wrong."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest

from bot.app.committing import Timer
from bot.app.delivering import Delivery
from bot.app.inbound import Address
from bot.app.watching import RED, FindingKind, Letter, Survey, findings
from bot.app.wording import LANGUAGES, load_words
from bot.core.messages import Card
from bot.core.quota import Quota

NOW = datetime(2026, 11, 24, 1, 2, tzinfo=UTC)
ALIVE = {"w1": NOW}


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def delivery(age_s: float, urgent: bool) -> Delivery:
    return Delivery(f"d{age_s}", Address("line", "U1"), (Card("x"),), ago(age_s), "i1", urgent=urgent)


def timer(late_s: float) -> Timer:
    return Timer("i1", "again", ago(late_s), 3)


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ({}, []),
        ({"unarmed": ("i1", "i2")}, ["timer_missing:i1", "timer_missing:i2"]),
        ({"timers": (timer(5), timer(-3))}, []),
        ({"timers": (timer(5.1),)}, ["timers_late"]),
        ({"waiting": (delivery(10, True), delivery(60, False))}, []),
        ({"waiting": (delivery(10.1, True),)}, ["pages_waiting"]),
        ({"waiting": (delivery(60.1, False),)}, ["messages_waiting"]),
        ({"workers": {}}, ["no_worker"]),
        ({"workers": {"w1": ago(5)}}, []),
        ({"workers": {"w1": ago(5.1), "w2": ago(30)}}, ["no_worker"]),
        ({"workers": {"w1": ago(1), "w2": ago(5.1)}}, ["worker_stopped:w2"]),
        ({"workers": {"w1": ago(1), "w2": ago(61)}}, []),
        ({"letters": (Letter("d1", "i1", "line_gone"),)}, ["pages_dead"]),
        ({"letters": (Letter("d1", "", "line_gone"),)}, []),
        ({"letters": (Letter("d1", "i1", "line_quota"),)}, []),
        ({"quota": Quota(200, 151)}, ["quota_low:2026-11"]),
        ({"quota": Quota(200, 10)}, []),
        ({"quota": Quota(200, 200, None, NOW + timedelta(days=6))}, ["quota_spent:2026-11"]),
    ],
)
def test_each_fault_is_found_by_itself(state: Mapping[str, Any], found: list[str]) -> None:
    survey = Survey(**{"at": NOW, "workers": ALIVE, **state})
    assert [f.name for f in findings(survey)] == found


def test_a_finding_says_how_many_how_long_and_which() -> None:
    late = findings(Survey(NOW, timers=(timer(9), timer(70)), workers=ALIVE))[0]
    assert (late.count, late.seconds, late.ids) == (2, 70, ("i1:again", "i1:again"))


def test_what_stops_our_work_is_red_and_one_of_several_workers_is_not() -> None:
    assert set(get_args(FindingKind)) - set(RED) == {
        "worker_stopped",
        "pages_dead",
        "quota_low",
        "quota_spent",
        "policy_unread",
        "flow_unread",
    }


@pytest.mark.parametrize("kind", get_args(FindingKind))
def test_every_finding_has_a_sentence_in_every_language(kind: str) -> None:
    words = load_words(Path(__file__).parents[2])
    for language in LANGUAGES:
        assert f"watch_{kind}" in words.phrases[language]
        assert words.say(language, f"watch_{kind}", count=1, seconds=2, about="x")

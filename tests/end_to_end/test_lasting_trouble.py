"""Troubles that a process remembers, and a database that is away: played in a stack of their own."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
import requests

from tests.end_to_end.phones import SlackPhone
from tests.end_to_end.scenes import scene
from tests.end_to_end.stack import Stack, eventually, running_stack

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("own")) as stack:
        yield stack


def test_lines_monthly_limit_is_not_tried_again_and_the_truth_goes_by_slack(own: Stack) -> None:
    s = scene(own, chief="line")
    own.play.quota(0)
    before = own.play.last_exchange()
    s.caller.asks("help")
    s.deputy.waits_for("さん・応援")
    on_slack = SlackPhone(own.play, s.site.caller.slack)
    on_slack.waits_for(f"{s.chief_name}に届いていません。{s.deputy_name}を呼んでいます")
    own.settles()
    refused = [r for r in own.play.wire(before) if r["method"] == "push" and r["status"] == 429]
    to_the_chief = [r for r in refused if r["request"]["body"]["to"] == s.site.chief.line]
    assert len(to_the_chief) == 1


def missing(stack: Stack) -> dict[str, str]:
    """What /readyz says is missing."""
    told: dict[str, str] = requests.get(f"{stack.url}/readyz", timeout=20).json()["missing"]
    return told


def test_readyz_says_that_the_database_is_away_and_how_to_mend_it_and_recovers(own: Stack) -> None:
    assert "database" not in missing(own)
    os.kill(own.database_pid, signal.SIGSTOP)
    try:
        away = requests.get(f"{own.url}/readyz", timeout=20)
        assert away.status_code == 503
        assert "MAMORI_REDIS_URL" in away.json()["missing"]["database"]
        assert requests.get(f"{own.url}/healthz", timeout=5).ok
    finally:
        os.kill(own.database_pid, signal.SIGCONT)
    eventually(lambda: "database" not in missing(own), "the database to be found again")
    s = scene(own, chief="slack")
    s.caller.asks("help")
    s.chief.waits_for("さん・応援")

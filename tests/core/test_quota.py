"""LINE's month: what may still be pushed, how much is kept for pages, when it begins anew."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.quota import Quota, is_low, month_end, read_again, refusal, reserve_of, spent

NOW = datetime(2026, 11, 24, 1, 2, tzinfo=UTC)
SPENT = spent(Quota(200, 200, NOW), NOW)


@pytest.mark.parametrize(
    ("limit", "written", "kept"),
    [
        (5000, None, 1000),  # a fifth
        (200, None, 50),  # but at least fifty
        (30, None, 30),  # never more than there is
        (0, None, 0),
        (5000, 300, 300),
        (200, 0, 0),
        (200, 900, 200),
    ],
)
def test_a_fifth_of_the_plan_is_kept_for_pages_but_at_least_fifty(
    limit: int, written: int | None, kept: int
) -> None:
    assert reserve_of(limit, written) == kept


@pytest.mark.parametrize(
    ("quota", "urgent", "reason"),
    [
        (Quota(), False, ""),  # nothing known yet
        (Quota(None, 90_000), False, ""),  # no limit
        (Quota(200, 100), False, ""),
        (Quota(200, 150), False, ""),  # exactly the reserve is left
        (Quota(200, 151), False, "line_reserve"),
        (Quota(200, 151), True, ""),
        (Quota(200, 200), False, "line_reserve"),
        (Quota(200, 250), True, ""),  # our count may be wrong; LINE's own no is what counts
        (Quota(0, 0), False, "line_reserve"),
        (SPENT, False, "line_quota"),
        (SPENT, True, "line_quota"),
    ],
)
def test_below_the_reserve_only_pages_go_and_after_lines_no_nothing(
    quota: Quota, urgent: bool, reason: str
) -> None:
    assert refusal(quota, None, NOW, urgent=urgent) == reason


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (datetime(2026, 11, 24, tzinfo=UTC), datetime(2026, 11, 30, 15, tzinfo=UTC)),
        (datetime(2026, 11, 30, 14, 59, tzinfo=UTC), datetime(2026, 11, 30, 15, tzinfo=UTC)),
        (datetime(2026, 11, 30, 15, tzinfo=UTC), datetime(2026, 12, 31, 15, tzinfo=UTC)),
        (datetime(2026, 12, 31, 15, 1, tzinfo=UTC), datetime(2027, 1, 31, 15, tzinfo=UTC)),
    ],
)
def test_lines_month_ends_at_midnight_in_japan(now: datetime, end: datetime) -> None:
    assert month_end(now) == end


def test_a_spent_month_is_over_when_the_next_one_begins() -> None:
    end = month_end(NOW)
    assert refusal(SPENT, None, end - timedelta(seconds=1), urgent=True) == "line_quota"
    assert refusal(SPENT, None, end, urgent=True) == ""


def test_lines_late_word_on_what_is_used_does_not_undo_its_no() -> None:
    assert read_again(SPENT, 200, 180, NOW).is_spent(NOW)


@pytest.mark.parametrize("limit", [5000, None])
def test_a_larger_plan_opens_the_month_again(limit: int | None) -> None:
    assert read_again(SPENT, limit, 200, NOW) == Quota(limit, 200, NOW)


def test_what_line_says_replaces_what_was_counted() -> None:
    assert read_again(Quota(200, 190), 200, 120, NOW) == Quota(200, 120, NOW)
    assert not is_low(replace(SPENT, limit=None), None)

"""What is left of a month's pushes, and which of them may still go: pages may, the rest leaves a reserve for them.

LINE counts people reached by push; replies are free. https://developers.line.biz/en/docs/messaging-api/pricing/
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Literal

Refusal = Literal["", "line_quota", "line_reserve"]
"""Why a push may not go; empty: it may."""

USUAL_SHARE = 5
"""A fifth of the plan is kept for pages where the policy says nothing, …"""

USUAL_RESERVE = 50
"""… and at least so many."""

JAPAN = timezone(timedelta(hours=9))
"""LINE's month ends at midnight in Japan, wherever the organisation is."""


@dataclass(frozen=True)
class Quota:
    """Pushes of this month, as LINE said at `read_at` and as was counted since. limit None: no limit, or not known.

    spent_until: LINE refused a push because the month's are used up; spent_limit: the limit that it had then.
    """

    limit: int | None = None
    used: int = 0
    read_at: datetime | None = None
    spent_until: datetime | None = None
    spent_limit: int | None = None

    def is_spent(self, now: datetime) -> bool:
        return self.spent_until is not None and now < self.spent_until

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.used)


def reserve_of(limit: int, written: int | None) -> int:
    """How many pushes of a month are kept for pages; `written` is the policy's own number."""
    wanted = max(-(-limit // USUAL_SHARE), USUAL_RESERVE) if written is None else written
    return min(wanted, limit)


def is_low(quota: Quota, written: int | None) -> bool:
    """Whether only the reserve is left."""
    if quota.limit is None or quota.left is None:
        return False
    return quota.left < max(1, reserve_of(quota.limit, written))


def refusal(quota: Quota, written: int | None, now: datetime, *, urgent: bool) -> Refusal:
    """May this push go? A page goes until LINE itself says no: our own count is only nearly right."""
    if quota.is_spent(now):
        return "line_quota"
    if urgent or not is_low(quota, written):
        return ""
    return "line_reserve"


def spent(quota: Quota, now: datetime) -> Quota:
    """LINE said that the month's pushes are used up."""
    return replace(quota, spent_until=month_end(now), spent_limit=quota.limit)


def read_again(quota: Quota, limit: int | None, used: int, now: datetime) -> Quota:
    """What LINE says now. A refusal outlives its word on what is used, which comes late, but not a larger plan."""
    fresh = Quota(limit, used, now)
    is_larger = limit is None or (quota.spent_limit is not None and limit > quota.spent_limit)
    if not quota.is_spent(now) or is_larger:
        return fresh
    return replace(fresh, spent_until=quota.spent_until, spent_limit=quota.spent_limit)


def month_end(now: datetime) -> datetime:
    """The first moment of LINE's next month."""
    here = now.astimezone(JAPAN)
    year, month = (here.year + 1, 1) if here.month == 12 else (here.year, here.month + 1)
    return datetime(year, month, 1, tzinfo=JAPAN)

"""What this process knows of LINE's monthly pushes, and what it has sent since it last told the others."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.app.delivering import Delivery, Outcome, Refused, Sent
from bot.core.quota import Quota, Refusal, refusal, spent


@dataclass
class Allowance:
    """`reserve` gives the number that the policy writes, or None. The store's own count is taken over with each beat."""

    reserve: Callable[[], int | None] = lambda: None
    quota: Quota = field(default_factory=Quota)
    counted: int = 0

    def gate(self, delivery: Delivery, now: datetime) -> Delivery | Refusal:
        """The delivery as it may be sent, or why not. Below the reserve a reply may still go, for it is free."""
        if not _is_message(delivery):
            return delivery
        reason = refusal(self.quota, self.reserve(), now, urgent=delivery.urgent)
        if not reason:
            return delivery
        return replace(delivery, free=True) if _is_reply(delivery, now) else reason

    def heard(self, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
        """Counts what costs; what LINE says when it is read again, is truer."""
        if delivery.address.platform != "line":
            return
        if isinstance(outcome, Sent) and _is_message(delivery) and not _is_reply(delivery, now):
            self.counted += 1
        if outcome == Refused("line_quota") and not self.quota.is_spent(now):
            self.quota = spent(self.quota, now)

    def take_count(self) -> int:
        counted, self.counted = self.counted, 0
        return counted


def _is_message(delivery: Delivery) -> bool:
    """Whether LINE would show anything of it: it has no home, and it can't bring an earlier message up to date."""
    return delivery.address.platform == "line" and not delivery.home and not (delivery.slot and delivery.quiet)


def _is_reply(delivery: Delivery, now: datetime) -> bool:
    return bool(delivery.reply_token) and delivery.reply_until is not None and now < delivery.reply_until

"""What this process knows of LINE's monthly pushes, and what it has sent since it last told the others."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.app.delivering import Delivery, Outcome, Refused, Sent
from bot.app.ports import Watch
from bot.core.quota import Quota, Refusal, refusal, spent


@dataclass
class Allowance:
    """`reserve` gives the number that the policy writes, or None. `spent_news`: LINE refused, and the others don't know."""

    reserve: Callable[[], int | None] = lambda: None
    quota: Quota = field(default_factory=Quota)
    counted: int = 0
    spent_news: datetime | None = None

    def gate(self, delivery: Delivery, now: datetime) -> Delivery | Refusal:
        """The delivery as it may be sent, or why not. Below the reserve a reply may still go, for it is free."""
        if not _is_message(delivery):
            return delivery
        reason = refusal(self.quota, self.reserve(), now, urgent=delivery.urgent)
        if not reason:
            return delivery
        return replace(delivery, free=True) if _is_reply(delivery, now) else reason

    def heard(self, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
        """Counts what costs. It is nearly right; LINE's own word, read every ten minutes, replaces it."""
        if not _is_message(delivery):
            return
        if isinstance(outcome, Sent) and not _is_reply(delivery, now):
            self.counted += 1
        if outcome == Refused("line_quota") and not self.quota.is_spent(now):
            self.quota = spent(self.quota, now)
            self.spent_news = self.quota.spent_until

    def as_known(self) -> Quota:
        """The month with what this process has sent and not yet told."""
        return replace(self.quota, used=self.quota.used + self.counted)

    def take_over(self, quota: Quota) -> None:
        """The common count, but for what the others don't know yet."""
        if self.spent_news:
            quota = replace(quota, spent_until=self.spent_news, spent_limit=quota.limit)
        self.quota = quota

    async def beat(self, watch: Watch, now: datetime, worker: str = "") -> None:
        """Tells the others, and hears from them. What can't be told now is told with the next beat."""
        counted, news = self.counted, self.spent_news
        self.counted, self.spent_news = 0, None
        try:
            self.take_over(await watch.beat(worker, now, counted, news))
        except BaseException:
            self._give_back(counted, news)
            raise

    def _give_back(self, counted: int, news: datetime | None) -> None:
        self.counted += counted
        self.spent_news = self.spent_news or news


def _is_message(delivery: Delivery) -> bool:
    """Whether LINE would show anything of it: it has no home, and it can't bring an earlier message up to date."""
    return (
        delivery.address.platform == "line" and not delivery.home and not (delivery.slot and delivery.quiet)
    )


def _is_reply(delivery: Delivery, now: datetime) -> bool:
    return bool(delivery.reply_token) and delivery.reply_until is not None and now < delivery.reply_until

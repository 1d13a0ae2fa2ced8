"""Sends what was committed, and says what became of it: sent, later, or never, and then by whom else.

A delivery is confirmed only after the platform has taken it. If this process dies before that, the row becomes due again
and a worker sends it; the delivery's id (LINE) or its mark in the message (Slack) keeps that from becoming a second one.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.app.allowance import Allowance
from bot.app.committing import FAST_LEASE, LEASE
from bot.app.delivering import Delivery, Later, Outcome, Refused, Sent
from bot.app.inbound import Address, PlatformName
from bot.app.ports import Channel, Clock, Queue

log = logging.getLogger(__name__)

GIVE_UP = timedelta(hours=1)
"""Guidance older than this helps nobody; pages are tried for as long as their alert keeps them."""

PAGE_GIVE_UP = timedelta(hours=6)

Failed = Callable[[Delivery, str], Awaitable[tuple[Delivery, ...]]]
"""Tells the incident that one address took nothing; gives back what is to be sent because of that."""


Taken = Callable[[Delivery], Awaitable[tuple[Delivery, ...]]]
"""Tells it that an address took a page at a later attempt."""


@dataclass
class Deliverer:
    """Sends deliveries side by side; pages have room of their own, so that they never wait behind guidance."""

    queue: Queue
    channels: Mapping[PlatformName, Channel]
    clock: Clock
    failed: Failed
    taken: Taken
    allowance: Allowance = field(default_factory=Allowance)
    noted: Callable[[Delivery, Outcome], None] = lambda delivery, outcome: None
    _guidance: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(64))

    async def deliver_all(self, deliveries: Iterable[Delivery], claimed: datetime | None = None) -> None:
        """Tries each once, pages first, and returns then. Never raises for a failed send. `claimed`: since when they are
        ours, if others had left them; else since they were committed.

        Pages go side by side; words to one address go one after the other, so that the newest stands last. What a failed
        page causes is sent too: pages to the next people at once, words when those before them have gone.
        """
        after: list[Delivery] = []
        ours = Ours(claimed)
        pages, lanes = _lanes(deliveries)
        work = [
            *(self._deliver(p, after, ours) for p in pages),
            *(self._in_order(lane, after, ours) for lane in lanes),
        ]
        if len(work) == 1:
            await work[0]
        else:
            await asyncio.gather(*work)
        if after:
            await self.deliver_all(after)

    async def _in_order(self, lane: list[Delivery], after: list[Delivery], ours: "Ours") -> None:
        """The rest doesn't wait in line behind one that hangs."""
        for number, delivery in enumerate(lane, 1):
            async with self._guidance:
                taken = await self._deliver(delivery, after, ours)
            if not taken:
                await asyncio.gather(*(self._in_order([d], after, ours) for d in lane[number:]))
                return

    async def _deliver(self, delivery: Delivery, after: list[Delivery], ours: "Ours") -> bool:
        """Whether the platform took it. `after` gathers the words that are to follow."""
        if self.clock.now() >= ours.until(delivery):
            return False  # it waited too long, or this process was stopped for a while: it may be withdrawn since
        try:
            outcome = await self._send(delivery)
            self.noted(delivery, outcome)
            await self._settle(delivery, outcome, after)
            return isinstance(outcome, Sent)
        except Exception:
            # A bug or a lost database must not take other sends with it; the row becomes due again by itself.
            log.exception("delivery %s was not settled", delivery.id)
            return False

    async def _send(self, delivery: Delivery) -> Outcome:
        channel = self.channels.get(delivery.address.platform)
        if channel is None:
            return Refused(f"no_{delivery.address.platform}")
        if delivery.under:
            parent = await self.queue.ref(delivery.incident, delivery.under, str(delivery.address))
            if not parent:
                return Later("no_thread_yet", 1.0)
            delivery = replace(delivery, thread=parent)
        ref = await self._ref(delivery)
        if delivery.quiet and not ref and not delivery.message:
            return Sent()  # there is nothing to bring up to date; the message itself may be on its way still
        allowed = self.allowance.gate(delivery, self.clock.now())
        if isinstance(allowed, str):
            return Refused(allowed)
        outcome = await channel.send(allowed, ref)
        self.allowance.heard(delivery, outcome, self.clock.now())
        return outcome

    async def _ref(self, delivery: Delivery) -> str:
        """The message to replace. Only what can be edited is looked up, and only if the turn didn't know it already."""
        if delivery.message or delivery.fresh or not delivery.slot or delivery.address.platform != "slack":
            return delivery.message
        return await self.queue.ref(delivery.incident, delivery.slot, str(delivery.address))

    async def _settle(self, delivery: Delivery, outcome: Outcome, after: list[Delivery]) -> None:
        now = self.clock.now()
        match outcome:
            case Sent(ref):
                await self.queue.sent(delivery, ref, now)
                if delivery.urgent and delivery.person and delivery.incident and delivery.attempts:
                    after.extend(await self.taken(delivery))
            case Later(_, after_s, untouched=True):
                await self.queue.postpone(delivery, now + timedelta(seconds=after_s), untouched=True)
            case Later(reason, after_s, reply_dead):
                delivery = replace(delivery, reply_token="") if reply_dead else delivery
                log.info(
                    "delivery %s %s: %s, attempt %d",
                    delivery.id,
                    delivery.address.platform,
                    reason,
                    delivery.attempts,
                )
                await self._later(delivery, reason, timedelta(seconds=after_s), after)
            case Refused(reason):
                log.warning("delivery %s %s: refused, %s", delivery.id, delivery.address.platform, reason)
                await self.queue.set_aside(delivery, reason, now)
                await self._tell(delivery, reason, after)

    async def _later(self, delivery: Delivery, reason: str, wait: timedelta, after: list[Delivery]) -> None:
        """A page that hangs is tried again, but the next person is called at once; when words hang a second time, the caller
        reads them on their other platform meanwhile."""
        now = self.clock.now()
        if now - delivery.created > (PAGE_GIVE_UP if delivery.urgent else GIVE_UP):
            await self.queue.set_aside(delivery, f"too_old:{reason}", now)
            return
        await self.queue.postpone(delivery, now + wait)
        if delivery.attempts == 1 or (delivery.urgent and delivery.attempts == 0):
            await self._tell(delivery, reason, after)

    async def _tell(self, delivery: Delivery, reason: str, after: list[Delivery]) -> None:
        """A refused card may be the caller's: whether somebody comes is told in another way then."""
        if not delivery.incident or (delivery.urgent and not delivery.person):
            return
        caused = await self.failed(delivery, reason)
        after.extend(d for d in caused if not d.urgent)
        await asyncio.gather(*(self._deliver(d, after, Ours()) for d in caused if d.urgent))


@dataclass(frozen=True)
class Ours:
    """How long deliveries are this process's to send; then whoever claims them sends them, if they are still wanted."""

    claimed: datetime | None = None

    def until(self, delivery: Delivery) -> datetime:
        return self.claimed + LEASE if self.claimed else delivery.created + FAST_LEASE


def _lanes(deliveries: Iterable[Delivery]) -> tuple[list[Delivery], list[list[Delivery]]]:
    """Pages, and all others by their address, the oldest first."""
    pages: list[Delivery] = []
    lanes: dict[Address, list[Delivery]] = {}
    for delivery in sorted(deliveries, key=lambda d: d.created):
        (pages if delivery.urgent else lanes.setdefault(delivery.address, [])).append(delivery)
    return pages, list(lanes.values())

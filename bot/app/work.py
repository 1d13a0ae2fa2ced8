"""The worker: finishes what other processes left in the outbox, and turns due timers into events."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter
from typing import Any

from bot.app.committing import LEASE, Due, Timer
from bot.app.deliver import Deliverer
from bot.app.ports import Clock, Queue
from bot.app.turn import Turn

log = logging.getLogger(__name__)

BEAT = timedelta(seconds=1)
"""How often a worker says that its loop turns."""

LONGEST_NAP = 0.2
BATCH = 100


@dataclass
class Worker:
    """One loop for one organisation. Any number may run: rows are claimed, and a claim is one script."""

    queue: Queue
    turn: Turn
    deliverer: Deliverer
    clock: Clock
    beat: Callable[[datetime], Awaitable[None]] | None = None
    fired: Callable[[float, float], None] = lambda late_s, turn_s: None
    last_round: datetime | None = None
    last_beat: datetime | None = None
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self, stop: asyncio.Event) -> None:
        """Rounds until `stop`; then what has begun is finished. A round that fails is logged, and the loop goes on."""
        while not stop.is_set():
            try:
                due = await self.round()
                nap = self._nap(due)
            except Exception:
                log.exception("a worker round failed")
                nap = 1.0
            await self._wait(stop, nap)
        await asyncio.gather(*self._running, return_exceptions=True)

    async def round(self) -> Due:
        """Claims what is due and starts on it, side by side."""
        now = self.clock.now()
        due, _ = await asyncio.gather(self.queue.claim(now, now + LEASE, BATCH), self._beat(now))
        if due.deliveries:
            self._start(self.deliverer.deliver_all(due.deliveries, claimed=now))
        for timer in due.timers:
            self._start(self._fire(timer))
        self.last_round = now
        return due

    async def _beat(self, now: datetime) -> None:
        """Once a second, along with the claim. It must not fail what was claimed: those rows would wait for the lease."""
        if self.beat is None or (self.last_beat and timedelta(0) <= now - self.last_beat < BEAT):
            return
        self.last_beat = now
        try:
            await self.beat(now)
        except Exception as error:
            log.warning("the worker's beat was not heard: %s", type(error).__name__)

    async def settled(self) -> None:
        """Waits for everything that has begun, and what that began."""
        while self._running:
            await asyncio.gather(*tuple(self._running), return_exceptions=True)

    async def _fire(self, timer: Timer) -> None:
        late, begun = (self.clock.now() - timer.due).total_seconds(), perf_counter()
        try:
            deliveries = await self.turn.fire(timer)
            await self.queue.fired(timer)
            self.fired(late, perf_counter() - begun)
        except Exception:
            # Not confirmed: the row becomes due again when its lease ends.
            log.exception("timer %s did not fire", timer.row)
            return
        await self.deliverer.deliver_all(deliveries)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _nap(self, due: Due) -> float:
        if len(due.deliveries) + len(due.timers) >= BATCH:
            return 0.0
        if due.next_due is None:
            return LONGEST_NAP
        return min(max((due.next_due - self.clock.now()).total_seconds(), 0.005), LONGEST_NAP)

    async def _wait(self, stop: asyncio.Event, nap: float) -> None:
        if nap <= 0:
            await asyncio.sleep(0)
            return
        try:
            await asyncio.wait_for(stop.wait(), nap)
        except TimeoutError:
            return

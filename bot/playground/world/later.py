"""Things the platforms do later, by the playground's clock."""

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable

from bot.playground.world.clock import Clock

Job = Callable[[], Awaitable[None]]


class Later:
    """Runs what is due when the clock is moved, and by itself when real time gets there."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._jobs: list[tuple[float, int, Job]] = []
        self._order = itertools.count()
        self._timer: asyncio.TimerHandle | None = None
        self._running: set[asyncio.Task[None]] = set()

    def at(self, due: float, job: Job) -> None:
        heapq.heappush(self._jobs, (due, next(self._order), job))
        self._wind()

    async def run_due(self) -> None:
        """Returns when nothing is due or under way any more, also of what the jobs themselves put off."""
        await self._work_off()
        await asyncio.gather(*self._running)

    async def _work_off(self) -> None:
        while self._jobs and self._jobs[0][0] <= self._clock.now():
            await heapq.heappop(self._jobs)[2]()
        self._wind()

    async def close(self) -> None:
        self._jobs.clear()
        if self._timer is not None:
            self._timer.cancel()
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _wind(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._jobs:
            wait = max(0.0, self._jobs[0][0] - self._clock.now())
            self._timer = asyncio.get_running_loop().call_later(wait, self._ring)

    def _ring(self) -> None:
        task = asyncio.get_running_loop().create_task(self._work_off())
        self._running.add(task)
        task.add_done_callback(self._running.discard)

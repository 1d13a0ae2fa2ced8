"""Work that goes on after an answer was given: held, and finished before the process ends."""

import asyncio
from collections.abc import Awaitable
from typing import Any


class Tasks:
    """Starts coroutines and remembers them; `finish` waits for all of them."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, work: Awaitable[Any]) -> None:
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def finish(self) -> None:
        while self._running:
            await asyncio.gather(*tuple(self._running), return_exceptions=True)

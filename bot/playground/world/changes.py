"""Tells open pages which chat changed, so that they fetch it again."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

Change = tuple[str, str]
GATHER_S = 0.03  # changes this close together reach a page in one go


class Changes:
    """With nobody listening a change costs one truth test."""

    def __init__(self) -> None:
        self._listeners: list[_Listener] = []

    def tell(self, kind: str, key: str) -> None:
        for listener in self._listeners:
            listener.add((kind, key))

    async def listen(self, heartbeat_s: float = 15.0) -> AsyncGenerator[list[Change], None]:
        """Batches without repeats; an empty batch is a heartbeat."""
        listener = _Listener()
        self._listeners.append(listener)
        try:
            while True:
                yield await listener.batch(heartbeat_s)
        finally:
            self._listeners.remove(listener)


class _Listener:
    def __init__(self) -> None:
        self._waiting: dict[Change, None] = {}
        self._stirred = asyncio.Event()

    def add(self, change: Change) -> None:
        self._waiting[change] = None
        self._stirred.set()

    async def batch(self, heartbeat_s: float) -> list[Change]:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stirred.wait(), heartbeat_s)
            await asyncio.sleep(GATHER_S)
        changes, self._waiting = list(self._waiting), {}
        self._stirred.clear()
        return changes

"""One reading of the board for everybody who looks at it through this process, made anew when something has changed."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass

from bot.app.board import Picture
from bot.app.ports import Changes, Heard

log = logging.getLogger(__name__)

APART = 0.5
"""Seconds between two readings at least, however much happens and however many look."""

OLDEST = 30.0
"""Seconds after which it is read again although no word came: a day has ended, a clock was moved."""

OLDEST_DEAF = 5.0
"""The same while no word can come."""

BEAT = 5.0
"""Seconds after which a browser hears that nothing has changed, so that it knows the line to be alive."""


@dataclass(frozen=True)
class Shown:
    """`number` rises with each reading. None in `picture`: the database gave no answer."""

    number: int
    picture: Picture | None
    read: float


class Feed:
    """Listens from the first look until `close`; reads only while somebody looks."""

    def __init__(
        self,
        read: Callable[[frozenset[str] | None], Awaitable[Picture]],
        changes: Changes,
        beat: float = BEAT,
    ) -> None:
        self._read = read
        self._changes = changes
        self._beat = beat
        self._shown = Shown(0, None, -OLDEST)
        self._changed: set[str] | None = None
        self._is_stale = True
        self._is_deaf = True
        self._news = asyncio.Event()
        self._reading = asyncio.Lock()
        self._listening: asyncio.Task[None] | None = None
        self._is_closing = False

    async def now(self) -> Shown:
        """The board as of now, or as of half a second ago."""
        self._listening = self._listening or asyncio.create_task(self._listen())
        async with self._reading:
            if self._is_due():
                await asyncio.sleep(self._shown.read + APART - _seconds())
                self._shown = await self._look()
            return self._shown

    async def watch(self) -> AsyncGenerator[Shown, None]:
        """The board now, then whenever it changes, and at each beat as it is. Ends with `close`."""
        while not self._is_closing:
            news = self._news
            yield await self.now()
            if news.is_set():
                continue
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), self._beat)

    def let_go(self) -> None:
        """Ends every `watch`. A server that is to end would otherwise wait for its visitors."""
        self._is_closing = True
        self._tell()

    async def close(self) -> None:
        self.let_go()
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening

    def _is_due(self) -> bool:
        age = _seconds() - self._shown.read
        return self._is_stale or age > (OLDEST_DEAF if self._is_deaf or not self._shown.picture else OLDEST)

    async def _look(self) -> Shown:
        """What changes while it is being read makes it stale again."""
        began, changed = _seconds(), self._changed
        self._changed, self._is_stale = set(), False
        picture: Picture | None = None
        try:
            picture = await self._read(None if changed is None or self._is_deaf else frozenset(changed))
        except asyncio.CancelledError:
            # Who looked has gone in the middle of it: the next one reads, and everything.
            self._changed, self._is_stale = None, True
            raise
        except ConnectionError as error:
            log.warning("the board can't be read: %s", error)
            self._changed = None
        except Exception:
            log.exception("the board can't be read")
            self._changed = None
        return Shown(self._shown.number + 1, picture, began)

    async def _listen(self) -> None:
        async for heard in self._changes.listen():
            self._hear(heard)

    def _hear(self, heard: Heard) -> None:
        self._is_deaf = heard.word == "lost"
        if heard.word != "changed":
            self._changed = None
        elif self._changed is not None:
            self._changed.add(heard.incident)
        self._is_stale = True
        self._tell()

    def _tell(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()


def _seconds() -> float:
    return asyncio.get_running_loop().time()

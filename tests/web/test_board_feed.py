"""However many look and however much happens, the database is asked twice a second at most; and nobody is left behind."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

import pytest

from bot.app.board import Picture
from bot.app.ports import Heard
from bot.web.board_feed import APART, Feed, Shown
from tests.transcripts.stage import MORNING

pytestmark = pytest.mark.anyio


@dataclass
class Mouth:
    """Says what a test wants to be heard (port Changes)."""

    said: asyncio.Queue[Heard] = field(default_factory=asyncio.Queue)

    def says(self, word: str, incident: str = "") -> None:
        self.said.put_nowait(Heard(word, incident))  # type: ignore[arg-type]

    async def listen(self) -> AsyncGenerator[Heard, None]:
        while True:
            yield await self.said.get()


@dataclass
class Reader:
    """Counts the readings and remembers what each was asked for."""

    asked: list[frozenset[str] | None] = field(default_factory=list)
    is_away: bool = False
    fault: Exception | None = None
    holds: asyncio.Event | None = None
    reads: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, changed: frozenset[str] | None) -> Picture:
        self.asked.append(changed)
        await asyncio.sleep(0.001)
        if self.holds is not None:
            self.reads.set()
            await self.holds.wait()
        if self.fault is not None:
            raise self.fault
        if self.is_away:
            raise ConnectionError("away")
        return Picture(MORNING)


async def first_after(feed: AsyncGenerator[Shown, None], number: int) -> Shown:
    async with asyncio.timeout(5):
        async for shown in feed:
            if shown.number > number:
                return shown
    raise AssertionError("the feed ended")


async def settled(feed: Feed, mouth: Mouth) -> Shown:
    """Connected, and read once more since."""
    watching = feed.watch()
    first = await anext(watching)
    mouth.says("connected")
    shown = await first_after(watching, first.number)
    await watching.aclose()
    return shown


async def test_many_who_look_at_once_share_one_reading() -> None:
    reader, mouth = Reader(), Mouth()
    feed = Feed(reader, mouth)
    shown = await asyncio.gather(*(feed.now() for _ in range(100)))
    assert {s.number for s in shown} == {1}
    assert len(reader.asked) == 1
    await feed.close()


async def test_a_hundred_changes_at_once_are_two_readings_for_all_listeners_together() -> None:
    reader, mouth = Reader(), Mouth()
    feed = Feed(reader, mouth)
    shown = await settled(feed, mouth)
    reader.asked.clear()
    watching = [feed.watch() for _ in range(20)]
    for each in watching:
        await anext(each)
    for i in range(100):
        mouth.says("changed", f"i{i}")
    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(first_after(each, shown.number) for each in watching))
    assert asyncio.get_running_loop().time() - began < 2 * APART
    assert 1 <= len(reader.asked) <= 2
    assert frozenset[str]().union(*(a for a in reader.asked if a)) == {f"i{i}" for i in range(100)}
    await feed.close()


async def test_what_changes_while_it_is_being_read_is_read_again() -> None:
    reader, mouth = Reader(), Mouth()
    feed = Feed(reader, mouth)
    shown = await settled(feed, mouth)
    watching = feed.watch()
    await anext(watching)
    mouth.says("changed", "i1")
    one = await first_after(watching, shown.number)
    mouth.says("changed", "i2")
    await first_after(watching, one.number)
    assert [set(a) for a in reader.asked[-2:] if a is not None] == [{"i1"}, {"i2"}]
    await feed.close()


async def test_after_a_lost_connection_everything_is_read_anew() -> None:
    reader, mouth = Reader(), Mouth()
    feed = Feed(reader, mouth)
    shown = await settled(feed, mouth)
    watching = feed.watch()
    await anext(watching)
    mouth.says("lost")
    mouth.says("connected")
    await first_after(watching, shown.number)
    assert reader.asked[-1] is None
    await feed.close()


async def test_a_database_that_is_away_is_told_and_forgets_nothing() -> None:
    reader, mouth = Reader(), Mouth()
    feed = Feed(reader, mouth)
    shown = await settled(feed, mouth)
    watching = feed.watch()
    await anext(watching)
    reader.is_away = True
    mouth.says("changed", "i1")
    away = await first_after(watching, shown.number)
    assert away.picture is None
    reader.is_away = False
    mouth.says("changed", "i2")
    assert (await first_after(watching, away.number)).picture is not None
    assert reader.asked[-1] is None
    await feed.close()


async def test_silence_is_told_as_a_beat_with_the_same_number() -> None:
    reader, mouth = Reader(), Mouth()
    feed = Feed(reader, mouth, beat=0.05)
    shown = await settled(feed, mouth)
    watching = feed.watch()
    assert [(await anext(watching)).number for _ in range(3)] == [shown.number] * 3
    await feed.close()


async def test_closing_lets_everyone_go() -> None:
    reader, mouth = Reader(), Mouth()
    feed = Feed(reader, mouth)
    watching = feed.watch()
    await anext(watching)
    ending = asyncio.ensure_future(anext(watching, None))
    await asyncio.sleep(0)
    await feed.close()
    assert await asyncio.wait_for(ending, 2) is None


async def test_who_leaves_in_the_middle_of_a_reading_takes_no_news_with_them() -> None:
    """A browser that closes while the board is read for it must not make the next one wait half a minute."""
    mouth, reader = Mouth(), Reader()
    feed = Feed(reader, mouth, beat=0.05)
    seen = await settled(feed, mouth)
    await asyncio.sleep(APART)
    mouth.says("changed", "i1")
    await feed._news.wait()
    reader.holds = asyncio.Event()
    leaving = asyncio.create_task(feed.now())
    await reader.reads.wait()
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    reader.holds = None
    async with asyncio.timeout(2):
        shown = await feed.now()
    assert shown.number > seen.number
    assert reader.asked[-1] is None, "what had changed is read again, with everything else"
    await feed.close()


async def test_a_fault_in_a_reading_is_told_as_a_board_that_is_not_fresh() -> None:
    mouth, reader = Mouth(), Reader(fault=ValueError("a fault of ours"))
    feed = Feed(reader, mouth, beat=0.05)
    assert (await feed.now()).picture is None
    reader.fault = None
    mouth.says("connected")
    watching = feed.watch()
    assert (await first_after(watching, 1)).picture is not None
    await watching.aclose()
    await feed.close()

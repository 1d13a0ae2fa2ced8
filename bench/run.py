"""One whole run: starts everything, loads both bots by turns, then alarms, timers and idleness; gives the figures back."""

import asyncio
import math
import tempfile
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

from redis.asyncio import Redis

from bench.alarms import Alarms, measure_alarms
from bench.load import Load, closed_loop, open_loop
from bench.local_line import LocalLine
from bench.meters import Meter, Reading, check_machine, memory_mb
from bench.people import BASELINE, MAMORI, Caller, Script, Site
from bench.processes import START_SECONDS, Hall, NotStarted, Running
from bench.seeding import seed, seed_timers, staff
from bench.wire import open_door
from bot.stores.embedded import EmbeddedServer

RATE = 100
ALARM_RATE = 50
TAPPING = 32
"""People who tap at the same time in the closed loop."""

WARM_UP_S = 1.0
SETTLED_S = 0.25


@dataclass(frozen=True)
class Wish:
    """How long and how much. seconds: each measurement; a round holds four, and the alarms take about three more."""

    seconds: float = 3.0
    rounds: int = 3
    people: int = 300
    timers: int = 10_000

    @property
    def alarms(self) -> int:
        return max(5, round(ALARM_RATE * self.seconds))

    @property
    def page_again_s(self) -> int:
        """After the last alarm, so that a page by timer is never taken for a first one."""
        return math.ceil(self.seconds) + 1


@dataclass(frozen=True)
class Phase:
    """One measurement of one bot: what was done, and what it cost."""

    load: Load
    cost: Reading


@dataclass
class Bot:
    """One of the two, as it runs and as it was measured."""

    running: Running
    meter: Meter
    site: Site
    callers: Sequence[Caller]
    closed: list[Phase] = field(default_factory=list)
    opened: list[Phase] = field(default_factory=list)
    memory_mb: float = 0.0

    async def measure_closed(self, seconds: float) -> None:
        self.closed.append(await self._measure(closed_loop(self.callers[:TAPPING], seconds)))

    async def measure_open(self, seconds: float) -> None:
        self.opened.append(await self._measure(open_loop(self.callers, RATE, seconds)))

    async def _measure(self, load: Coroutine[None, None, Load]) -> Phase:
        """What is still under way when everybody has been answered belongs to the phase, not to the next one."""
        before = await self.meter.read()
        done = await load
        await asyncio.sleep(SETTLED_S)
        return Phase(done, await self.meter.read() - before)

    @property
    def faults(self) -> list[str]:
        return [fault for phase in (*self.closed, *self.opened) for fault in phase.load.faults]


@dataclass(frozen=True)
class Figures:
    """Everything that one run has found out."""

    wish: Wish
    mamori: Bot
    baseline: Bot
    alarms: Alarms
    worker_mb: float
    idle_commands: float


async def run(wish: Wish) -> Figures:
    """Raises NotHere, NotStarted or EmbeddedServerError, each in one line. Whatever happens, nothing is left running."""
    check_machine()
    line = LocalLine()
    door, port = await open_door(line.take)
    with (
        tempfile.TemporaryDirectory(prefix="mamori-bench-") as place,
        EmbeddedServer.start(Path(place)) as server,
        closing(door),
        Hall(server.url, port) as hall,
    ):
        async with _client(server.url) as client:
            await seed(server.url, wish.people + wish.alarms, wish.page_again_s)
            return await _measured(wish, hall, server.pid, client, line)


async def _measured(wish: Wish, hall: Hall, database: int, client: Redis, line: LocalLine) -> Figures:
    """1. steps, both bots by turns; 2. the worker joins, and nothing happens; 3. alarms and their timers."""
    users = staff(wish.people)
    running = hall.start_mamori(), hall.start_baseline()
    mamori, baseline = (
        _bot(one, script, database, client, line, users)
        for one, script in zip(running, (MAMORI, BASELINE), strict=True)
    )
    await _load_by_turns(wish, mamori, baseline)
    mamori.memory_mb = memory_mb(mamori.running.pid)
    baseline.memory_mb = memory_mb(baseline.running.pid)
    await seed_timers(client, wish.timers)
    worker = hall.start_worker()
    idle = await _idle_commands(mamori, wish.seconds)
    alarmed = staff(wish.people + wish.alarms)[wish.people :]
    alarms = await measure_alarms(mamori.site, alarmed, ALARM_RATE, wish.page_again_s, client)
    return Figures(wish, mamori, baseline, alarms, memory_mb(worker), idle)


async def _load_by_turns(wish: Wish, mamori: Bot, baseline: Bot) -> None:
    """Side by side in time, first one first and then the other, so that a slow minute of the machine hits both."""
    for one in (mamori, baseline):
        one.running.await_open()
        await closed_loop(one.callers[:TAPPING], min(WARM_UP_S, wish.seconds))
        await asyncio.sleep(SETTLED_S)
    for number in range(wish.rounds):
        order = (mamori, baseline) if number % 2 == 0 else (baseline, mamori)
        for one in order:
            await one.measure_closed(wish.seconds)
        for one in order:
            await one.measure_open(wish.seconds)


async def _idle_commands(mamori: Bot, seconds: float) -> float:
    """Commands a second of one web and one worker with nothing to do; each goes alone, so round trips count them."""
    await _until_worker_asks(mamori)
    before = await mamori.meter.read()
    span = max(1.0, seconds)
    await asyncio.sleep(span)
    return (await mamori.meter.read() - before).round_trips / span


async def _until_worker_asks(mamori: Bot) -> None:
    """A worker has started when it asks for due rows: the web process by itself asks for nothing."""
    deadline = time.monotonic() + START_SECONDS
    before = (await mamori.meter.read()).scripts
    while (await mamori.meter.read()).scripts < before + ASKED:
        if time.monotonic() > deadline:
            raise NotStarted("the worker asks for nothing; its words stand above")
        await asyncio.sleep(0.1)


ASKED = 10
"""Scripts after which a worker is past its start, in which it runs a few, too."""


def _bot(
    running: Running, script: Script, database: int, client: Redis, line: LocalLine, users: Sequence[str]
) -> Bot:
    site = Site(script, running.port, line)
    return Bot(running, Meter(running.pid, database, client), site, [Caller(user, site) for user in users])


@asynccontextmanager
async def _client(url: str) -> AsyncIterator[Redis]:
    """One connection: each reading must cost the same number of commands."""
    client = Redis.from_url(url, single_connection_client=True)
    try:
        yield client
    finally:
        await client.aclose()

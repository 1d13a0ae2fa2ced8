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
from bench.proof import proof_seconds
from bench.seeding import is_probe_there, put_probe, seed, seed_timers, staff
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
        return math.floor(self.seconds) + 1


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
    idle_round_trips: float
    idle_commands: float
    proof_s: float


async def run(wish: Wish) -> Figures:
    """Raises NotHere, NotStarted or EmbeddedServerError, each in one line. Whatever happens, nothing is left running."""
    check_machine()
    proof_s = proof_seconds()
    line = LocalLine()
    door, port = await open_door(line.take)
    with (
        tempfile.TemporaryDirectory(prefix="mamori-bench-") as place,
        EmbeddedServer.start(Path(place) / "mamori") as ours,
        EmbeddedServer.start(Path(place) / "baseline") as theirs,
        closing(door),
        Hall(ours.url, theirs.url, port) as hall,
    ):
        async with _client(ours.url) as our_client, _client(theirs.url) as their_client:
            await seed(ours.url, wish.people + wish.alarms, wish.page_again_s)
            mamori = _bot(hall.start_mamori(), MAMORI, line, wish, ours.pid, our_client)
            baseline = _bot(hall.start_baseline(), BASELINE, line, wish, theirs.pid, their_client)
            return await _measured(wish, hall, mamori, baseline, proof_s)


async def _measured(wish: Wish, hall: Hall, mamori: Bot, baseline: Bot, proof_s: float) -> Figures:
    """1. everything is up; 2. steps, both bots by turns; 3. nothing happens; 4. alarms and their timers."""
    worker, client = hall.start_worker(), mamori.meter.client
    await seed_timers(client, wish.timers)
    await _until_worker_works(client)
    await _load_by_turns(wish, mamori, baseline)
    mamori.memory_mb = memory_mb(mamori.running.pid)
    baseline.memory_mb = memory_mb(baseline.running.pid)
    idle = await _idle(mamori, wish.seconds)
    alarmed = staff(wish.people + wish.alarms)[wish.people :]
    alarms = await measure_alarms(mamori.site, alarmed, ALARM_RATE, wish.page_again_s, client)
    return Figures(wish, mamori, baseline, alarms, memory_mb(worker), *idle, proof_s)


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


async def _until_worker_works(client: Redis) -> None:
    """Until it has taken a timer that was put before it."""
    deadline = time.monotonic() + START_SECONDS
    await put_probe(client)
    while await is_probe_there(client):
        if time.monotonic() > deadline:
            raise NotStarted("the worker takes no timers; its words stand above")
        await asyncio.sleep(0.1)


async def _idle(mamori: Bot, seconds: float) -> tuple[float, float]:
    """Round trips and commands a second, those inside scripts included, of one web and one worker with nothing to do."""
    span = max(1.0, seconds)
    before = await mamori.meter.read()
    await asyncio.sleep(span)
    cost = await mamori.meter.read() - before
    return cost.round_trips / span, cost.all_commands / span


def _bot(running: Running, script: Script, line: LocalLine, wish: Wish, database: int, client: Redis) -> Bot:
    site = Site(script, running.port, line)
    callers = [Caller(user, site) for user in staff(wish.people)]
    return Bot(running, Meter(running.pid, database, client), site, callers)


@asynccontextmanager
async def _client(url: str) -> AsyncIterator[Redis]:
    """One connection: each reading must cost the same number of commands."""
    client = Redis.from_url(url, single_connection_client=True)
    try:
        yield client
    finally:
        await client.aclose()

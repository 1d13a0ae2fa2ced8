"""Two ways of pressing: as fast as the bot answers (closed loop), and so many steps a second come what may (open loop)."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.people import Caller, Step, WentWrong


@dataclass
class Load:
    """What a phase of load gave: its steps, what went wrong, how long it took."""

    steps: list[Step] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0

    async def note(self, caller: Caller, due: float | None = None) -> bool:
        """One step of a person; False when it went wrong, after which this person stops."""
        try:
            self.steps.append(await caller.step(due))
        except (WentWrong, OSError) as fault:
            self.faults.append(str(fault))
            return False
        return True


async def closed_loop(callers: Sequence[Caller], seconds: float) -> Load:
    """Everybody taps again as soon as they are answered."""
    load, started = Load(), time.perf_counter()

    async def play(caller: Caller) -> None:
        while time.perf_counter() - started < seconds and await load.note(caller):
            pass

    await asyncio.gather(*(play(caller) for caller in callers))
    load.seconds = time.perf_counter() - started
    return load


async def open_loop(callers: Sequence[Caller], rate: float, seconds: float) -> Load:
    """`rate` steps a second, counted from when each was due: a bot that falls behind can't hide it."""
    load, free, started = Load(), list(callers), time.time()
    running: set[asyncio.Task[None]] = set()

    async def play(caller: Caller, due: float) -> None:
        if await load.note(caller, due):
            free.append(caller)

    for number in range(round(rate * seconds)):
        due = started + number / rate
        await asyncio.sleep(max(0.0, due - time.time()))
        if not free:
            load.faults.append("everybody still waits for an answer")
            continue
        task = asyncio.create_task(play(free.pop(0), due))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    load.seconds = time.time() - started
    return load

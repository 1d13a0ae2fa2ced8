"""What a phase has cost: processor time and memory of processes, commands and round trips of the database."""

import os
from dataclasses import dataclass
from pathlib import Path

from redis.asyncio import Redis

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


class NotHere(RuntimeError):
    """This machine can't be measured; the message says why."""


def check_machine() -> None:
    if not Path("/proc/self/stat").exists():
        raise NotHere("the bench reads processor time from /proc, which only Linux has")


def cpu_ms(pid: int) -> float:
    """User and system time of all its threads; counted in steps of 10 ms."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) * 1000 / TICKS


def memory_mb(pid: int) -> float:
    """What lies in memory now, shared libraries included."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1_000_000


@dataclass(frozen=True)
class Reading:
    """Counters as they stand, or by subtraction what a phase added to them.

    A round trip is one reading of a client's socket by the server. The server counts among its commands also what a
    script does inside.
    """

    cpu_ms: float
    database_cpu_ms: float
    all_commands: int
    scripts: int
    round_trips: int

    def __sub__(self, before: "Reading") -> "Reading":
        return Reading(
            self.cpu_ms - before.cpu_ms,
            self.database_cpu_ms - before.database_cpu_ms,
            self.all_commands - before.all_commands - OWN,
            self.scripts - before.scripts,
            self.round_trips - before.round_trips - OWN,
        )


OWN = 1
"""Commands of a reading itself."""


@dataclass(frozen=True)
class Meter:
    """Reads one web process and its database."""

    web: int
    database: int
    client: Redis

    async def read(self) -> Reading:
        told = await self.client.info("stats", "commandstats")
        return Reading(
            cpu_ms(self.web),
            cpu_ms(self.database),
            int(told["total_commands_processed"]),
            sum(told.get(f"cmdstat_{verb}", {}).get("calls", 0) for verb in ("eval", "evalsha")),
            int(told["total_reads_processed"]),
        )

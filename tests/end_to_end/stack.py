"""A small town of real processes: database, web with the playground in it, worker; and everyone's phones over HTTP."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import requests
from redis import Redis

from bot.app.people_reader import read_people
from bot.cli.database import stores_at
from bot.cli.demo import environment
from bot.config import Settings
from bot.stores import tether
from bot.stores.embedded import EmbeddedServer
from bot.stores.keys import Keys
from bot.wiring.parts import Stores
from tests.end_to_end.cast import POLICY, Cast, make_cast
from tests.end_to_end.phones import Playground

SOON = 60.0
"""What is due later than so many seconds from now waits on purpose."""

PATIENCE = 15.0
"""Seconds for what a real process should do at once, on a machine that has other work as well."""

Found = TypeVar("Found")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(look: Callable[[], Found], what: str, patience: float = PATIENCE) -> Found:
    """The first true thing that `look` gives."""
    deadline = time.monotonic() + patience
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {patience:g} s")
        time.sleep(0.02)


@dataclass
class Part:
    """One process of ours, ended by its own id."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """kill -9: no last word, no clean-up."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def words(self) -> str:
        return self.log.read_text(errors="replace")


def start_part(name: str, arguments: list[str], env: Mapping[str, str], folder: Path) -> Part:
    """`python -m …` as a process that can't outlive the tests."""
    log = folder / f"{name}-{time.monotonic_ns()}.log"
    command = [sys.executable, "-m", *arguments]
    if sys.platform == "linux":
        command = [sys.executable, "-I", "-S", tether.__file__, "die", str(os.getpid()), *command]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, env={**os.environ, **env}, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )
    return Part(name, process, log)


@dataclass
class Stack:
    """All of it. `sites` are small worlds of a caller, a chief and a deputy; each test takes one of its own."""

    folder: Path
    url: str
    database: str
    env: Mapping[str, str]
    cast: Cast
    play: Playground
    web: Part
    worker: Part
    database_pid: int
    more: list[Part] = field(default_factory=list)

    def read(self, work: Callable[[Stores], Awaitable[Found]]) -> Found:
        """What stands in the database now, read by the product's own stores."""
        settings = Settings(data_dir=self.folder)

        async def run() -> Found:
            async with stores_at(settings, self.database) as stores:
                return await work(stores)

        return asyncio.run(run())

    def metric(self, name: str) -> float:
        lines = requests.get(f"{self.url}/metrics", timeout=5).text.splitlines()
        return float(next(line.split()[1] for line in lines if line.startswith(f"mamori_{name} ")))

    def is_up(self) -> bool:
        assert self.web.process.poll() is None, self.web.words()
        try:
            return requests.get(f"{self.url}/healthz", timeout=1).ok
        except requests.RequestException:
            return False

    def unsent(self) -> int:
        """Rows of the outbox but for those that are meant for later; without our stores, because this is asked often."""
        keys = Keys("default")
        later = f"({int((time.time() + self.ahead() + SOON) * 1_000_000)}"
        with Redis.from_url(self.database) as client:
            return int(client.hlen(keys.deliveries)) - int(client.zcount(keys.due_calm, later, "+inf"))

    def ahead(self) -> float:
        """Seconds by which the clock has been pushed forward."""
        file = Path(self.env["MAMORI_CLOCK_FILE"])
        return float(file.read_text()) if file.exists() else 0.0

    def settles(self) -> None:
        """Nothing is left in the outbox."""
        eventually(lambda: self.unsent() == 0, "an empty outbox")


def seed(folder: Path, database: str, cast: Cast) -> None:
    """The directory, the policy and the shipped flow, as the commands would put them there."""

    async def fill() -> None:
        async with stores_at(Settings(data_dir=folder), database) as stores:
            await stores.organisations.add("default", "見本の市役所")
            await stores.directory.put_people(read_people(cast.directory_csv, "people.csv"))
            await stores.library.put_policy(POLICY)

    asyncio.run(fill())


@contextmanager
def running_stack(folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[Stack]:
    """Started as `mamori demo` starts it; ended by their ids."""
    cast = make_cast()
    port = free_port()
    people = folder / "phones.csv"
    people.write_text(cast.phones_csv, encoding="utf-8")
    with EmbeddedServer.start(folder, "--appendfsync", "no") as server:
        seed(folder, server.url, cast)
        env = {**environment(folder, port, server.url), **(settings or {})}
        web = start_part("web", ["bot", "serve", "--port", str(port), "--play", str(people)], env, folder)
        worker = start_part("worker", ["bot", "work"], env, folder)
        url = f"http://127.0.0.1:{port}"
        stack = Stack(folder, url, server.url, env, cast, Playground(f"{url}/play"), web, worker, server.pid)
        try:
            eventually(stack.is_up, "the web process", 45)
            stack.play.limits(slack=False, line=False)
            yield stack
        finally:
            for part in (stack.worker, stack.web, *stack.more):
                part.stop()

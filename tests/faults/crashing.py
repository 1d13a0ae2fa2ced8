"""A web process that can be killed at any request, a worker beside it, and people who notice only what they are told."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import requests

from bot.cli.demo import environment
from bot.stores.embedded import EmbeddedServer
from tests.end_to_end.cast import COLUMNS, Cast, make_cast
from tests.end_to_end.phones import Playground
from tests.end_to_end.stack import Part, Stack, eventually, free_port, seed, start_part
from tests.faults.gates import Gates
from tests.faults.nursery import Nursery

SITES = {"both": 50, "slack_chief": 2, "line_chief": 80}
"""One for each crash point."""


@dataclass
class Crashing:
    """`stack` reads and plays as in the end-to-end tests; web and workers are started and killed here."""

    stack: Stack
    nursery: Nursery
    port: int
    web_gates: Gates
    worker_gates: Gates
    plain: Mapping[str, str]
    web: int = 0
    worker: int = 0

    def has_web(self) -> None:
        """One that runs, whether or not the last one was killed."""
        self.web_gates.fuse.disarm()
        if not (self.web and is_alive(self.web)):
            self.start_web()

    def start_web(self) -> None:
        """Through its gates. The port stays the same, as behind a process manager."""
        self.web_gates.fuse.disarm()
        env = self._gated(self.web_gates)
        self.web = self.nursery.start(["serve", "--port", str(self.port)], env)
        eventually(self._is_up, "the web process", 45)

    def start_worker(self, gated: bool = False) -> None:
        env = self._gated(self.worker_gates) if gated else self.plain
        self.worker = self.nursery.start(["work"], env)

    def kill_worker(self) -> None:
        self._kill(self.worker)

    def kill_web(self) -> None:
        self._kill(self.web)

    def _kill(self, pid: int) -> None:
        if pid and is_alive(pid):
            os.kill(pid, signal.SIGKILL)
            eventually(lambda: not is_alive(pid), "the end of a killed process")

    def _gated(self, gates: Gates) -> dict[str, str]:
        play = f"http://127.0.0.1:{gates.platform_port}/play"
        return {
            **self.plain,
            "MAMORI_REDIS_URL": gates.database,
            "MAMORI_LINE_API_BASE": f"{play}/line",
            "MAMORI_LINE_DATA_API_BASE": f"{play}/line-data",
            "MAMORI_SLACK_API_BASE": f"{play}/slack/api/",
        }

    def _is_up(self) -> bool:
        assert is_alive(self.web), "the web process ended by itself"
        with suppress(requests.RequestException):
            return requests.get(f"http://127.0.0.1:{self.port}/healthz", timeout=1).ok
        return False


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def crashing(folder: Path) -> Iterator[Crashing]:
    """The playground stands alone, so that it outlives the web process as LINE and Slack do."""
    cast = make_cast(SITES)
    port, play_port = free_port(), free_port()
    with EmbeddedServer.start(folder, "--appendfsync", "no") as server:
        seed(folder, server.url, cast)
        play = Playground(f"http://127.0.0.1:{play_port}/play")
        plain = {
            **environment(folder, play_port, server.url),
            "MAMORI_PUBLIC_URL": f"http://127.0.0.1:{port}",
        }
        local = _playground(folder, cast, port, play_port)
        nursery = Nursery(folder)
        gates = (Gates(server.url, play_port), Gates(server.url, play_port))
        stack = Stack(
            folder, f"http://127.0.0.1:{port}", server.url, plain, cast, play, local, local, server.pid
        )
        try:
            eventually(lambda: _answers(play), "the playground", 45)
            yield Crashing(stack, nursery, port, *gates, plain)
        finally:
            nursery.close()
            for gate in gates:
                gate.close()
            local.stop()


def _playground(folder: Path, cast: Cast, port: int, play_port: int) -> Part:
    people = folder / "phones.yaml"
    people.write_text(_as_yaml(cast.phones_csv), encoding="utf-8")
    arguments = ["bot.playground", "--port", str(play_port), "--bot-url", f"http://127.0.0.1:{port}"]
    arguments += ["--people", str(people), "--clock-file", str(folder / "demo-clock"), "--no-rate-limits"]
    return start_part("playground", arguments, {}, folder)


def _as_yaml(phones_csv: str) -> str:
    names = COLUMNS.split(",")
    rows = [dict(zip(names, line.split(","), strict=True)) for line in phones_csv.splitlines()[1:]]
    wanted = ("id", "name", "role", "place", "line_user_id", "slack_user_id", "email")
    people = ["{" + ", ".join(f"{n}: {row[n] or 'null'}" for n in wanted) + "}" for row in rows]
    return "\n".join(["people:", *(f"  - {person}" for person in people), ""])


def _answers(play: Playground) -> bool:
    with suppress(requests.RequestException):
        play.state()
        return True
    return False

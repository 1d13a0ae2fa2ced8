"""Starts what is measured, each as a process of its own, and stops all of it whatever happens."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench.people import SECRET, TOKEN
from bot.stores.embedded import Tethered

ROOT = Path(__file__).resolve().parent.parent
ORG = "default"
START_SECONDS = 60.0


class NotStarted(RuntimeError):
    """A process that was to be measured didn't begin; its own words stand above on standard error."""


@dataclass(frozen=True)
class Running:
    """A web process: who and where."""

    process: "subprocess.Popen[bytes]"
    port: int

    @property
    def pid(self) -> int:
        return self.process.pid

    def await_open(self) -> None:
        """Returns when its port takes connections. Raises NotStarted."""
        deadline = time.monotonic() + START_SECONDS
        while not _is_open(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise NotStarted("a process that is measured did not start; its words stand above")
            time.sleep(0.05)


@dataclass
class Hall:
    """Where the processes of one run live: their databases and their local LINE. All of them stop at its end."""

    mamori_url: str
    baseline_url: str
    line_port: int
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> "Hall":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def start_mamori(self) -> "Running":
        port = _free_port()
        return self._web(["-m", "bot", "serve", "--port", str(port)], port)

    def start_worker(self) -> int:
        return self._start(["-m", "bot", "work"]).process.pid

    def start_baseline(self) -> "Running":
        port = _free_port()
        words = ["-m", "uvicorn", "bench.baseline:app", "--port", str(port)]
        return self._web([*words, "--log-level", "warning", "--no-access-log"], port)

    def _web(self, words: list[str], port: int) -> "Running":
        return Running(self._start(words).process, port)

    def _start(self, words: list[str]) -> Tethered:
        """Ends with us, whatever ends us. It inherits our environment, so that is set before."""
        os.environ.update(self._environment())
        started = Tethered([sys.executable, *words])
        self._stack.callback(started.stop)
        return started

    def _environment(self) -> Mapping[str, str]:
        line = f"http://127.0.0.1:{self.line_port}"
        unset = dict.fromkeys(
            ("MAMORI_SLACK_BOT_TOKEN", "MAMORI_SLACK_SIGNING_SECRET", "MAMORI_SLACK_APP_TOKEN"), ""
        )
        return unset | {
            "PYTHONPATH": str(ROOT),
            "MAMORI_REDIS_URL": self.mamori_url,
            "MAMORI_ORG": ORG,
            "MAMORI_LINE_CHANNEL_SECRET": SECRET,
            "MAMORI_LINE_CHANNEL_ACCESS_TOKEN": TOKEN,
            "MAMORI_LINE_API_BASE": line,
            "MAMORI_LINE_DATA_API_BASE": line,
            "BENCH_LINE_SECRET": SECRET,
            "BENCH_LINE_TOKEN": TOKEN,
            "BENCH_LINE_API": line,
            "BENCH_REDIS_URL": self.baseline_url,
        }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0

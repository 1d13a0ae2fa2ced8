"""Starts web and worker processes at once: all modules are read beforehand, and each process is a fork.

Run as a module; each line of standard input, {"arguments", "env", "log"}, is answered with the new process's id.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

MODULES = (
    "bot.cli.commands", "bot.cli.running", "bot.wiring.web", "bot.wiring.playground", "bot.platforms.slack.app",
    "bot.platforms.slack.client", "bot.platforms.line.client", "uvicorn", "uvloop", "httptools",
)  # fmt: skip
DIE_WITH_PARENT = 1


def main() -> None:
    for name in MODULES:
        importlib.import_module(name)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries them: nobody here waits
    for line in sys.stdin:
        print(_born(json.loads(line)), flush=True)


def _born(wish: Mapping[str, object]) -> int:
    pid = os.fork()
    if pid:
        return pid
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)
    _turn_to(str(wish["log"]))
    os.environ.update(wish["env"])  # type: ignore[arg-type]
    sys.argv = ["mamori", *wish["arguments"]]  # type: ignore[misc]
    from bot.cli import main as mamori

    try:
        mamori()
    finally:
        sys.stdout.flush()
        os._exit(0)


def _turn_to(log: str) -> None:
    """Standard input is nobody's; words go to the log."""
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for number in (1, 2):
        os.dup2(out, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)


class Nursery:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        command = [sys.executable, "-m", "tests.faults.nursery"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
        )

    def start(self, arguments: list[str], env: Mapping[str, str]) -> int:
        """The id of a new `mamori …`."""
        self._count += 1
        log = self._folder / f"{self._count:03}-{arguments[0]}.log"
        wish = {"arguments": arguments, "env": dict(env), "log": str(log)}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(wish) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """On Linux its children end with it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()


if __name__ == "__main__":
    main()

"""`make demo` as a person runs it: in a terminal of its own, ended by Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.end_to_end.phones import Playground
from tests.end_to_end.stack import eventually, free_port

ROOT = Path(__file__).parents[2]


@dataclass
class DemoRun:
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/play/"

    @property
    def play(self) -> Playground:
        return Playground(self.address.rstrip("/"))

    def words(self) -> str:
        return self.log.read_text(errors="replace")

    def is_told(self) -> bool:
        assert self.process.poll() is None, self.words()
        return self.address in self.words()

    def family(self) -> set[int]:
        """The ids of everything that it started, and of what those started."""
        parents = _parents()
        found = {self.process.pid}
        while more := {pid for pid, parent in parents.items() if parent in found} - found:
            found |= more
        return found

    def press_ctrl_c(self) -> None:
        """A terminal sends the signal to everyone in the foreground."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(30)


@contextmanager
def demo_run(folder: Path, port: int = 0) -> Iterator[DemoRun]:
    """Runs until it is ended; the address has been told when the block begins."""
    port = port or free_port()
    log = folder.parent / f"demo-{port}-{len(list(folder.parent.iterdir()))}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command(port, folder), cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    run = DemoRun(process, port, log)
    try:
        eventually(run.is_told, "the address of the demo", 60)
        yield run
    finally:
        if process.poll() is None:
            run.press_ctrl_c()


def command(port: int, folder: Path) -> list[str]:
    """`make demo`, unless it would have to install something first: then what it would run after that."""
    arguments = ["--port", str(port), "--data-dir", str(folder)]
    made = ["make", "demo", "ARGS=" + " ".join(arguments)]
    planned = subprocess.run(["make", "-n", "demo"], cwd=ROOT, capture_output=True, text=True, check=False)
    if planned.returncode or "pip" in planned.stdout:
        return [sys.executable, "-m", "bot", "demo", *arguments]
    return made


def _parents() -> dict[int, int]:
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [line.split() for line in listed.stdout.splitlines()]
    return {int(pid): int(parent) for pid, parent in pairs}


def is_running(pid: int) -> bool:
    """A process that has ended and waits for its parent counts as gone."""
    states = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return bool(states.stdout.strip()) and not states.stdout.strip().startswith("Z")

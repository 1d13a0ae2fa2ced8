"""The playground's clock: real time plus the seconds somebody pushed it forward."""

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path


class Clock:
    """Shared with the bot through one small file that holds the seconds ahead."""

    def __init__(self, file: Path | None = None, wall: Callable[[], float] = time.time) -> None:
        self._file = file
        self._wall = wall
        self.ahead_s = _read(file)

    def now(self) -> float:
        return self._wall() + self.ahead_s

    def wall(self) -> float:
        return self._wall()

    def advance(self, seconds: float) -> None:
        self.ahead_s += seconds
        if self._file is not None:
            _write(self._file, self.ahead_s)


def rfc3339(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _read(file: Path | None) -> float:
    if file is None or not file.exists():
        return 0.0
    try:
        return float(file.read_text(encoding="ascii").strip() or 0)
    except ValueError:
        return 0.0


def _write(file: Path, ahead_s: float) -> None:
    """Rename over the old file, so that a reader never meets half a number."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
    fresh.write_text(repr(ahead_s), encoding="ascii")
    fresh.replace(file)

"""The real program as a process of its own, against a real database."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest
from redis.asyncio import Redis

from bot.stores.connection import connect
from tests.redis_fixtures import stray_keys

CONTENT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """What --json printed: one document and nothing else."""
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """The one line that says what is wrong."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        return lines[0]


@dataclass
class Warm:
    """The process of warm.py, which forks one for each command."""

    process: subprocess.Popen[str]

    def run(self, words: tuple[str, ...], environment: Mapping[str, str], here: Path, stdin: str) -> Ended:
        assert self.process.stdin
        assert self.process.stdout
        request = {"words": words, "environment": dict(environment), "here": str(here), "stdin": stdin}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return Ended(**json.loads(self.process.stdout.readline()))


@dataclass(frozen=True)
class Program:
    """`mamori` with an environment, in a folder."""

    warm: Warm
    environment: Mapping[str, str]
    here: Path

    def __call__(self, *words: str, stdin: str = "") -> Ended:
        ended = self.warm.run(words, self.environment, self.here, stdin)
        assert "Traceback" not in ended.err, ended.err
        assert "a fault of ours" not in ended.err, ended.err
        return ended

    def well(self, *words: str, stdin: str = "") -> Ended:
        """A command that must succeed."""
        ended = self(*words, stdin=stdin)
        assert ended.code == 0, ended
        return ended

    def with_settings(self, **settings: str) -> "Program":
        more = {f"MAMORI_{name.upper()}": value for name, value in settings.items()}
        return replace(self, environment={**self.environment, **more})


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    command = [sys.executable, str(Path(__file__).with_name("warm.py"))]
    kept = {**os.environ, "PYTHONPATH": str(CONTENT), "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, env=kept, text=True, encoding="utf-8") as process:
        yield Warm(process)
        assert process.stdin
        process.stdin.close()


@pytest.fixture
def program(warm: Warm, tmp_path: Path) -> Program:
    """In an empty folder, where no .env lies; its own data directory."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MAMORI_")}
    return Program(
        warm, {**kept, "PYTHONPATH": str(CONTENT), "MAMORI_DATA_DIR": str(tmp_path / "data")}, tmp_path
    )


@pytest.fixture
def database(redis_url: str) -> Iterator[str]:
    """The address of this worker's database, empty; afterwards every key must be one that keys.py knows."""
    asyncio.run(_emptied(redis_url))
    yield redis_url
    assert asyncio.run(_strays(redis_url)) == []


@pytest.fixture
def mamori(program: Program, database: str) -> Program:
    """With that database."""
    return program.with_settings(redis_url=database)


async def _emptied(url: str) -> None:
    client = await connect(url)
    await client.flushdb()
    await client.aclose()


async def _strays(url: str) -> list[str]:
    client = await connect(url)
    assert isinstance(client, Redis)
    try:
        return await stray_keys(client)
    finally:
        await client.aclose()

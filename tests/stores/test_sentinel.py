"""With Sentinel, the pipeline talks to whichever server is the master."""

import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError

from bot.stores.connection import connect, disconnect
from bot.stores.embedded import Tethered, server_binary
from bot.stores.pipeline import pipeline_over

pytestmark = pytest.mark.anyio


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port: int = line.getsockname()[1]
        return port


@pytest.fixture
def sentinel_url(tmp_path: Path) -> Iterator[str]:
    """One master and one sentinel; the same program is a sentinel under that name."""
    master, watcher = free_port(), free_port()
    program = tmp_path / "valkey-sentinel"
    program.symlink_to(server_binary())
    (tmp_path / "sentinel.conf").write_text(
        f"port {watcher}\nbind 127.0.0.1\ndir {tmp_path}\nsentinel monitor mymaster 127.0.0.1 {master} 1\n"
    )
    server = Tethered(
        [
            str(server_binary()),
            "--port",
            str(master),
            "--bind",
            "127.0.0.1",
            "--dir",
            str(tmp_path),
            "--save",
            "",
        ]
    )
    sentinel = Tethered([str(program), str(tmp_path / "sentinel.conf")])
    _await_answers(master, watcher)
    yield f"redis+sentinel://127.0.0.1:{watcher}/mymaster/2"
    sentinel.stop()
    server.stop()


def _await_answers(*ports: int) -> None:
    for port in ports:
        with Redis(port=port) as client:
            deadline = time.monotonic() + 10
            while time.monotonic() < deadline:
                with contextlib.suppress(RedisError, OSError):
                    client.ping()
                    break
                time.sleep(0.02)


async def test_the_master_is_found_by_its_name_and_the_database_by_its_number(sentinel_url: str) -> None:
    client = await connect(sentinel_url)
    pipeline = pipeline_over(client)
    assert await pipeline.call("SET", "{ebetsu}:policy", "here") == b"OK"
    assert b"db=2" in await pipeline.call("CLIENT", "INFO")
    await pipeline.close()
    await disconnect(client)


async def test_a_demoted_server_is_left_for_the_master(sentinel_url: str) -> None:
    client = await connect(sentinel_url)
    pipeline = pipeline_over(client)
    me = (await pipeline.call("CLIENT", "ID"), await pipeline.call("REPLICAOF", "127.0.0.1", free_port()))[0]
    with pytest.raises(ConnectionError, match="takes no writes"):
        await pipeline.call("SET", "{ebetsu}:policy", "here")
    assert await pipeline.call("REPLICAOF", "NO", "ONE") == b"OK"
    assert await pipeline.call("CLIENT", "ID") != me
    await pipeline.close()
    await disconnect(client)

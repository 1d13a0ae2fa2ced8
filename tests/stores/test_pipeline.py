"""What the shared way to the database promises to each of those who share it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.exceptions import ResponseError

from bot.stores.connection import Client, StoreUnavailable, connect, disconnect
from bot.stores.embedded import EmbeddedServer, Tethered, running_server, server_binary
from bot.stores.pipeline import Pipeline, Script, SharedPipeline, pipeline_over

pytestmark = pytest.mark.anyio

ADD = Script("return tonumber(ARGV[1]) + tonumber(ARGV[2])")


@pytest.fixture
async def shared(store_connection: Client) -> AsyncIterator[SharedPipeline]:
    pipeline = pipeline_over(store_connection)
    assert isinstance(pipeline, SharedPipeline)
    yield pipeline
    await pipeline.close()


async def test_commands_of_one_moment_share_a_round_trip(shared: SharedPipeline) -> None:
    replies = await asyncio.gather(*(shared.call("ECHO", i) for i in range(50)))
    assert replies == [str(i).encode() for i in range(50)]
    assert (shared.commands, shared.round_trips) == (50, 1)


async def test_a_wrong_command_fails_for_its_own_caller_only(pipeline: Pipeline) -> None:
    async def wrong() -> str:
        with pytest.raises(ResponseError, match="wrong number of arguments"):
            await pipeline.call("GET", "{ebetsu}:policy", "too", "many")
        return "failed"

    right = [pipeline.run(ADD, ("{ebetsu}:policy",), (i, 1)) for i in range(5)]
    assert await asyncio.gather(*right, wrong()) == [1, 2, 3, 4, 5, "failed"]


async def test_a_script_that_the_server_forgot_is_told_again(pipeline: Pipeline, client: Client) -> None:
    assert await pipeline.run(ADD, ("{ebetsu}:policy",), (1, 2)) == 3
    await client.script_flush()
    assert await pipeline.run(ADD, ("{ebetsu}:policy",), (3, 4)) == 7


async def test_a_caller_that_gave_up_disturbs_nobody(shared: SharedPipeline) -> None:
    gone = asyncio.ensure_future(shared.call("ECHO", "gone"))
    stays = asyncio.ensure_future(shared.call("ECHO", "stays"))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == b"stays"
    assert await shared.call("ECHO", "later") == b"later"


@contextlib.contextmanager
def server_at(path: Path) -> Iterator[None]:
    """A server whose address stays the same over a restart."""
    server = Tethered([str(server_binary()), "--port", "0", "--unixsocket", str(path), "--save", ""])
    running = path.parent / "database.url"
    running.write_text(f"unix://{path}")
    while running_server(path.parent) is None:
        time.sleep(0.01)
    try:
        yield
    finally:
        server.stop()


async def test_a_server_that_went_away_is_told_at_once_and_found_again(tmp_path: Path) -> None:
    with server_at(tmp_path / "s"):
        client = await connect(f"unix://{tmp_path / 's'}")
        pipeline = pipeline_over(client)
        assert await pipeline.call("PING") == b"PONG"
    with pytest.raises(StoreUnavailable, match="the database is away"):
        await pipeline.call("PING")
    with server_at(tmp_path / "s"):
        assert await pipeline.call("PING") == b"PONG"
        await pipeline.close()
        await disconnect(client)


async def test_a_server_that_hangs_is_given_up_in_time(store_connection: Client) -> None:
    pipeline = SharedPipeline(store_connection, answer_seconds=0.05)
    hanging = asyncio.gather(
        *(pipeline.call(*w) for w in (("ECHO", 1), ("BLPOP", "{ebetsu}:x", 0))), return_exceptions=True
    )
    first, second = await hanging
    assert (first, type(second)) == (b"1", StoreUnavailable)
    assert await pipeline.call("ECHO", "again") == b"again"
    await pipeline.close()


async def test_a_full_memory_counts_as_away(tmp_path: Path) -> None:
    with EmbeddedServer.start(tmp_path / "data", "--maxmemory", "1mb") as server:
        client = await connect(server.url)
        pipeline = pipeline_over(client)
        with pytest.raises(StoreUnavailable, match="takes no writes"):
            await pipeline.call("SET", "{ebetsu}:policy", "x" * 100)
        await pipeline.close()
        await disconnect(client)


async def test_a_patient_script_goes_with_the_next_round_trip(shared: SharedPipeline) -> None:
    await shared.run(ADD, ("{ebetsu}:policy",), (0, 0))
    before = shared.round_trips
    patient = asyncio.ensure_future(shared.run(ADD, ("{ebetsu}:policy",), (1, 2), patient=True))
    await asyncio.sleep(0)
    await shared.call("PING")
    assert (patient.done() and await patient, shared.round_trips - before) == (3, 1)


async def test_a_patient_script_without_company_goes_alone(shared: SharedPipeline) -> None:
    assert await asyncio.wait_for(shared.run(ADD, ("{ebetsu}:policy",), (1, 2), patient=True), 2) == 3


async def test_a_patient_script_is_told_when_the_pipeline_closes(shared: SharedPipeline) -> None:
    patient = asyncio.ensure_future(shared.run(ADD, ("{ebetsu}:policy",), (1, 2), patient=True))
    await asyncio.sleep(0)
    await shared.close()
    with pytest.raises(StoreUnavailable):
        await patient

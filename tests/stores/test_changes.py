"""What a board may rely on: the open incidents by one reading, and word of every commit."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from bot.app.ports import Found, Heard
from bot.stores.changes import RedisChanges
from bot.stores.connection import Client, connect, disconnect
from bot.stores.embedded import EmbeddedServer
from bot.stores.keys import Keys
from bot.stores.pipeline import Pipeline
from bot.stores.records import RedisRecords
from bot.stores.turns import RedisTurns
from tests.stores.conftest import ORG
from tests.stores.samples import commit, incident, seconds

pytestmark = pytest.mark.anyio

WITHIN = 5.0


async def next_word(heard: AsyncGenerator[Heard, None]) -> Heard:
    return await asyncio.wait_for(anext(heard), WITHIN)


async def test_open_incidents_are_read_oldest_first_in_one_round_trip(
    turns: RedisTurns, records: RedisRecords, pipeline: Pipeline
) -> None:
    assert await records.open() == Found()
    younger, older = replace(incident("i2"), opened=seconds(60)), incident("i1")
    for each in (younger, older):
        await turns.commit(commit(each))
    before = pipeline.round_trips
    assert await records.open() == Found((older, younger))
    assert pipeline.round_trips - before == 1


async def test_a_closed_incident_is_not_open_any_more(turns: RedisTurns, records: RedisRecords) -> None:
    await turns.commit(commit(incident("i1")))
    await turns.commit(commit(incident("i1", version=2, closed=seconds(60))))
    assert await records.open() == Found()
    assert await records.incident("i1") is not None


async def test_an_incident_from_before_there_was_an_index_enters_it_as_it_goes_on(
    turns: RedisTurns, records: RedisRecords, client: Client
) -> None:
    await turns.commit(commit(incident("i1")))
    await client.delete(Keys(ORG).open)
    await turns.commit(commit(incident("i1", version=2)))
    assert [i.version for i in (await records.open()).incidents] == [2]


async def test_every_commit_is_heard_with_its_incident(turns: RedisTurns, client: Client) -> None:
    heard = RedisChanges(client, ORG).listen()
    assert await next_word(heard) == Heard("connected")
    await turns.commit(commit(incident("i1")))
    await turns.commit(commit(incident("i2")))
    assert [await next_word(heard), await next_word(heard)] == [
        Heard("changed", "i1"),
        Heard("changed", "i2"),
    ]
    await heard.aclose()


async def test_what_is_not_written_is_not_heard(turns: RedisTurns, client: Client) -> None:
    heard = RedisChanges(client, ORG).listen()
    await next_word(heard)
    await turns.commit(commit(incident("i1", version=7)))  # stale
    await turns.commit(commit(incident("i2")))
    assert await next_word(heard) == Heard("changed", "i2")
    await heard.aclose()


async def test_one_organisation_does_not_hear_another(client: Client, pipeline: Pipeline) -> None:
    heard = RedisChanges(client, ORG).listen()
    await next_word(heard)
    await RedisTurns(pipeline, "sapporo").commit(commit(incident("theirs")))
    await RedisTurns(pipeline, ORG).commit(commit(incident("ours")))
    assert await next_word(heard) == Heard("changed", "ours")
    await heard.aclose()


async def test_a_lost_connection_is_told_and_made_again(redis_url: str, store_connection: Client) -> None:
    heard = RedisChanges(store_connection, ORG).listen()
    await next_word(heard)
    await store_connection.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
    assert [await next_word(heard), await next_word(heard)] == [Heard("lost"), Heard("connected")]
    await store_connection.publish("{ebetsu}:changes", "i1")
    assert await next_word(heard) == Heard("changed", "i1")
    await heard.aclose()


async def test_a_server_that_says_nothing_any_more_is_lost(tmp_path_factory: pytest.TempPathFactory) -> None:
    """It holds the connection and never answers: only asking shows it."""
    with EmbeddedServer.start(tmp_path_factory.mktemp("silent"), "--appendfsync", "no") as server:
        client = await connect(server.url)
        heard = RedisChanges(client, ORG, quiet=0.2).listen()
        await next_word(heard)
        database = _child_of(server.pid)
        os.kill(database, signal.SIGSTOP)
        try:
            assert await next_word(heard) == Heard("lost")
        finally:
            os.kill(database, signal.SIGCONT)
        assert await next_word(heard) == Heard("connected")
        await heard.aclose()
        await disconnect(client)


def _child_of(pid: int) -> int:
    """The server's own process: the tether may have become it, or stand before it."""
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return int(found.stdout.split()[0]) if found.stdout.split() else pid

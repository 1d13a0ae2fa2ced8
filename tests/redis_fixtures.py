"""Pytest plugin: a real database process for each test worker, emptied for each test, and watched for stray keys."""

from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis

from bot.stores.connection import Client, connect, disconnect
from bot.stores.embedded import EmbeddedServer
from bot.stores.keys import Family, family_of


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One server for this worker process. Tests that kill a server start their own."""
    with EmbeddedServer.start(tmp_path_factory.mktemp("database"), "--appendfsync", "no") as server:
        yield server.url


@pytest.fixture
async def store_connection(redis_url: str) -> AsyncIterator[Client]:
    """A client of this worker's server with nothing in it. Afterwards every key must be one that keys.py knows."""
    client = await connect(redis_url)
    assert isinstance(client, Redis)
    await client.flushdb()
    yield client
    strays = await stray_keys(client)
    await disconnect(client)
    assert strays == []


async def stray_keys(client: Redis) -> list[str]:
    """What is wrong with the keys that lie here: unknown, of another type than written down, or living for ever."""
    found = [name.decode() async for name in client.scan_iter(count=1000)]
    return [fault for name in sorted(found) for fault in await _faults(client, name)]


async def _faults(client: Redis, name: str) -> list[str]:
    family = family_of(name)
    if family is None:
        return [f"{name}: bot/stores/keys.py doesn't know this key"]
    kind, left = (await client.type(name)).decode(), await client.pttl(name)
    wrong_type = [f"{name}: is a {kind}, not a {family.type}"] if kind != family.type else []
    return wrong_type + _lifetime_faults(name, family, left)


def _lifetime_faults(name: str, family: Family, left: int) -> list[str]:
    if family.lifetime is None:
        return [f"{name}: goes by itself, though keys.py says that it stays"] if left >= 0 else []
    if left < 0:
        return [f"{name}: lives for ever, though keys.py gives it {family.lifetime}"]
    return [f"{name}: outlives {family.lifetime}"] if left > family.lifetime.total_seconds() * 1000 else []

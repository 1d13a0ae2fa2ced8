"""The contract tests run against one server and, marked `cluster`, against three nodes."""

from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis, RedisCluster

from bot.stores.connection import Client, connect, disconnect
from bot.stores.directory import RedisDirectory
from bot.stores.library import RedisLibrary
from bot.stores.pipeline import Pipeline, pipeline_over
from bot.stores.queue import RedisQueue
from bot.stores.records import RedisRecords
from bot.stores.turns import RedisTurns
from tests.redis_fixtures import stray_keys
from tests.stores.three_nodes import cluster_of_three

ORG = "ebetsu"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def cluster_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with cluster_of_three(tmp_path_factory.mktemp("cluster")) as url:
        yield url


@pytest.fixture(params=["one", pytest.param("three", marks=pytest.mark.cluster)])
async def client(request: pytest.FixtureRequest) -> AsyncIterator[Client]:
    """An empty database of either kind; every key in it is checked afterwards."""
    client = await connect(request.getfixturevalue("redis_url" if request.param == "one" else "cluster_url"))
    await client.flushdb()
    yield client
    strays = await _strays(client)
    await disconnect(client)
    assert strays == []


@pytest.fixture
async def pipeline(client: Client) -> AsyncIterator[Pipeline]:
    pipeline = pipeline_over(client)
    yield pipeline
    await pipeline.close()


@pytest.fixture
def turns(pipeline: Pipeline) -> RedisTurns:
    return RedisTurns(pipeline, ORG)


@pytest.fixture
def queue(pipeline: Pipeline) -> RedisQueue:
    return RedisQueue(pipeline, ORG)


@pytest.fixture
def directory(pipeline: Pipeline) -> RedisDirectory:
    return RedisDirectory(pipeline, ORG)


@pytest.fixture
def library(pipeline: Pipeline) -> RedisLibrary:
    return RedisLibrary(pipeline, ORG)


@pytest.fixture
def records(pipeline: Pipeline) -> RedisRecords:
    return RedisRecords(pipeline, ORG)


async def _strays(client: Client) -> list[str]:
    if isinstance(client, Redis):
        return await stray_keys(client)
    assert isinstance(client, RedisCluster)
    found: list[str] = []
    for node in client.get_primaries():
        single = Redis(host=node.host, port=node.port)
        found += await stray_keys(single)
        await single.aclose()
    return found

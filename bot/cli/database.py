"""Which database a command talks to: the one that is named, else the embedded one of the data directory."""

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TypeVar

from bot.config import Settings, load_settings
from bot.wiring.parts import Stores, clock_of, ensure_content, open_stores

Result = TypeVar("Result")


@contextlib.contextmanager
def database_url(settings: Settings) -> Iterator[str]:
    """MAMORI_REDIS_URL, else the embedded server that runs on the data directory, else one started for this block."""
    if settings.redis_url:
        yield settings.redis_url
        return
    from bot.stores.embedded import server_for

    with server_for(settings.data_dir) as url:
        yield url


@contextlib.asynccontextmanager
async def stores_at(settings: Settings, url: str) -> AsyncIterator[Stores]:
    """The organisation's stores, with the shipped flow in place."""
    async with open_stores(url, settings.org) as stores:
        await ensure_content(stores, clock_of(settings))
        yield stores


def with_stores(work: Callable[[Stores], Awaitable[Result]]) -> Result:
    """Runs one command's work against the database of the settings."""
    import asyncio

    settings = load_settings()

    async def run(url: str) -> Result:
        async with stores_at(settings, url) as stores:
            return await work(stores)

    with database_url(settings) as url:
        return asyncio.run(run(url))

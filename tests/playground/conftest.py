"""The stage on which the playground's tests play."""

from collections.abc import AsyncIterator

import pytest

from tests.playground.stage import Stage, stage


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def play() -> AsyncIterator[Stage]:
    async with stage() as running:
        yield running

"""What every transcript has: a stage with an empty organisation, an auditor, and eyes for errors that nobody expected."""

import logging
from collections.abc import AsyncIterator, Iterator

import pytest

from bot.stores.connection import Client
from tests.transcripts.stage import Stage, stage


@pytest.fixture(autouse=True)
def no_unexpected_errors(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """An error that our own code logs fails the test. One that is expected is looked at and cleared: `caplog.clear()`."""
    yield
    unexpected = [
        record.getMessage()
        for record in caplog.get_records("call")
        if record.levelno >= logging.ERROR and record.name.startswith("bot.")
    ]
    assert unexpected == []


@pytest.fixture
async def play(redis_url: str, store_connection: Client) -> AsyncIterator[Stage]:
    """The demo's people and policy: 佐藤係長, then 森課長, then everyone."""
    async with stage(redis_url) as playing:
        yield playing
        assert await playing.audit() == []

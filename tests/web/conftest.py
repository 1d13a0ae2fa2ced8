"""A stage with the demo's people, and the board beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.stores.connection import Client
from tests.transcripts.stage import Stage, stage
from tests.web.board_stand import Stand, board_stand, settings_for


@pytest.fixture
async def play(redis_url: str, store_connection: Client) -> AsyncIterator[Stage]:
    async with stage(redis_url) as playing:
        yield playing


@pytest.fixture
async def stand(play: Stage, tmp_path: Path) -> AsyncIterator[Stand]:
    async with board_stand(play, settings_for(tmp_path)) as standing:
        yield standing

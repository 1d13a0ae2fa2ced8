"""The understanding as it is shipped: the light model, which needs nothing, unless a test asks for the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.app.understanding.engine import Understander, load_reader, load_understander
from bot.app.understanding.signs import Reader

CONTENT = Path(__file__).parents[2]
KNOWLEDGE = CONTENT / "knowledge"


@pytest.fixture(scope="session")
def light() -> Understander:
    return load_understander(CONTENT, semantic=False)


@pytest.fixture(scope="session")
def reader() -> Reader:
    return load_reader(KNOWLEDGE)

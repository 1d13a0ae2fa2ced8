"""One stack for each test worker; each test takes people of its own, and leaves an empty outbox and healthy platforms."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.end_to_end.stack import Stack, running_stack


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("town")) as stack:
        yield stack


@pytest.fixture
def stack(town: Stack) -> Iterator[Stack]:
    yield town
    town.play.heals()
    town.play.quota(None)
    town.settles()

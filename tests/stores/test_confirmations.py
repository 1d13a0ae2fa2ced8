"""An admin's confirmations of articles are kept for their own organisation, and can be taken back."""

import pytest

from bot.core.answers import Confirmation
from bot.stores.knowledge import RedisConfirmations
from bot.stores.pipeline import Pipeline

pytestmark = pytest.mark.anyio

FIRST = Confirmation(
    "dogeza", "法務係長", "2026-11-21T09:00:00+00:00", "0123456789abcdef", "顧問弁護士に確認"
)
LATER = Confirmation("dogeza", "総務課長", "2026-11-22T09:00:00+00:00", "fedcba9876543210")


async def test_a_confirmation_is_read_back_as_it_was_given(pipeline: Pipeline) -> None:
    kept = RedisConfirmations(pipeline, "ebetsu")
    await kept.confirm(FIRST)
    assert await kept.all() == {"dogeza": FIRST}


async def test_a_later_one_replaces_it(pipeline: Pipeline) -> None:
    kept = RedisConfirmations(pipeline, "ebetsu")
    await kept.confirm(FIRST)
    await kept.confirm(LATER)
    assert await kept.all() == {"dogeza": LATER}


async def test_it_can_be_taken_back_once(pipeline: Pipeline) -> None:
    kept = RedisConfirmations(pipeline, "ebetsu")
    await kept.confirm(FIRST)
    assert await kept.withdraw("dogeza")
    assert not await kept.withdraw("dogeza")
    assert await kept.all() == {}


async def test_it_holds_for_one_organisation_only(pipeline: Pipeline) -> None:
    await RedisConfirmations(pipeline, "ebetsu").confirm(FIRST)
    assert await RedisConfirmations(pipeline, "sapporo").all() == {}

"""What the directory promises: who is who, one address one person, an invitation once."""

import asyncio
from dataclasses import replace

import pytest

from bot.app.committing import Question
from bot.app.ports import AddressTaken
from bot.core.plan import Person
from bot.stores.connection import Client
from bot.stores.directory import RedisDirectory
from bot.stores.keys import Keys
from bot.stores.turns import RedisTurns
from tests.stores.conftest import ORG
from tests.stores.samples import SATO, SUZUKI

pytestmark = pytest.mark.anyio


async def whose(turns: RedisTurns, address: str) -> Person | None:
    return (await turns.load(Question(address=address))).person


async def version(turns: RedisTurns) -> int:
    return (await turns.load(Question())).versions.people


async def test_people_come_back_as_they_were_put(directory: RedisDirectory) -> None:
    await directory.put_people([SUZUKI, SATO])
    assert await directory.people() == {"suzuki": SUZUKI, "sato": SATO}


async def test_each_change_raises_the_version_and_no_change_does_not(
    directory: RedisDirectory, turns: RedisTurns
) -> None:
    await directory.put_people([SUZUKI, SATO])
    await directory.put_people([SUZUKI])
    assert await version(turns) == 1
    await directory.put_people([replace(SUZUKI, phone="011")])
    assert await version(turns) == 2


async def test_a_changed_address_leaves_the_old_one_to_nobody(
    directory: RedisDirectory, turns: RedisTurns
) -> None:
    await directory.put_people([SUZUKI])
    moved = replace(SUZUKI, line_user_id="Unew")
    await directory.put_people([moved])
    assert await whose(turns, "line:Usuzuki") is None
    assert await whose(turns, "line:Unew") == moved


async def test_an_address_of_another_active_person_is_refused_and_nothing_changes(
    directory: RedisDirectory,
) -> None:
    await directory.put_people([SUZUKI])
    with pytest.raises(AddressTaken, match="line:Usuzuki of tanaka belongs to suzuki"):
        await directory.put_people([SATO, Person("tanaka", "田中", line_user_id="Usuzuki")])
    assert await directory.people() == {"suzuki": SUZUKI}


async def test_the_address_of_one_who_left_may_be_given_again(
    directory: RedisDirectory, turns: RedisTurns
) -> None:
    await directory.put_people([replace(SUZUKI, active=False)])
    tanaka = Person("tanaka", "田中", line_user_id="Usuzuki")
    await directory.put_people([tanaka])
    assert await whose(turns, "line:Usuzuki") == tanaka


async def test_linking_takes_an_address_from_whoever_had_it(
    directory: RedisDirectory, turns: RedisTurns
) -> None:
    await directory.put_people([SUZUKI, SATO])
    linked = await directory.link("sato", "line:Usuzuki")
    assert linked == replace(SATO, line_user_id="Usuzuki")
    assert await whose(turns, "line:Usuzuki") == linked
    assert (await directory.people())["suzuki"].line_user_id == ""


async def test_an_unlinked_address_belongs_to_nobody(directory: RedisDirectory, turns: RedisTurns) -> None:
    await directory.put_people([SUZUKI])
    await directory.unlink("line:Usuzuki")
    assert await whose(turns, "line:Usuzuki") is None
    await directory.unlink("line:Usuzuki")
    assert await version(turns) == 2


async def test_linking_somebody_unknown_is_an_error(directory: RedisDirectory) -> None:
    with pytest.raises(LookupError, match="nobody"):
        await directory.link("nobody", "line:U1")
    await directory.put_people([SUZUKI])
    with pytest.raises(ValueError, match="fax:1"):
        await directory.link("suzuki", "fax:1")


async def test_changes_at_the_same_moment_are_all_kept(directory: RedisDirectory) -> None:
    await asyncio.gather(*(directory.put_people([Person(f"p{i}", "名前")]) for i in range(8)))
    assert sorted(await directory.people()) == [f"p{i}" for i in range(8)]


async def test_an_invitation_opens_once(directory: RedisDirectory) -> None:
    await directory.put_people([SUZUKI])
    await directory.invite("k7x2", "suzuki", days=7)
    linked = await directory.redeem("k7x2", "line:Unew")
    assert linked is not None
    assert linked.line_user_id == "Unew"
    assert (await directory.people())["suzuki"] == linked
    assert await directory.redeem("k7x2", "line:Uother") is None
    assert await directory.redeem("never", "line:Uother") is None
    assert (await directory.people())["suzuki"] == linked


async def test_one_invitation_used_at_the_same_moment_links_one_address(directory: RedisDirectory) -> None:
    await directory.put_people([SUZUKI])
    await directory.invite("k7x2", "suzuki", days=7)
    linked = await asyncio.gather(*(directory.redeem("k7x2", f"line:U{n}") for n in range(5)))
    assert len([person for person in linked if person]) == 1


async def test_an_invitation_lives_as_many_days_as_it_was_given(
    directory: RedisDirectory, client: Client
) -> None:
    await directory.invite("k7x2", "suzuki", days=7)
    assert 6.9 < await client.pttl(Keys(ORG).invitation("k7x2")) / 86_400_000 <= 7

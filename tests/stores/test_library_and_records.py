"""What is published stays as it was, and what was recorded can be read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.stores.library import RedisLibrary
from bot.stores.organisations import RedisOrganisations
from bot.stores.pipeline import Pipeline
from bot.stores.records import RedisRecords
from bot.stores.turns import RedisTurns
from tests.stores.samples import NOW, commit, incident, seconds

pytestmark = pytest.mark.anyio


async def test_revisions_are_numbered_from_one_and_never_change(library: RedisLibrary) -> None:
    assert await library.publish("default", "id: default\n", NOW, "sato", "最初の版") == 1
    assert await library.publish("default", "id: default # 2\n", seconds(1), "sato", "") == 2
    assert await library.publish("other", "id: other\n", NOW, "sato", "") == 1
    assert await library.text("default", 1) == "id: default\n"
    assert await library.live() == {"default": 2, "other": 1}
    assert await library.revisions("default") == [
        {"revision": "1", "at": NOW.isoformat(), "by": "sato", "note": "最初の版"},
        {"revision": "2", "at": seconds(1).isoformat(), "by": "sato", "note": ""},
    ]


async def test_a_revision_that_was_never_published_is_an_error(library: RedisLibrary) -> None:
    with pytest.raises(LookupError, match="'default' has no revision 3"):
        await library.text("default", 3)
    assert await library.revisions("default") == []
    assert await library.live() == {}


async def test_an_organisation_without_a_policy_has_an_empty_one(library: RedisLibrary) -> None:
    assert await library.policy() == ""
    await library.put_policy("limits: {minutes: 30}\n")
    assert await library.policy() == "limits: {minutes: 30}\n"


async def test_incidents_are_listed_by_the_time_they_were_opened(
    turns: RedisTurns, records: RedisRecords
) -> None:
    for i, later in enumerate((3, 1, 2, 0)):
        await turns.commit(commit(incident(f"i{later}", opened=NOW + timedelta(hours=later)), event=f"e{i}"))
    found = await records.incidents(NOW + timedelta(hours=1), NOW + timedelta(hours=3))
    assert [i.id for i in found] == ["i1", "i2"]


async def test_an_incident_is_listed_once_as_it_stands_last(turns: RedisTurns, records: RedisRecords) -> None:
    await turns.commit(commit(incident()))
    closed = incident(version=2, closed=seconds(60))
    await turns.commit(commit(closed))
    assert await records.incidents(NOW, seconds(1)) == [closed]
    assert await records.incident("i1") == closed
    assert await records.incident("i9") is None


async def test_organisations_are_added_once_and_may_be_renamed(pipeline: Pipeline) -> None:
    organisations = RedisOrganisations(pipeline)
    assert await organisations.add("ebetsu", "江別市")
    assert not await organisations.add("ebetsu", "別の名前")
    await organisations.add("acme-2", "株式会社アクメ")
    await organisations.rename("acme-2", "アクメ")
    assert await organisations.list() == {"acme-2": "アクメ", "ebetsu": "江別市"}
    with pytest.raises(LookupError, match="nowhere"):
        await organisations.rename("nowhere", "x")


@pytest.mark.parametrize("wrong", ["", "Ebetsu", "-a", "a" * 33, "a}b", "江別", "a b", "a:b"])
async def test_an_id_that_could_leave_its_hash_tag_is_refused(wrong: str, pipeline: Pipeline) -> None:
    with pytest.raises(ValueError, match="organisation id"):
        await RedisOrganisations(pipeline).add(wrong, "x")
    with pytest.raises(ValueError, match="organisation id"):
        RedisTurns(pipeline, wrong)


async def test_a_large_report_is_read_in_pieces(turns: RedisTurns, records: RedisRecords) -> None:
    for i in range(210):
        await turns.commit(commit(replace(incident(f"n{i}"), opened=seconds(i))))
    assert [i.id for i in await records.incidents(NOW, seconds(999))] == [f"n{i}" for i in range(210)]

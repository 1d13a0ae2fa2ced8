"""What a turn may rely on when it loads and commits."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from redis.exceptions import ResponseError

from bot.app.committing import Accepted, Calls, Duplicate, Entry, Loaded, Question, Stale, Timer, Versions
from bot.stores.connection import Client
from bot.stores.directory import RedisDirectory
from bot.stores.keys import Keys
from bot.stores.library import RedisLibrary
from bot.stores.pipeline import Pipeline
from bot.stores.queue import RedisQueue
from bot.stores.records import RedisRecords
from bot.stores.turns import RedisTurns
from tests.stores.conftest import ORG
from tests.stores.samples import (
    DAY,
    LEASE,
    NOW,
    SATO,
    SUZUKI,
    commit,
    delivery,
    delivery_id,
    incident,
    seconds,
)

pytestmark = pytest.mark.anyio

FULL = commit(
    incident(),
    event="line:e1",
    entries=(Entry(NOW, "opened", "suzuki", {"by": "danger", "revision": 1}), Entry(NOW, "paged", "bot")),
    figures={"incidents": 1, "level:red": 1},
    timers=(Timer("i1", "next_tier", seconds(60), 1), Timer("i1", "again", seconds(30), 1)),
    clear=("grace",),
    deliveries=(delivery("page", urgent=True), delivery("card")),
    withdraw=(delivery_id("older"),),
    current=True,
)


async def test_an_empty_store_answers_with_nothing(turns: RedisTurns) -> None:
    assert await turns.load(Question("line:e1", "line:Usuzuki")) == Loaded(seen=False, versions=Versions())


async def test_what_was_committed_is_loaded_for_its_caller(
    turns: RedisTurns, directory: RedisDirectory
) -> None:
    await directory.put_people([SUZUKI, SATO])
    assert await turns.commit(FULL) == Accepted()
    loaded = await turns.load(Question("line:e2", "line:Usuzuki"))
    assert loaded == Loaded(False, Versions(people=1), SUZUKI, "i1", FULL.incident, {})


async def test_a_named_incident_is_loaded_for_somebody_else(
    turns: RedisTurns, directory: RedisDirectory
) -> None:
    await directory.put_people([SUZUKI, SATO])
    await turns.commit(FULL)
    loaded = await turns.load(Question("slack:e2", "slack:USATO", "i1"))
    assert (loaded.person, loaded.current, loaded.incident) == (SATO, "", FULL.incident)


async def test_a_timer_loads_its_incident_without_a_sender(turns: RedisTurns) -> None:
    await turns.commit(FULL)
    loaded = await turns.load(Question(incident="i1"))
    assert (loaded.person, loaded.incident) == (None, FULL.incident)


async def test_another_process_reads_the_same_state(turns: RedisTurns, pipeline: Pipeline) -> None:
    await turns.commit(FULL)
    assert (await RedisTurns(pipeline, ORG).load(Question(incident="i1"))).incident == FULL.incident


async def test_a_load_and_a_commit_are_one_round_trip_each(turns: RedisTurns, pipeline: Pipeline) -> None:
    await turns.load(Question("line:e0"))
    await turns.commit(replace(FULL, event="line:e0"))  # the server knows both scripts now
    before = pipeline.round_trips
    await turns.load(Question("line:e2", "line:Usuzuki"))
    await turns.commit(commit(incident(version=2), event="line:e2", entries=FULL.entries))
    assert pipeline.round_trips - before == 2


async def test_an_event_is_committed_once(turns: RedisTurns, records: RedisRecords) -> None:
    assert await turns.commit(FULL) == Accepted()
    again = commit(incident(version=2), event="line:e1", entries=FULL.entries, figures=FULL.figures)
    assert await turns.commit(again) == Duplicate()
    assert (await turns.load(Question("line:e1"))).seen
    assert (await turns.load(Question(incident="i1"))).incident == FULL.incident
    assert len(await records.journal("i1")) == 2
    assert await records.figures([DAY]) == {"incidents": 1, "level:red": 1}


async def test_whoever_comes_second_is_stale_and_writes_nothing(turns: RedisTurns, client: Client) -> None:
    await turns.commit(FULL)
    before = await picture(client)
    assert await turns.commit(replace(FULL, event="line:e2")) == Stale()
    assert await turns.commit(replace(FULL, event="line:e3", incident=incident(version=3))) == Stale()
    assert await picture(client) == before


async def test_of_two_at_the_same_moment_one_wins(turns: RedisTurns) -> None:
    both = await asyncio.gather(*(turns.commit(replace(FULL, event=f"line:e{i}")) for i in range(2)))
    assert sorted(type(outcome).__name__ for outcome in both) == ["Accepted", "Stale"]


K = Keys(ORG)
TOUCHED = (
    *(
        K.journal("i1"),
        K.figures(DAY),
        K.incident("i1"),
        K.opened,
        K.open,
        K.current("suzuki"),
        K.timers,
        K.due_timers,
    ),
    *(K.deliveries, K.due_urgent, K.due_calm),
)


@pytest.mark.parametrize("key", TOUCHED)
async def test_a_commit_that_cannot_be_written_whole_is_not_written_at_all(
    turns: RedisTurns, client: Client, key: str
) -> None:
    """Something else stands where the first, the last, any command writes: then nothing of the others is there."""
    await client.sadd(key, "in the way")
    before = await picture(client)
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        await turns.commit(FULL)
    assert await picture(client) == before
    await client.delete(key)


async def test_a_counter_that_is_no_number_stops_the_whole_commit(turns: RedisTurns, client: Client) -> None:
    await client.hset(Keys(ORG).figures(DAY), "level:red", "many")
    before = await picture(client)
    with pytest.raises(ResponseError, match="not a number"):
        await turns.commit(FULL)
    assert await picture(client) == before


async def test_the_journal_keeps_its_order_over_turns(turns: RedisTurns, records: RedisRecords) -> None:
    await turns.commit(FULL)
    note = Entry(seconds(5), "note", "suzuki", {"words": "まだ怒鳴っています"})
    await turns.commit(commit(incident(version=2), entries=(note,)))
    later = Entry(seconds(3), "answered", "suzuki", {"step": "weapon", "choice": "no"})
    await turns.commit(commit(incident(version=3), entries=(later,)))
    journal = await records.journal("i1")
    assert [entry.kind for entry in journal] == ["opened", "paged", "note", "answered"]
    assert journal[0] == FULL.entries[0]
    assert journal[2].data == {"words": "まだ怒鳴っています"}


async def test_figures_add_up_over_turns_and_days(turns: RedisTurns, records: RedisRecords) -> None:
    await turns.commit(FULL)
    await turns.commit(commit(incident(version=2), figures={"level:red": 2}))
    await turns.commit(commit(incident(version=3), figures={"level:red": 1}, day="2026-11-22"))
    assert await records.figures([DAY, "2026-11-22", "2026-11-23"]) == {"incidents": 1, "level:red": 4}


async def test_the_end_of_an_incident_frees_its_caller(turns: RedisTurns, directory: RedisDirectory) -> None:
    await directory.put_people([SUZUKI])
    await turns.commit(FULL)
    await turns.commit(commit(incident(version=2, closed=seconds(60)), current=False))
    loaded = await turns.load(Question(address="line:Usuzuki"))
    assert (loaded.current, loaded.incident) == ("", None)


async def test_ending_an_older_incident_leaves_the_newer_one_open(
    turns: RedisTurns, directory: RedisDirectory
) -> None:
    await directory.put_people([SUZUKI])
    await turns.commit(FULL)
    await turns.commit(commit(incident("i2"), current=True))
    await turns.commit(commit(incident(version=2, closed=seconds(60)), current=False))
    assert (await turns.load(Question(address="line:Usuzuki"))).current == "i2"


async def test_a_withdrawn_page_is_gone_with_the_commit(turns: RedisTurns, queue: RedisQueue) -> None:
    await turns.commit(FULL)
    await turns.commit(commit(incident(version=2), withdraw=(delivery_id("page"),)))
    due = await queue.claim(LEASE, LEASE + timedelta(seconds=10), 10)
    assert [d.id for d in due.deliveries] == [delivery_id("card")]


async def test_an_event_without_an_incident_is_remembered_once(turns: RedisTurns, queue: RedisQueue) -> None:
    welcome = delivery("welcome", incident="", slot="")
    assert await turns.remember("line:e9", [welcome], LEASE)
    assert not await turns.remember("line:e9", [delivery("twice")], LEASE)
    assert (await turns.load(Question("line:e9"))).seen
    due = await queue.claim(LEASE, LEASE + timedelta(seconds=10), 10)
    assert [d.id for d in due.deliveries] == [welcome.id]


async def test_versions_tell_what_to_read_anew(
    turns: RedisTurns, directory: RedisDirectory, library: RedisLibrary
) -> None:
    await directory.put_people([SUZUKI])
    await library.put_policy("limits: {}")
    await library.publish("default", "id: default", NOW, "sato", "")
    await library.publish("default", "id: default  # better", NOW, "sato", "")
    assert (await turns.load(Question())).versions == Versions(people=1, policy=1, live={"default": 2})


async def test_organisations_do_not_see_each_other(turns: RedisTurns, pipeline: Pipeline) -> None:
    await turns.commit(FULL)
    elsewhere = RedisTurns(pipeline, "sapporo")
    assert await elsewhere.load(Question("line:e1", "line:Usuzuki", "i1")) == Loaded(False, Versions())
    assert (await RedisQueue(pipeline, "sapporo").claim(seconds(999), seconds(1999), 10)).next_due is None


async def picture(client: Client) -> dict[bytes, bytes]:
    """Everything that lies in the store, byte for byte."""
    names = [name async for name in client.scan_iter(count=1000)]
    return {name: await client.dump(name) for name in sorted(names)}


async def test_whoever_is_called_is_found_in_the_incident_by_their_words(
    turns: RedisTurns, directory: RedisDirectory
) -> None:
    await directory.put_people([SUZUKI, SATO])
    await turns.commit(replace(FULL, calls=Calls(people=(SATO.id,))))
    loaded = await turns.load(Question("slack:e2", "slack:USATO"))
    assert (loaded.current, loaded.incident) == ("", FULL.incident)


async def test_somebodys_own_incident_comes_before_the_one_that_calls_them(
    turns: RedisTurns, directory: RedisDirectory
) -> None:
    await directory.put_people([SUZUKI, SATO])
    await turns.commit(FULL)
    await turns.commit(replace(commit(incident(id="i2"), event="line:e5"), calls=Calls(people=(SUZUKI.id,))))
    assert (await turns.load(Question("line:e6", "line:Usuzuki"))).current == "i1"


async def test_released_people_are_no_longer_found_in_it(
    turns: RedisTurns, directory: RedisDirectory
) -> None:
    await directory.put_people([SUZUKI, SATO])
    await turns.commit(replace(FULL, calls=Calls(people=(SATO.id,))))
    later = replace(commit(replace(FULL.incident, version=2)), calls=Calls(released=(SATO.id,)))
    assert await turns.commit(later) == Accepted()
    assert (await turns.load(Question("slack:e2", "slack:USATO"))).incident is None


async def test_the_call_for_a_place_is_found_by_it(turns: RedisTurns) -> None:
    await turns.commit(replace(FULL, calls=Calls(place="real|本庁舎|2番窓口")))
    loaded = await turns.load(Question(at="real|本庁舎|2番窓口"))
    assert (loaded.at, loaded.incident) == ("i1", FULL.incident)
    assert (await turns.load(Question(at="real|本庁舎|3番窓口"))).incident is None


async def test_of_two_calls_for_a_place_in_the_same_moment_the_second_is_stale(turns: RedisTurns) -> None:
    here = Calls(place="real|本庁舎|2番窓口", place_was="")
    assert await turns.commit(replace(FULL, calls=here)) == Accepted()
    other = replace(commit(incident(id="i2"), event="line:e5"), calls=here)
    assert await turns.commit(other) == Stale()


async def test_where_somebody_works_today_is_loaded_with_them(
    turns: RedisTurns, directory: RedisDirectory
) -> None:
    await directory.put_people([SUZUKI])
    await turns.work_at(SUZUKI.id, "7番窓口")
    assert (await turns.load(Question("line:e1", "line:Usuzuki"))).shift == "7番窓口"

"""What the watchers keep: beats, the auditor's turn, the survey, what was told, LINE's month."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from bot.app.committing import Timer
from bot.app.watching import Letter
from bot.core.alert import Alert
from bot.core.quota import Quota
from bot.stores.connection import Client, StoreUnavailable
from bot.stores.keys import Keys
from bot.stores.pipeline import Pipeline, pipeline_over
from bot.stores.queue import RedisQueue
from bot.stores.turns import RedisTurns
from bot.stores.watch import RedisWatch
from tests.stores.conftest import ORG
from tests.stores.samples import NOW, commit, delivery, delivery_id, incident, seconds

pytestmark = pytest.mark.anyio

K = Keys(ORG)


@pytest.fixture
def watch(pipeline: Pipeline) -> RedisWatch:
    return RedisWatch(pipeline, ORG)


def armed(name: str = "i1", stamp: int = 0, due: float = 60) -> Timer:
    return Timer(name, "again", seconds(due), stamp)


# --- beats ---


async def test_the_survey_tells_when_each_loop_last_turned(watch: RedisWatch) -> None:
    await watch.beat("w1", NOW, 0, None)
    await watch.beat("w2", seconds(3), 0, None)
    await watch.beat("w1", seconds(4), 0, None)
    assert (await watch.survey(NOW)).workers == {"w1": seconds(4), "w2": seconds(3)}


async def test_a_worker_that_left_and_one_long_gone_are_not_told(watch: RedisWatch) -> None:
    for worker in ("gone", "left", "stays"):
        await watch.beat(worker, NOW, 0, None)
    await watch.leave("left")
    await watch.beat("stays", seconds(61), 0, None)
    assert set((await watch.survey(NOW)).workers) == {"stays"}


async def test_a_process_without_a_worker_beats_for_its_pushes_alone(watch: RedisWatch) -> None:
    assert (await watch.beat("", NOW, 2, None)).used == 2
    assert (await watch.survey(NOW)).workers == {}


async def test_a_beat_shares_the_round_trip_of_the_claim_beside_it(client: Client) -> None:
    pipeline = pipeline_over(client)
    watch, queue = RedisWatch(pipeline, ORG), RedisQueue(pipeline, ORG)
    await asyncio.gather(
        queue.claim(NOW, seconds(8), 10), watch.beat("w1", NOW, 0, None)
    )  # the scripts are known now
    before, commands = pipeline.round_trips, pipeline.commands
    await asyncio.gather(queue.claim(NOW, seconds(8), 10), watch.beat("w1", NOW, 0, None))
    is_shared = pipeline.round_trips - before < pipeline.commands - commands
    await pipeline.close()
    assert is_shared or type(pipeline).__name__ == "DirectPipeline"


# --- the auditor's turn ---


async def test_one_name_holds_the_turn_at_a_time_and_keeps_it_by_asking(watch: RedisWatch) -> None:
    life = timedelta(seconds=6)
    held = [await watch.hold(name, life) for name in ("one", "two", "one", "two")]
    assert held == [True, False, True, False]


# --- the survey ---


async def test_of_an_empty_organisation_there_is_nothing_to_tell(watch: RedisWatch) -> None:
    survey = await watch.survey(NOW)
    assert (survey.open_incidents, survey.open_alerts, survey.waiting, survey.timers) == (0, 0, (), ())


async def test_an_open_alert_without_a_timer_of_its_stamp_is_told(
    turns: RedisTurns, watch: RedisWatch
) -> None:
    await turns.commit(commit(incident("armed"), timers=(armed("armed"),)))
    await turns.commit(commit(incident("older"), timers=(armed("older", stamp=-1),)))
    await turns.commit(commit(incident("none")))
    survey = await watch.survey(NOW)
    assert set(survey.unarmed) == {"older", "none"}
    assert (survey.open_incidents, survey.open_alerts) == (3, 3)


@pytest.mark.parametrize("state", ["arrived", "cancelled", "closed"])
async def test_an_alert_that_waits_for_nobody_needs_no_timer(
    turns: RedisTurns, watch: RedisWatch, state: str
) -> None:
    made = incident()
    assert isinstance(made.alert, Alert)
    await turns.commit(commit(replace(made, alert=replace(made.alert, state=state))))  # type: ignore[arg-type]
    survey = await watch.survey(NOW)
    assert (survey.unarmed, survey.open_alerts, survey.open_incidents) == ((), 0, 1)


async def test_a_closed_incident_is_not_looked_at(turns: RedisTurns, watch: RedisWatch) -> None:
    await turns.commit(commit(incident()))
    await turns.commit(commit(incident(version=2, closed=NOW)))
    survey = await watch.survey(NOW)
    assert (survey.unarmed, survey.open_incidents) == ((), 0)


async def test_a_timer_that_a_dead_worker_holds_is_told_with_its_first_due_time(
    turns: RedisTurns, queue: RedisQueue, watch: RedisWatch
) -> None:
    await turns.commit(commit(timers=(armed(due=1),)))
    await queue.claim(seconds(2), seconds(10), 10)
    assert [t.due for t in (await watch.survey(seconds(7))).timers] == [seconds(1)]


async def test_what_waits_in_the_outbox_is_told_with_its_age(turns: RedisTurns, watch: RedisWatch) -> None:
    page, message = delivery("page", urgent=True), delivery("message")
    await turns.commit(commit(deliveries=(page, message), timers=(armed(),)))
    survey = await watch.survey(seconds(12))
    assert set(survey.waiting) == {page, message}
    assert (survey.urgent_depth, survey.calm_depth, survey.oldest_s) == (1, 1, 12.0)


async def test_a_row_that_cannot_be_read_hides_no_other(
    turns: RedisTurns, watch: RedisWatch, pipeline: Pipeline
) -> None:
    await turns.commit(commit(deliveries=(delivery("good"), delivery("bad")), timers=(armed(),)))
    await pipeline.call("HSET", K.deliveries, delivery_id("bad"), "1 {}")
    assert [d.id for d in (await watch.survey(NOW)).waiting] == [delivery_id("good")]


async def test_dead_pages_of_the_last_ten_minutes_are_told(
    turns: RedisTurns, queue: RedisQueue, watch: RedisWatch
) -> None:
    page, message = delivery("page", urgent=True), delivery("message")
    await turns.commit(commit(deliveries=(page, message), timers=(armed(),)))
    await queue.set_aside(page, "line_gone", NOW)
    await queue.set_aside(message, "line_gone", NOW)
    assert (await watch.survey(seconds(600))).letters == (Letter(page.id, "i1", "line_gone"),)
    assert (await watch.survey(seconds(601))).letters == ()


# --- mending and telling ---


async def test_a_lost_timer_is_set_again_only_while_its_alert_still_waits(
    turns: RedisTurns, watch: RedisWatch
) -> None:
    await turns.commit(commit())
    assert await watch.rearm(replace(armed(), stamp=7)) is False
    assert await watch.rearm(armed()) is True
    assert (await watch.survey(NOW)).unarmed == ()
    await turns.commit(commit(incident(version=2, closed=NOW)))
    assert await watch.rearm(armed()) is False


async def _told(watch: RedisWatch, names: Sequence[str]) -> dict[str, bool]:
    told = (await watch.survey(NOW)).told
    return {name: name in told for name in names}


async def test_of_two_who_tell_the_same_one_is_heard(watch: RedisWatch, queue: RedisQueue) -> None:
    rows = [delivery("first"), delivery("second")]
    done = await asyncio.gather(*(watch.tell("no_worker", None, NOW, (row,), NOW) for row in rows))
    assert sorted(done) == [False, True]
    assert len((await queue.claim(NOW, seconds(8), 10)).deliveries) == 1
    assert (await watch.survey(NOW)).told == {"no_worker": NOW}
    assert await watch.tell("no_worker", NOW, seconds(600), (), NOW) is True


async def test_what_was_told_can_be_forgotten(watch: RedisWatch) -> None:
    for name in ("a", "b"):
        await watch.tell(name, None, NOW, (), NOW)
    await watch.forget(("a",))
    await watch.forget(())
    assert await _told(watch, ("a", "b")) == {"a": False, "b": True}


# --- LINE's month ---


async def test_pushes_of_all_processes_are_added_to_what_line_said(watch: RedisWatch) -> None:
    await watch.put_quota(Quota(200, 100, NOW))
    await watch.beat("", NOW, 3, None)
    assert await watch.beat("w1", NOW, 2, None) == Quota(200, 105, NOW)


async def test_a_spent_month_is_known_to_all_with_the_plan_it_had(watch: RedisWatch) -> None:
    await watch.put_quota(Quota(200, 200, NOW))
    await watch.beat("w1", NOW, 0, seconds(9))
    assert await watch.beat("w2", NOW, 0, None) == Quota(200, 200, NOW, seconds(9), 200)
    await watch.put_quota(Quota(None, 200, NOW))
    assert (await watch.survey(NOW)).quota == Quota(None, 200, NOW)


async def test_a_database_that_takes_no_writes_is_found_out(watch: RedisWatch, client: Client) -> None:
    await watch.write()
    if isinstance(client, Redis):
        await client.config_set("maxmemory", "1mb")
        try:
            with pytest.raises(StoreUnavailable):
                await watch.write()
        finally:
            await client.config_set("maxmemory", "0")

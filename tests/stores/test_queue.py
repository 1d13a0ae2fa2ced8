"""What the outbox and the timers promise to whoever delivers."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app.committing import Accepted, Question, Timer
from bot.stores.connection import Client
from bot.stores.keys import Keys
from bot.stores.pipeline import Pipeline
from bot.stores.queue import RedisQueue
from bot.stores.turns import RedisTurns
from tests.stores.conftest import ORG
from tests.stores.samples import LEASE, NOW, commit, delivery, delivery_id, incident, seconds

pytestmark = pytest.mark.anyio

NEXT = LEASE + timedelta(seconds=10)
PAGE = delivery("page", urgent=True)
CARD = delivery("card", slot="card")
TIMER = Timer("i1", "next_tier", LEASE, 1)


async def test_nothing_is_due_in_an_empty_queue(queue: RedisQueue) -> None:
    due = await queue.claim(NOW, LEASE, 10)
    assert (due.deliveries, due.timers, due.next_due) == ((), (), None)


async def test_the_committing_process_sends_undisturbed_until_its_lease_ends(
    turns: RedisTurns, queue: RedisQueue
) -> None:
    await turns.commit(commit(deliveries=(PAGE,)))
    early = await queue.claim(LEASE - timedelta(microseconds=1), NEXT, 10)
    assert (early.deliveries, early.next_due) == ((), LEASE)
    due = await queue.claim(LEASE, NEXT, 10)
    assert due.deliveries == (replace(PAGE, attempts=1),)
    assert due.next_due == NEXT


async def test_what_a_dead_worker_left_comes_back_with_its_attempts(
    turns: RedisTurns, queue: RedisQueue
) -> None:
    await turns.commit(commit(deliveries=(PAGE,)))
    assert [d.attempts for d in (await queue.claim(LEASE, NEXT, 10)).deliveries] == [1]
    assert (await queue.claim(LEASE, NEXT, 10)).deliveries == ()
    assert [d.attempts for d in (await queue.claim(NEXT, seconds(99), 10)).deliveries] == [2]


async def test_a_confirmed_delivery_is_gone_and_its_message_stands_in_the_slot(
    turns: RedisTurns, queue: RedisQueue
) -> None:
    await turns.commit(commit(deliveries=(PAGE,)))
    assert await queue.sent(PAGE, "DSATO:171.1", NOW)
    assert (await queue.claim(seconds(999), seconds(1999), 10)).next_due is None
    assert await queue.ref("i1", "page", "slack:DSATO") == "DSATO:171.1"
    assert (await turns.load(Question(incident="i1"))).refs == {"page|slack:DSATO": "DSATO:171.1"}


async def test_a_confirmation_that_comes_twice_is_told_so(turns: RedisTurns, queue: RedisQueue) -> None:
    await turns.commit(commit(deliveries=(PAGE,)))
    assert await queue.sent(PAGE, "", NOW)
    assert not await queue.sent(PAGE, "", NOW)


async def test_a_page_withdrawn_in_flight_is_told_and_can_still_be_edited(
    turns: RedisTurns, queue: RedisQueue
) -> None:
    await turns.commit(commit(deliveries=(PAGE,)))
    await turns.commit(commit(incident(version=2), withdraw=(PAGE.id,)))
    assert not await queue.sent(PAGE, "DSATO:171.1", NOW)
    assert await queue.ref("i1", "page", "slack:DSATO") == "DSATO:171.1"


async def test_a_message_without_a_slot_leaves_no_reference(turns: RedisTurns, queue: RedisQueue) -> None:
    loose = delivery("loose", slot="")
    await turns.commit(commit(deliveries=(loose,)))
    await queue.sent(loose, "DSATO:171.1", NOW)
    assert (await turns.load(Question(incident="i1"))).refs == {}


async def test_pages_go_before_all_else_however_late_they_came(turns: RedisTurns, queue: RedisQueue) -> None:
    cards = tuple(delivery(f"card{i}", slot="") for i in range(5))
    await turns.commit(commit(deliveries=cards))
    page = delivery("late", urgent=True)
    await turns.commit(commit(incident("i2"), deliveries=(page,), lease_until=LEASE + timedelta(seconds=1)))
    due = await queue.claim(seconds(60), seconds(70), 3)
    assert due.deliveries[0].id == page.id
    assert len(due.deliveries) == 3


async def test_a_flood_of_pages_does_not_hold_up_timers(turns: RedisTurns, queue: RedisQueue) -> None:
    pages = tuple(delivery(f"p{i}", urgent=True) for i in range(5))
    await turns.commit(commit(deliveries=pages, timers=(TIMER,)))
    assert (await queue.claim(LEASE, NEXT, 2)).timers == (TIMER,)


async def test_two_claimers_never_get_the_same_row(
    turns: RedisTurns, queue: RedisQueue, pipeline: Pipeline
) -> None:
    rows = tuple(delivery(f"d{i}", slot="") for i in range(40))
    timers = tuple(Timer("i1", f"t{i}", LEASE, 1) for i in range(40))
    await turns.commit(commit(deliveries=rows, timers=timers))
    other = RedisQueue(pipeline, ORG)
    claims = await asyncio.gather(*(q.claim(LEASE, NEXT, 7) for _ in range(3) for q in (queue, other)))
    got = [d.id for due in claims for d in due.deliveries] + [t.row for due in claims for t in due.timers]
    assert len(got) == len(set(got)) == 80


async def test_a_postponed_delivery_waits_and_keeps_its_attempts(
    turns: RedisTurns, queue: RedisQueue
) -> None:
    await turns.commit(commit(deliveries=(PAGE,)))
    await queue.postpone(PAGE, seconds(3))
    assert (await queue.claim(seconds(2), NEXT, 10)).deliveries == ()
    assert [d.attempts for d in (await queue.claim(seconds(3), NEXT, 10)).deliveries] == [1]


async def test_a_postponed_delivery_keeps_what_its_sender_learned(
    turns: RedisTurns, queue: RedisQueue
) -> None:
    await turns.commit(commit(deliveries=(delivery("reply", reply_token="t1"),)))
    await queue.postpone(delivery("reply", reply_token=""), seconds(3))
    assert [d.reply_token for d in (await queue.claim(seconds(3), NEXT, 10)).deliveries] == [""]


async def test_a_slow_worker_does_not_postpone_what_another_has_taken_over(
    turns: RedisTurns, queue: RedisQueue
) -> None:
    await turns.commit(commit(deliveries=(PAGE,)))
    (slow,) = (await queue.claim(LEASE, NEXT, 10)).deliveries
    await queue.claim(NEXT, seconds(60), 10)
    await queue.postpone(slow, seconds(30))
    assert (await queue.claim(seconds(30), seconds(90), 10)).deliveries == ()


async def test_a_withdrawn_delivery_is_not_brought_back_by_a_postponement(
    turns: RedisTurns, queue: RedisQueue
) -> None:
    await turns.commit(commit(deliveries=(PAGE,)))
    await turns.commit(commit(incident(version=2), withdraw=(PAGE.id,)))
    await queue.postpone(PAGE, seconds(3))
    assert (await queue.claim(seconds(999), seconds(1999), 10)).next_due is None


async def test_what_can_never_be_sent_is_kept_with_its_reason_for_thirty_days(
    turns: RedisTurns, queue: RedisQueue
) -> None:
    await turns.commit(commit(deliveries=(PAGE, CARD)))
    await queue.set_aside(PAGE, "blocked", NOW)
    assert await queue.dead_letters() == [(PAGE.id, "blocked")]
    await queue.set_aside(PAGE, "blocked", NOW)
    await queue.set_aside(CARD, "too_long", NOW + timedelta(days=31))
    assert await queue.dead_letters() == [(CARD.id, "too_long")]
    assert (await queue.claim(seconds(999), seconds(1999), 10)).next_due is None


async def test_a_timer_comes_back_exactly_as_it_was_set(turns: RedisTurns, queue: RedisQueue) -> None:
    await turns.commit(commit(timers=(TIMER,)))
    assert (await queue.claim(LEASE - timedelta(microseconds=1), NEXT, 10)).timers == ()
    assert (await queue.claim(LEASE, NEXT, 10)).timers == (TIMER,)
    assert (await queue.claim(LEASE, NEXT, 10)).timers == ()
    assert (await queue.claim(NEXT, seconds(99), 10)).timers == (TIMER,)


async def test_a_fired_timer_is_gone(turns: RedisTurns, queue: RedisQueue) -> None:
    await turns.commit(commit(timers=(TIMER,)))
    await queue.claim(LEASE, NEXT, 10)
    await queue.fired(TIMER)
    assert (await queue.claim(seconds(999), seconds(1999), 10)).next_due is None


async def test_a_timer_set_anew_replaces_the_earlier_one(turns: RedisTurns, queue: RedisQueue) -> None:
    await turns.commit(commit(timers=(TIMER,)))
    later = replace(TIMER, due=seconds(40), stamp=2)
    await turns.commit(commit(incident(version=2), timers=(later,)))
    assert (await queue.claim(seconds(39), seconds(45), 10)).timers == ()
    assert (await queue.claim(seconds(40), seconds(50), 10)).timers == (later,)


async def test_a_timer_set_anew_while_it_fired_is_not_confirmed_away(
    turns: RedisTurns, queue: RedisQueue
) -> None:
    await turns.commit(commit(timers=(TIMER,)))
    await queue.claim(LEASE, NEXT, 10)
    later = replace(TIMER, due=seconds(40), stamp=2)
    await turns.commit(commit(incident(version=2), timers=(later,)))
    await queue.fired(TIMER)
    assert (await queue.claim(seconds(40), seconds(50), 10)).timers == (later,)


async def test_a_cleared_timer_never_fires(turns: RedisTurns, queue: RedisQueue) -> None:
    await turns.commit(commit(timers=(TIMER, replace(TIMER, name="again"))))
    await turns.commit(commit(incident(version=2), clear=("next_tier",)))
    assert [t.name for t in (await queue.claim(seconds(999), seconds(1999), 10)).timers] == ["again"]


async def test_an_unreadable_row_is_set_aside_and_stops_nobody(
    turns: RedisTurns, queue: RedisQueue, client: Client
) -> None:
    await turns.commit(commit(deliveries=(PAGE, CARD)))
    await client.hset(Keys(ORG).deliveries, CARD.id, '1 {"v":1,"body":{"id":"x"}}')
    due = await queue.claim(LEASE, NEXT, 10)
    assert [d.id for d in due.deliveries] == [PAGE.id]
    assert await queue.dead_letters() == [(CARD.id, "unreadable")]


@pytest.mark.parametrize("row", ["", "nonsense", "x {}", "1", "1 ", "-1 {}", "9" * 400 + " {}"])
async def test_whatever_stands_in_a_row_the_others_go_on(
    turns: RedisTurns, queue: RedisQueue, client: Client, row: str
) -> None:
    """One row that nobody of ours wrote must not stop the pages and timers of everybody else."""
    other = Timer("i2", "next_tier", LEASE, 1)
    await turns.commit(commit(deliveries=(PAGE, CARD), timers=(TIMER,)))
    await turns.commit(commit(incident("i2"), event="e2", timers=(other,)))
    await client.hset(Keys(ORG).deliveries, CARD.id, row)
    await client.hset(Keys(ORG).timers, TIMER.row, row)
    due = await queue.claim(LEASE, NEXT, 10)
    assert ([d.id for d in due.deliveries], due.timers) == ([PAGE.id], (other,))
    assert await queue.dead_letters() == [(CARD.id, "unreadable")]
    assert await client.hkeys(Keys(ORG).timers) == [other.row.encode()]


async def test_an_hour_of_pages_to_everybody_can_still_be_withdrawn(
    turns: RedisTurns, queue: RedisQueue
) -> None:
    """More than a script may hand to one command at once; without this nobody could answer any more."""
    pages = tuple(delivery(f"page-{n}", urgent=True) for n in range(9000))
    await turns.commit(commit(deliveries=pages))
    withdrawn = tuple(page.id for page in pages)
    assert await turns.commit(commit(incident(version=2), event="e2", withdraw=withdrawn)) == Accepted()
    assert (await queue.claim(NEXT, seconds(99), 10)).deliveries == ()


async def test_a_newer_programs_row_is_left_to_a_newer_process(
    turns: RedisTurns, queue: RedisQueue, client: Client
) -> None:
    await turns.commit(commit(deliveries=(PAGE,)))
    await client.hset(Keys(ORG).deliveries, PAGE.id, '1 {"v":99,"body":{}}')
    assert (await queue.claim(LEASE, NEXT, 10)).deliveries == ()
    assert await queue.dead_letters() == []
    assert await client.hexists(Keys(ORG).deliveries, delivery_id("page"))

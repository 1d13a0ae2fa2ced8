"""Stand-ins, absences, roll-calls and confirmed addresses: rows that every process reads alike."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app.committing import Question, Timer
from bot.core.rota import Absence, Calendar, Override, RollCall
from bot.stores.contacts import RedisContacts
from bot.stores.pipeline import Pipeline
from bot.stores.queue import RedisQueue
from bot.stores.rotas import RedisRotas
from bot.stores.turns import RedisTurns
from tests.stores.conftest import ORG
from tests.stores.samples import NOW, delivery, seconds

pytestmark = pytest.mark.anyio

LATER = NOW + timedelta(hours=8)
STAND_IN = Override("", "mori", NOW, LATER, "sato", "窓口当番")
AWAY = Absence("", "sato", NOW, LATER)
ROLLCALL = RollCall("20261124-abc", "本庁舎", seconds(900), seconds(600), ("sato", "mori"))
ANSWERS = Timer("", "rollcall_answers:20261124-abc", seconds(600), 0)


@pytest.fixture
def rotas(pipeline: Pipeline) -> RedisRotas:
    return RedisRotas(pipeline, ORG)


@pytest.fixture
def contacts(pipeline: Pipeline) -> RedisContacts:
    return RedisContacts(pipeline, ORG)


async def test_changes_are_kept_under_ids_of_their_own_and_can_be_taken_back(rotas: RedisRotas) -> None:
    ids = [await rotas.put(STAND_IN, NOW), await rotas.put(AWAY, NOW)]
    assert ids == ["o1", "a2"]
    assert await rotas.changes() == Calendar(
        overrides=(replace(STAND_IN, id="o1"),), absences=(replace(AWAY, id="a2"),)
    )
    assert await rotas.clear("o1")
    assert not await rotas.clear("o1")
    assert (await rotas.changes()).changes == (replace(AWAY, id="a2"),)


async def test_every_change_raises_the_version_that_processes_watch(
    rotas: RedisRotas, turns: RedisTurns
) -> None:
    async def version() -> int:
        return (await turns.load(Question())).versions.duty

    before = await version()
    change_id = await rotas.put(AWAY, NOW)
    assert await version() == before + 1
    await rotas.clear(change_id)
    assert await version() == before + 2


async def test_changes_by_many_at_once_are_all_kept_in_an_order(rotas: RedisRotas) -> None:
    ids = await asyncio.gather(*(rotas.put(replace(AWAY, person=f"p{n}"), NOW) for n in range(8)))
    assert len(set(ids)) == 8
    assert [c.id for c in (await rotas.changes()).absences] == sorted(ids, key=lambda i: int(i[1:]))


async def test_what_ended_a_month_ago_goes_with_the_next_change(rotas: RedisRotas) -> None:
    await rotas.put(AWAY, NOW)
    await rotas.put(STAND_IN, LATER + timedelta(days=29))
    assert len((await rotas.changes()).changes) == 2
    await rotas.put(STAND_IN, LATER + timedelta(days=31))
    assert [c.id for c in (await rotas.changes()).changes] == ["o3"]


async def test_a_roll_call_begins_once_with_its_messages_and_its_timer(
    contacts: RedisContacts, queue: RedisQueue
) -> None:
    first = delivery("first", incident="", slot="", urgent=False)
    began = await asyncio.gather(*(contacts.begin(ROLLCALL, [first], ANSWERS, seconds(3)) for _ in range(4)))
    assert sorted(began) == [False, False, False, True]
    assert await contacts.rollcall(ROLLCALL.id) == ROLLCALL
    assert [d.id for d in (await queue.claim(seconds(3), seconds(9), 10)).deliveries] == [first.id]
    assert (await queue.claim(seconds(600), seconds(700), 10)).timers == (ANSWERS,)


async def test_only_somebody_who_was_asked_can_answer_and_the_first_answer_stands(
    contacts: RedisContacts,
) -> None:
    assert not await contacts.answer(ROLLCALL.id, "sato", NOW)
    assert await contacts.rollcall(ROLLCALL.id) is None
    await contacts.begin(ROLLCALL, [], ANSWERS, NOW)
    assert await contacts.answer(ROLLCALL.id, "sato", NOW)
    assert await contacts.answer(ROLLCALL.id, "sato", LATER)
    assert not await contacts.answer(ROLLCALL.id, "aiko", NOW)
    found = await contacts.rollcall(ROLLCALL.id)
    assert found == replace(ROLLCALL, answered=("sato",))
    assert found is not None
    assert found.silent == ("mori",)


async def test_the_admins_are_told_once(contacts: RedisContacts) -> None:
    await contacts.begin(ROLLCALL, [], ANSWERS, NOW)
    told = await asyncio.gather(*(contacts.close(ROLLCALL, [], NOW) for _ in range(3)))
    assert sorted(told) == [False, False, True]


async def test_the_timer_that_goes_round_is_not_set_back_by_another_process_that_starts(
    contacts: RedisContacts, queue: RedisQueue
) -> None:
    await contacts.arm(Timer("", "rollcall", seconds(60), 0), only_if_missing=True)
    await contacts.arm(Timer("", "rollcall", NOW, 0), only_if_missing=True)
    assert (await queue.claim(seconds(59), seconds(65), 10)).timers == ()
    await contacts.arm(Timer("", "rollcall", seconds(30), 0))
    (timer,) = (await queue.claim(seconds(59), seconds(65), 10)).timers
    assert (timer.incident, timer.name, timer.due) == ("", "rollcall", seconds(30))


async def test_a_timer_that_was_set_anew_while_it_fired_stays(
    contacts: RedisContacts, queue: RedisQueue
) -> None:
    await contacts.arm(Timer("", "rollcall", NOW, 0))
    (timer,) = (await queue.claim(NOW, seconds(8), 10)).timers
    await contacts.arm(Timer("", "rollcall", seconds(300), 0))
    await queue.fired(timer)
    assert [t.due for t in (await queue.claim(seconds(300), seconds(308), 10)).timers] == [seconds(300)]


async def test_a_confirmed_address_names_who_confirmed_it_last(contacts: RedisContacts) -> None:
    await contacts.confirm("line:U1", "aiko", NOW)
    await contacts.confirm("line:U1", "kenji", LATER)
    assert await contacts.confirmed() == {"line:U1": "kenji"}

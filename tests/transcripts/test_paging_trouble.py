"""What happens to a call for help when platforms refuse, policies change, timers double and processes die."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app.committing import Timer
from bot.app.inbound import Tapped
from bot.app.work import Worker
from bot.config import CONTENT, Settings
from bot.wiring.parts import join, open_stores
from tests.transcripts.calls import alert, breaks, heals, on_slack
from tests.transcripts.stage import PEOPLE, POLICY, Actor, Stage, later, refused

pytestmark = pytest.mark.anyio

HELP = "m1.help"


# --- platforms that fail ---


async def test_when_one_platform_refuses_the_other_one_carries_the_page(play: Stage) -> None:
    play.chats["slack"].broken[PEOPLE["sato"].slack_user_id] = refused("slack_user_gone")
    aiko, sato = play.person("aiko", "line"), play.person("sato", "line")
    await aiko.presses("応援")
    assert sato.shows() == ["2番窓口 愛子さん・応援"]
    assert play.pages_to("mori") == []
    assert "page_failed" in await play.kinds()


async def test_when_a_person_is_unreachable_the_next_is_called_and_the_caller_told(play: Stage) -> None:
    breaks(play, "sato", refused())
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    assert on_slack(play.pages_to("mori")) == ["0"]
    assert aiko.news() == "佐藤係長に届いていません。森課長を呼んでいます"
    assert dict(aiko.chat[-1].cards[0].facts)["佐藤係長"] == "届いていません"


async def test_a_page_that_hangs_is_tried_on_while_the_next_is_called(play: Stage) -> None:
    breaks(play, "sato", later())
    await play.person("aiko", "line").presses("応援")
    assert on_slack(play.pages_to("mori")) == ["0"]
    heals(play)
    await play.passes(3)
    assert on_slack(play.pages_to("sato")) == ["0"]
    await play.person("sato", "slack").taps("向かう")
    assert [p.person for p in (await alert(play)).responders()] == ["sato"]


async def test_when_nobody_can_be_reached_the_caller_is_told_the_truth(play: Stage) -> None:
    for name in ("sato", "mori", "kei", "kenji", "anna"):
        breaks(play, name, refused())
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    assert aiko.last().body[0].startswith("今すぐ来られる人が、まだ見つかりません。")
    heals(play)
    await play.passes(120)
    assert on_slack(play.pages_to("sato")) == ["120"]


async def test_an_address_that_failed_once_counts_again_at_the_next_try(play: Stage) -> None:
    play.chats["slack"].broken[PEOPLE["sato"].slack_user_id] = refused()
    await play.person("aiko", "line").presses("応援")
    heals(play)
    play.chats["line"].broken[PEOPLE["sato"].line_user_id] = refused()
    await play.passes(30)
    page = (await alert(play)).page_of("sato")
    assert page is not None
    assert (page.reach, page.failed) == ("paged", (f"line:{PEOPLE['sato'].line_user_id}",))


# --- the plan ---


async def test_a_policy_edited_during_an_alert_does_not_reach_it(play: Stage) -> None:
    aiko, kenji = play.person("aiko", "line"), play.person("kenji", "line")
    await aiko.presses("応援")
    await play.mamori.stores.library.put_policy(POLICY.replace("[sato]", "[kei]").replace("[mori]", "[anna]"))
    await play.passes(60)
    assert on_slack(play.pages_to("mori")) == ["60"]
    assert play.pages_to("kei") == []
    await kenji.presses("応援")
    assert on_slack(play.pages_to("kei")) == ["60"]


async def test_a_person_removed_during_an_alert_stays_in_its_plan(play: Stage) -> None:
    await play.person("aiko", "line").presses("応援")
    await play.mamori.stores.directory.put_people([replace(PEOPLE["mori"], active=False)])
    await play.passes(60)
    assert on_slack(play.pages_to("mori")) == ["60"]


# --- timers and workers ---


async def test_a_timer_that_is_late_or_doubled_does_nothing(play: Stage) -> None:
    await play.person("aiko", "line").presses("応援")
    (old,) = await play.timers()
    await play.person("sato", "slack").taps("向かう")
    version = (await play.incident()).version
    for _ in range(2):
        assert await play.mamori.turn.fire(old) == ()
    assert (await play.incident()).version == version
    assert on_slack(play.pages_to("sato")) == ["0"]


async def test_a_timer_of_a_state_that_never_was_does_nothing(play: Stage) -> None:
    await play.person("aiko", "line").presses("応援")
    incident = await play.incident()
    assert await play.mamori.turn.fire(Timer(incident.id, "next_tier", play.clock.now(), 99)) == ()
    assert await play.mamori.turn.fire(Timer("nothing", "next_tier", play.clock.now(), 1)) == ()


async def test_one_timer_fired_by_two_workers_at_once_counts_once(play: Stage) -> None:
    await play.person("aiko", "line").presses("応援")
    (timer,) = await play.timers()
    play.clock.time = timer.due
    sent = await asyncio.gather(play.mamori.turn.fire(timer), play.mamori.turn.fire(timer))
    assert sorted(sum(d.urgent for d in deliveries) for deliveries in sent) == [0, 2]


async def committed_and_gone(play: Stage, aiko: Actor) -> None:
    """A process commits the call for help and dies before it sends anything."""
    await play.mamori.turn.receive(play.inbound(aiko.address, Tapped(HELP)))


async def test_a_worker_killed_between_claim_and_send_is_followed_by_another_one(play: Stage) -> None:
    await committed_and_gone(play, play.person("aiko", "line"))
    await play.passes(2)
    play.clock.time = play.clock.time.replace(second=4)
    now = play.clock.now()
    queue = play.mamori.stores.queue
    claimed = await queue.claim(
        now, now.replace(second=12), 100
    )  # the worker that dies holds them until then
    assert len(claimed.deliveries) >= 2
    await play.passes(7)
    assert play.pages_to("sato") == []
    await play.passes(1)
    assert len(play.person("sato", "slack").chat) == 1
    assert len(play.person("sato", "line").chat) == 1


async def test_two_workers_racing_send_a_page_once(play: Stage) -> None:
    await committed_and_gone(play, play.person("aiko", "line"))
    play.clock.time = play.clock.time.replace(second=4)
    workers: list[Worker] = [play.mamori.worker() for _ in range(3)]
    await asyncio.gather(*(worker.round() for worker in workers))
    await asyncio.gather(*(worker.settled() for worker in workers))
    assert len(play.person("sato", "slack").chat) == 1
    assert len(play.person("sato", "line").chat) == 1
    assert len(play.pages_to("sato")) == 2


async def test_pages_are_sent_before_everything_else(play: Stage) -> None:
    await play.person("aiko", "line").presses("応援")
    assert [d.urgent for d in play.chats["slack"].taken][:1] == [True]


async def test_a_process_that_starts_in_the_middle_goes_on_where_the_other_one_was(
    play: Stage, redis_url: str
) -> None:
    await play.person("aiko", "line").presses("応援")
    async with open_stores(redis_url, "default") as stores:
        other = join(Settings(), play.clock, stores, play.chats, CONTENT).worker()
        for _ in range(2):  # 30 s: the same person again; 60 s: the next
            play.clock.time += timedelta(seconds=30)
            await other.round()
            await other.settled()
    assert on_slack(play.pages_to("mori")) == ["60"]


async def test_a_late_worker_does_not_make_the_next_people_late(play: Stage) -> None:
    aiko, mori = play.person("aiko", "line"), play.person("mori", "line")
    await aiko.presses("応援")
    play.clock.time += timedelta(seconds=50)  # nobody worked when the second page was due, at 30 s
    await play.work()
    assert mori.cards == []
    await play.passes(11)  # the tier's minute is over
    assert mori.shows() == ["2番窓口 愛子さん・応援"]

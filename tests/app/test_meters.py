"""The figures: every one of them is in the operators' document, and says what happened."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.app.inbound import Tapped
from bot.stores.connection import Client
from bot.wiring.meters import DEEDS, Meters
from tests.transcripts.stage import Stage, refused, stage

pytestmark = pytest.mark.anyio

DOCUMENT = (Path(__file__).parents[2] / "docs" / "operators.md").read_text(encoding="utf-8")


@pytest.fixture
async def play(redis_url: str, store_connection: Client) -> AsyncIterator[Stage]:
    async with stage(redis_url) as playing:
        yield playing


@pytest.fixture
async def meters(play: Stage) -> Meters:
    made = Meters(play.mamori)
    made.count_deeds(Counter({"taken": 2}))
    play.worker.fired = made.fired
    play.worker.beat = play.mamori.worker("w1").beat
    return made


async def figures(meters: Meters) -> dict[str, float]:
    """name{label,…} → value"""
    text = (await meters.scrape()).decode()
    return {
        sample.name + (f"{{{','.join(sample.labels.values())}}}" if sample.labels else ""): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_every_figure_stands_in_the_operators_document_and_no_other(meters: Meters) -> None:
    await meters.scrape()
    told = {
        family.name + ("_total" if family.type == "counter" else "") for family in meters.registry.collect()
    }
    documented = set(re.findall(r"^\| `(mamori_[a-z_]+)`", DOCUMENT, re.MULTILINE))
    assert told == documented


async def test_deeds_are_counted_from_the_first_moment_on(meters: Meters) -> None:
    now = await figures(meters)
    assert {name: now[f"mamori_deeds_{name}_total"] for name in DEEDS} == {
        "taken": 2, "failed": 0, "ignored": 0, "unsigned": 0,
    }  # fmt: skip


async def test_deliveries_are_counted_by_platform_kind_and_outcome(meters: Meters, play: Stage) -> None:
    play.chats["slack"].broken[play.person("sato", "slack").address.id] = refused("slack_user_gone")
    await play.person("aiko", "line").presses("応援")
    now = await figures(meters)
    assert now["mamori_deliveries_total{page,sent,line}"] == 1
    assert now["mamori_deliveries_total{page,refused,slack}"] == 1
    assert now["mamori_deliveries_total{message,sent,line}"] >= 1
    assert now["mamori_deliveries_total{page,later,slack}"] == 0


async def test_timers_are_counted_with_their_lateness(meters: Meters, play: Stage) -> None:
    await play.person("aiko", "line").presses("応援")
    await play.passes(31)
    now = await figures(meters)
    assert now["mamori_timer_lateness_seconds_count"] == 1
    assert now["mamori_timer_lateness_seconds_sum"] < 1
    assert now["mamori_turn_seconds_count{timer}"] == 1


async def test_what_the_database_holds_is_read_when_it_is_asked_for(meters: Meters, play: Stage) -> None:
    await play.person("aiko", "line").presses("応援")
    await play.passes(1)
    now = await figures(meters)
    assert (now["mamori_open_incidents"], now["mamori_open_alerts"]) == (1, 1)
    assert now["mamori_workers_turning"] == 1
    assert (now["mamori_outbox_depth{page}"], now["mamori_outbox_depth{message}"]) == (0, 0)
    assert now["mamori_redis_commands_total"] >= now["mamori_redis_round_trips_total"] > 0
    assert now["mamori_findings{no_worker}"] == 0
    assert now["mamori_line_quota_limit"] == -1


async def test_without_the_database_the_process_still_tells_what_it_counted(
    meters: Meters, play: Stage
) -> None:
    await play.mamori.stores.pipeline.call("SET", "{default}:open", "not a sorted set")
    now = await figures(meters)
    assert now["mamori_database_up"] == 0
    assert "mamori_open_alerts" not in now
    assert now["mamori_deeds_taken_total"] == 2
    await play.mamori.stores.pipeline.call("DEL", "{default}:open")


async def test_a_deed_is_timed(meters: Meters, play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await meters.timed(play.mamori.turn.receive)(play.inbound(aiko.address, Tapped("m1.help")))
    assert (await figures(meters))["mamori_turn_seconds_count{deed}"] == 1

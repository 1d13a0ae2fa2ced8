"""The last tier by telephone: nobody answers on a screen, so it rings; and a machine at the security desk is told."""

from dataclasses import replace

import pytest

from bot.app.inbound import Address
from bot.core.messages import Card
from bot.stores.connection import Client
from tests.transcripts.stage import PEOPLE, Actor, Stage, stage

pytestmark = pytest.mark.anyio

POLICY = """
policy: 1
channels: [slack, line]
standard:
  tiers:
    - {people: [sato], wait: 60, again: 30}
    - {people: [mori], wait: 60, again: 30}
    - {people: [sato, mori], channels: [phone, sms, siren], wait: 120, again: 60}
  repeat: 120
danger:
  tiers:
    - {people: [sato, mori], channels: [slack, line, phone], wait: 60, again: 45}
"""
NUMBERS = {"sato": "+819011112222", "mori": "+818033334444"}


@pytest.fixture
async def play(redis_url: str, store_connection: Client):  # type: ignore[no-untyped-def]
    async with stage(redis_url, POLICY, ["aiko", "sato", "mori"]) as playing:
        people = [replace(PEOPLE[name], phone=number) for name, number in NUMBERS.items()]
        await playing.mamori.stores.directory.put_people(people)
        yield playing
        assert await playing.audit() == []


def phone(play: Stage, name: str) -> Actor:
    return Actor(play, Address("phone", NUMBERS[name]))


def texts(play: Stage, name: str) -> Actor:
    return Actor(play, Address("sms", NUMBERS[name]))


def signals(play: Stage) -> list[str]:
    """What the security desk was told, in order."""
    chat = play.chats["siren"].messages.get("siren", [])
    return [dict(card.facts)["state"] for message in chat for card in message.cards]


async def test_the_third_tier_rings_and_pressing_1_is_an_answer(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    await play.passes(119)
    assert phone(play, "sato").chat == []
    await play.passes(1)
    assert len(phone(play, "sato").chat) == 1
    assert len(phone(play, "mori").chat) == 1
    assert len(texts(play, "mori").chat) == 1

    await phone(play, "mori").taps("向かう")
    assert aiko.sees("森課長が向かっています")
    incident = await play.incident()
    assert incident.alert is not None
    assert incident.alert.state == "coming"


async def test_after_an_answer_by_telephone_no_call_rings_any_more(play: Stage) -> None:
    await play.person("aiko", "line").presses("応援")
    await play.passes(121)
    await phone(play, "mori").taps("向かう")
    await play.passes(170)
    assert [len(phone(play, name).chat) for name in NUMBERS] == [1, 1]


async def test_a_telephone_gets_pages_and_never_news(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    await play.passes(121)
    await phone(play, "mori").taps("向かう")
    await aiko.taps("来てくれた")
    await aiko.taps("終わった")
    calls = play.chats["phone"].taken + play.chats["sms"].taken
    assert len(calls) == 4
    assert all(d.urgent for d in calls)


async def test_whoever_answers_by_telephone_finds_the_card_with_the_minutes_where_they_can_tap(
    play: Stage,
) -> None:
    await play.person("aiko", "line").presses("応援")
    await play.passes(121)
    await phone(play, "mori").taps("向かう")
    mori = play.person("mori", "line")
    assert mori.sees("あなたが向かっています")
    await mori.taps("3分")
    assert play.person("aiko", "line").sees("あと3分")


async def test_the_screens_are_called_as_before_when_it_rings(play: Stage) -> None:
    await play.person("aiko", "line").presses("応援")
    await play.passes(121)
    pages = play.pages_to("sato")
    assert {page for page in pages if page.startswith("120 ")} == {
        "120 slack",
        "120 line",
        "120 phone",
        "120 sms",
    }
    assert not any(page.endswith((" phone", " sms")) for page in pages if not page.startswith("120 "))


async def test_the_security_desk_is_told_from_the_last_tier_on_and_to_the_end(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    await play.passes(119)
    assert signals(play) == []
    await play.passes(1)
    assert signals(play) == ["calling"]
    await phone(play, "mori").taps("向かう")
    await aiko.taps("来てくれた")
    await aiko.taps("終わった")
    assert signals(play) == ["calling", "coming", "arrived", "closed"]
    card: Card = play.chats["siren"].messages["siren"][0].cards[0]
    assert dict(card.facts) == {
        "kind": "standard",
        "site": "本庁舎",
        "place": "2番窓口",
        "state": "calling",
        "drill": "no",
    }


async def test_danger_may_ring_at_once(play: Stage) -> None:
    await play.person("aiko", "line").presses("危険")
    assert len(phone(play, "sato").chat) == 1
    assert phone(play, "sato").sees("至急")
    assert signals(play) == []


async def test_without_an_account_the_screens_are_called_and_the_failure_is_recorded(play: Stage) -> None:
    del play.mamori.deliverer.channels["phone"]  # type: ignore[attr-defined]
    await play.person("aiko", "line").presses("危険")
    assert play.person("sato", "line").chat
    entries = await play.mamori.stores.records.journal((await play.incident()).id)
    assert [e.data["reason"] for e in entries if e.kind == "page_failed"] == ["no_phone", "no_phone"]
    incident = await play.incident()
    assert incident.alert is not None
    assert {p.reach for p in incident.alert.pages} == {"paged"}

"""この場合は?: a story, one tap, what the flow says of it. Answers are counted; nobody can learn whose they were."""

import asyncio
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from bot.app.inbound import PlatformName
from bot.core.buttons import TrainingTap, decode, encode
from bot.core.training import ANSWERS
from bot.stores.connection import Client
from bot.stores.keys import Keys
from tests.transcripts.stage import Actor, Stage, refused, stage

pytestmark = pytest.mark.anyio
on_both = pytest.mark.parametrize("platform", ["line", "slack"])
ASK, SAYS = "どれに近いと思いますか。", "守りの目安は「"


async def answers(play: Stage) -> dict[str, dict[str, int]]:
    return {case: dict(counts) for case, counts in (await play.mamori.stores.practices.answers()).items()}


def asked(actor: Actor) -> str:
    """The case on the newest card with answers."""
    taps = [decode(b.data) for card in actor.cards for b in card.choices]
    return [tap.case for tap in taps if isinstance(tap, TrainingTap) and tap.word == "answer"][-1]


@on_both
async def test_a_story_is_judged_by_one_tap_and_explained(play: Stage, platform: PlatformName) -> None:
    aiko = play.person("aiko", platform)
    await aiko.types("クイズ")
    assert aiko.sees(ASK)
    assert len(aiko.last().choices) == 4
    assert aiko.buttons()[4:] == ["わからない", "おわる"]
    first = asked(aiko)
    await aiko.taps("確かめながら")
    assert aiko.sees(SAYS)
    assert aiko.last().aloud
    assert "出典: " in aiko.last().note
    assert await answers(play) == {first: {"yellow": 1}}
    await aiko.taps("次の1問")
    assert asked(aiko) != first
    await aiko.taps("わからない")
    await aiko.taps("おわる")
    assert aiko.news() == "おつかれさまでした。"
    assert sum(sum(counts.values()) for counts in (await answers(play)).values()) == 2
    assert await play.incidents() == []


@on_both
async def test_the_quiz_is_one_tap_from_the_first_card(play: Stage, platform: PlatformName) -> None:
    aiko = play.person("aiko", platform)
    await aiko.appears(home=platform == "slack")
    await aiko.taps("この場合は?")
    assert aiko.sees(ASK)


@pytest.mark.parametrize("word", ["quiz", "Quiz", "クイズ", " クイズ。", "くいず"])
async def test_it_begins_by_a_word_however_a_thumb_writes_it(play: Stage, word: str) -> None:
    aiko = play.person("aiko", "line")
    await aiko.types(word)
    assert aiko.sees(ASK)


async def test_on_line_it_costs_no_push(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.types("クイズ")
    await aiko.taps("わからない")
    await aiko.taps("次の1問")
    assert {message.via for message in aiko.chat} == {"reply"}
    assert all(delivery.free for delivery in play.chats["line"].taken)


async def test_whoever_taps_twice_or_thinks_again_is_counted_once(play: Stage) -> None:
    aiko = play.person("aiko", "slack")
    await aiko.types("クイズ")
    case = asked(aiko)
    await aiko.taps("わからない")
    shown = len(aiko.cards)
    await aiko.taps("確かめながら")
    assert len(aiko.cards) == shown + 1
    assert await answers(play) == {case: {"unsure": 1}}


async def test_the_same_event_twice_is_one_answer(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.types("クイズ")
    data = encode(TrainingTap("answer", asked(aiko), "care"))
    await aiko.taps_data(data, event="again")
    cards = len(aiko.cards)
    await aiko.taps_data(data, event="again")
    assert len(aiko.cards) == cards
    assert sum(sum(counts.values()) for counts in (await answers(play)).values()) == 1


async def test_the_button_of_a_story_that_nobody_asked_is_explained_and_not_counted(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.taps_data(encode(TrainingTap("answer", "counter_dogeza", "orange")))
    assert aiko.sees(SAYS)
    assert await answers(play) == {}


@pytest.mark.parametrize(("case", "answer"), [("no_such_case", "red"), ("counter_dogeza", "purple")])
async def test_a_button_that_means_nothing_brings_a_story_and_counts_nothing(
    play: Stage, case: str, answer: str
) -> None:
    aiko = play.person("aiko", "line")
    await aiko.taps_data(encode(TrainingTap("answer", case, answer)))
    assert aiko.sees(ASK)
    assert await answers(play) == {}


async def test_no_story_comes_twice_in_a_day_and_when_all_were_seen_it_says_so(play: Stage) -> None:
    aiko, seen = play.person("aiko", "line"), list[str]()
    await aiko.types("クイズ")
    for _ in play.mamori.turn.training.cases:
        seen.append(asked(aiko))
        await aiko.taps("わからない")
        await aiko.taps("次の1問")
    assert sorted(seen) == sorted(play.mamori.turn.training.cases)
    assert aiko.sees("今日の分は、これで全部です。")


async def test_colleagues_read_the_same_stories_on_one_day(play: Stage) -> None:
    aiko, kenji = play.person("aiko", "line"), play.person("kenji", "slack")
    await aiko.types("クイズ")
    await kenji.types("クイズ")
    assert asked(aiko) == asked(kenji)


async def test_what_most_said_is_told_only_when_they_are_five(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.types("クイズ")
    case = asked(aiko)
    others = ["a", "b", "c", "d"]
    await judge(play, case, others)
    await aiko.taps("わからない")
    assert not aiko.sees("多くの人は")
    await judge(play, case, ["e"])
    await aiko.taps_data(encode(TrainingTap("answer", case, "unsure")))
    assert aiko.sees("多くの人は「ふたりで対応」と答えています。")


async def judge(play: Stage, case: str, people: list[str], answer: str = "orange") -> None:
    practices, soon = play.mamori.stores.practices, play.clock.now()
    for person in people:
        await practices.ask(f"ask-{person}", person, case, (), soon)
        assert await practices.count(f"say-{person}", person, case, answer, (), soon)


async def test_two_answers_of_one_person_at_once_are_one(play: Stage) -> None:
    practices, soon = play.mamori.stores.practices, play.clock.now()
    await practices.ask("e0", "aiko", "counter_dogeza", (), soon)
    kept = await asyncio.gather(
        *(practices.count(f"e{n}", "aiko", "counter_dogeza", "red", (), soon) for n in range(1, 6))
    )
    assert sum(kept) == 1
    assert await answers(play) == {"counter_dogeza": {"red": 1}}


@on_both
async def test_nothing_of_it_comes_between_somebody_and_what_they_are_in(
    play: Stage, platform: PlatformName
) -> None:
    aiko = play.person("aiko", platform)
    await aiko.types("クイズ")
    case = asked(aiko)
    await aiko.presses("迷う")
    await aiko.taps_data(encode(TrainingTap("answer", case, "red")))
    assert "いま、身の危険はありますか" in aiko.last().body
    await aiko.taps_data(encode(TrainingTap("begin", case)))
    assert len(await play.incidents()) == 1
    assert await answers(play) == {}


async def test_words_of_danger_in_the_midst_of_a_quiz_call_people(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.types("クイズ")
    await aiko.types("刃物を持った人がいる")
    assert play.pages_to("sato")


# --- whose answer it was ---

Tapper = tuple[str, PlatformName]
tappers = st.lists(
    st.tuples(st.sampled_from(["aiko", "kenji"]), st.sampled_from(["line", "slack"])), min_size=1, max_size=4
)
verdicts = st.lists(st.sampled_from(ANSWERS), min_size=4, max_size=4)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tappers, verdicts, verdicts, st.booleans())
async def test_no_key_ties_an_answer_to_a_person(
    redis_url: str,
    store_connection: Client,
    people: list[Tapper],
    one: list[str],
    other: list[str],
    is_refused: bool,
) -> None:
    """But for the sums that name nobody, the whole database is the same whatever these people answer: also what lies in
    the outbox and among the dead letters when a platform refuses the card."""
    left = [await left_behind(redis_url, store_connection, people, said, is_refused) for said in (one, other)]
    assert left[0] == left[1]
    assert any(key.startswith("{default}:round:") for key in left[0])


async def left_behind(
    redis_url: str, connection: Client, people: list[Tapper], said: list[str], is_refused: bool
) -> dict[str, str]:
    """Every key with what it holds, but the sums; ids made by chance are blotted out."""
    assert isinstance(connection, Redis)
    await connection.flushdb()
    async with stage(redis_url) as play:
        for (name, platform), answer in zip(people, said, strict=False):
            person = play.person(name, platform)
            await person.types("クイズ")
            if is_refused:
                play.chats[platform].broken[person.address.id] = refused("blocked")
            await person.taps_data(encode(TrainingTap("answer", asked(person), answer)))
            play.chats[platform].broken.clear()
        assert await play.mamori.stores.practices.answers()
    keys = [name async for name in connection.scan_iter(count=1000)]
    names = sorted(name for name in keys if b":flow:" not in name)
    found = {name.decode(): re.sub(UUID, "…", await held(connection, name)) for name in names}
    found.pop(Keys("default").training)
    return found


UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


async def held(connection: Redis, name: bytes) -> str:
    """What a key holds, in an order of its own."""
    match (await connection.type(name)).decode():
        case "string":
            return repr(await connection.get(name))
        case "hash":
            return repr(sorted(re.sub(UUID, "…", repr(i)) for i in (await connection.hgetall(name)).items()))
        case "zset":
            rows = await connection.zrange(name, 0, -1, withscores=True)
            return repr(sorted(re.sub(UUID, "…", repr(row)) for row in rows))
        case kind:
            return kind

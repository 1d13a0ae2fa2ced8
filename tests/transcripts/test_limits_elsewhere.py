"""On the telephone and in somebody's home other limits hold, in other words; and how often the same thing was asked."""

import pytest

from bot.core.messages import Card
from tests.transcripts.stage import POLICY, Actor, Stage

pytestmark = pytest.mark.anyio

LIMITS = POLICY.replace(
    "limits:\n  hard_limit_stall: 30",
    "limits_phone: {hard_limit_counter: 30}\nlimits_visit: {hard_limit_counter: 40}\n"
    "scenes: {phone: [電話係], visit: [家庭訪問]}\n"
    "limits:\n  soft_limit_counter: 20\n  hard_limit_stall: 30\n  hard_limit_counter: 60\n  warn_count: 1"
    "\n  repeat_caution: 2\n  repeat_refuse: 3",
)


async def called(play: Stage, place: str) -> Actor:
    await play.mamori.stores.library.put_policy(LIMITS)
    aiko = play.person("aiko", "line")
    if place:
        await aiko.types(f"場所 {place}")
    await aiko.presses("応援")
    await aiko.taps("来てくれた")
    return aiko


async def on_the_phone(aiko: Actor) -> None:
    for label in ("ない", "窓口ではない", "電話"):
        await aiko.taps(label)


def limit_cards(actor: Actor) -> list[Card]:
    return [c for c in actor.cards if "決める人" in dict(c.facts) and "次にすること" in dict(c.facts)]


def told(actor: Actor) -> list[str]:
    return [card.body[0] for card in limit_cards(actor)]


async def test_on_the_phone_its_own_limit_ends_it_at_thirty_minutes(play: Stage) -> None:
    aiko = await called(play, "電話係")
    await play.passes(90 * 60)
    assert told(aiko) == [
        "20分です。となりに合図し、電話を終える時刻を伝えられます。",
        "30分です。電話を終える目安です。わけを伝えて終えられます。",
    ]


async def test_the_phones_words_speak_of_hanging_up_and_never_of_leaving(play: Stage) -> None:
    aiko = await called(play, "電話係")
    await play.passes(90 * 60)
    last = limit_cards(aiko)[-1]
    assert "電話を終える" in dict(last.facts)["次にすること"]
    assert "退席" not in repr([c.facts for c in limit_cards(aiko)]) + repr(told(aiko))


async def test_on_a_visit_one_leaves_oneself(play: Stage) -> None:
    aiko = await called(play, "家庭訪問")
    await play.passes(90 * 60)
    assert told(aiko)[-1] == "40分です。訪問を終える目安です。わけを伝えて帰れます。"
    assert dict(limit_cards(aiko)[-1].facts)["次にすること"].startswith("帰ると伝える → 外に出る")


async def test_at_a_counter_the_common_limits_hold(play: Stage) -> None:
    aiko = await called(play, "")
    await play.passes(90 * 60)
    assert [said.split("分")[0] for said in told(aiko)] == ["20", "30", "60"]


async def test_who_says_that_it_is_the_phone_has_the_phones_limits_from_then_on(play: Stage) -> None:
    aiko = await called(play, "")
    await play.passes(25 * 60)
    await on_the_phone(aiko)
    await play.passes(60 * 60)
    assert [said.split("分")[0] for said in told(aiko)] == ["20", "30"]
    assert "電話を終える" in told(aiko)[-1]


async def test_a_limit_that_has_passed_is_not_told_again_elsewhere(play: Stage) -> None:
    aiko = await called(play, "")
    await play.passes(45 * 60)
    await on_the_phone(aiko)
    await play.passes(60 * 60)
    assert [said.split("分")[0] for said in told(aiko)] == ["20", "30"]
    assert await play.clocks() == []


async def test_a_record_made_afterwards_has_no_clock_elsewhere_either(play: Stage) -> None:
    await play.mamori.stores.library.put_policy(LIMITS)
    aiko = play.person("aiko", "line")
    await aiko.presses("記録")
    await on_the_phone(aiko)
    assert await play.clocks() == []


async def at_a_repeated_demand(play: Stage, policy: str = LIMITS) -> Actor:
    await play.mamori.stores.library.put_policy(policy)
    aiko = play.person("aiko", "line")
    await aiko.taps_data("m1.help.repeated_after_explanation")
    for label in WAY:
        await aiko.taps(label)
    return aiko


WAY = ("ない", "帰らない・切らない", "ない", "仕事と関係ない", "とくにない", "だいじょうぶ")


async def test_the_second_time_the_same_is_asked_says_caution_the_third_says_who_may_refuse(
    play: Stage,
) -> None:
    aiko = await at_a_repeated_demand(play)
    await aiko.taps("同じ求め")
    assert limit_cards(aiko) == []
    await aiko.taps("同じ求め 1回")
    assert told(aiko)[-1] == "同じ求めが2回目です。答えは変わらないと伝えて、注意できます。"
    await aiko.taps("同じ求め 2回")
    assert told(aiko)[-1] == "同じ求めが3回目です。これ以上は答えないと決められます。"
    assert dict(limit_cards(aiko)[-1].facts)["決める人"] == "現場の責任者をまじえて、二人以上"


async def test_a_demand_repeated_without_numbers_in_the_policy_reminds_nobody(play: Stage) -> None:
    aiko = await at_a_repeated_demand(play, POLICY)
    for label in ("同じ求め", "同じ求め 1回", "同じ求め 2回"):
        await aiko.taps(label)
    assert limit_cards(aiko) == []

"""Clock and count: at each limit everybody concerned reads what may be done now and who decides."""

import pytest

from bot.core.messages import Card
from bot.core.walk import level_of
from tests.transcripts.stage import POLICY, Actor, Stage

pytestmark = pytest.mark.anyio

LIMITS = POLICY.replace(
    "hard_limit_stall: 30",
    "soft_limit_counter: 20\n  hard_limit_stall: 30\n  hard_limit_counter: 60\n  warn_count: 3\n  leave_count: 2",
)


async def with_limits(play: Stage) -> tuple[Actor, Actor]:
    """愛子 stands with 佐藤係長 beside her, before the strong conduct of somebody who doesn't stop."""
    await play.mamori.stores.library.put_policy(LIMITS)
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await sato.taps("向かう")
    await aiko.taps("来てくれた")
    return aiko, sato


async def at_a_level(aiko: Actor) -> None:
    for label in ("ない", "大声・強い言い方", "続いている", "とくにない", "だいじょうぶ"):
        await aiko.taps(label)


def limit_cards(actor: Actor) -> list[Card]:
    return [c for c in actor.cards if "決める人" in dict(c.facts) and "次にすること" in dict(c.facts)]


async def test_at_each_limit_of_time_the_caller_and_whoever_is_there_get_the_card(play: Stage) -> None:
    aiko, sato = await with_limits(play)
    await play.passes(20 * 60)
    assert limit_cards(aiko)[-1].body == ("20分です。二人で聞き、終わりの時刻を伝えられます。",)
    assert limit_cards(sato)[-1].body == limit_cards(aiko)[-1].body
    await play.passes(10 * 60)
    assert limit_cards(sato)[-1].body == ("30分です。話が進まなければ、わけを伝えて終えられます。",)
    await play.passes(30 * 60)
    assert limit_cards(sato)[-1].body[0].startswith("60分です。")
    assert (await play.kinds()).count("limit") == 3
    await play.passes(120 * 60)
    assert len(limit_cards(sato)) == 3


async def test_the_card_names_who_decides_and_what_comes_next(play: Stage) -> None:
    aiko, _ = await with_limits(play)
    await play.passes(30 * 60)
    rows = dict(limit_cards(aiko)[-1].facts)
    assert rows["決める人"] == "現場の責任者をまじえて、二人以上"
    assert rows["次にすること"].startswith("終えることを伝える")


async def test_nothing_comes_after_the_end(play: Stage) -> None:
    aiko, _ = await with_limits(play)
    await aiko.taps("終わった")
    assert await play.clocks() == []
    await play.passes(60 * 60)
    assert limit_cards(aiko) == []


async def test_the_third_warning_says_so_and_who_decides(play: Stage) -> None:
    aiko, sato = await with_limits(play)
    await at_a_level(aiko)
    for _ in range(2):
        await aiko.taps("注意した" if "注意した" in aiko.buttons() else "注意した 1回")
    assert limit_cards(aiko) == []
    await aiko.taps("注意した 2回")
    assert limit_cards(aiko)[-1].body == ("注意が3回になりました。対応をやめることを決められます。",)
    assert limit_cards(sato)[-1].body == limit_cards(aiko)[-1].body


async def test_asking_to_leave_names_whoever_is_in_charge_of_the_building(play: Stage) -> None:
    aiko, _ = await with_limits(play)
    await at_a_level(aiko)
    await aiko.taps("退席を求めた")
    await aiko.taps("退席を求めた 1回")
    assert dict(limit_cards(aiko)[-1].facts)["決める人"].startswith("庁舎・施設の管理者")


async def test_every_count_is_one_tap_with_its_time(play: Stage) -> None:
    aiko, _ = await with_limits(play)
    await at_a_level(aiko)
    await aiko.taps("注意した")
    await play.passes(40)
    await aiko.taps("注意した 1回")
    first, second = (await play.incident()).tallies
    assert (second.at - first.at).total_seconds() == 40


async def test_without_numbers_in_the_policy_nobody_is_reminded(play: Stage) -> None:
    await play.mamori.stores.library.put_policy(POLICY.split("limits:")[0])
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    await aiko.taps("来てくれた")
    await play.passes(90 * 60)
    assert limit_cards(aiko) == []


async def test_somebody_who_is_ill_never_meets_a_card_about_ending_it(play: Stage) -> None:
    aiko, _ = await with_limits(play)
    await aiko.taps("配慮が要るかも")
    incident = await play.incident()
    flow = await play.mamori.shelf.flow(incident.walk.flow, incident.walk.revision)
    for _ in range(8):
        if level_of(flow, (await play.incident()).walk) in ("care", "green"):
            break
        labels = [b.label for b in aiko.last().choices]
        wanted = next(
            (w for w in ("ない", "体調", "病気・けが", "ほかのこと", "その他") if w in labels), labels[-1]
        )
        await aiko.taps(wanted)
    level = level_of(flow, (await play.incident()).walk)
    await play.passes(90 * 60)
    assert level in ("care", "green")
    assert limit_cards(aiko) == []


async def test_a_record_made_afterwards_has_no_clock(play: Stage) -> None:
    await play.mamori.stores.library.put_policy(LIMITS)
    await play.person("aiko", "line").presses("記録")
    assert await play.clocks() == []

"""What a responder can do after 向かう: hand over, call more people, read what 110 asks for; and where to go."""

import pytest

from tests.transcripts.calls import alert, on_slack
from tests.transcripts.stage import POLICY, Actor, Stage

pytestmark = pytest.mark.anyio


async def going(play: Stage) -> tuple[Actor, Actor]:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await sato.taps("向かう")
    return aiko, sato


async def test_two_buttons_come_first_and_the_rest_after(play: Stage) -> None:
    await play.person("aiko", "line").presses("応援")
    card = play.person("sato", "slack").last()
    assert [b.label for b in card.choices] == ["向かう", "行けない"]
    assert "引き継ぐ" not in [b.label for b in card.actions]


async def test_going_opens_time_hand_over_more_people_and_the_card_for_110(play: Stage) -> None:
    _, sato = await going(play)
    card = sato.last()
    assert [b.label for b in card.choices] == ["今すぐ", "1分", "3分", "5分"]
    wanted = ["着いた", "行けなくなった", "引き継ぐ", "もっと人を", "110番カード"]
    assert [b.label for b in card.actions] == wanted


async def test_hand_over_offers_people_who_are_not_on_the_way(play: Stage) -> None:
    _, sato = await going(play)
    await sato.taps("引き継ぐ")
    offered = [b.label for b in sato.last().choices]
    assert "森課長" in offered
    assert not {"佐藤係長", "愛子"} & set(offered)


async def test_the_one_who_is_asked_is_called_and_the_first_still_counts(play: Stage) -> None:
    _, sato = await going(play)
    await sato.taps("引き継ぐ")
    await sato.taps("森課長")
    assert on_slack(play.pages_to("mori")) == ["0"]
    assert [p.person for p in (await alert(play)).on_the_way()] == ["sato"]
    assert sato.sees("森課長に頼んでいます。返事があるまでは、あなたが向かってください。")
    assert [t.name for t in await play.timers()] == ["runs_out"]


async def test_the_first_is_released_when_the_second_says_going(play: Stage) -> None:
    aiko, sato = await going(play)
    await sato.taps("引き継ぐ")
    await sato.taps("森課長")
    await play.person("mori", "slack").taps("私も向かう")
    stood = await alert(play)
    assert [p.person for p in stood.on_the_way()] == ["mori"]
    assert aiko.news() == "森課長が向かっています"
    assert sato.sees("森課長が対応します(10:02)")
    assert {"handed_over", "released"} <= set(await play.kinds())


async def test_when_the_second_says_no_the_first_goes_on(play: Stage) -> None:
    _, sato = await going(play)
    await sato.taps("引き継ぐ")
    await sato.taps("森課長")
    await play.person("mori", "slack").taps("行けない")
    assert [p.person for p in (await alert(play)).on_the_way()] == ["sato"]


async def test_more_people_calls_the_next_and_the_clock_runs_on(play: Stage) -> None:
    _, sato = await going(play)
    (before,) = await play.timers()
    await play.passes(10)
    await sato.taps("もっと人を")
    assert on_slack(play.pages_to("mori")) == ["10"]
    assert await play.timers() == [before]
    assert sato.sees("ほかの人も呼びました。")


async def test_the_card_for_110_says_what_is_known_and_what_to_look_at(play: Stage) -> None:
    aiko, sato = await going(play)
    await play.passes(130)
    await aiko.types("場所 3番窓口")
    await sato.taps("110番カード")
    rows = dict(sato.last().facts)
    assert rows["いつ"] == "2分前から"
    assert rows["住所"].startswith("見本市")
    assert "3番窓口" in rows["場所"]
    assert rows["凶器"] == "確かめる"
    assert rows["けが"] == "見て伝える"


async def test_only_those_who_were_called_can_read_it(play: Stage) -> None:
    _, sato = await going(play)
    police, _ = sato.find("110番カード")
    kenji = play.person("kenji", "slack")
    await kenji.taps_data(police.data)
    assert kenji.shows()[-1].startswith("この件は、ほかの人に応援を頼んでいます。")


async def test_the_caller_says_where_they_are_now(play: Stage) -> None:
    aiko, sato = await going(play)
    await aiko.types("場所 5番窓口")
    assert sato.shows()[0] == "5番窓口 愛子さん・応援"
    assert aiko.sees("場所を「5番窓口」にしました。")
    assert "place" in await play.kinds()


# --- where to go ---

PLACES = POLICY + "\nplaces: {本庁舎: [1番窓口, 2番窓口, 7番窓口]}\n"


async def test_a_counter_is_chosen_from_the_policys_at_the_beginning_of_a_shift(play: Stage) -> None:
    await play.mamori.stores.library.put_policy(PLACES)
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.types("場所")
    assert aiko.buttons() == ["1番窓口", "2番窓口", "7番窓口"]
    await aiko.taps("7番窓口")
    assert aiko.sees("場所を「7番窓口」にしました。")
    await aiko.presses("応援")
    assert sato.shows()[0] == "7番窓口 愛子さん・応援"


async def test_a_code_on_the_counter_types_the_place(play: Stage) -> None:
    """The QR code opens the chat with these words in it; sending them is one tap."""
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.types("場所 12番窓口")
    await aiko.presses("危険")
    assert sato.shows()[0].startswith("12番窓口 愛子さん")


async def test_without_places_in_the_policy_it_is_said_how_to_write_one(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.types("場所")
    assert aiko.last().body[0].startswith("今日の場所を「場所 2番窓口」のように書いてください。")
    assert aiko.buttons() == []


@pytest.mark.parametrize(
    ("answer", "told"),
    [("刃物・火など", "刃物・火など"), ("殺す・火をつける", "命や体への脅し"), ("出られない", "出られない")],
)
async def test_whoever_goes_there_reads_the_danger_by_its_name(play: Stage, answer: str, told: str) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("危険")
    await aiko.taps(answer)
    assert dict(sato.last().facts)["様子"] == told
    await sato.taps("向かう")
    await sato.taps("110番カード")
    assert dict(sato.last().facts)["何があったか"] == told


async def test_shouting_beside_a_weapon_is_told_too(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.types("包丁を持って怒鳴っている")
    assert dict(sato.last().facts)["様子"].startswith("刃物・火など")

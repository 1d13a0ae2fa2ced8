"""What to say to 110 or 119: one tap away, filled from what is known, short enough to be read aloud."""

import pytest

from bot.core.messages import Card, buttons_of
from tests.transcripts.stage import POLICY, Actor, Stage, texts

pytestmark = pytest.mark.anyio

LONGEST_VALUE = 40
ASKED_OF_EVERY_CALL = {"何があったか", "いつ", "住所", "場所", "けが", "相手の方", "凶器", "折り返し"}


def labels(card: Card) -> list[str]:
    return [b.label for b in buttons_of(card)]


async def in_danger(play: Stage, platform: str = "line") -> Actor:
    aiko = play.person("aiko", platform)  # type: ignore[arg-type]
    await aiko.presses("危険")
    return aiko


async def at_a_weapon(play: Stage) -> Actor:
    aiko = await in_danger(play)
    await aiko.taps("刃物・火など")
    return aiko


def the_card(actor: Actor) -> dict[str, str]:
    return dict(actor.last().facts)


async def test_the_caller_has_it_one_tap_after_danger(play: Stage) -> None:
    aiko = await in_danger(play)
    await aiko.taps("110番カード")
    assert aiko.last().title == "110番で伝えること"
    assert aiko.last().alt == "連絡があります"
    assert the_card(aiko)["何があったか"] == "身の危険。見て伝える"


async def test_it_says_where_with_landmark_floor_counter_and_entrance_and_whom_to_call_back(
    play: Stage,
) -> None:
    aiko = await at_a_weapon(play)
    await aiko.taps("110番カード")
    rows = the_card(aiko)
    assert rows["住所"] == "見本市中央1条1丁目1番地(中央公園の向かい)"
    assert rows["場所"] == "本庁舎 1階 2番窓口 正面玄関から"
    assert rows["折り返し"] == "011-000-0000 愛子"
    assert rows["凶器"] == "持っている"


async def test_it_is_eight_short_lines_in_the_order_in_which_one_speaks(play: Stage) -> None:
    aiko = await at_a_weapon(play)
    await aiko.taps("110番カード")
    card = aiko.last()
    assert [name for name, _ in card.facts][:4] == ["何があったか", "いつ", "住所", "場所"]
    assert set(dict(card.facts)) == ASKED_OF_EVERY_CALL
    assert all(len(value) <= LONGEST_VALUE for _, value in card.facts)
    assert card.note == "急がない相談は #9110(警察相談)へ。"


async def test_what_happened_is_told_by_what_was_answered(play: Stage) -> None:
    aiko = await in_danger(play)
    await aiko.taps("なぐる・ぶつける")
    await aiko.taps("110番カード")
    assert the_card(aiko)["何があったか"].startswith("体への暴力")


async def test_danger_that_came_later_has_a_time_of_its_own(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    await play.passes(9 * 60)
    await aiko.presses("危険")
    await play.passes(3 * 60)
    await aiko.taps("110番カード")
    assert the_card(aiko)["いつ"] == "12分前から(危険は3分前)"


async def test_at_the_first_moment_it_says_just_now(play: Stage) -> None:
    aiko = await in_danger(play)
    await aiko.taps("110番カード")
    assert the_card(aiko)["いつ"] == "たった今"


async def test_an_injury_and_whether_they_are_still_there_are_one_more_tap_each(play: Stage) -> None:
    aiko = await in_danger(play)
    await aiko.taps("110番カード")
    assert the_card(aiko)["けが"] == "見て伝える"
    await aiko.taps("けがあり")
    await aiko.taps("もういない")
    rows = the_card(aiko)
    assert rows["けが"] == "ある"
    assert rows["相手の方"].startswith("もういない。人数、性別、年齢、服装")
    assert (await play.kinds()).count("sighted") == 2


async def test_a_second_tap_says_otherwise_and_leaves_nothing_of_the_first(play: Stage) -> None:
    aiko = await in_danger(play)
    await aiko.taps("110番カード")
    await aiko.taps("けがあり")
    await aiko.taps("けがなし")
    assert the_card(aiko)["けが"] == "ない"
    assert len((await play.incident()).seen) == 1


async def test_on_slack_the_taps_stay_on_the_one_card(play: Stage) -> None:
    aiko = await in_danger(play, "slack")
    await aiko.taps("110番カード")
    before = len(aiko.chat)
    await aiko.taps("けがあり")
    assert len(aiko.chat) == before
    assert the_card(aiko)["けが"] == "ある"


async def test_whoever_is_coming_reads_that_somebody_is_hurt(play: Stage) -> None:
    aiko = await in_danger(play)
    sato = play.person("sato", "slack")
    await sato.taps("向かう")
    await aiko.taps("110番カード")
    await aiko.taps("けがあり")
    page = next(card for card in sato.cards if "様子" in dict(card.facts))
    assert dict(page.facts)["けが"] == "ある"


async def test_typed_words_while_it_is_open_go_to_those_who_come_and_stay_in_the_record(play: Stage) -> None:
    aiko = await in_danger(play)
    sato = play.person("sato", "slack")
    await sato.taps("向かう")
    await aiko.taps("110番カード")
    await aiko.types("50代くらい、紺の上着、ひとり")
    assert sato.sees("愛子: 50代くらい、紺の上着、ひとり")
    assert "note" in await play.kinds()


async def test_a_responder_reads_the_same_card_and_can_add_to_it(play: Stage) -> None:
    aiko = await in_danger(play)
    sato = play.person("sato", "slack")
    await sato.taps("向かう")
    await sato.taps("110番カード")
    await sato.taps("けがなし")
    assert the_card(sato)["けが"] == "ない"
    await aiko.taps("110番カード")
    assert the_card(aiko)["けが"] == "ない"


async def test_a_colleague_who_called_from_the_same_place_can_read_it_aloud(play: Stage) -> None:
    policy = POLICY.replace("standard:", "places: {本庁舎: [2番窓口]}\nstandard:")
    await play.mamori.stores.library.put_policy(policy)
    await in_danger(play)
    kenji = play.person("kenji", "line")
    await kenji.types("場所 2番窓口")
    await kenji.presses("危険")
    await kenji.taps("110番カード")
    assert the_card(kenji)["場所"] == "本庁舎 1階 2番窓口 正面玄関から"


async def test_a_stranger_to_the_call_reads_nothing_of_it(play: Stage) -> None:
    aiko = await in_danger(play)
    await aiko.taps("110番カード")
    tap, _ = aiko.find("けがあり")
    anna = play.person("anna", "line")
    await anna.taps_data(tap.data)
    assert not anna.sees("見本市")
    assert (await play.incident()).seen == ()


async def to_a_collapse(play: Stage) -> Actor:
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    await aiko.taps("具合・命の心配")
    await aiko.taps("倒れた・苦しそう")
    return aiko


async def test_where_somebody_collapsed_it_is_119_with_address_and_floor_first(play: Stage) -> None:
    aiko = await to_a_collapse(play)
    assert "119番カード" in aiko.buttons()
    await aiko.taps("119番カード")
    card = aiko.last()
    assert card.title == "119番で伝えること"
    assert card.body == ("「救急です」と言って、上から順に。",)
    assert [name for name, _ in card.facts] == [
        *("住所", "場所", "何があったか", "返事", "息", "いつ", "迎え", "折り返し")
    ]
    assert labels(card)[:4] == ["返事あり", "返事なし", "息あり", "息がない・不明"]
    await aiko.taps("返事なし")
    assert the_card(aiko)["返事"] == "返事をしない"
    assert not card.note


async def test_whoever_is_near_is_to_wait_at_the_entrance(play: Stage) -> None:
    aiko = await to_a_collapse(play)
    await play.person("sato", "slack").taps("向かう")
    await aiko.taps("119番カード")
    assert the_card(aiko)["迎え"] == "正面玄関・佐藤係長に頼む"


async def test_in_a_drill_it_is_marked_and_says_not_to_phone(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.types("訓練 危険")
    await aiko.taps("110番カード")
    assert aiko.last().title == "【訓練】110番で伝えること"
    assert aiko.last().body[0].startswith("訓練です。電話はかけません。")


async def test_without_an_address_in_the_policy_it_says_to_look_it_up(play: Stage) -> None:
    await play.mamori.stores.library.put_policy(POLICY.partition("# 作り話")[0])
    aiko = await in_danger(play)
    await aiko.taps("110番カード")
    assert the_card(aiko)["住所"] == "本庁舎 住所を見て伝える"
    assert the_card(aiko)["場所"] == "2番窓口"
    assert the_card(aiko)["折り返し"] == "この電話の番号 愛子"


async def test_on_a_visit_nobody_is_sent_to_the_office(play: Stage) -> None:
    scenes = "scenes: {visit: [2番窓口]}\nstandard:"
    await play.mamori.stores.library.put_policy(POLICY.replace("standard:", scenes, 1))
    aiko = await in_danger(play)
    await aiko.taps("110番カード")
    rows = the_card(aiko)
    assert rows["住所"] == "今いる所の番地、目印、建物の名前"
    assert "場所" not in rows


async def on_the_phone(play: Stage) -> Actor:
    scenes = "scenes: {phone: [2番窓口]}\nstandard:"
    await play.mamori.stores.library.put_policy(POLICY.replace("standard:", scenes, 1))
    return await in_danger(play)


async def test_somebody_who_threatens_by_phone_to_come_is_told_with_our_address(play: Stage) -> None:
    aiko = await on_the_phone(play)
    await aiko.taps("110番カード")
    assert the_card(aiko)["住所"].startswith("見本市")


async def test_of_danger_at_the_other_end_of_the_line_their_place_is_told_and_not_ours(play: Stage) -> None:
    await on_the_phone(play)
    kenji = play.person("kenji", "line")
    await kenji.types("場所 2番窓口")
    await kenji.presses("迷う")
    await kenji.taps("電話の向こうが危険")
    await kenji.taps("110番カード")
    rows = the_card(kenji)
    assert rows["住所"] == "相手の方のいる所。聞けた住所、名前、番号"
    assert "場所" not in rows


async def test_it_can_still_be_read_after_the_end(play: Stage) -> None:
    aiko = await in_danger(play)
    button, _ = aiko.find("110番カード")
    await aiko.taps("来てくれた")
    await aiko.taps("終わった")
    await aiko.taps_data(button.data)
    assert aiko.last().title == "110番で伝えること"


async def test_no_text_of_it_would_inflame_whoever_reads_it(play: Stage) -> None:
    aiko = await at_a_weapon(play)
    await aiko.taps("110番カード")
    for word in ("犯人", "加害", "カスハラ", "容疑"):
        assert not any(word in text for text in texts(aiko.last()))

"""What a caller may rely on: a call for help is answered by a person, or it climbs until it is, and they can see it."""

import asyncio
from dataclasses import replace

import pytest

from bot.app.inbound import Inbound, Origin, Tapped
from tests.transcripts.calls import DANGER, PAIRS, alert, breaks, heals, on_slack
from tests.transcripts.stage import PEOPLE, Stage, later

pytestmark = pytest.mark.anyio


# --- nobody answers ---


async def test_tiers_are_called_in_their_order_and_each_person_twice(play: Stage) -> None:
    await play.person("aiko", "line").presses("応援")
    await play.passes(179)
    assert on_slack(play.pages_to("sato")) == ["0", "30", "90", "150"]
    assert on_slack(play.pages_to("mori")) == ["60", "90", "150"]
    assert on_slack(play.pages_to("kenji")) == ["120", "150"]
    assert play.pages_to("aiko") == []


async def test_after_the_last_tier_everyone_is_called_again_for_as_long_as_it_takes(play: Stage) -> None:
    await play.person("aiko", "line").presses("応援")
    await play.passes(600)
    assert on_slack(play.pages_to("kei"))[:3] == ["120", "150", "180"]
    assert on_slack(play.pages_to("kei"))[3] == "210"  # no sign of the caller: once more, at once
    assert on_slack(play.pages_to("kei"))[4:] == ["330", "450", "570"]


async def test_every_page_goes_to_both_platforms_of_a_person(play: Stage) -> None:
    await play.person("aiko", "line").presses("応援")
    assert play.person("sato", "slack").shows() == play.person("sato", "line").shows()


async def test_the_second_page_says_that_it_is_the_second(play: Stage) -> None:
    await play.person("aiko", "line").presses("応援")
    await play.passes(30)
    sato = play.person("sato", "line")
    assert sato.shows() == ["2番窓口 愛子さん・応援", "2番窓口 愛子さん・応援(もう一度)"]


async def test_the_caller_sees_who_was_called_when(play: Stage) -> None:
    aiko = play.person("aiko", "slack")
    await aiko.presses("応援")
    await play.passes(61)
    status = aiko.cards[0]
    assert status.body == ("森課長にも知らせました 10:03",)
    assert status.facts == (
        ("佐藤係長", "10:02 もう一度送りました(2回目)"),
        ("森課長", "10:03 送りました。まだ見ていません"),
    )


async def test_a_tier_without_anybody_is_passed_over(play: Stage) -> None:
    await play.mamori.stores.directory.put_people([replace(PEOPLE["sato"], active=False)])
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    assert on_slack(play.pages_to("mori")) == ["0"]
    assert aiko.shows()[0] == "応援を呼びました。森課長へ 10:02"


async def test_with_nobody_to_call_the_caller_hears_it_at_once_and_it_is_tried_on(play: Stage) -> None:
    await play.mamori.stores.directory.put_people(
        [replace(p, active=False) for name, p in PEOPLE.items() if name != "aiko"]
    )
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    assert aiko.sees(
        "今、ここから呼べる人がいません。近くの人に声をかけてください。身の危険があるときは、その場を離れて110へ。"
    )
    assert len(await play.timers()) == 1


async def test_the_caller_is_never_paged(play: Stage) -> None:
    sato = play.person("sato", "slack")
    await sato.presses("応援")
    await play.passes(200)
    assert play.pages_to("sato") == []
    assert on_slack(play.pages_to("mori"))[0] == "0"


# --- somebody can't ---


async def test_when_one_says_no_the_next_is_called_at_once(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await play.passes(7)
    await sato.taps("行けない")
    assert on_slack(play.pages_to("mori")) == ["7"]
    assert aiko.news() == "佐藤係長は手が離せません。森課長を呼びました"


async def test_when_one_of_two_says_no_the_other_is_still_waited_for(play: Stage) -> None:
    await play.mamori.stores.library.put_policy(PAIRS + "    - {people: [kei]}\n" + DANGER)
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await sato.taps("行けない")
    assert play.pages_to("kei") == []
    await play.passes(30)
    assert on_slack(play.pages_to("sato")) == ["0"]
    assert on_slack(play.pages_to("mori")) == ["0", "30"]


async def test_when_all_say_no_the_caller_hears_it_and_all_are_asked_again(play: Stage) -> None:
    await play.mamori.stores.library.put_policy(PAIRS + DANGER)
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    for name in ("sato", "mori"):
        await play.person(name, "slack").taps("行けない")
    assert aiko.last().body == (
        "今すぐ来られる人が、まだ見つかりません。近くの人に声をかけてください。その場を離れて大丈夫です。2分後にもう一度呼びます。",
    )
    assert "応援" in aiko.buttons()
    await play.passes(120)
    assert on_slack(play.pages_to("sato")) == ["0", "120"]
    assert on_slack(play.pages_to("mori")) == ["0", "120"]


async def test_no_twice_is_no_once(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    no, _ = sato.find("行けない")
    await sato.taps_data(no.data)
    before = len(aiko.chat)
    await sato.taps_data(no.data)
    assert on_slack(play.pages_to("mori")) == ["0"]
    assert play.pages_to("kenji") == []
    assert len(aiko.chat) == before
    assert (await play.kinds()).count("declined") == 1


async def test_whoever_said_no_may_still_come(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await sato.taps("行けない")
    await sato.taps("向かう")
    assert aiko.news() == "佐藤係長が向かっています"


# --- somebody comes ---


async def test_after_an_answer_nobody_is_paged_any_more(play: Stage) -> None:
    await play.person("aiko", "line").presses("応援")
    await play.passes(5)
    await play.person("sato", "slack").taps("向かう")
    await play.passes(200)
    assert on_slack(play.pages_to("sato")) == ["0"]
    assert play.pages_to("mori") == []


async def test_an_answer_takes_back_pages_that_have_not_gone_out_yet(play: Stage) -> None:
    await play.mamori.stores.library.put_policy(PAIRS + DANGER)
    breaks(play, "mori", later())
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await sato.taps("向かう")
    heals(play)
    await play.passes(120)
    assert play.pages_to("mori") == []


async def test_every_copy_says_who_is_coming_and_when(play: Stage) -> None:
    await play.mamori.stores.library.put_policy(PAIRS + DANGER)
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await play.passes(20)
    await sato.taps("向かう")
    assert sato.sees("あなたが向かっています(10:02)")
    assert aiko.sees("佐藤係長が向かっています")
    for platform in ("line", "slack"):
        assert play.person("mori", platform).sees("佐藤係長が対応します(10:02)")
    assert len(play.person("mori", "slack").chat) == 1
    assert "私も向かう" in play.person("mori", "slack").buttons()


async def test_every_page_of_several_is_brought_up_to_date(play: Stage) -> None:
    await play.person("aiko", "line").presses("応援")
    await play.passes(65)
    await play.person("mori", "slack").taps("向かう")
    sato = play.person("sato", "slack")
    assert len(sato.chat) == 2
    assert all("森課長が対応します(10:03)" in card.body for card in sato.cards)


async def test_the_minutes_that_were_named_count_down(play: Stage) -> None:
    aiko, sato = play.person("aiko", "slack"), play.person("sato", "slack")
    await aiko.presses("応援")
    await sato.taps("向かう")
    await play.passes(40)
    await sato.taps("5分")
    assert aiko.cards[0].body == ("佐藤係長が向かっています。あと5分ほど",)
    await play.passes(130)
    await aiko.types("応援")
    assert any("あと3分ほど" in line for card in aiko.cards for line in card.body)


async def test_going_twice_is_going_once(play: Stage) -> None:
    await play.mamori.stores.library.put_policy(PAIRS + DANGER)
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    going, _ = sato.find("向かう")
    await asyncio.gather(sato.taps_data(going.data), sato.taps_data(going.data))
    assert (await play.kinds()).count("coming") == 1
    assert aiko.shows().count("佐藤係長が向かっています") == 1
    assert (
        play.person("mori", "line").shows().count("2番窓口 愛子さん・応援") == 2
    )  # the page, and who is coming


async def test_a_second_person_may_come_too(play: Stage) -> None:
    await play.mamori.stores.library.put_policy(PAIRS + DANGER)
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    await play.person("sato", "slack").taps("向かう")
    await play.person("mori", "slack").taps("私も向かう")
    assert aiko.news() == "佐藤係長、森課長が向かっています"
    await aiko.taps("来てくれた")
    assert aiko.news() == "佐藤係長、森課長が着きました"


async def test_two_who_go_at_once_both_count(play: Stage) -> None:
    await play.mamori.stores.library.put_policy(PAIRS + DANGER)
    await play.person("aiko", "line").presses("応援")
    await asyncio.gather(*(play.person(name, "slack").taps("向かう") for name in ("sato", "mori")))
    assert {p.person for p in (await alert(play)).responders()} == {"sato", "mori"}


async def test_a_late_answer_is_explained_and_changes_nothing(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    going, _ = sato.find("向かう")
    await aiko.taps("来てくれた")
    await aiko.taps("終わった")
    version = (await play.incident()).version
    await sato.taps_data(going.data)
    assert sato.shows()[-1] == "2番窓口の件は終わりました。ありがとうございました。"
    after = await play.incident()
    assert (after.is_open, after.alert.state if after.alert else "") == (False, "closed")
    assert after.version >= version


async def test_somebody_who_was_not_called_can_not_answer(play: Stage) -> None:
    aiko, sato, kenji = (
        play.person("aiko", "line"),
        play.person("sato", "slack"),
        play.person("kenji", "slack"),
    )
    await aiko.presses("応援")
    await kenji.taps_data(sato.find("向かう")[0].data)
    assert kenji.shows()[-1] == "この件は、ほかの人に応援を頼んでいます。知らせてくれてありがとうございます。"
    assert (await alert(play)).state == "calling"


async def test_a_tap_in_the_room_counts_only_for_those_who_were_called(play: Stage) -> None:
    await play.person("aiko", "line").presses("応援")
    going, message = play.room().find("向かう")
    for name in ("kenji", "sato"):
        address = play.person(name, "slack").address
        tapped = Inbound(f"room-{name}", address, play.clock.now(), Tapped(going.data))
        await play.receive(replace(tapped, origin=Origin(message=message.ref, private=False)))
    assert [p.person for p in (await alert(play)).responders()] == ["sato"]
    assert play.room().sees("佐藤係長が対応します(10:02)")
    assert play.person("kenji", "slack").sees("この件は、ほかの人に応援を頼んでいます。")

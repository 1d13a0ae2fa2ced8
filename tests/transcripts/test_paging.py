"""What a caller may rely on: a call for help is answered by a person, or it climbs until it is, and they can see it."""

import asyncio
from dataclasses import replace

import pytest

from bot.app.committing import Timer
from bot.app.inbound import Inbound, Origin, Tapped
from bot.app.work import Worker
from bot.core.alert import Alert
from tests.transcripts.stage import PEOPLE, POLICY, Actor, Stage, later, refused

pytestmark = pytest.mark.anyio

HELP = "m1.help"
PAIRS = "policy: 1\nchannels: [slack, line]\nstandard:\n  tiers:\n    - {people: [sato, mori], wait: 60, again: 30}\n"
DANGER = "danger:\n  tiers:\n    - {people: [sato, mori, kei], wait: 30, again: 15}\n"


async def alert(play: Stage) -> Alert:
    found = (await play.incident()).alert
    assert found is not None
    return found


def on_slack(pages: list[str]) -> list[str]:
    """The seconds at which a person was paged; LINE's copy goes at the same moment."""
    return [page.split()[0] for page in pages if page.endswith("slack")]


async def breaks(play: Stage, name: str, outcome: object) -> None:
    """Nothing reaches this person any more, on either platform."""
    play.chats["line"].broken[PEOPLE[name].line_user_id] = outcome  # type: ignore[assignment]
    play.chats["slack"].broken[PEOPLE[name].slack_user_id] = outcome  # type: ignore[assignment]


def heals(play: Stage) -> None:
    for chat in play.chats.values():
        chat.broken.clear()


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
    assert on_slack(play.pages_to("kei")) == ["120", "150", "180", "300", "420", "540"]


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
    assert aiko.shows()[-1] == "佐藤係長は手が離せません。森課長を呼びました"


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
    assert aiko.shows()[-1] == "佐藤係長が向かっています"


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
    await breaks(play, "mori", later())
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
    assert aiko.shows()[-1] == "佐藤係長、森課長が向かっています"
    await aiko.taps("来てくれた")
    assert aiko.shows()[-1] == "佐藤係長、森課長が着きました"


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


# --- an answer that comes to nothing ---


async def test_an_answer_that_is_not_followed_by_arrival_runs_out(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await sato.taps("向かう")
    await sato.taps("1分")
    await play.passes(119)
    assert play.pages_to("mori") == []
    await play.passes(1)
    assert on_slack(play.pages_to("mori")) == ["120"]
    assert on_slack(play.pages_to("sato")) == ["0", "120"]
    assert "ran_out" in await play.kinds()
    assert play.room().sees("10:04 着いたとの知らせがないので、呼び直します")


async def test_without_minutes_it_runs_out_after_the_policys_own(play: Stage) -> None:
    await play.person("aiko", "line").presses("応援")
    await play.person("sato", "slack").taps("向かう")
    await play.passes(239)
    assert play.pages_to("mori") == []
    await play.passes(1)
    assert on_slack(play.pages_to("mori")) == ["240"]


async def test_one_of_two_running_out_is_asked_again_and_the_other_is_left_in_peace(play: Stage) -> None:
    await play.mamori.stores.library.put_policy(PAIRS + DANGER)
    await play.person("aiko", "line").presses("応援")
    await play.person("sato", "slack").taps("向かう")
    await play.person("sato", "slack").taps("1分")
    await play.person("mori", "slack").taps("私も向かう")
    await play.person("mori", "slack").taps("5分")
    await play.passes(125)
    assert on_slack(play.pages_to("sato")) == ["0", "120"]
    assert on_slack(play.pages_to("mori")) == ["0"]
    await play.passes(240)
    assert on_slack(play.pages_to("mori")) == ["0", "360"]


async def test_an_answer_can_be_taken_back_and_the_next_is_called(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await sato.taps("向かう")
    await sato.taps("行けなくなった")
    assert on_slack(play.pages_to("mori")) == ["0"]
    assert aiko.shows()[-1] == "佐藤係長は手が離せません。森課長を呼びました"
    assert "undone" in await play.kinds()


async def test_arrived_stops_the_clock(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await sato.taps("向かう")
    await sato.taps("着いた")
    assert aiko.shows()[-1] == "佐藤係長が着きました"
    assert await play.timers() == []
    await play.passes(600)
    assert on_slack(play.pages_to("sato")) == ["0"]


async def test_not_here_yet_calls_the_next_at_once_and_asks_the_first_again(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await sato.taps("向かう")
    await play.passes(50)
    await aiko.taps("まだ来ない")
    assert on_slack(play.pages_to("mori")) == ["50"]
    assert on_slack(play.pages_to("sato")) == ["0", "50"]
    assert aiko.shows()[-1] == "佐藤係長、森課長にも知らせました 10:02"


async def test_a_wrong_arrival_is_put_right_by_the_caller(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await sato.taps("着いた" if "着いた" in sato.buttons() else "向かう")
    await sato.taps("着いた")
    await aiko.taps("まだ来ない")
    assert (await alert(play)).state == "calling"
    assert on_slack(play.pages_to("mori")) == ["0"]


async def test_the_caller_may_say_that_somebody_came_who_never_answered(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    await aiko.taps("来てくれた")
    assert aiko.shows()[-1] == "来てくれてよかったです。"
    await play.passes(600)
    assert on_slack(play.pages_to("sato")) == ["0"]


async def test_more_help_after_an_arrival_calls_those_who_are_not_there(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await sato.taps("向かう")
    await aiko.taps("来てくれた")
    await play.passes(60)
    await aiko.presses("応援")
    assert on_slack(play.pages_to("sato")) == ["0"]
    assert on_slack(play.pages_to("mori")) == ["60"]


# --- the caller's word ---


async def test_fine_now_stands_everyone_down(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    await aiko.taps("もう大丈夫")
    assert aiko.shows()[-1] == "応援を止めました。必要なら、また押してください。"
    assert "応援" in aiko.buttons()
    words = "2番窓口の件は、愛子さんが「もう大丈夫」と答えました。ありがとうございました。"
    assert play.person("sato", "slack").shows() == [words]
    assert play.person("sato", "line").shows()[-1] == words
    await play.passes(600)
    assert on_slack(play.pages_to("sato")) == ["0"]


async def test_a_late_answer_after_fine_now_is_explained(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "line")
    await aiko.presses("応援")
    going, _ = sato.find("向かう")
    await aiko.taps("もう大丈夫")
    await sato.taps_data(going.data)
    assert sato.shows()[-1] == "2番窓口の件は、愛子さんが「もう大丈夫」と答えました。ありがとうございました。"
    assert (await alert(play)).state == "cancelled"


async def test_the_end_after_fine_now_is_not_told_twice(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "line")
    await aiko.presses("応援")
    await aiko.taps("もう大丈夫")
    told = len(sato.chat)
    await aiko.taps("もどる")
    await aiko.taps("ある")
    await aiko.taps("刃物・火など")
    assert (await alert(play)).kind == "danger"
    await aiko.taps("もう大丈夫")
    told = len(sato.chat)
    await aiko.taps("終わった")
    assert len(sato.chat) == told


async def test_after_fine_now_a_new_call_begins_from_the_first_tier(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    await play.passes(70)
    await aiko.taps("もう大丈夫")
    await aiko.presses("応援")
    assert on_slack(play.pages_to("sato")) == ["0", "30", "70"]
    assert on_slack(play.pages_to("mori")) == ["60"]


async def test_backup_once_more_widens_at_once(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    await play.passes(10)
    await aiko.presses("応援")
    assert on_slack(play.pages_to("mori")) == ["10"]


async def test_more_people_can_be_called_while_one_is_coming(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await sato.taps("向かう")
    await play.passes(10)
    await aiko.presses("応援")
    assert on_slack(play.pages_to("mori")) == ["10"]
    assert on_slack(play.pages_to("sato")) == ["0"]
    await sato.taps("行けなくなった")
    assert (await alert(play)).responders() == ()


async def test_danger_outranks_backup_and_calls_the_dangers_own_people(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await play.passes(10)
    await aiko.presses("危険")
    assert on_slack(play.pages_to("kei")) == ["10"]
    assert on_slack(play.pages_to("sato")) == ["0", "10"]
    assert sato.last().body[0] == "2番窓口 愛子さん・至急"
    assert any(line.startswith("すぐ離れてください。") for line in aiko.shows())


async def test_a_danger_answer_calls_without_another_tap(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    assert play.pages_to("sato") == []
    await aiko.taps("ある")
    assert on_slack(play.pages_to("kei")) == ["0"]
    assert aiko.shows()[-2].startswith("すぐ離れてください。")
    assert aiko.shows()[-1] == "何がありますか"


# --- platforms that fail ---


async def test_when_one_platform_refuses_the_other_one_carries_the_page(play: Stage) -> None:
    play.chats["slack"].broken[PEOPLE["sato"].slack_user_id] = refused("slack_user_gone")
    aiko, sato = play.person("aiko", "line"), play.person("sato", "line")
    await aiko.presses("応援")
    assert sato.shows() == ["2番窓口 愛子さん・応援"]
    assert play.pages_to("mori") == []
    assert "page_failed" in await play.kinds()


async def test_when_a_person_is_unreachable_the_next_is_called_and_the_caller_told(play: Stage) -> None:
    await breaks(play, "sato", refused())
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    assert on_slack(play.pages_to("mori")) == ["0"]
    assert aiko.shows()[-1] == "佐藤係長に届いていません。森課長を呼んでいます"
    assert dict(aiko.last().facts)["佐藤係長"] == "届いていません"


async def test_a_page_that_hangs_is_tried_on_while_the_next_is_called(play: Stage) -> None:
    await breaks(play, "sato", later())
    await play.person("aiko", "line").presses("応援")
    assert on_slack(play.pages_to("mori")) == ["0"]
    heals(play)
    await play.passes(3)
    assert on_slack(play.pages_to("sato")) == ["0"]
    await play.person("sato", "slack").taps("向かう")
    assert [p.person for p in (await alert(play)).responders()] == ["sato"]


async def test_when_nobody_can_be_reached_the_caller_is_told_the_truth(play: Stage) -> None:
    for name in ("sato", "mori", "kei", "kenji", "anna"):
        await breaks(play, name, refused())
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


async def test_a_restart_in_the_middle_changes_nothing(play: Stage) -> None:
    await play.person("aiko", "line").presses("応援")
    play.mamori.turn.turns._recent._known.clear()  # type: ignore[attr-defined]  # as a new process: nothing in memory
    await play.passes(60)
    assert on_slack(play.pages_to("mori")) == ["60"]


# --- the room ---


async def test_the_rooms_card_is_kept_up_to_date_in_one_message(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    await play.passes(2)
    room = play.room()
    assert room.cards[0].note == "ボタンは、呼ばれた人だけが使えます。"
    await play.person("sato", "slack").taps("向かう")
    assert room.cards[0].body == ("2番窓口 愛子さん・応援", "佐藤係長が対応します(10:02)")
    await aiko.taps("来てくれた")
    await aiko.taps("終わった")
    assert room.cards[0].note == "2番窓口の件は終わりました。ありがとうございました。"
    assert room.cards[0].choices == ()


async def test_a_responder_may_end_it_and_everyone_hears_it(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await sato.taps("向かう")
    await sato.taps("着いた")
    await sato.taps("終わった")
    assert aiko.last().body[0] == "おつかれさまでした。"
    assert (await play.incident()).closed_by == "sato"


async def test_seen_is_shown_to_the_caller_without_another_message(play: Stage) -> None:
    aiko, sato = play.person("aiko", "slack"), play.person("sato", "line")
    await aiko.presses("応援")
    messages = len(aiko.chat)
    await sato.taps("くわしく")
    assert dict(aiko.cards[0].facts)["佐藤係長"] == "10:02 見ました"
    assert len(aiko.chat) == messages

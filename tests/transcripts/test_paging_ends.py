"""How a call for help ends: somebody arrives, or doesn't, or isn't needed any more; and who hears of it."""

import pytest

from tests.transcripts.calls import DANGER, PAIRS, alert, on_slack
from tests.transcripts.stage import Stage

pytestmark = pytest.mark.anyio


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
    assert aiko.news() == "佐藤係長は手が離せません。森課長を呼びました"
    assert "undone" in await play.kinds()


async def test_arrived_stops_the_clock(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await sato.taps("向かう")
    await sato.taps("着いた")
    await aiko.taps("来てくれた")
    assert aiko.news() == "佐藤係長が着きました"
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
    assert aiko.news() == "佐藤係長、森課長にも知らせました 10:02"


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
    await aiko.taps("来てくれた")
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

"""What people complain of in other bots, and what happens here: retries, double taps, old buttons, going back."""

import asyncio

import pytest

from bot.app.delivering import Later
from bot.app.inbound import Tapped
from tests.transcripts.stage import Stage, later

pytestmark = pytest.mark.anyio

HELP = "m1.help"
QUESTION_OVER = "その質問は終わりました。今はここです。"


# --- the same thing twice ---


async def test_an_event_that_is_sent_again_changes_nothing_and_sends_nothing(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.taps_data(HELP, event="again")
    before = aiko.shows()
    await aiko.taps_data(HELP, event="again")
    assert aiko.shows() == before
    assert (await play.incident()).version == 1
    assert play.pages_to("sato") == ["0 line", "0 slack"]


async def test_two_copies_of_one_event_at_once_count_once(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await asyncio.gather(*(aiko.taps_data(HELP, event="same") for _ in range(4)))
    assert (await play.incident()).version == 1
    assert play.pages_to("sato") == ["0 line", "0 slack"]


async def test_a_double_tap_on_backup_is_one_call(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    await play.passes(1)
    await aiko.presses("応援")
    assert len(await play.incidents()) == 1
    assert play.pages_to("mori") == []
    assert aiko.shows()[-2:] == ["応援を呼びました。佐藤係長へ 10:02", "いま、身の危険はありますか"]


async def test_two_devices_at_once_open_one_incident(play: Stage) -> None:
    phone, desk = play.person("aiko", "line"), play.person("aiko", "slack")
    await asyncio.gather(phone.presses("応援"), desk.presses("応援"))
    assert len(await play.incidents()) == 1
    assert play.pages_to("sato") == ["0 line", "0 slack"]


async def test_many_taps_at_once_by_one_person_open_one_incident(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await asyncio.gather(*(aiko.presses("危険") for _ in range(5)))
    assert len(await play.incidents()) == 1


async def test_two_people_at_once_have_an_incident_each(play: Stage) -> None:
    await asyncio.gather(*(play.person(name, "line").presses("応援") for name in ("aiko", "kenji")))
    assert sorted(i.caller.person for i in await play.incidents()) == ["aiko", "kenji"]


async def test_a_double_tap_on_an_answer_is_one_answer(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    answer, _ = aiko.find("ない")
    await asyncio.gather(aiko.taps_data(answer.data), aiko.taps_data(answer.data))
    assert [a.choice for a in (await play.incident()).walk.trail] == ["safe"]
    assert (await play.kinds()).count("answered") == 1
    assert aiko.shows()[-1] == "どんな様子ですか"


async def test_two_answers_to_one_question_at_once_leave_one_of_them(play: Stage) -> None:
    phone, desk = play.person("aiko", "line"), play.person("aiko", "slack")
    await phone.presses("迷う")
    await asyncio.gather(
        phone.taps_data(phone.find("ない")[0].data), desk.taps_data(phone.find("具合・命の心配")[0].data)
    )
    trail = (await play.incident()).walk.trail
    assert [a.step for a in trail] == ["danger"]
    assert (await play.kinds())[-2:] == ["answered", "answer_changed"]


# --- old buttons ---


async def test_an_old_button_changes_that_answer_and_leaves_nothing_of_the_old_one(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    await aiko.taps("ない")
    await aiko.taps("大声・強い言い方")
    await aiko.taps("ひどい言葉・脅し")
    assert aiko.shows()[-1] == "どんな言葉ですか"
    walk = (await play.incident()).walk
    assert [(a.step, a.choice) for a in walk.trail] == [("danger", "safe"), ("conduct", "words")]


async def test_an_old_answer_given_again_keeps_what_came_after(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    await aiko.taps("ない")
    await aiko.taps("大声・強い言い方")
    await aiko.taps("ない")  # the first question's button, tapped once more
    assert aiko.shows()[-1] == "お願いしても続いていますか"


async def test_a_button_of_a_question_that_is_not_asked_any_more_is_explained(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    await aiko.taps("ない")
    await aiko.taps("ひどい言葉・脅し")
    old, _ = aiko.find("性的なこと")
    await aiko.taps("大声・強い言い方")
    await aiko.taps_data(old.data)
    assert aiko.shows()[-3:] == [
        QUESTION_OVER,
        "一歩下がり、ゆっくり低い声で話します。",
        "お願いしても続いていますか",
    ]


async def test_a_button_of_an_incident_that_is_over_is_explained(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    old, _ = aiko.find("ない")
    await aiko.presses("応援")
    await aiko.taps("来てくれた")
    await aiko.taps("終わった")
    await aiko.taps_data(old.data)
    assert aiko.shows()[-1] == "この件は終わっています。新しく始めるときは、下のボタンからどうぞ。"
    assert aiko.buttons() == ["危険", "応援", "迷う", "記録"]
    assert len(await play.incidents()) == 1


async def test_a_button_of_an_earlier_incident_leads_to_the_question_of_the_present_one(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    old, _ = aiko.find("ない")
    await aiko.presses("応援")
    await aiko.taps("来てくれた")
    await aiko.taps("終わった")
    await play.passes(60)
    await aiko.presses("迷う")
    await aiko.taps_data(old.data)
    assert aiko.shows()[-2:] == [QUESTION_OVER, "いま、身の危険はありますか"]
    assert all(not i.walk.trail for i in await play.incidents())


async def test_somebody_elses_button_is_told_kindly_and_changes_nothing(play: Stage) -> None:
    aiko, kenji = play.person("aiko", "line"), play.person("kenji", "line")
    await aiko.presses("迷う")
    await kenji.taps_data(aiko.find("ない")[0].data)
    assert kenji.shows()[-1] == "そのボタンは今は使えません。下のボタンからどうぞ。"
    assert (await play.incident()).walk.trail == ()


@pytest.mark.parametrize(
    "data", ["", "m1", "m0.a.x", "m1.a.i.f.1", "hello", "m1.r.nobody.coming.0", "m1.s.x.fine"]
)
async def test_a_button_that_nobody_drew_is_answered_with_the_big_four(play: Stage, data: str) -> None:
    aiko = play.person("aiko", "line")
    await aiko.taps_data(data)
    assert aiko.shows() == ["そのボタンは今は使えません。下のボタンからどうぞ。"]
    assert aiko.buttons() == ["危険", "応援", "迷う", "記録"]


async def test_backup_works_from_an_old_message_too(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    await play.passes(3600)
    await aiko.taps("応援")
    assert len(play.pages_to("sato")) == 2
    assert len(await play.incidents()) == 1


# --- back and forth ---


async def test_back_shows_the_question_before_with_the_answer_that_was_given(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    await aiko.taps("ない")
    await aiko.taps("もどる")
    assert aiko.shows()[-1] == "いま、身の危険はありますか"
    assert aiko.last().note == "前の答え: ない"


async def test_back_at_the_first_question_says_so(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    await aiko.taps("もどる")
    assert aiko.shows()[-2:] == ["ここが最初の質問です。", "いま、身の危険はありますか"]


async def test_back_neither_takes_a_page_back_nor_sends_it_again(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("迷う")
    await aiko.taps("ある")
    assert len(play.pages_to("sato")) == 2
    await aiko.taps("もどる")
    await aiko.taps("ある")
    assert len(play.pages_to("sato")) == 2
    assert "向かう" in sato.buttons()


async def test_the_same_answer_after_back_does_not_call_again_when_help_has_arrived(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("迷う")
    await aiko.taps("ある")
    await sato.taps("向かう")
    await aiko.taps("来てくれた")
    await aiko.taps("もどる")
    await aiko.taps("ある")
    assert len(play.pages_to("sato")) == 2
    assert (await play.incident()).alert.state == "arrived"  # type: ignore[union-attr]


async def test_when_things_have_changed_danger_calls_again(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("迷う")
    await aiko.taps("ある")
    await aiko.taps("刃物・火など")
    await sato.taps("向かう")
    await aiko.taps("来てくれた")
    await play.passes(60)
    await aiko.taps("状況が変わった")
    await aiko.taps("ある")
    assert len(play.pages_to("kenji")) == 2
    assert len(play.pages_to("sato")) == 2  # is there already


async def test_a_pause_of_hours_changes_nothing(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    await aiko.taps("ない")
    await play.passes(3 * 3600)
    await aiko.taps("大声・強い言い方")
    assert aiko.shows()[-1] == "お願いしても続いていますか"
    assert aiko.last().title == "対応中 180分"


# --- two platforms, one person ---


async def test_the_caller_is_answered_where_they_write(play: Stage) -> None:
    phone, desk = play.person("aiko", "line"), play.person("aiko", "slack")
    await phone.presses("応援")
    await desk.types("迷う")
    assert desk.shows()[-1] == "いま、身の危険はありますか"
    await play.person("sato", "slack").taps("向かう")
    assert desk.sees("佐藤係長が向かっています")
    assert not phone.sees("佐藤係長が向かっています")
    assert len(await play.incidents()) == 1


async def test_an_answer_on_slack_is_edited_in_place(play: Stage) -> None:
    desk = play.person("aiko", "slack")
    await desk.presses("迷う")
    await desk.taps("ない")
    await desk.taps("大声・強い言い方")
    assert len(desk.chat) == 1
    assert desk.shows() == ["一歩下がり、ゆっくり低い声で話します。", "お願いしても続いていますか"]


# --- replies and pushes ---


async def test_an_answer_goes_by_the_free_reply(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    await aiko.taps("ない")
    assert [m.via for m in aiko.chat] == ["reply", "reply"]


async def test_when_the_reply_fails_the_answer_is_pushed_once(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    play.chats["line"].failing = [Later("line_push_rate", 1.0, reply_dead=True)]
    await aiko.presses("迷う")
    assert aiko.chat == []
    await play.passes(2)
    assert [m.via for m in aiko.chat] == ["push"]
    assert aiko.shows() == ["いま、身の危険はありますか"]


async def test_what_a_dead_process_left_behind_is_sent_within_seconds(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await play.mamori.turn.receive(play.inbound(aiko.address, Tapped(HELP)))  # and then the process is gone
    assert aiko.chat == []
    await play.passes(4)
    assert aiko.shows() == ["応援を呼びました。佐藤係長へ 10:02", "いま、身の危険はありますか"]
    assert len(play.pages_to("sato")) == 2


async def test_guidance_that_can_not_be_sent_is_tried_again(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    play.chats["line"].failing = [later("line_push_503")] * 2
    await aiko.presses("迷う")
    await play.passes(6)
    assert aiko.shows() == ["いま、身の危険はありますか"]


async def test_after_danger_nobody_is_asked_whether_there_is_danger(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("危険")
    assert aiko.shows()[-1] == "何がありますか"
    assert (await play.kinds()).count("help_requested") == 1
    await aiko.taps("もどる")
    assert aiko.shows()[-1] == "いま、身の危険はありますか"
    await aiko.taps("ある")
    assert aiko.shows()[-1] == "何がありますか"
    assert (await play.kinds()).count("help_requested") == 1


async def test_a_page_to_many_keeps_its_buttons_in_sight(play: Stage) -> None:
    kenji = play.person("kenji", "slack")
    await play.person("anna", "line").presses("危険")
    await play.passes(31)
    assert dict(kenji.last().facts)["ほかの人"] == "4人にも送っています"
    await play.person("mori", "line").taps("行けない")
    await kenji.taps("くわしく")
    assert dict(kenji.last().facts)["森課長"] == "手が離せません"
    assert dict(kenji.last().facts)["ほかの人"] == "3人にも送っています"

"""Who is writing, and what they write: strangers, codes, people who have left; typed words, stickers, pictures."""

from dataclasses import replace

import pytest

from bot.app.inbound import Appeared, Typed
from tests.transcripts.stage import PEOPLE, Stage

pytestmark = pytest.mark.anyio


# --- who is this ---


async def test_a_stranger_is_told_how_to_be_known_and_where_help_is_now(play: Stage) -> None:
    stranger = play.stranger()
    await stranger.appears()
    assert stranger.last().body == ("はじめに、総務から受け取った招待コードをここに送ってください。",)
    await stranger.presses("危険")
    assert stranger.last().body == (
        "登録がまだなので、応援を呼べません。近くの人に声をかけてください。身の危険があるときは、その場を離れて110へ。",
        "はじめに、総務から受け取った招待コードをここに送ってください。",
    )
    assert await play.incidents() == []


async def test_a_stranger_who_types_for_help_is_told_where_it_is(play: Stage) -> None:
    stranger = play.stranger()
    await stranger.types("包丁を持った人がいる")
    assert stranger.last().body[0].startswith("登録がまだなので、応援を呼べません。")


async def test_a_code_links_a_person_once(play: Stage) -> None:
    newcomer, other = play.stranger(), play.stranger(user="U" + "8" * 32)
    await play.mamori.stores.directory.invite("ABCD2345", "kenji", 7)
    await newcomer.types("abcd2345 ")
    assert newcomer.shows()[0] == "健司さんとして登録しました。これで、ここから応援を呼べます。"
    await newcomer.presses("応援")
    assert (await play.incident()).caller.name == "健司"
    await other.types("ABCD2345")
    assert other.shows() == [
        "このコードは使えません。期限が切れたか、使い終わっています。総務にもう一度たずねてください。"
    ]


async def test_a_verified_email_links_a_person_and_their_first_tap_already_counts(play: Stage) -> None:
    play.chats["slack"].emails["U0NEW"] = "Kenji@example.jp"
    newcomer = play.stranger("slack", "U0NEW")
    await newcomer.presses("応援")
    assert newcomer.shows()[-1] == "いま、身の危険はありますか"
    assert len(play.pages_to("sato")) == 2


async def test_an_email_that_two_people_share_links_nobody(play: Stage) -> None:
    twins = [replace(PEOPLE[n], email="same@example.jp") for n in ("kenji", "anna")]
    await play.mamori.stores.directory.put_people(twins)
    play.chats["slack"].emails["U0NEW"] = "same@example.jp"
    newcomer = play.stranger("slack", "U0NEW")
    await newcomer.presses("応援")
    assert await play.incidents() == []


async def test_a_person_who_has_left_is_cut_off(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await play.mamori.stores.directory.put_people([replace(PEOPLE["aiko"], active=False)])
    await aiko.presses("応援")
    assert await play.incidents() == []
    assert not aiko.sees("応援を呼びました")
    assert play.pages_to("sato") == []


async def test_a_person_who_has_left_is_not_paged_any_more(play: Stage) -> None:
    await play.mamori.stores.directory.put_people([replace(PEOPLE["sato"], active=False)])
    await play.person("aiko", "line").presses("応援")
    assert play.pages_to("sato") == []
    assert len(play.pages_to("mori")) == 2


async def test_whoever_blocks_the_bot_is_not_written_to(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.leaves()
    assert aiko.chat == []
    await play.stranger().leaves()
    assert play.stranger().chat == []


# --- words, stickers, pictures ---


async def test_typed_words_are_understood_and_confirmed_by_one_tap(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.types("ずっと怒鳴られてる")
    assert aiko.last().title == "こう受け取りました"
    assert "大声・威圧" in aiko.shows()[0]
    assert await play.incidents() == []
    await aiko.taps("応援を呼ぶ")
    assert aiko.shows()[-2] == "応援を呼びました。佐藤係長へ 10:02"


async def test_typed_danger_pages_at_once(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.types("包丁を持っています 助けて")
    assert aiko.shows()[0].startswith("すぐ離れてください。")
    assert len(play.pages_to("kei")) == 2
    kinds = [e.kind for e in await play.mamori.stores.records.journal((await play.incident()).id)]
    assert "note" in kinds


async def test_danger_typed_during_an_incident_makes_it_graver(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("応援")
    await play.passes(10)
    await aiko.types("殴られた 血が出てる")
    assert (await play.incident()).alert.kind == "danger"  # type: ignore[union-attr]
    assert len(play.pages_to("kei")) == 2
    assert len(play.pages_to("sato")) == 4


async def test_words_typed_during_an_incident_are_written_down(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    await aiko.types("名前を教えろと言われた")
    assert aiko.shows()[-2:] == ["書きとめました。", "いま、身の危険はありますか"]
    journal = await play.mamori.stores.records.journal((await play.incident()).id)
    assert [e.data for e in journal if e.kind == "note"] == [{"words": "名前を教えろと言われた"}]
    assert [e.data for e in journal if e.kind == "noted"] == [{"characters": 11}]


@pytest.mark.parametrize(
    ("word", "kind"), [("危険", "danger"), (" 応援 ", "help"), ("HELP", "help"), ("迷う", "unsure")]
)
async def test_a_menu_word_can_be_typed(play: Stage, word: str, kind: str) -> None:
    await play.person("aiko", "slack").types(word)
    assert (await play.incident()).kind == kind


async def test_small_talk_is_answered_with_the_big_four(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.types("おはよう")
    assert aiko.buttons()[:4] == ["危険", "応援", "迷う", "記録"]
    assert await play.incidents() == []


async def test_a_sticker_is_answered_with_where_they_stand(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.sends("sticker")
    assert aiko.shows() == ["愛子さん、ここにいます。困ったら、いつでも押せます。"]
    await aiko.presses("迷う")
    await aiko.sends("sticker")
    assert aiko.shows()[-1] == "いま、身の危険はありますか"


async def test_a_picture_is_answered_honestly(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.sends("image")
    assert aiko.shows() == ["写真や音声は、まだここでは残せません。手元に保存しておいてください。"]
    await aiko.presses("迷う")
    await aiko.sends("audio")
    assert aiko.shows()[-2:] == [
        "写真や音声は、まだここでは残せません。手元に保存しておいてください。",
        "いま、身の危険はありますか",
    ]


async def test_the_home_shows_the_big_four(play: Stage) -> None:
    aiko = play.person("aiko", "slack")
    await aiko.appears(home=True)
    assert aiko.buttons()[:4] == ["危険", "応援", "迷う", "記録"]
    assert "訓練をはじめる" in aiko.buttons()[4:]


async def test_everyone_reads_their_own_language(play: Stage) -> None:
    anna = play.person("anna", "line")
    await anna.presses("応援")
    assert anna.shows()[0] == "Backup called. 佐藤係長, 10:02"
    assert "They came" in [b.label for c in anna.cards for b in c.choices]
    assert play.person("sato", "slack").shows() == ["国際交流窓口 アンナさん・応援"]


# --- ways that stand on every card ---


async def test_our_side_at_fault_is_within_one_tap_and_counted(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    await aiko.taps("こちらに非があるかも")
    assert aiko.shows()[-2] == "誤りの部分だけ、先におわびします。ほかは確かめてから。"
    assert aiko.shows()[-1] == "いま、身の危険はありますか"
    figures = await play.mamori.stores.records.figures(["2026-11-24"])
    assert figures["real|our_fault|本庁舎|line|"] == 1


async def test_more_shows_what_stands_behind_a_card(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    await aiko.taps("ある")
    await aiko.taps("刃物・火など")
    await aiko.taps("くわしく")
    assert aiko.last().title == "くわしく"
    assert "しないこと" in dict(aiko.last().facts)
    assert "残すもの" in dict(aiko.last().facts)


async def test_a_running_conversation_stays_on_its_revision(play: Stage) -> None:
    aiko, kenji = play.person("aiko", "line"), play.person("kenji", "line")
    await aiko.presses("迷う")
    library = play.mamori.stores.library
    text = (await library.text("default", 1)).replace("いま、身の危険はありますか", "あぶないですか")
    await library.publish("default", text, play.clock.now(), "kei", "shorter")
    await kenji.presses("迷う")
    assert kenji.shows() == ["あぶないですか"]
    await aiko.taps("ない")
    await aiko.taps("もどる")
    assert aiko.shows()[-1] == "いま、身の危険はありますか"


async def test_every_card_carries_backup_within_one_tap(play: Stage) -> None:
    aiko = play.person("aiko", "line")
    await aiko.presses("迷う")
    for answer in ("ない", "大声・強い言い方", "続いている", "とくにない", "だいじょうぶ"):
        assert "応援" in aiko.buttons()
        await aiko.taps(answer)
    assert "応援" in aiko.buttons()


async def test_what_is_said_in_a_group_is_not_answered_there(play: Stage) -> None:
    room = play.stranger("line", "C" + "7" * 32)
    aiko = play.person("aiko", "line")
    joined = play.inbound(room.address, Appeared())
    await play.receive(replace(joined, origin=replace(joined.origin, private=False)))
    assert room.shows() == [
        "グループでは使いません。困ったときは、この相手と一対一で話してください。応援の連絡は、ひとりずつに届きます。"
    ]
    said = play.inbound(aiko.address, Typed("怒鳴られている"))
    await play.receive(replace(said, origin=replace(said.origin, private=False)))
    assert aiko.chat == []
    assert await play.incidents() == []

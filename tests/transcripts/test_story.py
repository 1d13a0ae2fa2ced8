"""One incident as it is meant to feel, from the first tap to おつかれさまでした, second by second."""

import pytest

from tests.transcripts.stage import Stage

pytestmark = pytest.mark.anyio


async def test_help_is_on_its_way_before_the_first_question(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    assert aiko.shows() == ["応援を呼びました。佐藤係長へ 10:02", "いま、身の危険はありますか"]
    assert [m.via for m in aiko.chat] == ["reply"]
    assert sato.shows() == ["2番窓口 愛子さん・応援"]
    assert sato.last().title == "0分・ひとりかは不明"
    assert sato.last().alt == "2番窓口から連絡"
    assert sato.buttons() == ["向かう", "行けない", "くわしく", "見守り中"]


async def test_the_whole_story(play: Stage) -> None:
    aiko, sato, mori = play.person("aiko", "line"), play.person("sato", "slack"), play.person("mori", "line")

    await aiko.presses("応援")  # 10:02:00
    await play.passes(5)
    await aiko.taps("ない")
    assert aiko.shows()[-1] == "どんな様子ですか"

    await play.passes(4)
    await aiko.taps("大声・強い言い方")
    assert aiko.shows()[-2:] == [
        "一歩下がり、ゆっくり低い声で話します。",
        "お願いしても続いていますか",
    ]
    assert aiko.sees("ご用件を正しく伺いたいので、お席で聞かせていただけますか")
    assert len(sato.chat) == 1  # edited in place
    assert ("様子", "大声・威圧") in sato.last().facts

    await play.passes(9)
    await sato.taps("行けない")  # 10:02:18: the next at once, not after a minute
    assert aiko.news() == "佐藤係長は手が離せません。森課長を呼びました"
    assert mori.shows() == ["2番窓口 愛子さん・応援"]
    assert ("様子", "大声・威圧") in mori.last().facts
    assert sato.sees("手が離せないと伝えました。ほかの人を呼びます。")

    await play.passes(13)
    await mori.taps("向かう")  # 10:02:31
    assert aiko.news() == "森課長が向かっています"
    assert sato.sees("森課長が対応します(10:02)")
    await mori.taps("3分")
    assert aiko.news() == "森課長が向かっています。あと3分ほど"

    await play.passes(9)
    await aiko.taps("続いている")
    await aiko.taps("とくにない")
    await aiko.taps("だいじょうぶ")
    level = aiko.last()
    assert level.title == "対応中 0分 · ふたりで対応"
    assert ("わけ", "やめるようお願いしても続いている") in level.facts
    assert "注意した" in aiko.buttons()
    assert "退席を求めた" in aiko.buttons()

    await play.passes(130)
    await aiko.taps("注意した")  # 10:04:50
    assert "注意した 1回" in aiko.buttons()

    await play.passes(50)
    await aiko.taps("来てくれた")  # 10:05:40
    assert aiko.news() == "森課長が着きました"
    assert mori.sees("あなたが着きました(10:05)")
    assert mori.buttons() == ["もっと人を", "110番カード", "終わった"]

    await play.passes(1760)
    await mori.taps("終わった")  # 10:35
    assert aiko.last().body == (
        "おつかれさまでした。",
        "10分ほど、席を外して休んで大丈夫です。ここまでの経過は残っています。",
        "経過は33分。応えてくれた人: 森課長",
    )
    assert mori.shows()[-1] == "2番窓口の件は終わりました。ありがとうございました。"
    assert sato.shows() == ["2番窓口の件は終わりました。ありがとうございました。"]


async def test_the_story_stands_in_the_journal(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await aiko.taps("ない")
    await sato.taps("向かう")
    await aiko.taps("来てくれた")
    await aiko.taps("終わった")
    assert await play.kinds() == [
        *("opened", "help_requested", "paged", "answered"),
        *("coming", "caller_arrived", "closed"),
    ]


async def test_the_room_reads_the_story_line_by_line(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await play.passes(2)
    await sato.taps("向かう")
    await sato.taps("3分")
    await aiko.taps("来てくれた")
    await aiko.taps("終わった")
    await play.passes(2)
    told = [line for message in play.room().chat[1:] for card in message.cards for line in card.body]
    assert told == [
        "10:02 応援の依頼",
        "10:02 佐藤係長へ送りました",
        "10:02 佐藤係長が向かっています",
        "10:02 佐藤係長が向かっています。あと3分ほど",
        "10:02 来てくれた、との返事",
        "10:02 終わり(0分)",
    ]


async def test_the_figures_of_the_day_tell_the_story_in_numbers(play: Stage) -> None:
    aiko, sato = play.person("aiko", "line"), play.person("sato", "slack")
    await aiko.presses("応援")
    await play.passes(12)
    await sato.taps("向かう")
    await play.passes(60)
    await aiko.taps("来てくれた")
    await aiko.taps("終わった")
    figures = await play.mamori.stores.records.figures(["2026-11-24"])
    assert {name.split("|")[1]: count for name, count in figures.items() if count} == {
        "opened": 1, "closed": 1, "level": 1, "minutes": 1, "called": 1,
        "answered": 1, "seconds_to_answer": 12, "there": 1, "seconds_to_arrive": 72,
    }  # fmt: skip

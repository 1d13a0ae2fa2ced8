"""Danger is heard in every spelling, and not where it is denied, past, supposed, retold or a joke."""

from __future__ import annotations

import pytest

from bot.app.understanding.danger import items_of
from bot.app.understanding.inflecting import hostile_forms
from bot.app.understanding.signs import Reader

HEARD = {
    "blade": ("刃物を出した", "ハモノ出した", "ﾎｳﾁｮｳ ﾓｯﾃﾙ", "he has a knife"),
    "brandished": ("バットを振り回している", "傘をふりまわす", "waving a metal pipe"),
    "violence": (
        "殴られた",
        "なぐられた",
        "ナグラレタ",
        "なぐrれた",
        "どつかれた",
        "しばかれてる",
        "he punched me",
    ),
    "kicked": ("蹴られた", "けられました"),
    "thrown": ("椅子を投げてきた", "イスなげられた"),
    "killing": ("殺すって言ってる", "ぶっ殺すぞと言われた", "he will kill me"),
    "fire": ("灯油をまいた", "火をつけるぞと", "pouring gasoline"),
    "bomb": ("爆弾をしかけたと電話", "there is a bomb"),
    "confined": ("閉じ込められた", "部屋から出られない", "ドアをふさがれてる", "he won't let me leave"),
    "collapsed": ("お客さんが倒れた", "意識がないです", "息してない", "she is not breathing"),
    "suicide": ("死にたいと言っている", "飛び降りるって電話", "he wants to die"),
}
NOT_NOW = (
    "殴られてはいない",
    "刃物はもってない",
    "昨日殴られた",
    "もし殴られたらどうすればいい",
    "刃物を見せられた場合の手順は",
    "夫に殴られたという相談がきた",
    "he did not hit me",
)
OTHER_WORDS = (
    "包丁の捨て方を聞かれた",
    "死ぬほど眠い",
    "爆弾おにぎり食べた",
    "机を叩かれた",
    "問い合わせ殺到",
    "看板が倒れた",
)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in HEARD.items() for text in texts])
def test_danger_is_heard_however_it_is_spelt(reader: Reader, kind: str, text: str) -> None:
    heard = reader.danger(reader.sound(text))
    assert kind in heard.kinds
    assert heard.is_now


@pytest.mark.parametrize("text", NOT_NOW)
def test_what_is_denied_past_or_supposed_is_not_now(reader: Reader, text: str) -> None:
    assert not reader.danger(reader.sound(text)).is_now


@pytest.mark.parametrize("text", OTHER_WORDS)
def test_words_that_only_look_like_danger_are_none(reader: Reader, text: str) -> None:
    assert not reader.danger(reader.sound(text)).is_now


def test_a_word_for_now_outweighs_a_word_for_the_past(reader: Reader) -> None:
    assert reader.danger(reader.sound("昨日殴られた人が今また来てる")).is_now


def test_denied_danger_is_a_fact_that_is_not_so(reader: Reader) -> None:
    assert reader.danger_facts(reader.danger(reader.sound("刃物はもってない")))["weapon_seen"] == "no"


def test_every_kind_of_danger_has_an_example_here_or_is_named(reader: Reader) -> None:
    unnamed = {"stabbed", "choked", "sexual_touch", "chemical", "vehicle", "coming", "child"}
    assert set(HEARD) | unnamed == {kind.name for kind in reader.danger_kinds}


def test_forms_are_made_from_the_dictionary_form_of_a_verb() -> None:
    import re

    for form in ("なぐられた", "なぐつてきた", "なぐるぞ", "なぐろうとする", "なぐりかかる"):
        assert re.search(hostile_forms("なぐる"), form), form
    assert not re.search(hostile_forms("なぐる"), "なごむ")


def test_words_are_split_at_spaces_but_not_inside_brackets() -> None:
    assert items_of("あ (い|\n  う)え お") == ["あ", "(い|う)え", "お"]

"""The articles that come with Mamori hold, and each thing that can be wrong with one is told with its line."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.app.article_reader import article_files, load_articles, load_labels
from bot.app.asking import Vocabulary, load_elsewhere, load_vocabulary
from bot.app.knowledge_proving import LEVELS, Gap, prove_articles
from bot.app.speaking import load_speaker
from bot.config import CONTENT
from bot.core.answers import LANGUAGES, SECTIONS, TYPES
from bot.core.facts import ACTS

TODAY = date(2026, 11, 21)
SHIPPED = load_articles(CONTENT)

GOOD = """article: kneeling
format: 1
title: {ja: 土下座を求められたら, ja_easy: 土下座と言われたら, en: Told to kneel}
asks: [土下座しろ, 土下座は必要?, 床に手をつけ, ひざまずけ, どげざ, 頭を床につけろ, kneel down, on my knees]
acts: [apology_demand]
answer: {ja: 土下座はしません。, ja_easy: 土下座はしません。, en: Don't kneel.}
sections:
  background: {ja: 罪に問われることがあります。, ja_easy: 罪になることがあります。, en: It may be an offence., confirm: true}
sources: [{name: 国の指針}]
reviewed: 2026-11-01
"""


def change(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


BROKEN: dict[str, tuple[Callable[[str], str], int]] = {
    "misread": (change("acts: [apology_demand]", "acts: [kneeling]"), 5),
    "text_missing": (change(", en: Told to kneel", ""), 3),
    "title_long": (change("土下座を求められたら", "土下座を求められたら" * 3), 3),
    "answer_long": (change("ja: 土下座はしません。", "ja: " + "土下座はしません。" * 20), 6),
    "say_long": (
        change("sections:", "say: {ja: " + "お待ちください" * 6 + ", ja_easy: はい, en: Yes}\nsections:"),
        7,
    ),
    "word_unwanted": (change("ja_easy: 土下座はしません。", "ja_easy: カスハラです。"), 6),
    "asks_few": (change("土下座しろ, 土下座は必要?, 床に手をつけ, ", ""), 4),
    "sources_missing": (change("sources: [{name: 国の指針}]", "sources: []"), 1),
    "review_old": (change("2026-11-01", "2025-11-01"), 10),
    "review_ahead": (change("2026-11-01", "2027-11-01"), 10),
    "name_other": (change("article: kneeling", "article: standing"), 1),
}
BROKEN["source_unsure"] = (
    lambda text: text.replace(", confirm: true}", "}").replace("国の指針", "一般的な考え方(出典未確認)"),
    9,
)


def proved(folder: Path, **texts: str) -> list[Gap]:
    files = [folder / f"{name}.yaml" for name in texts]
    for file, text in zip(files, texts.values(), strict=True):
        file.write_text(text, "utf-8")
    return list(prove_articles(files, TODAY, Vocabulary({}), (), whole=False).gaps)


def test_the_shipped_articles_have_no_findings() -> None:
    checked = prove_articles(article_files(CONTENT), TODAY, load_vocabulary(CONTENT), load_elsewhere(CONTENT))
    assert [(gap.code, gap.file, gap.line) for gap in checked.gaps] == []


def test_an_article_in_order_has_no_findings(tmp_path: Path) -> None:
    assert proved(tmp_path, kneeling=GOOD) == []


@pytest.mark.parametrize("code", BROKEN)
def test_each_mistake_is_told_once_with_its_line(code: str, tmp_path: Path) -> None:
    spoil, line = BROKEN[code]
    assert spoil(GOOD) != GOOD
    assert [(gap.code, gap.line) for gap in proved(tmp_path, kneeling=spoil(GOOD))] == [(code, line)]


def test_an_ask_in_two_articles_is_told_in_the_second(tmp_path: Path) -> None:
    other = GOOD.replace("article: kneeling", "article: other").replace("土下座しろ", "どげざ！ しろ")
    found = proved(tmp_path, kneeling=GOOD, other=other)
    assert [gap.args["other"] for gap in found if gap.code == "ask_twice"] == ["kneeling"] * 7


def test_a_title_that_finds_only_others_is_told(tmp_path: Path) -> None:
    texts = {name: GOOD.replace("article: kneeling", f"article: {name}") for name in ("a", "b", "c", "d")}
    lost = [(gap.article, gap.line) for gap in proved(tmp_path, **texts) if gap.code == "title_lost"]
    assert lost == [("d", 3)] * 3


def test_acts_and_types_without_an_article_are_told_only_of_the_whole(tmp_path: Path) -> None:
    file = tmp_path / "kneeling.yaml"
    file.write_text(GOOD, "utf-8")
    checked = prove_articles([file], TODAY, Vocabulary({}), ())
    missing = {gap.args["name"] for gap in checked.gaps if gap.code in ("act_without", "type_without")}
    assert missing == (set(ACTS) - {"apology_demand"}) | set(TYPES)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_finding_has_its_sentence(language: str) -> None:
    say = load_speaker(CONTENT, language)
    assert all(say.knows(f"article_{code}") for code in LEVELS)
    assert set(BROKEN) | {"ask_twice", "title_lost", "act_without", "type_without"} == set(LEVELS)


def test_every_act_and_every_type_has_an_article_and_there_are_questions_enough() -> None:
    assert set(ACTS) <= {act for article in SHIPPED for act in article.acts}
    assert set(TYPES) <= {kind for article in SHIPPED for kind in article.types}
    assert len([a for a in SHIPPED if not a.id.startswith(("act_", "type_"))]) >= 45


def test_every_article_lists_enough_ways_of_asking_and_not_too_many() -> None:
    assert {article.id: len(article.asks) for article in SHIPPED if not 8 <= len(article.asks) <= 20} == {}


def test_no_first_sentence_speaks_of_the_police() -> None:
    assert [a.id for a in SHIPPED if "警察" in a.answer.texts["ja"].split("。")[0]] == []


def test_what_speaks_of_offences_waits_for_the_legal_desk() -> None:
    found = [
        (article.id, name)
        for article in SHIPPED
        for name, passage in (("answer", article.answer), *article.sections.items())
        if any(words in passage.texts["ja"] for words in ("罪に", "罰則", "業務妨害")) and not passage.confirm
    ]
    assert found == []


def test_nobody_is_told_to_hold_chase_or_refuse_a_procedure() -> None:
    texts = [t for a in SHIPPED for t in (a.answer.texts["ja"], a.say.get("ja", ""))]
    assert [t for t in texts if any(w in t for w in ("取り押さえ", "追いかけて", "申請を断"))] == []
    refuse = next(a for a in SHIPPED if a.id == "refuse_service")
    assert refuse.answer.texts["ja"].startswith("断れません")


def test_the_cards_own_words_are_there_in_every_language() -> None:
    labels = load_labels(CONTENT)
    assert set(SECTIONS) <= set(labels)
    assert [(n, lang) for n, texts in labels.items() for lang in LANGUAGES if not texts.get(lang)] == []

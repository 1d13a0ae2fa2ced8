"""Questions find their article though spelt otherwise, and where nothing fits, nothing is shown."""

from pathlib import Path

import pytest

from bot.app.asking import Asker, load_asker, load_elsewhere, load_vocabulary, one_spelling
from bot.app.asking_compared import Question, compare, read_questions
from bot.config import CONTENT

HERE = Path(__file__).parent
FIRST, AMONG_THREE, SILENT = 0.80, 0.85, 0.80
ASKER = load_asker(CONTENT)


def questions(name: str) -> tuple[Question, ...]:
    file = HERE / f"questions_{name}.yaml"
    return read_questions(file.read_text("utf-8"), file.name)


def first(text: str) -> str:
    found = ASKER.ask(text)
    return found[0].article.id if found else ""


@pytest.mark.parametrize(
    ("text", "article"),
    [
        ("録音していい?", "recording"),
        ("ﾛｸｵﾝｼﾃｲｲ", "recording"),
        ("ろくおん して いいですか", "recording"),
        ("録音しても良いのでしょうか", "recording"),
        ("録音してい", "recording"),
        ("ＣＡＮ Ｉ ＲＥＣＯＲＤ ＴＨＩＳ", "recording"),
        ("土下座を求められたら", "dogeza"),
        ("ドゲザ!!!", "dogeza"),
        ("土下座しろっいわれた", "dogeza"),
        ("土下座をしなければいけませんか", "dogeza"),
        ("議員が怒鳴る", "politician"),
        ("ぎいんさんがどなってます", "politician"),
    ],
)
def test_spelling_width_and_inflection_dont_matter(text: str, article: str) -> None:
    assert first(text) == article


@pytest.mark.parametrize("text", ["", " ", "?", "😀", "あ", "\u0000", "a" * 10_000, "゛゜ーー"])
def test_whatever_is_typed_is_answered_with_articles_or_with_nothing(text: str) -> None:
    assert len(ASKER.ask(text)) <= 3


@pytest.mark.parametrize("text", ["明日の天気は", "パスワードを忘れた", "what's for lunch", "ありがとう"])
def test_where_nothing_fits_it_says_so(text: str) -> None:
    assert ASKER.ask(text) == ()


@pytest.mark.parametrize(
    "text", ["死にたいと言っている", "しにたいって電話", "自殺するって", "he wants to die"]
)
def test_words_of_suicide_find_the_article_that_keeps_the_line_open(text: str) -> None:
    assert first(text) == "wants_to_die"


@pytest.mark.parametrize("text", ["包丁を持っている", "ナイフ", "はもの だしてきた", "he has a knife"])
def test_a_weapon_finds_the_article_that_says_leave(text: str) -> None:
    assert first(text) == "weapon"


def test_the_same_question_has_the_same_answer_in_every_process() -> None:
    other = Asker(list(ASKER.articles), load_vocabulary(CONTENT), load_elsewhere(CONTENT))
    for question in questions("seen")[:60]:
        assert ASKER.ranked(question.text) == other.ranked(question.text)


def test_one_spelling_is_made_of_many() -> None:
    assert one_spelling("ﾛｸｵﾝ　シテ いい？") == one_spelling("ろくおんしていい")
    assert one_spelling("Can I  RECORD?") == "can i record"
    assert one_spelling("サービス") == one_spelling("さびす")
    assert one_spelling("しゃべッて") == one_spelling("シヤベツテ")


def test_every_question_names_articles_that_exist() -> None:
    known = {article.id for article in ASKER.articles}
    named = {fit for name in ("seen", "unseen") for q in questions(name) for fit in q.fits}
    assert named - known == set()
    assert known - {fit for q in questions("seen") for fit in q.fits} == set()


def test_questions_that_nobody_looked_at_find_their_article() -> None:
    """The floors are what was reached; see docs/knowledge.md."""
    result = compare(ASKER, questions("unseen"))
    assert result.answered >= 80
    assert result.unanswered >= 30
    assert result.first >= FIRST
    assert result.among_three >= AMONG_THREE
    assert result.silent >= SILENT


def test_questions_that_were_looked_at_stay_found() -> None:
    result = compare(ASKER, questions("seen"))
    assert result.first >= 0.94
    assert result.among_three >= 0.98
    assert result.silent >= 0.90

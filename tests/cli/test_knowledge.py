"""Questions and articles by their commands."""

from pathlib import Path

from tests.cli.conftest import Program


def test_a_question_is_answered_with_words_to_say_source_and_date(program: Program) -> None:
    said = program.well("ask", "録音していい?").out
    assert "「正しく伺うため録音します」と一言伝えて" in said
    assert "「正しく伺うため、ここからは録音いたします」" in said
    assert "出典: 東京都マニュアル p.27" in said
    assert "見直した日: 2026-11-21" in said


def test_each_language_has_its_own_words(program: Program) -> None:
    assert "Stay standing" in program.well("ask", "--language", "en", "told", "to", "kneel").out
    assert "上司に代わります" in program.well("ask", "--language", "ja_easy", "土下座").out


def test_where_nothing_fits_it_says_so_and_offers_people(program: Program) -> None:
    said = program.well("ask", "明日の天気は").out
    assert "合う答えは、まだありません" in said
    assert "人に相談" in said
    assert program.well("ask", "--json", "明日の天気は").document == {"found": False, "near": []}


def test_what_waits_for_the_legal_desk_is_marked_until_it_is_confirmed(mamori: Program) -> None:
    section = mamori.well("ask", "--json", "土下座").document["sections"]["background"]
    assert section["to_confirm"]
    said = mamori.well("knowledge", "confirm", "dogeza", "--by", "法務係長", "--note", "弁護士に確認").out
    assert "法務係長" in said
    assert not mamori.well("ask", "--json", "土下座").document["sections"]["background"]["to_confirm"]
    assert "法務の確認待ち" not in mamori.well("ask", "--full", "土下座").out
    listed = {row["article"]: row for row in mamori.well("knowledge", "list", "--json").document}
    assert (listed["dogeza"]["confirmed"], listed["dogeza"]["by"]) == ("yes", "法務係長")
    assert listed["weapon"]["confirmed"] == "needless"
    mamori.well("knowledge", "confirm", "dogeza", "--by", "法務係長", "--withdraw")
    assert "法務の確認待ち" in mamori.well("ask", "--full", "土下座").out


def test_one_organisation_confirms_for_itself_alone(mamori: Program) -> None:
    mamori.well("knowledge", "confirm", "dogeza", "--by", "法務係長")
    other = mamori.with_settings(org="sapporo")
    assert other.well("ask", "--json", "土下座").document["sections"]["background"]["to_confirm"]


def test_an_article_that_isnt_there_or_waits_for_nothing_is_not_confirmed(mamori: Program) -> None:
    assert "nosuch" in mamori("knowledge", "confirm", "nosuch", "--by", "法務係長").error
    assert "確認を待つところはありません" in mamori("knowledge", "confirm", "weapon", "--by", "法務").error


def test_the_shipped_articles_are_proved(program: Program) -> None:
    document = program.well("knowledge", "check", "--json").document
    assert document["ok"]
    assert document["findings"] == []
    assert len(document["articles"]) >= 72


def test_a_broken_article_is_told_with_file_line_and_mend(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "one.yaml"
    file.write_text(
        "article: one\nformat: 1\ntitle: {ja: 題}\nanswer: {ja: 答え}\nreviewed: 2026-11-01\n", "utf-8"
    )
    ended = program("knowledge", "check", str(file))
    assert ended.code == 1
    assert "one.yaml:3: one: title の en がありません。書き足してください" in ended.out
    assert "one.yaml:1: one: 出典 (sources) がありません" in ended.out


def test_the_search_is_measured_on_questions(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "questions.yaml"
    file.write_text(
        "- {text: 土下座, fits: [dogeza]}\n- {text: 明日の天気は}\n- {text: 録音, fits: [weapon]}\n", "utf-8"
    )
    figures = program.well("ask", "--compare", str(file), "--json").document
    assert (figures["answered"], figures["first"], figures["silent"]) == (2, 0.5, 1.0)
    assert [miss["text"] for miss in figures["misses"]] == ["録音"]
    assert "100.0%" in program.well("ask", "--compare", str(file)).out


def test_a_question_is_needed(program: Program) -> None:
    assert program("ask").code == 2

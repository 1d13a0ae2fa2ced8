"""The cards of articles: they fit both platforms, people are one tap away, and what is not confirmed says so."""

from dataclasses import replace

import pytest

from bot.app.article_reader import load_articles, load_labels
from bot.config import CONTENT
from bot.core.answers import (
    LANGUAGES,
    Article,
    Confirmation,
    answer_card,
    detail_card,
    fingerprint,
    is_confirmed,
    nothing_card,
    which_card,
)
from bot.core.buttons import Menu, decode
from bot.core.messages import Card, buttons_of
from bot.platforms.line import fit as line
from bot.platforms.slack import fit as slack

ARTICLES = {article.id: article for article in load_articles(CONTENT)}
LABELS = load_labels(CONTENT)
MORE = "m1.more"
MARK = "法務の確認待ち"


def cards(article: Article, language: str) -> list[Card]:
    return [answer_card(article, language, LABELS, more=MORE), detail_card(article, language, LABELS)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_fits_both_platforms(language: str) -> None:
    several = which_card([(a, MORE) for a in ARTICLES.values()], language, LABELS)
    others = [nothing_card(language, LABELS), several]
    shown = [card for article in ARTICLES.values() for card in cards(article, language)]
    assert [words for card in shown + others for words in (*line.findings(card), *slack.findings(card))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_are_one_tap_away_on_every_card(language: str) -> None:
    shown = [card for article in ARTICLES.values() for card in cards(article, language)]
    for card in [*shown, nothing_card(language, LABELS), which_card([], language, LABELS)]:
        assert Menu("help") in [decode(button.data) for button in buttons_of(card)]


def test_a_first_card_says_what_to_do_and_what_to_say_with_source_and_date() -> None:
    card = answer_card(ARTICLES["recording"], "ja", LABELS, more=MORE)
    assert card.body[0].startswith("「正しく伺うため録音します」")
    assert card.aloud == "正しく伺うため、ここからは録音いたします"
    assert "東京都マニュアル p.27" in card.note
    assert "2026-11-21" in card.note
    assert [button.label for button in card.bottom] == ["くわしく", "人に相談"]


def test_without_more_to_show_there_is_no_button_for_it() -> None:
    bare = replace(ARTICLES["recording"], sections={})
    assert [button.label for button in answer_card(bare, "ja", LABELS, more=MORE).bottom] == ["人に相談"]


def test_what_rests_on_nothing_certain_says_so_until_an_admin_confirms() -> None:
    article = ARTICLES["dogeza"]
    waiting = dict(detail_card(article, "ja", LABELS).facts)
    assert MARK in waiting["背景"]
    assert MARK not in waiting["しないこと"]
    assert MARK not in str(detail_card(article, "ja", LABELS, confirmed=True))
    unsure = ARTICLES["bomb_threat"]
    assert MARK in answer_card(unsure, "ja", LABELS).note
    assert MARK not in answer_card(unsure, "ja", LABELS, confirmed=True).note


def test_a_confirmation_ends_with_the_words_it_was_given_for() -> None:
    article = ARTICLES["dogeza"]
    confirmation = Confirmation(article.id, "法務係長", "2026-11-21T09:00:00+00:00", fingerprint(article))
    assert is_confirmed(article, confirmation)
    assert not is_confirmed(article, None)
    passage = article.sections["background"]
    changed = {
        **article.sections,
        "background": replace(passage, texts={**passage.texts, "en": "Otherwise."}),
    }
    assert not is_confirmed(replace(article, sections=changed), confirmation)
    calm = {**article.sections, "police": replace(article.sections["police"], texts={"ja": "ほかの言葉"})}
    assert is_confirmed(replace(article, sections=calm), confirmation)


def test_where_nothing_waits_nothing_need_be_confirmed() -> None:
    assert is_confirmed(ARTICLES["fair_complaint"], None)

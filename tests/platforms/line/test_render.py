"""Cards as LINE messages: the same to the letter as the kept ones, and never one that LINE refuses."""

import json
import logging
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from linebot.v3.messaging import FlexMessage

from bot.core.messages import Button, Card, buttons_of
from bot.platforms.limits import LINE_BUBBLE_BYTES, graphemes
from bot.platforms.line.fit import findings
from bot.platforms.line.render import action_rows, bottom_rows, bubble_bytes, full_bubble, most_bytes, render
from bot.playground.line.message_rules import check_messages

GOLDEN = Path(__file__).parent / "golden"
BOTTOM = (
    Button("応援", "m1.help"),
    Button("こちらに非があるかも", "m1.w.i1.our_fault.3"),
    Button("配慮が要るかも", "m1.w.i1.accommodation.3"),
    Button("わからない", "m1.a.i1.default.1.q1.unknown.3"),
    Button("もどる", "m1.w.i1.back.3"),
)
CARDS = {
    "question": Card(
        alt="確認の質問です",
        title="対応中 12分",
        body=("大声は続いていますか。", "聞こえる範囲で十分です。"),
        aloud="順番にお聞きしますので、少しお待ちください",
        choices=(
            Button("続いている", "m1.a.i1.default.1.q1.yes.3", primary=True),
            Button("おさまった", "m1.a.i1.default.1.q1.no.3", echo="おさまりました"),
        ),
        bottom=BOTTOM,
        note="ひと目でわかることだけ選べば大丈夫です。",
    ),
    "page": Card(
        alt="応援のお願いです",
        title="応援のお願い",
        body=("窓口で応援を待っています。",),
        facts=(("だれ", "高橋さん ひとり"), ("場所", "本庁1階 3番窓口"), ("経過", "12分")),
        choices=(
            Button("向かう", "m1.r.i1.coming.0", primary=True),
            Button("行けない", "m1.r.i1.declined.0"),
        ),
        actions=(
            Button("5分で行く", "m1.r.i1.eta.5"),
            Button("見た", "m1.r.i1.seen.0"),
            Button("戻す", "m1.r.i1.undo.0"),
        ),
    ),
    "words_only": Card(alt="届きました"),
}


@pytest.mark.parametrize("name", CARDS)
def test_the_message_is_the_one_we_looked_at(name: str) -> None:
    """MAMORI_KEEP_GOLDEN=1 writes the files anew, to be looked at."""
    written = json.dumps(render([CARDS[name]]), ensure_ascii=False, indent=1) + "\n"
    kept = GOLDEN / f"{name}.json"
    if os.environ.get("MAMORI_KEEP_GOLDEN"):
        kept.write_text(written, "utf-8")
    assert written == kept.read_text("utf-8")


@pytest.mark.parametrize("name", CARDS)
def test_the_sdk_knows_every_property_that_we_send(name: str) -> None:
    (message,) = render([CARDS[name]])
    assert FlexMessage.from_dict(message).to_dict() == message


@pytest.mark.parametrize("name", CARDS)
def test_our_own_cards_fit(name: str) -> None:
    assert findings(CARDS[name]) == []


def every_action(part: Any) -> list[dict[str, Any]]:
    if isinstance(part, list):
        return [action for one in part for action in every_action(one)]
    if not isinstance(part, dict):
        return []
    here = [part["action"]] if "action" in part else []
    return here + [action for value in part.values() for action in every_action(value)]


@pytest.mark.parametrize("name", CARDS)
def test_every_button_stands_in_the_bubble_in_its_order_so_that_a_pc_has_them_all(name: str) -> None:
    (message,) = render([CARDS[name]])
    assert [action["data"] for action in every_action(message["contents"])] == [
        button.data for button in buttons_of(CARDS[name])
    ]


def test_a_tap_shows_what_the_person_said() -> None:
    (message,) = render([CARDS["question"]])
    said = [action["displayText"] for action in every_action(message["contents"])]
    assert said[:3] == ["続いている", "おさまりました", "応援"]


def test_quick_replies_are_the_choices_and_the_bottom_of_the_last_card_only() -> None:
    first, last = render([CARDS["page"], CARDS["question"]])
    assert "quickReply" not in first
    labels = [item["action"]["label"] for item in last["quickReply"]["items"]]
    assert labels == [button.label for button in CARDS["question"].choices + BOTTOM]


def test_the_bottom_row_breaks_before_its_words_become_too_small() -> None:
    rows = [[button.label for button in row] for row in bottom_rows(BOTTOM)]
    assert rows == [["応援", "こちらに非があるかも"], ["配慮が要るかも", "わからない", "もどる"]]


def test_of_more_than_five_cards_the_last_five_are_sent(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        messages = render([Card(alt=f"{n}") for n in range(7)])
    assert [message["altText"] for message in messages] == ["2", "3", "4", "5", "6"]
    assert "line_too_many_cards" in caplog.text


def test_a_button_that_line_would_refuse_does_not_cost_the_card() -> None:
    (message,) = render([Card(alt="a", choices=(Button("よい", "m1.help"), Button("長い", "x" * 301)))])
    assert [action["label"] for action in every_action(message["contents"])] == ["よい"]


def test_no_words_no_message() -> None:
    assert render([]) == []


WORDS = st.text(
    st.characters(exclude_categories=["Cs"], max_codepoint=0x3100), max_size=60
) | st.sampled_from(["", " ", "\n", "長い文" * 400, "か" + "\u3099" * 3000, "👨\u200d👩\u200d👧" * 500])
BUTTONS = st.lists(st.builds(Button, WORDS, WORDS, st.booleans(), WORDS), max_size=14).map(tuple)
ANY_CARD = st.builds(
    Card,
    alt=WORDS,
    title=WORDS,
    body=st.lists(WORDS, max_size=30).map(tuple),
    aloud=WORDS,
    facts=st.lists(st.tuples(WORDS, WORDS), max_size=20).map(tuple),
    choices=BUTTONS,
    actions=BUTTONS,
    bottom=BUTTONS,
    note=WORDS,
)


@settings(deadline=None, max_examples=30)
@given(st.lists(ANY_CARD, min_size=1, max_size=2))
def test_whatever_the_cards_hold_line_takes_the_messages(cards: list[Card]) -> None:
    messages = render(cards)
    assert check_messages({"messages": messages}, 10_000_000).found == []
    assert all(bubble_bytes(message["contents"]) <= LINE_BUBBLE_BYTES for message in messages)


@settings(deadline=None, max_examples=100)
@given(ANY_CARD)
def test_no_bubble_is_heavier_than_it_was_held_possible(card: Card) -> None:
    assert bubble_bytes(full_bubble(card)) <= most_bytes(card)


def test_even_the_heaviest_card_is_cut_until_it_fits() -> None:
    long = Button("か\u3099" * 50, "m1." + "x" * 290, echo="か\u3099\u3099" * 400)
    card = Card(
        alt="文" * 2000,
        title="文" * 3000,
        body=("文" * 3000,) * 30,
        aloud="文" * 3000,
        facts=(("文" * 3000, "文" * 3000),) * 20,
        choices=(long,) * 14,
        actions=(long,) * 14,
        bottom=(long,) * 14,
        note="文" * 3000,
    )
    (message,) = render([card])
    assert bubble_bytes(message["contents"]) <= LINE_BUBBLE_BYTES
    assert check_messages({"messages": [message]}, 10_000_000).found == []


@pytest.mark.parametrize(
    ("card", "word"),
    [
        (Card(alt=" "), "alt"),
        (Card(alt="あ" * 1501), "1500"),
        (Card(alt="a", choices=(Button("はい", "m1"),) * 5), "選択肢が5個"),
        (Card(alt="a", actions=(Button("はい", "m1"),) * 9), "操作のボタンが9個"),
        (Card(alt="a", bottom=(Button("はい", "m1"),) * 6), "下の段のボタンが6個"),
        (Card(alt="a", choices=(Button("はい", "m1"),) * 14), "クイックリプライは13個"),
        (Card(alt="a", choices=(Button("", "m1"),)), "名前のない"),
        (Card(alt="a", actions=(Button("あ" * 41, "m1"),)), "40字"),
        (Card(alt="a", choices=(Button("あ" * 21, "m1"),)), "20字で切れ"),
        (Card(alt="a", choices=(Button("はい", ""),)), "data"),
        (Card(alt="a", choices=(Button("はい", "x" * 301),)), "301バイト"),
        (Card(alt="a", choices=(Button("はい", "m1", echo="あ" * 301),)), "300字"),
        (Card(alt="a", body=("あ" * 1900,) * 4), "バイト"),
    ],
)
def test_each_broken_limit_is_said_in_words(card: Card, word: str) -> None:
    assert any(word in finding for finding in findings(card)), findings(card)


def test_a_label_at_its_limit_is_not_cut() -> None:
    label = "か\u3099" * 40
    (message,) = render([Card(alt="a", actions=(Button(label, "m1.help"),))])
    (action,) = every_action(message["contents"])
    assert action["label"] == label
    assert graphemes(label) == 40


def test_two_actions_share_a_row_only_where_both_can_be_read_whole() -> None:
    labels = ("110番カード", "くわしく", "状況が変わった", "終わった", "Poster wall", "Done")
    rows = action_rows([Button(label, "m1.help") for label in labels])
    assert [[button.label for button in row] for row in rows] == [
        ["110番カード", "くわしく"],
        ["状況が変わった"],
        ["終わった", "Poster wall"],
        ["Done"],
    ]

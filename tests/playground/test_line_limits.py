"""Every limit of LINE at its edge: the most that goes, and one more that doesn't."""

from typing import Any

import pytest

from bot.playground.line.action_rules import RICH_MENU, check_action
from bot.playground.line.flex_rules import BUBBLE_BYTES
from bot.playground.line.message_rules import check_messages
from bot.playground.line.problems import Problems
from bot.playground.line.text_length import graphemes, utf16_units
from bot.playground.world.json_data import compact

Message = dict[str, Any]
FAMILY, FLAG, KEYCAP, DAKUTEN = "👨‍👩‍👧‍👦", "🇯🇵", "1️⃣", "か\u3099"


def findings(*messages: Message, **more: Any) -> list[tuple[str, str]]:
    body = {"messages": list(messages), **more}
    return check_messages(body, len(compact(body))).found


def text(n: int) -> Message:
    return {"type": "text", "text": "あ" * n}


def postback(**changed: Any) -> Message:
    return {"type": "postback", "label": "はい", "data": "d", **changed}


def quick(*actions: Message) -> Message:
    return {**text(1), "quickReply": {"items": [{"type": "action", "action": action} for action in actions]}}


def flex(contents: Message, alt: str = "応援要請") -> Message:
    return {"type": "flex", "altText": alt, "contents": contents}


def box(*contents: Message, layout: str = "vertical", **more: Any) -> Message:
    return {"type": "box", "layout": layout, "contents": list(contents), **more}


def bubble(*contents: Message, **more: Any) -> Message:
    return {"type": "bubble", "body": box(*contents), **more}


def button(**action: Any) -> Message:
    return flex(bubble({"type": "button", "action": postback(**action)}))


def words(n: int = 1, **more: Any) -> Message:
    return {"type": "text", "text": "あ" * n, **more}


def carousel(n: int, **more: Any) -> Message:
    return flex({"type": "carousel", "contents": [bubble(words(), **more) for _ in range(n)]})


def buttons(**changed: Any) -> Message:
    card = {"type": "buttons", "text": "あ", "actions": [postback()], **changed}
    return {"type": "template", "altText": "a", "template": card}


def confirm(n: int) -> Message:
    template = {"type": "confirm", "text": "あ", "actions": [postback()] * n}
    return {"type": "template", "altText": "a", "template": template}


def columns(n: int, actions: int = 1, length: int = 1) -> Message:
    column = {"text": "あ" * length, "actions": [postback()] * actions}
    return {"type": "template", "altText": "a", "template": {"type": "carousel", "columns": [column] * n}}


def bubble_of(size: int) -> Message:
    """A bubble of exactly that many bytes."""
    empty = len(compact(bubble(words(0) | {"text": ""})))
    return flex(bubble({"type": "text", "text": "a" * (size - empty)}))


LIMITS: dict[str, tuple[list[Message], list[Message]]] = {
    "messages": ([text(1)] * 5, [text(1)] * 6),
    "no messages": ([text(1)], []),
    "text": ([text(5000)], [text(5001)]),
    "text in UTF-16": (
        [{"type": "text", "text": "😀" * 2500}],
        [{"type": "text", "text": "😀" * 2500 + "a"}],
    ),
    "empty text": ([text(1)], [text(0)]),
    "alt text": ([flex(bubble(words()), "あ" * 1500)], [flex(bubble(words()), "あ" * 1501)]),
    "no alt text": ([flex(bubble(words()))], [{"type": "flex", "contents": bubble(words())}]),
    "quick replies": ([quick(*[postback()] * 13)], [quick(*[postback()] * 14)]),
    "quick reply label": ([quick(postback(label="あ" * 20))], [quick(postback(label="あ" * 21))]),
    "label in graphemes": ([quick(postback(label=FAMILY * 20))], [quick(postback(label=FAMILY * 21))]),
    "quick reply without label": ([quick(postback())], [quick({"type": "postback", "data": "d"})]),
    "camera": ([quick({"type": "camera", "label": "c"})], [button(type="camera")]),
    "Flex label": ([button(label="あ" * 40)], [button(label="あ" * 41)]),
    "template label": (
        [buttons(actions=[postback(label="あ" * 20)])],
        [buttons(actions=[postback(label="あ" * 21)])],
    ),
    "postback data": ([button(data="d" * 300)], [button(data="d" * 301)]),
    "empty data": ([button()], [button(data="")]),
    "display text": ([button(displayText="あ" * 300)], [button(displayText="あ" * 301)]),
    "input option": ([button(inputOption="openKeyboard", fillInText="a")], [button(fillInText="a")]),
    "uri scheme": ([button(type="uri", uri="tel:110")], [button(type="uri", uri="ftp://a")]),
    "uri": (
        [button(type="uri", uri="https://" + "a" * 992)],
        [button(type="uri", uri="https://" + "a" * 993)],
    ),
    "message text": ([button(type="message", text="あ" * 300)], [button(type="message", text="あ" * 301)]),
    "picker mode": (
        [button(type="datetimepicker", mode="date")],
        [button(type="datetimepicker", mode="day")],
    ),
    "bubbles": ([carousel(12)], [carousel(13)]),
    "bubble bytes": ([bubble_of(BUBBLE_BYTES)], [bubble_of(BUBBLE_BYTES + 1)]),
    "carousel bytes": (
        [flex({"type": "carousel", "contents": [bubble(words(5000))] * 3})],
        [flex({"type": "carousel", "contents": [bubble(words(8000))] * 3})],
    ),
    "bubble size": ([carousel(1, size="giga")], [carousel(1, size="huge")]),
    "equal sizes": (
        [carousel(2, size="micro")],
        [flex({"type": "carousel", "contents": [bubble(words(), size="micro"), bubble(words())]})],
    ),
    "empty bubble": ([flex(bubble())], [flex({"type": "bubble"})]),
    "colour": ([flex(bubble(words(color="#12ab34FF")))], [flex(bubble(words(color="red")))]),
    "box layout": ([flex(bubble(box(layout="horizontal")))], [flex(bubble(box(layout="grid")))]),
    "box without contents": ([flex(bubble(box()))], [flex(bubble({"type": "box", "layout": "vertical"}))]),
    "baseline": (
        [flex(bubble(box(words(), layout="baseline")))],
        [flex(bubble(box(box(), layout="baseline")))],
    ),
    "button without action": ([button()], [flex(bubble({"type": "button"}))]),
    "button style": (
        [flex(bubble({"type": "button", "action": postback(), "style": "primary", "height": "sm"}))],
        [flex(bubble({"type": "button", "action": postback(), "style": "loud"}))],
    ),
    "empty Flex text": ([flex(bubble(words()))], [flex(bubble(words(0)))]),
    "unknown component": ([flex(bubble({"type": "separator"}))], [flex(bubble({"type": "table"}))]),
    "unknown property": ([flex(bubble(words(wrap=True)))], [flex(bubble(words(wraps=True)))]),
    "wrap is a boolean": ([flex(bubble(words(wrap=False)))], [flex(bubble(words(wrap="yes")))]),
    "text size": ([flex(bubble(words(size="xxl")))], [flex(bubble(words(size="huge")))]),
    "spans": (
        [flex(bubble({"type": "text", "contents": [{"type": "span", "text": "a"}]}))],
        [flex(bubble({"type": "span", "text": "a"}))],
    ),
    "https pictures": (
        [flex(bubble({"type": "image", "url": "https://a/b.png"}))],
        [flex(bubble({"type": "image", "url": "http://a/b.png"}))],
    ),
    "template text": ([buttons(text="あ" * 160)], [buttons(text="あ" * 161)]),
    "text under a title": ([buttons(text="あ" * 60, title="a")], [buttons(text="あ" * 61, title="a")]),
    "template title": ([buttons(title="あ" * 40)], [buttons(title="あ" * 41)]),
    "template actions": ([buttons(actions=[postback()] * 4)], [buttons(actions=[postback()] * 5)]),
    "confirm": ([confirm(2)], [confirm(3)]),
    "columns": ([columns(10, 3, 120)], [columns(11)]),
    "column text": ([columns(1, 1, 120)], [columns(1, 1, 121)]),
    "column actions": ([columns(1, 3)], [columns(1, 4)]),
    "sender": ([{**text(1), "sender": {"name": "あ" * 20}}], [{**text(1), "sender": {"name": "あ" * 21}}]),
    "unknown type": ([text(1)], [{"type": "poem", "text": "a"}]),
    "text with slots": (
        [{"type": "textV2", "text": "{a} {{b}}", "substitution": {"a": {"type": "emoji"}}}],
        [{"type": "textV2", "text": "{b}", "substitution": {"a": {"type": "emoji"}}}],
    ),
}


@pytest.mark.parametrize("name", LIMITS)
def test_the_most_that_is_allowed_goes_and_one_more_does_not(name: str) -> None:
    most, too_much = LIMITS[name]
    assert findings(*most) == []
    assert findings(*too_much) != []


def test_a_refusal_counts_its_findings_and_names_their_places() -> None:
    problems = check_messages({"messages": [text(0), quick(postback(label="あ" * 21))]}, 100)
    body = problems.body()
    assert body["message"] == "The request body has 2 error(s)"
    assert [detail["property"] for detail in body["details"]] == [
        "messages[0].text",
        "messages[1].quickReply.items[0].action.label",
    ]


def test_nothing_that_json_can_hold_breaks_the_checks() -> None:
    odd: Any
    for odd in (None, 0, True, "a", [], {}, [[]], [None], {"type": None}, {"type": []}, {"type": {}}):
        findings(odd)
        for name in ("text", "quickReply", "sender", "altText", "contents", "template"):
            for kind in ("text", "flex", "template", "textV2"):
                findings({"type": kind, name: odd})
        findings(flex(odd))
        findings(flex(bubble(odd)))
        findings(flex({"type": "bubble", "body": odd, "styles": {"body": odd}, "action": odd}))
        findings(quick(odd))
        findings(buttons(actions=odd, title=odd))


def test_boxes_in_boxes_without_end_are_refused_and_break_nothing() -> None:
    deep = box()
    for _ in range(900):
        deep = box(deep)
    found = check_messages({"messages": [flex(bubble(deep))]}, 0).found
    assert found == [("messages[0]", "nested too deeply")]


@pytest.mark.parametrize(
    ("said", "seen", "units"),
    [
        ("", 0, 0),
        ("危険", 2, 2),
        (FAMILY, 1, 11),
        (FLAG * 2, 2, 8),
        (KEYCAP, 1, 3),
        (DAKUTEN, 1, 2),
        ("👍🏽", 1, 4),
        ("☎️", 1, 2),
        ("\u1100\u1161\u11a8", 1, 3),
        ("a\r\nb", 3, 4),
        ("e\u0301", 1, 2),
        ("ﾊﾟ", 1, 2),
    ],
)
def test_characters_are_counted_as_line_counts_them(said: str, seen: int, units: int) -> None:
    assert (graphemes(said), utf16_units(said)) == (seen, units)


def test_a_rich_menu_switches_and_a_message_does_not() -> None:
    switch = {"type": "richmenuswitch", "richMenuAliasId": "a", "data": "d", "label": "a"}
    problems = Problems()
    check_action(switch, "a", RICH_MENU, problems)
    assert problems.found == []
    assert findings(quick(switch)) != []

"""Every limit of Block Kit at its edge: the most that goes, and one more that doesn't."""

import json
from typing import Any

import pytest

from bot.playground.slack.block_rules import BlockCheck
from bot.playground.slack.refusal import SlackRefusal
from bot.playground.slack.views import check_view
from tests.playground.stage import CHANNEL, Stage

Block = dict[str, Any]


def plain(n: int = 1) -> Block:
    return {"type": "plain_text", "text": "あ" * n}


def markdown(n: int = 1) -> Block:
    return {"type": "mrkdwn", "text": "あ" * n}


def section(n: int = 1, **more: Any) -> Block:
    return {"type": "section", "text": markdown(n), **more}


def button(**more: Any) -> Block:
    return {"type": "button", "text": plain(), **more}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def select(n: int = 1, **more: Any) -> Block:
    return {
        "type": "static_select",
        "options": [{"text": plain(), "value": str(i)} for i in range(n)],
        **more,
    }


def chooser(kind: str, n: int) -> Block:
    return {"type": kind, "options": [{"text": plain(), "value": str(i)} for i in range(n)]}


def confirm(**more: Any) -> Block:
    words = {"title": plain(), "text": plain(), "confirm": plain(), "deny": plain(), **more}
    return actions(button(confirm=words))


def image(**more: Any) -> Block:
    return {"type": "image", "image_url": "https://a/b.png", "alt_text": "a", **more}


LIMITS: dict[str, tuple[list[Block], list[Block]]] = {
    "blocks in a message": ([section()] * 50, [section()] * 51),
    "section text": ([section(3000)], [section(3001)]),
    "empty section text": ([section()], [section(0)]),
    "section without text": ([section()], [{"type": "section"}]),
    "fields": (
        [{"type": "section", "fields": [markdown()] * 10}],
        [{"type": "section", "fields": [markdown()] * 11}],
    ),
    "field text": (
        [{"type": "section", "fields": [markdown(2000)]}],
        [{"type": "section", "fields": [markdown(2001)]}],
    ),
    "header": ([{"type": "header", "text": plain(150)}], [{"type": "header", "text": plain(151)}]),
    "header is plain": ([{"type": "header", "text": plain()}], [{"type": "header", "text": markdown()}]),
    "context": (
        [{"type": "context", "elements": [markdown()] * 10}],
        [{"type": "context", "elements": [markdown()] * 11}],
    ),
    "elements": ([actions(*[button()] * 25)], [actions(*[button()] * 26)]),
    "no elements": ([actions(button())], [actions()]),
    "button text": ([actions(button(text=plain(75)))], [actions(button(text=plain(76)))]),
    "button value": ([actions(button(value="a" * 2000))], [actions(button(value="a" * 2001))]),
    "button url": ([actions(button(url="a" * 3000))], [actions(button(url="a" * 3001))]),
    "button style": ([actions(button(style="danger"))], [actions(button(style="loud"))]),
    "button property": ([actions(button(value="a"))], [actions(button(colour="red"))]),
    "action id": ([actions(button(action_id="a" * 255))], [actions(button(action_id="a" * 256))]),
    "action ids differ": (
        [actions(button(action_id="a")), actions(button(action_id="a"))],
        [actions(button(action_id="a"), button(action_id="a"))],
    ),
    "block id": ([section(block_id="a" * 255)], [section(block_id="a" * 256)]),
    "block ids differ": (
        [section(block_id="a"), section(block_id="b")],
        [section(block_id="a"), section(block_id="a")],
    ),
    "options": ([actions(select(100))], [actions(select(101))]),
    "option value": (
        [actions({"type": "static_select", "options": [{"text": plain(75), "value": "a" * 150}]})],
        [actions({"type": "static_select", "options": [{"text": plain(75), "value": "a" * 151}]})],
    ),
    "placeholder": ([actions(select(placeholder=plain(150)))], [actions(select(placeholder=plain(151)))]),
    "overflow": ([actions(chooser("overflow", 5))], [actions(chooser("overflow", 6))]),
    "checkboxes": ([actions(chooser("checkboxes", 10))], [actions(chooser("checkboxes", 11))]),
    "confirm title": ([confirm(title=plain(100))], [confirm(title=plain(101))]),
    "confirm text": ([confirm(text=plain(300))], [confirm(text=plain(301))]),
    "confirm button": ([confirm(confirm=plain(30))], [confirm(confirm=plain(31))]),
    "image url": ([image(image_url="a" * 3000)], [image(image_url="a" * 3001)]),
    "alt text": ([image(alt_text="a" * 2000)], [image(alt_text="a" * 2001)]),
    "markdown": ([{"type": "markdown", "text": "a" * 12_000}], [{"type": "markdown", "text": "a" * 12_001}]),
    "markdown in all": (
        [{"type": "markdown", "text": "a" * 6000}] * 2,
        [{"type": "markdown", "text": "a" * 6001}] * 2,
    ),
    "unknown block": ([{"type": "divider"}], [{"type": "poem"}]),
    "unknown element": ([actions(button())], [actions({"type": "lever"})]),
    "unknown property": ([{"type": "divider"}], [{"type": "divider", "colour": "red"}]),
}
MODAL: Block = {"type": "modal", "title": plain(), "blocks": [section()]}
FIELD: Block = {"type": "input", "label": plain(), "element": {"type": "plain_text_input"}}
VIEWS: dict[str, tuple[Block, Block]] = {
    "blocks in a view": ({**MODAL, "blocks": [section()] * 100}, {**MODAL, "blocks": [section()] * 101}),
    "title": ({**MODAL, "title": plain(24)}, {**MODAL, "title": plain(25)}),
    "private metadata": (
        {**MODAL, "private_metadata": "a" * 3000},
        {**MODAL, "private_metadata": "a" * 3001},
    ),
    "callback id": ({**MODAL, "callback_id": "a" * 255}, {**MODAL, "callback_id": "a" * 256}),
    "submit with an input": (
        {**MODAL, "submit": plain(24), "blocks": [FIELD]},
        {**MODAL, "blocks": [FIELD]},
    ),
    "submit": ({**MODAL, "submit": plain(24)}, {**MODAL, "submit": plain(25)}),
    "input label": (
        {**MODAL, "submit": plain(), "blocks": [{**FIELD, "label": plain(2000)}]},
        {**MODAL, "submit": plain(), "blocks": [{**FIELD, "label": plain(2001)}]},
    ),
}


@pytest.mark.parametrize("name", LIMITS)
def test_the_most_that_is_allowed_goes_and_one_more_does_not(name: str) -> None:
    most, too_much = LIMITS[name]
    assert BlockCheck("message").blocks(most).errors == []
    assert BlockCheck("message").blocks(too_much).errors != []


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_at_its_edge(name: str) -> None:
    most, too_much = VIEWS[name]
    check_view(most, "modal")
    with pytest.raises(SlackRefusal, match="invalid_arguments"):
        check_view(too_much, "modal")


def test_nothing_that_json_can_hold_breaks_the_checks() -> None:
    odd: Any
    for odd in (None, 0, True, "a", [], {}, [[]], [None], {"type": None}, {"type": []}, {"type": {}}):
        BlockCheck("message").blocks(odd)
        BlockCheck("message").blocks([odd])
        for kind in ("section", "actions", "context", "header", "image", "input", "markdown"):
            for name in ("text", "fields", "elements", "element", "accessory", "label", "block_id"):
                BlockCheck("home").blocks([{"type": kind, name: odd}])
        for name in (
            "text",
            "value",
            "action_id",
            "options",
            "option_groups",
            "confirm",
            "placeholder",
            "style",
        ):
            BlockCheck("message").blocks([actions(button(**{name: odd}), {**select(), name: odd})])


@pytest.mark.anyio
async def test_a_refusal_says_where_in_slacks_words(play: Stage) -> None:
    told = await play.slack_call(
        "chat.postMessage", channel=CHANNEL, blocks=[actions(button(text=plain(76)))]
    )
    assert told["error"] == "invalid_blocks"
    assert told["response_metadata"]["messages"] == [
        "[ERROR] must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"
    ]


@pytest.mark.anyio
async def test_all_blocks_together_may_be_too_long(play: Stage) -> None:
    long = [section(3000)] * 5
    assert (await play.slack_call("chat.postMessage", channel=CHANNEL, blocks=long))["error"] == (
        "msg_blocks_too_long"
    )


@pytest.mark.anyio
async def test_blocks_may_come_as_text_inside_a_form(play: Stage) -> None:
    form = {"token": "xoxb-test", "channel": CHANNEL, "text": "a", "blocks": json.dumps([section()])}
    async with play.http.post(f"{play.url}/slack/api/chat.postMessage", data=form) as answer:
        assert (await answer.json())["ok"]
    bad = {**form, "blocks": "[{]"}
    async with play.http.post(f"{play.url}/slack/api/chat.postMessage", data=bad) as answer:
        assert (await answer.json())["error"] == "invalid_blocks_format"

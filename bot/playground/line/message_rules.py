"""What LINE accepts as a message: types, required fields, lengths, counts.

https://developers.line.biz/en/reference/messaging-api/#message-objects
"""

import re
from typing import Any

from bot.playground.line.action_rules import (
    IMAGE_CAROUSEL,
    QUICK_REPLY,
    TEMPLATE,
    TEMPLATE_DEFAULT,
    check_action,
)
from bot.playground.line.flex_rules import BUBBLE_BYTES, check_flex
from bot.playground.line.problems import EMPTY, Problems
from bot.playground.world.json_data import JsonObject

MESSAGES = 5
_UNITS = re.compile(r"[A-Za-z0-9_]{1,30}")
_KEY = re.compile(r"[0-9A-Za-z_]{1,20}")


def check_messages(body: JsonObject, body_bytes: int) -> Problems:
    """`body_bytes` is the length of the raw request: it tells whether anything in it can be too big."""
    problems = Problems()
    for path, message in problems.objects(body, "messages", "", 1, MESSAGES):
        try:
            _check_message(message, path, problems, body_bytes > BUBBLE_BYTES)
        except RecursionError:
            problems.add(path, "nested too deeply")
    _check_units(body.get("customAggregationUnits"), problems)
    if not isinstance(body.get("notificationDisabled", False), bool):
        problems.add("notificationDisabled", "must be a boolean")
    return problems


def _check_units(units: Any, problems: Problems) -> None:
    if units is None:
        return
    if not isinstance(units, list) or len(units) > 1:
        problems.add("customAggregationUnits", "Size must be between 0 and 1")
    elif units and not (isinstance(units[0], str) and _UNITS.fullmatch(units[0])):
        problems.add("customAggregationUnits[0]", "invalid value")


def _check_message(message: JsonObject, path: str, problems: Problems, sized: bool) -> None:
    kind = message.get("type")
    match kind:
        case "text":
            problems.text(message, "text", path, 5000, required=True)
            problems.objects(message, "emojis", path, 0, 20, required=False)
        case "textV2":
            _check_text_v2(message, path, problems)
        case "flex":
            problems.text(message, "altText", path, 1500, required=True)
            contents = problems.child(message, "contents", path, required=True)
            if contents is not None:
                check_flex(contents, f"{path}.contents", problems, sized)
        case "template":
            problems.text(message, "altText", path, 1500, required=True)
            template = problems.child(message, "template", path, required=True)
            if template is not None:
                _check_template(template, f"{path}.template", problems)
        case "sticker":
            problems.text(message, "packageId", path, 100, required=True)
            problems.text(message, "stickerId", path, 100, required=True)
        case "image" | "video":
            problems.url(message, "originalContentUrl", path, required=True)
            problems.url(message, "previewImageUrl", path, required=True)
        case "audio":
            problems.url(message, "originalContentUrl", path, required=True)
            if not isinstance(message.get("duration"), int | float):
                problems.add(f"{path}.duration", EMPTY)
        case "location":
            _check_location(message, path, problems)
        case "imagemap":
            _check_imagemap(message, path, problems)
        case "coupon":
            problems.text(message, "couponId", path, 100, required=True)
        case _:
            kinds = "text, textV2, sticker, image, video, audio, location, imagemap, template, flex, coupon"
            problems.add(f"{path}.type", f"Must be one of the following values: [{kinds}]")
            return
    if message.get("quickReply") is not None:
        _check_quick_reply(message, path, problems)
    sender = problems.child(message, "sender", path)
    if sender is not None:
        problems.text(sender, "name", f"{path}.sender", 20)
        problems.url(sender, "iconUrl", f"{path}.sender")


def _check_text_v2(message: JsonObject, path: str, problems: Problems) -> None:
    problems.text(message, "text", path, 5000, required=True)
    parts = problems.child(message, "substitution", path) or {}
    if len(parts) > 100:
        problems.add(f"{path}.substitution", "Size must be between 0 and 100")
    kinds: list[str] = []
    for key, part in parts.items():
        kind = part.get("type") if isinstance(part, dict) else None
        kinds.append(str(kind))
        if not _KEY.fullmatch(key) or kind not in ("mention", "emoji"):
            problems.add(f"{path}.substitution.{key}", "invalid value")
    if max(kinds.count("mention"), kinds.count("emoji")) > 20:
        problems.add(f"{path}.substitution", "at most 20 mentions and 20 emojis")
    text = message.get("text")
    if isinstance(text, str):
        _check_braces(text, parts, path, problems)


def _check_braces(text: str, parts: JsonObject, path: str, problems: Problems) -> None:
    """A literal brace is written twice; a single pair names a substitution."""
    rest = text.replace("{{", "").replace("}}", "")
    names = re.findall(r"\{([^{}]*)\}", rest)
    if re.sub(r"\{[^{}]*\}", "", rest).strip("{}") != re.sub(r"\{[^{}]*\}", "", rest):
        problems.add(f"{path}.text", "unbalanced braces")
    for name in names:
        if name not in parts:
            problems.add(f"{path}.text", f"the substitution key {name} is not defined")


def _check_location(message: JsonObject, path: str, problems: Problems) -> None:
    problems.text(message, "title", path, 100, required=True)
    problems.text(message, "address", path, 100, required=True)
    for name in ("latitude", "longitude"):
        if not isinstance(message.get(name), int | float):
            problems.add(f"{path}.{name}", EMPTY)


def _check_imagemap(message: JsonObject, path: str, problems: Problems) -> None:
    problems.url(message, "baseUrl", path, required=True)
    problems.text(message, "altText", path, 1500, required=True)
    size = problems.child(message, "baseSize", path, required=True)
    if size is not None and size.get("width") != 1040:
        problems.add(f"{path}.baseSize.width", "must be 1040")
    problems.objects(message, "actions", path, 0, 50)


def _check_quick_reply(message: JsonObject, path: str, problems: Problems) -> None:
    quick = problems.child(message, "quickReply", path)
    if quick is None:
        return
    for where, item in problems.objects(quick, "items", f"{path}.quickReply", 1, 13):
        if item.get("type") != "action":
            problems.add(f"{where}.type", "Must be one of the following values: [action]")
        problems.url(item, "imageUrl", where)
        action = problems.child(item, "action", where, required=True)
        if action is not None:
            check_action(action, f"{where}.action", QUICK_REPLY, problems)


def _check_template(template: JsonObject, path: str, problems: Problems) -> None:
    match template.get("type"):
        case "buttons":
            _check_card(template, path, problems, text_limit=160, actions=4)
        case "confirm":
            problems.text(template, "text", path, 240, required=True, graphemes=True)
            _check_actions(template, path, problems, 2, 2)
        case "carousel":
            columns = problems.objects(template, "columns", path, 1, 10)
            for where, column in columns:
                _check_card(column, where, problems, text_limit=120, actions=3)
            if len({len(column.get("actions") or ()) for _, column in columns}) > 1:
                problems.add(f"{path}.columns", "all columns must have the same number of actions")
        case "image_carousel":
            for where, column in problems.objects(template, "columns", path, 1, 10):
                problems.url(column, "imageUrl", where, required=True)
                action = problems.child(column, "action", where, required=True)
                if action is not None:
                    check_action(action, f"{where}.action", IMAGE_CAROUSEL, problems)
        case _:
            kinds = "buttons, confirm, carousel, image_carousel"
            problems.add(f"{path}.type", f"Must be one of the following values: [{kinds}]")


def _check_card(card: JsonObject, path: str, problems: Problems, text_limit: int, actions: int) -> None:
    """A text under a title or picture has only 60 characters."""
    crowded = card.get("title") or card.get("thumbnailImageUrl")
    problems.text(card, "text", path, 60 if crowded else text_limit, required=True, graphemes=True)
    problems.text(card, "title", path, 40, graphemes=True)
    problems.url(card, "thumbnailImageUrl", path)
    _check_actions(card, path, problems, 1, actions)
    default = problems.child(card, "defaultAction", path)
    if default is not None:
        check_action(default, f"{path}.defaultAction", TEMPLATE_DEFAULT, problems)


def _check_actions(card: JsonObject, path: str, problems: Problems, low: int, high: int) -> None:
    for where, action in problems.objects(card, "actions", path, low, high):
        check_action(action, where, TEMPLATE, problems)

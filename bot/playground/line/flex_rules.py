"""What LINE accepts as a Flex message: components, their properties, sizes.

https://developers.line.biz/en/reference/messaging-api/#flex-message
"""

from bot.playground.line.action_rules import FLEX_BUTTON, FLEX_TAP, check_action
from bot.playground.line.problems import (
    EMPTY,
    Check,
    Problems,
    is_true_or_false,
    matching,
    no_check,
    one_of,
    whole_number,
)
from bot.playground.world.json_data import JsonObject, compact

BUBBLE_BYTES = 30 * 1024
CAROUSEL_BYTES = 50 * 1024
CAROUSEL_BUBBLES = 12

_PX = r"-?\d+(\.\d+)?px"
_STEPS = r"none|xs|sm|md|lg|xl|xxl"
_FONTS = r"xxs|xs|sm|md|lg|xl|xxl|3xl|4xl|5xl"
_color = matching(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{8})", "invalid color")
_space = matching(rf"{_STEPS}|{_PX}", "invalid property")
_padding = matching(rf"{_STEPS}|\d+(\.\d+)?(px|%)", "invalid property")
_font = matching(rf"{_FONTS}|\d+(\.\d+)?px", "invalid property")
_image_size = matching(rf"{_FONTS}|full|\d+(\.\d+)?(px|%)", "invalid property")
_extent = matching(r"\d+(\.\d+)?(px|%)", "invalid property")
_pixels = matching(r"\d+(\.\d+)?px", "invalid property")
_border = matching(r"none|light|normal|medium|semi-bold|bold|\d+(\.\d+)?px", "invalid property")
_ratio = matching(r"[1-9]\d*(\.\d+)?:[1-9]\d*(\.\d+)?", "invalid aspectRatio")
_https = matching(r"https://.{1,1992}", "invalid uri")
_angle = matching(r"\d+(\.\d+)?deg", "invalid property")
_percent = matching(r"\d+(\.\d+)?%", "invalid property")
_number = whole_number(0)
_gravity = one_of("top", "bottom", "center")
_align = one_of("start", "end", "center")
_weight = one_of("regular", "bold")
_style = one_of("normal", "italic")
_decoration = one_of("none", "underline", "line-through")

_PLACED: dict[str, Check] = {
    "type": no_check,
    "margin": _space,
    "position": one_of("relative", "absolute"),
    **{f"offset{side}": _space for side in ("Top", "Bottom", "Start", "End")},
}
COMPONENTS: dict[str, dict[str, Check]] = {
    "box": {
        **_PLACED,
        **{f"padding{side}": _padding for side in ("All", "Top", "Bottom", "Start", "End")},
        **dict.fromkeys(("width", "maxWidth", "height", "maxHeight"), _extent),
        "layout": one_of("horizontal", "vertical", "baseline"),
        "contents": no_check,
        "flex": _number,
        "spacing": _space,
        "backgroundColor": _color,
        "borderColor": _color,
        "borderWidth": _border,
        "cornerRadius": _space,
        "action": no_check,
        "justifyContent": one_of(
            "center", "flex-start", "flex-end", "space-between", "space-around", "space-evenly"
        ),
        "alignItems": one_of("center", "flex-start", "flex-end"),
        "background": no_check,
    },
    "button": {
        **_PLACED,
        "flex": _number,
        "color": _color,
        "style": one_of("primary", "secondary", "link"),
        "action": no_check,
        "gravity": _gravity,
        "height": one_of("sm", "md"),
        "adjustMode": one_of("shrink-to-fit"),
        "scaling": is_true_or_false,
    },
    "image": {
        **_PLACED,
        "url": _https,
        "flex": _number,
        "align": _align,
        "gravity": _gravity,
        "size": _image_size,
        "aspectRatio": _ratio,
        "aspectMode": one_of("cover", "fit"),
        "backgroundColor": _color,
        "action": no_check,
        "animated": is_true_or_false,
    },
    "icon": {**_PLACED, "url": _https, "size": _font, "aspectRatio": _ratio, "scaling": is_true_or_false},
    "text": {
        **_PLACED,
        "text": no_check,
        "contents": no_check,
        "flex": _number,
        "size": _font,
        "align": _align,
        "gravity": _gravity,
        "color": _color,
        "weight": _weight,
        "style": _style,
        "decoration": _decoration,
        "wrap": is_true_or_false,
        "lineSpacing": _pixels,
        "action": no_check,
        "maxLines": _number,
        "adjustMode": one_of("shrink-to-fit"),
        "scaling": is_true_or_false,
    },
    "span": {
        "type": no_check,
        "text": no_check,
        "size": _font,
        "color": _color,
        "weight": _weight,
        "style": _style,
        "decoration": _decoration,
    },
    "separator": {"type": no_check, "margin": _space, "color": _color},
    "filler": {"type": no_check, "flex": _number},
    "video": {
        "type": no_check,
        "url": _https,
        "previewUrl": _https,
        "altContent": no_check,
        "aspectRatio": _ratio,
        "action": no_check,
    },
}
_REQUIRED = {
    "box": ("layout", "contents"),
    "button": ("action",),
    "image": ("url",),
    "icon": ("url",),
    "span": ("text",),
    "video": ("url", "previewUrl", "altContent"),
}
_IN_BASELINE = frozenset({"icon", "text", "filler"})
_IN_OTHERS = frozenset({"box", "button", "image", "text", "separator", "filler"})
_BUBBLE: dict[str, Check] = {
    "type": no_check,
    "size": one_of("nano", "micro", "deca", "hecto", "kilo", "mega", "giga"),
    "direction": one_of("ltr", "rtl"),
    **dict.fromkeys(("header", "hero", "body", "footer", "styles", "action"), no_check),
}
_BLOCK_STYLE: dict[str, Check] = {
    "backgroundColor": _color,
    "separator": is_true_or_false,
    "separatorColor": _color,
}
_GRADIENT: dict[str, Check] = {
    "type": one_of("linearGradient"),
    "angle": _angle,
    "startColor": _color,
    "endColor": _color,
    "centerColor": _color,
    "centerPosition": _percent,
}
_BLOCKS = {
    "header": frozenset({"box"}),
    "hero": frozenset({"box", "image", "video"}),
    "body": frozenset({"box"}),
    "footer": frozenset({"box"}),
}


def check_flex(contents: JsonObject, path: str, problems: Problems, sized: bool) -> None:
    """`sized` False: the whole request is smaller than a bubble may be, so nothing needs measuring."""
    match contents.get("type"):
        case "bubble":
            _check_bubble(contents, path, problems)
            _check_bytes(contents, path, BUBBLE_BYTES, problems, sized)
        case "carousel":
            _check_carousel(contents, path, problems, sized)
        case _:
            problems.add(f"{path}.type", "Must be one of the following values: [bubble, carousel]")


def _check_carousel(carousel: JsonObject, path: str, problems: Problems, sized: bool) -> None:
    _check_properties(carousel, {"type": no_check, "contents": no_check}, path, problems)
    bubbles = problems.objects(carousel, "contents", path, 1, CAROUSEL_BUBBLES)
    for where, bubble in bubbles:
        if bubble.get("type") != "bubble":
            problems.add(f"{where}.type", "Must be one of the following values: [bubble]")
            continue
        _check_bubble(bubble, where, problems)
        _check_bytes(bubble, where, BUBBLE_BYTES, problems, sized)
    if len({bubble.get("size") or "mega" for _, bubble in bubbles}) > 1:
        problems.add(f"{path}.contents", "All bubbles in a carousel must have the same size")
    _check_bytes(carousel, path, CAROUSEL_BYTES, problems, sized)


def _check_bytes(container: JsonObject, path: str, limit: int, problems: Problems, sized: bool) -> None:
    if sized and len(compact(container)) > limit:
        problems.add(path, f"the size must not exceed {limit // 1024} KB")


def _check_bubble(bubble: JsonObject, path: str, problems: Problems) -> None:
    _check_properties(bubble, _BUBBLE, path, problems)
    blocks = [name for name in _BLOCKS if bubble.get(name) is not None]
    if not blocks:
        problems.add(path, "At least one block must be specified")
    for name in blocks:
        block = problems.child(bubble, name, path)
        if block is not None:
            _check_component(block, f"{path}.{name}", _BLOCKS[name], problems)
    _check_tap(bubble, path, problems)
    styles = problems.child(bubble, "styles", path)
    for name in styles or ():
        style = problems.child(styles or {}, name, f"{path}.styles")
        if name not in _BLOCKS:
            problems.add(f"{path}.styles.{name}", "unknown field")
        elif style is not None:
            _check_properties(style, _BLOCK_STYLE, f"{path}.styles.{name}", problems)


def _check_component(part: JsonObject, path: str, allowed: frozenset[str], problems: Problems) -> None:
    kind = part.get("type")
    if not isinstance(kind, str) or kind not in allowed:
        problems.add(f"{path}.type", f"Must be one of the following values: [{', '.join(sorted(allowed))}]")
        return
    for name in _REQUIRED.get(kind, ()):
        if part.get(name) is None:
            problems.add(f"{path}.{name}", EMPTY)
    _check_properties(part, COMPONENTS[kind], path, problems)
    match kind:
        case "box":
            _check_box(part, path, problems)
        case "text":
            _check_text(part, path, problems)
        case "span":
            _check_words(part, path, problems)
        case "video":
            _check_video(part, path, problems)
        case "button":
            action = problems.child(part, "action", path)
            if action is not None:
                check_action(action, f"{path}.action", FLEX_BUTTON, problems)
    if kind != "button":
        _check_tap(part, path, problems)


def _check_properties(part: JsonObject, known: dict[str, Check], path: str, problems: Problems) -> None:
    for name, value in part.items():
        check = known.get(name)
        if check is None:
            problems.add(f"{path}.{name}", "unknown field")
        elif value is not None and (trouble := check(value)):
            problems.add(f"{path}.{name}", trouble)


def _check_box(box: JsonObject, path: str, problems: Problems) -> None:
    allowed = _IN_BASELINE if box.get("layout") == "baseline" else _IN_OTHERS
    if box.get("contents") is not None:
        for where, part in problems.objects(box, "contents", path, 0, 10_000):
            _check_component(part, where, allowed, problems)
    background = problems.child(box, "background", path)
    if background is not None:
        _check_properties(background, _GRADIENT, f"{path}.background", problems)
        for name in ("type", "angle", "startColor", "endColor"):
            if background.get(name) is None:
                problems.add(f"{path}.background.{name}", EMPTY)


def _check_text(part: JsonObject, path: str, problems: Problems) -> None:
    spans = part.get("contents")
    if spans:
        for where, span in problems.objects(part, "contents", path, 1, 10_000):
            _check_component(span, where, frozenset({"span"}), problems)
    else:
        _check_words(part, path, problems)


def _check_words(part: JsonObject, path: str, problems: Problems) -> None:
    words = part.get("text")
    if not isinstance(words, str) or not words:
        problems.add(f"{path}.text", "must be non-empty text")


def _check_video(video: JsonObject, path: str, problems: Problems) -> None:
    alternative = problems.child(video, "altContent", path)
    if alternative is not None:
        _check_component(alternative, f"{path}.altContent", frozenset({"box", "image"}), problems)


def _check_tap(part: JsonObject, path: str, problems: Problems) -> None:
    action = problems.child(part, "action", path)
    if action is not None:
        check_action(action, f"{path}.action", FLEX_TAP, problems)

"""What LINE accepts as an action, in each place where one can stand.

https://developers.line.biz/en/reference/messaging-api/#action-objects
"""

import re
from dataclasses import dataclass

from bot.playground.line.problems import EMPTY, Problems
from bot.playground.world.json_data import JsonObject

_EVERYWHERE = frozenset({"postback", "message", "uri", "datetimepicker", "clipboard"})
_QUICK = _EVERYWHERE | {"camera", "cameraRoll", "location"}
_MENU = _EVERYWHERE | {"richmenuswitch"}
_INPUT_OPTIONS = ("closeRichMenu", "openRichMenu", "openKeyboard", "openVoice")
_PICKED = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "time": re.compile(r"\d\d:\d\d"),
    "datetime": re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d"),
}
_SCHEMES = ("http://", "https://", "line://", "tel:")


@dataclass(frozen=True)
class Place:
    label_limit: int
    needs_label: bool
    kinds: frozenset[str]


TEMPLATE = Place(20, True, _EVERYWHERE)
TEMPLATE_DEFAULT = Place(20, False, _EVERYWHERE)
IMAGE_CAROUSEL = Place(12, False, _EVERYWHERE)
QUICK_REPLY = Place(20, True, _QUICK)
FLEX_BUTTON = Place(40, True, _EVERYWHERE)
FLEX_TAP = Place(40, False, _EVERYWHERE)
RICH_MENU = Place(20, False, _MENU)


def check_action(action: JsonObject, path: str, place: Place, problems: Problems) -> None:
    kind = action.get("type")
    if not isinstance(kind, str) or kind not in place.kinds:
        problems.add(
            f"{path}.type", f"Must be one of the following values: [{', '.join(sorted(place.kinds))}]"
        )
        return
    problems.text(action, "label", path, place.label_limit, required=place.needs_label, graphemes=True)
    match kind:
        case "postback":
            _check_postback(action, path, problems)
        case "message":
            problems.text(action, "text", path, 300, required=True, graphemes=True)
        case "uri":
            _check_uri(action, path, problems)
        case "datetimepicker":
            _check_picker(action, path, problems)
        case "clipboard":
            problems.text(action, "clipboardText", path, 1000, required=True)
        case "richmenuswitch":
            problems.text(action, "richMenuAliasId", path, 32, required=True)
            problems.text(action, "data", path, 300, required=True)


def _check_postback(action: JsonObject, path: str, problems: Problems) -> None:
    problems.text(action, "data", path, 300, required=True)
    problems.text(action, "displayText", path, 300, graphemes=True)
    problems.text(action, "text", path, 300, graphemes=True)
    problems.text(action, "fillInText", path, 300, graphemes=True)
    if action.get("displayText") and action.get("text"):
        problems.add(path, "The displayText and text properties can't be used at the same time")
    option = action.get("inputOption")
    if option is not None and option not in _INPUT_OPTIONS:
        problems.add(
            f"{path}.inputOption", f"Must be one of the following values: [{', '.join(_INPUT_OPTIONS)}]"
        )
    if action.get("fillInText") and option != "openKeyboard":
        problems.add(f"{path}.fillInText", "Only valid when inputOption is openKeyboard")


def _check_uri(action: JsonObject, path: str, problems: Problems) -> None:
    problems.text(action, "uri", path, 1000, required=True)
    uri = action.get("uri")
    if isinstance(uri, str) and uri and not uri.startswith(_SCHEMES):
        problems.add(f"{path}.uri", "invalid uri scheme")


def _check_picker(action: JsonObject, path: str, problems: Problems) -> None:
    problems.text(action, "data", path, 300, required=True)
    shape = _PICKED.get(str(action.get("mode")))
    if shape is None:
        problems.add(f"{path}.mode", "Must be one of the following values: [date, time, datetime]")
        return
    for name in ("initial", "max", "min"):
        value = action.get(name)
        if value is not None and not (isinstance(value, str) and shape.fullmatch(value)):
            problems.add(f"{path}.{name}", "invalid format")
    if action.get("type") and not isinstance(action.get("data"), str):
        problems.add(f"{path}.data", EMPTY)

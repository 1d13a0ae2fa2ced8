"""What Slack accepts as Block Kit: blocks, elements, their properties and limits.

https://docs.slack.dev/reference/block-kit/
"""

from typing import Any

from bot.playground.world.json_data import JsonObject

BLOCKS = {"message": 50, "home": 100, "modal": 100}
MARKDOWN = 12_000
TOTAL_CHARACTERS = 13_200  # measured by others, not documented

_OPTIONAL_ID = {"type", "block_id"}
_PROPERTIES: dict[str, set[str]] = {
    "section": {"text", "fields", "accessory", "expand"},
    "actions": {"elements"},
    "context": {"elements"},
    "divider": set(),
    "header": {"text", "level"},
    "image": {"image_url", "slack_file", "alt_text", "title"},
    "input": {"label", "element", "hint", "optional", "dispatch_action"},
    "markdown": {"text"},
}
_UNCHECKED_BLOCKS = frozenset(
    {"rich_text", "video", "file", "table", "card", "carousel", "alert", "container", "plan", "task_card"}
    | {"data_table", "data_visualization", "context_actions"}
)
_SELECTS = frozenset(
    {
        f"{many}{kind}_select"
        for many in ("", "multi_")
        for kind in ("static", "external", "users", "conversations", "channels")
    }
)
_PICKERS = frozenset({"datepicker", "timepicker", "datetimepicker"})
_CHOOSERS = {"checkboxes": 10, "radio_buttons": 10, "overflow": 5}
_BUTTONS = frozenset({"button", "workflow_button"})
_INTERACTIVE = _SELECTS | _PICKERS | frozenset(_CHOOSERS) | _BUTTONS
_INPUTS = (_INTERACTIVE - {"overflow", "button", "workflow_button"}) | {
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
    "file_input",
}
_BUTTON_PROPERTIES = frozenset(
    {"type", "text", "action_id", "url", "value", "style", "confirm", "accessibility_label", "workflow"}
)
_OPTION_PROPERTIES = frozenset({"text", "value", "description", "url"})


class BlockCheck:
    """Walks one payload once and gathers Slack's sentences with their JSON pointers."""

    def __init__(self, surface: str) -> None:
        self.errors: list[str] = []
        self.characters = 0
        self.has_input = False
        self._surface = surface
        self._markdown = 0

    def blocks(self, blocks: Any) -> "BlockCheck":
        limit = BLOCKS[self._surface]
        if not isinstance(blocks, list):
            self._error("must be an array", "/blocks")
            return self
        if len(blocks) > limit:
            self._error(f"no more than {limit} items allowed", "/blocks")
        seen: set[str] = set()
        for i, block in enumerate(blocks):
            self._block(block, f"/blocks/{i}", seen)
        return self

    def plain_text(self, value: Any, path: str, limit: int, required: bool = True) -> None:
        self._text(value, path, limit, required, plain=True)

    def string(self, owner: JsonObject, name: str, path: str, limit: int, required: bool = False) -> None:
        value = owner.get(name)
        if value is None:
            if required:
                self._error(f"missing required field: {name}", path)
        elif not isinstance(value, str):
            self._error("must be a string", f"{path}/{name}")
        elif required and not value:
            self._error("must be more than 0 characters", f"{path}/{name}")
        elif len(value) > limit:
            self._error(f"must be less than {limit + 1} characters", f"{path}/{name}")

    def _error(self, sentence: str, path: str) -> None:
        self.errors.append(f"{sentence} [json-pointer:{path}]")

    def _block(self, block: Any, path: str, seen: set[str]) -> None:
        kind = block.get("type") if isinstance(block, dict) else None
        if not isinstance(kind, str) or (kind not in _PROPERTIES and kind not in _UNCHECKED_BLOCKS):
            self._error(f"unsupported type: {kind}", path)
            return
        self.string(block, "block_id", path, 255)
        block_id = block.get("block_id")
        if block_id and str(block_id) in seen:
            self._error(f"`block_id` {block_id} already exists for another block", f"{path}/block_id")
        seen.add(str(block_id))
        if kind in _UNCHECKED_BLOCKS:
            return
        self._known(block, _PROPERTIES[kind] | _OPTIONAL_ID, path)
        self._inside(kind, block, path)

    def _known(self, part: JsonObject, names: set[str] | frozenset[str], path: str) -> None:
        for name in part:
            if name not in names:
                self._error(f"invalid additional property: {name}", path)

    def _inside(self, kind: str, block: JsonObject, path: str) -> None:
        match kind:
            case "section":
                self._section(block, path)
            case "actions":
                self._elements(block, path, 25, _INTERACTIVE)
            case "context":
                self._context(block, path)
            case "header":
                self.plain_text(block.get("text"), f"{path}/text", 150)
            case "image":
                self._image(block, path)
                self.plain_text(block.get("title"), f"{path}/title", 2000, required=False)
            case "input":
                self._input(block, path)
            case "markdown":
                self.string(block, "text", path, MARKDOWN, required=True)
                self._markdown += len(str(block.get("text")))
                self.characters += len(str(block.get("text")))
                if self._markdown > MARKDOWN:
                    self._error(f"must be less than {MARKDOWN + 1} characters in total", f"{path}/text")

    def _section(self, block: JsonObject, path: str) -> None:
        text, fields = block.get("text"), block.get("fields")
        if text is None and not fields:
            self._error("must define either text or fields", path)
        self._text(text, f"{path}/text", 3000, required=False)
        for i, field in enumerate(self._list(fields, f"{path}/fields", 10, required=False)):
            self._text(field, f"{path}/fields/{i}", 2000, required=True)
        if block.get("accessory") is not None:
            self._element(block["accessory"], f"{path}/accessory", _INTERACTIVE | {"image"}, set())

    def _elements(self, block: JsonObject, path: str, limit: int, allowed: frozenset[str]) -> None:
        seen: set[str] = set()
        for i, element in enumerate(self._list(block.get("elements"), f"{path}/elements", limit)):
            self._element(element, f"{path}/elements/{i}", allowed, seen)

    def _context(self, block: JsonObject, path: str) -> None:
        for i, element in enumerate(self._list(block.get("elements"), f"{path}/elements", 10)):
            where = f"{path}/elements/{i}"
            if isinstance(element, dict) and element.get("type") == "image":
                self._image(element, where)
            else:
                self._text(element, where, 3000, required=True)

    def _image(self, part: JsonObject, path: str) -> None:
        if part.get("slack_file") is None:
            self.string(part, "image_url", path, 3000, required=True)
        self.string(part, "alt_text", path, 2000, required=True)

    def _input(self, block: JsonObject, path: str) -> None:
        self.has_input = True
        self.plain_text(block.get("label"), f"{path}/label", 2000)
        self.plain_text(block.get("hint"), f"{path}/hint", 2000, required=False)
        self._element(block.get("element"), f"{path}/element", _INPUTS, set())

    def _element(self, element: Any, path: str, allowed: frozenset[str], seen: set[str]) -> None:
        kind = element.get("type") if isinstance(element, dict) else None
        if not isinstance(kind, str) or kind not in allowed:
            self._error(f"unsupported type: {kind}", path)
            return
        if kind == "image":
            self._image(element, path)
            return
        self._action_id(element, path, seen)
        if element.get("confirm") is not None:
            self._confirm(element["confirm"], f"{path}/confirm")
        self.plain_text(element.get("placeholder"), f"{path}/placeholder", 150, required=False)
        if kind in _BUTTONS:
            self._button(element, path)
        elif kind in _CHOOSERS:
            self._options(element.get("options"), f"{path}/options", _CHOOSERS[kind], kind)
        elif kind.endswith("static_select"):
            self._select(element, path)
        elif kind == "plain_text_input":
            self._text_input(element, path)

    def _action_id(self, element: JsonObject, path: str, seen: set[str]) -> None:
        self.string(element, "action_id", path, 255)
        action_id = element.get("action_id")
        if action_id is None:
            return
        if str(action_id) in seen:
            self._error(f"`action_id` {action_id} already exists in this block", f"{path}/action_id")
        seen.add(str(action_id))

    def _button(self, button: JsonObject, path: str) -> None:
        self._known(button, _BUTTON_PROPERTIES, path)
        self.plain_text(button.get("text"), f"{path}/text", 75)
        self.string(button, "value", path, 2000)
        self.string(button, "url", path, 3000)
        self.string(button, "accessibility_label", path, 75)
        if button.get("style") not in (None, "primary", "danger"):
            self._error("must be one of: primary, danger", f"{path}/style")

    def _select(self, select: JsonObject, path: str) -> None:
        groups = select.get("option_groups")
        if groups is None:
            self._options(select.get("options"), f"{path}/options", 100, "select")
            return
        for i, group in enumerate(self._list(groups, f"{path}/option_groups", 100)):
            where = f"{path}/option_groups/{i}"
            inner = group if isinstance(group, dict) else {}
            self.plain_text(inner.get("label"), f"{where}/label", 75)
            self._options(inner.get("options"), f"{where}/options", 100, "select")

    def _options(self, options: Any, path: str, limit: int, kind: str) -> None:
        for i, option in enumerate(self._list(options, path, limit)):
            where = f"{path}/{i}"
            if not isinstance(option, dict):
                self._error("must be an object", where)
                continue
            self._known(option, _OPTION_PROPERTIES, where)
            plain = kind in ("select", "overflow")
            self._text(option.get("text"), f"{where}/text", 75, required=True, plain=plain)
            self._text(option.get("description"), f"{where}/description", 75, required=False, plain=plain)
            self.string(option, "value", where, 150, required=True)

    def _text_input(self, element: JsonObject, path: str) -> None:
        for name, low in (("min_length", 0), ("max_length", 1)):
            value = element.get(name)
            if value is not None and not (isinstance(value, int) and low <= value <= 3000):
                self._error(f"must be between {low} and 3000", f"{path}/{name}")

    def _confirm(self, confirm: Any, path: str) -> None:
        if not isinstance(confirm, dict):
            self._error("must be an object", path)
            return
        self.plain_text(confirm.get("title"), f"{path}/title", 100)
        self._text(confirm.get("text"), f"{path}/text", 300, required=True)
        self.plain_text(confirm.get("confirm"), f"{path}/confirm", 30)
        self.plain_text(confirm.get("deny"), f"{path}/deny", 30)

    def _list(self, value: Any, path: str, limit: int, required: bool = True) -> list[Any]:
        if value is None and not required:
            return []
        if not isinstance(value, list):
            self._error("must be an array", path)
            return []
        if not value:
            self._error("no fewer than 1 items allowed", path)
        if len(value) > limit:
            self._error(f"no more than {limit} items allowed", path)
        return value

    def _text(self, value: Any, path: str, limit: int, required: bool, plain: bool = False) -> None:
        if value is None and not required:
            return
        if not isinstance(value, dict) or value.get("type") not in ("plain_text", "mrkdwn"):
            self._error(
                "must be a valid text object" if value is not None else "missing required field", path
            )
            return
        if plain and value["type"] != "plain_text":
            self._error("must be a plain_text object", f"{path}/type")
        words = value.get("text")
        if not isinstance(words, str) or not words:
            self._error("must be more than 0 characters", f"{path}/text")
            return
        self.characters += len(words)
        if len(words) > limit:
            self._error(f"must be less than {limit + 1} characters", f"{path}/text")

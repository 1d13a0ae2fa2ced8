"""Rich menus: made, given a picture, linked to a person or to all, switched by alias."""

import base64
import re
import secrets
from pathlib import Path
from typing import cast

import yaml

from bot.playground.line.action_rules import RICH_MENU, check_action
from bot.playground.line.problems import Problems
from bot.playground.line.refusal import LineRefusal, not_found, refuse_if
from bot.playground.world.changes import Changes
from bot.playground.world.json_data import JsonObject
from bot.playground.world.shelf import Shelf

IMAGE_BYTES = 1024 * 1024
MENUS = 1000
_ALIAS = re.compile(r"[a-z0-9_-]{1,32}")
_DEFAULT_FILE = Path(__file__).with_name("default_menu.yaml")


class RichMenus:
    """Who sees what: a menu linked to the person, else the default one, else the playground's own."""

    def __init__(self, shelf: Shelf, changes: Changes) -> None:
        self._shelf = shelf
        self._changes = changes
        self._own = cast(JsonObject, yaml.safe_load(_DEFAULT_FILE.read_text(encoding="utf-8")))

    def create(self, menu: JsonObject) -> str:
        refuse_if(check_menu(menu))
        if len(self.all()) >= MENUS:
            raise LineRefusal(400, "the number of rich menus has reached the limit")
        menu_id = f"richmenu-{secrets.token_hex(16)}"
        self._shelf.put("line_rich_menu", menu_id, menu)
        return menu_id

    def all(self) -> list[JsonObject]:
        return [{"richMenuId": key, **menu} for key, menu in self._shelf.items("line_rich_menu")]

    def get(self, menu_id: str) -> JsonObject:
        menu = self._shelf.get("line_rich_menu", menu_id)
        if menu is None:
            raise LineRefusal(404, "richmenu not found")
        return {"richMenuId": menu_id, **menu}

    def delete(self, menu_id: str) -> None:
        self.get(menu_id)
        self._shelf.drop("line_rich_menu", menu_id)
        self._shelf.drop("line_rich_menu_image", menu_id)
        for user, linked in self._shelf.items("line_rich_menu_user"):
            if linked == menu_id:
                self._shelf.drop("line_rich_menu_user", user)
        self._changes.tell("line", "")

    def set_image(self, menu_id: str, media_type: str, data: bytes) -> None:
        """A picture can't be replaced: a new picture needs a new menu."""
        self.get(menu_id)
        if media_type not in ("image/jpeg", "image/png"):
            raise LineRefusal(415, "unsupported media type")
        if len(data) > IMAGE_BYTES:
            raise LineRefusal(413, "request entity too large")
        if not data or self._shelf.has("line_rich_menu_image", menu_id):
            word = "An image has already been uploaded to the richmenu" if data else "the image is empty"
            raise LineRefusal(400, word)
        row = {"type": media_type, "data": base64.b64encode(data).decode()}
        self._shelf.put("line_rich_menu_image", menu_id, row)
        self._changes.tell("line", "")

    def image(self, menu_id: str) -> tuple[str, bytes] | None:
        row: JsonObject | None = self._shelf.get("line_rich_menu_image", menu_id)
        return None if row is None else (row["type"], base64.b64decode(row["data"]))

    def set_default(self, menu_id: str | None) -> None:
        if menu_id is not None:
            self._must_have_image(menu_id)
        self._shelf.put("line_setting", "default_rich_menu", menu_id)
        self._changes.tell("line", "")

    def default(self) -> str | None:
        menu_id: str | None = self._shelf.get("line_setting", "default_rich_menu")
        return menu_id if menu_id and self._shelf.has("line_rich_menu", menu_id) else None

    def link(self, user: str, menu_id: str) -> None:
        self._must_have_image(menu_id)
        self._shelf.put("line_rich_menu_user", user, menu_id)
        self._changes.tell("line", user)

    def unlink(self, user: str) -> None:
        self._shelf.drop("line_rich_menu_user", user)
        self._changes.tell("line", user)

    def linked(self, user: str) -> str | None:
        menu_id: str | None = self._shelf.get("line_rich_menu_user", user)
        return menu_id

    def shown_to(self, user: str) -> JsonObject:
        menu_id = self.linked(user) or self.default()
        if menu_id is None:
            return {"richMenuId": None, **self._own}
        picture = f"control/line/richmenu/{menu_id}/image" if self.image(menu_id) else None
        return {**self.get(menu_id), "image": picture}

    def set_alias(self, alias: str, menu_id: str, must_be_new: bool) -> None:
        if not _ALIAS.fullmatch(alias):
            raise LineRefusal(400, "invalid rich menu alias id")
        if must_be_new and self._shelf.has("line_rich_menu_alias", alias):
            raise LineRefusal(400, "conflict richmenu alias id")
        if not must_be_new:
            self.alias(alias)
        if self.image(menu_id) is None:
            raise LineRefusal(400, "richmenu not found")
        self._shelf.put("line_rich_menu_alias", alias, menu_id)

    def alias(self, alias: str) -> JsonObject:
        menu_id = self._shelf.get("line_rich_menu_alias", alias)
        if menu_id is None:
            raise not_found()
        return {"richMenuAliasId": alias, "richMenuId": menu_id}

    def aliases(self) -> list[JsonObject]:
        return [self.alias(alias) for alias, _ in self._shelf.items("line_rich_menu_alias")]

    def delete_alias(self, alias: str) -> None:
        self.alias(alias)
        self._shelf.drop("line_rich_menu_alias", alias)

    def switch(self, user: str, alias: str) -> str:
        """The status that the postback of a switch carries."""
        menu_id = self._shelf.get("line_rich_menu_alias", alias)
        if menu_id is None:
            return "RICHMENU_ALIAS_ID_NOTFOUND"
        if not self._shelf.has("line_rich_menu", menu_id):
            return "RICHMENU_NOTFOUND"
        self.link(user, menu_id)
        return "SUCCESS"

    def _must_have_image(self, menu_id: str) -> None:
        self.get(menu_id)
        if self.image(menu_id) is None:
            raise LineRefusal(400, "must upload richmenu image before applying it to user")


def check_menu(menu: JsonObject) -> Problems:
    problems = Problems()
    size = menu.get("size") if isinstance(menu.get("size"), dict) else {}
    width, height = (size or {}).get("width"), (size or {}).get("height")
    if not isinstance(width, int) or not 800 <= width <= 2500:
        problems.add("size.width", "must be between 800 and 2500")
    elif not isinstance(height, int) or height < 250 or width / height < 1.45:
        problems.add("size.height", "must be at least 250, with a width of 1.45 times the height or more")
    if not isinstance(menu.get("selected"), bool):
        problems.add("selected", "must be a boolean")
    problems.text(menu, "name", "", 300, required=True, graphemes=True)
    problems.text(menu, "chatBarText", "", 14, required=True, graphemes=True)
    for path, area in problems.objects(menu, "areas", "", 0, 20):
        _check_bounds(area, path, problems)
        action = problems.child(area, "action", path, required=True)
        if action is not None:
            check_action(action, f"{path}.action", RICH_MENU, problems)
    return problems


def _check_bounds(area: JsonObject, path: str, problems: Problems) -> None:
    bounds = problems.child(area, "bounds", path, required=True)
    for name in ("x", "y", "width", "height") if bounds is not None else ():
        value = (bounds or {}).get(name)
        if not isinstance(value, int) or not 0 <= value <= 2500:
            problems.add(f"{path}.bounds.{name}", "must be between 0 and 2500")

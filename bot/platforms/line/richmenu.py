"""The big four under every LINE chat: what the rich menu is, and how it gets to LINE once.

https://developers.line.biz/en/docs/messaging-api/using-rich-menus/
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Final

import yaml

from bot.core.buttons import Menu, MenuKind, encode
from bot.platforms.line.api import Answer, LineApi
from bot.platforms.line.render import Json

WIDTH: Final = 2500
HEIGHT: Final = 843
KINDS: Final[tuple[MenuKind, ...]] = ("danger", "help", "unsure", "record")
LANGUAGES: Final = ("ja", "en")
"""やさしい日本語 has the Japanese one: its four words are the same."""
USERS_AT_ONCE: Final = 500
"""https://developers.line.biz/en/reference/messaging-api/#link-rich-menu-to-users"""


class RichMenuRefused(Exception):
    """LINE did not take a step of the registration; says which, and what LINE answered."""


@dataclass(frozen=True)
class RichMenu:
    """What is registered: LINE's JSON and the picture. Menus of equal content have equal names."""

    definition: Json
    picture: bytes

    @property
    def name(self) -> str:
        return str(self.definition["name"])


def rich_menu(language: str = "ja") -> RichMenu:
    """The menu in one of LANGUAGES. Its areas are postbacks like any other button's."""
    folder = resources.files("bot.platforms.line")
    words = yaml.safe_load(folder.joinpath("richmenu.yaml").read_text("utf-8"))[language]
    picture = folder.joinpath(f"richmenu_{language}.png").read_bytes()
    definition: Json = {
        "size": {"width": WIDTH, "height": HEIGHT},
        "selected": True,
        "name": "",
        "chatBarText": words["bar"],
        "areas": [_area(place, label) for place, label in enumerate(words["buttons"])],
    }
    digest = hashlib.sha256(json.dumps(definition, sort_keys=True).encode() + picture).hexdigest()
    return RichMenu(definition | {"name": f"mamori-{language}-{digest[:12]}"}, picture)


async def register(api: LineApi) -> str:
    """Make the Japanese menu everybody's default and return its id. The second time nothing is changed at LINE.

    LINE refuses a default without a picture. Raises RichMenuRefused.
    """
    menu = rich_menu()
    known = await _known(api, menu.name)
    if known and known == await _default(api):
        return known
    menu_id = await _painted(api, menu, known)
    _must("setting the default", await api.post(f"/v2/bot/user/all/richmenu/{menu_id}"))
    return menu_id


async def give(api: LineApi, language: str, users: Sequence[str]) -> str:
    """Give these LINE users the menu in their language, instead of the default one. Raises RichMenuRefused."""
    menu = rich_menu(language)
    known = await _known(api, menu.name)
    menu_id = known or await _painted(api, menu, known)
    for part in batched(users, USERS_AT_ONCE):
        wanted: Json = {"richMenuId": menu_id, "userIds": part}
        answer = await api.post("/v2/bot/richmenu/bulk/link", wanted)
        if known and answer.status == 400:
            await _painted(api, menu, known)
            answer = await api.post("/v2/bot/richmenu/bulk/link", wanted)
        _must("linking the menu", answer)
    return menu_id


async def give_default(api: LineApi, users: Sequence[str]) -> None:
    """These users see the default menu again. Raises RichMenuRefused."""
    for part in batched(users, USERS_AT_ONCE):
        _must("unlinking the menu", await api.post("/v2/bot/richmenu/bulk/unlink", {"userIds": part}))


def batched(users: Sequence[str], size: int) -> list[list[str]]:
    return [list(users[first : first + size]) for first in range(0, len(users), size)]


async def _painted(api: LineApi, menu: RichMenu, known: str) -> str:
    """The menu with its picture: the one that a broken-off run left, or a new one."""
    menu_id = known or await _create(api, menu)
    await _upload(api, menu_id, menu.picture, may_have_one=bool(known))
    return menu_id


def _area(place: int, label: str) -> Json:
    width = WIDTH // len(KINDS)
    return {
        "bounds": {"x": place * width, "y": 0, "width": width, "height": HEIGHT},
        "action": {
            "type": "postback",
            "label": label,
            "data": encode(Menu(KINDS[place])),
            "displayText": label,
        },
    }


async def _known(api: LineApi, name: str) -> str:
    answer = _must("listing the menus", await api.get("/v2/bot/richmenu/list"))
    for one in answer.content.get("richmenus") or ():
        if isinstance(one, dict) and one.get("name") == name:
            return str(one.get("richMenuId", ""))
    return ""


async def _default(api: LineApi) -> str:
    """The default menu's id; empty without one, which LINE says by 404."""
    answer = await api.get("/v2/bot/user/all/richmenu")
    if answer.status == 404:
        return ""
    return str(_must("asking for the default", answer).content.get("richMenuId", ""))


async def _create(api: LineApi, menu: RichMenu) -> str:
    answer = _must("creating the menu", await api.post("/v2/bot/richmenu", menu.definition))
    return str(answer.content.get("richMenuId", ""))


async def _upload(api: LineApi, menu_id: str, picture: bytes, *, may_have_one: bool) -> None:
    """A picture can't be replaced: 400 for a menu that we found is LINE saying that it has one already."""
    answer = await api.upload(f"/v2/bot/richmenu/{menu_id}/content", picture, "image/png")
    if not (may_have_one and answer.status == 400):
        _must("uploading the picture", answer)


def _must(step: str, answer: Answer) -> Answer:
    if not answer.is_ok:
        said = answer.trouble or f"{answer.status} {answer.content.get('message', '')}".strip()
        raise RichMenuRefused(
            f"LINE rich menu: {step} failed ({said}); check the channel access token, then again"
        )
    return answer

"""The big four under every chat: what they say, and that setting up twice changes nothing."""

import struct
from collections.abc import AsyncIterator
from typing import Any

import pytest
from linebot.v3.messaging import RichMenuRequest

from bot.core.buttons import Menu, decode
from bot.platforms.limits import LINE_MENU_BAR_TEXT, LINE_MENU_IMAGE_BYTES, LINE_MENU_LABEL, graphemes
from bot.platforms.line.api import LineApi
from bot.platforms.line.richmenu import LANGUAGES, RichMenuRefused, give, give_default, register, rich_menu

NO_DEFAULT = (404, {"message": "no default richmenu"})
CREATED = (200, {"richMenuId": "richmenu-1"})
MENU = rich_menu()
LISTED = (
    200,
    {
        "richmenus": [
            {"richMenuId": "richmenu-0", "name": "other"},
            {"richMenuId": "richmenu-1", "name": MENU.name},
        ]
    },
)


@pytest.fixture
async def api(line: Any) -> AsyncIterator[LineApi]:
    made = LineApi("token", line.url, line.url)
    yield made
    await made.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_four_areas_cover_the_picture_and_carry_the_big_four(language: str) -> None:
    areas = rich_menu(language).definition["areas"]
    assert [decode(area["action"]["data"]) for area in areas] == [
        Menu("danger"),
        Menu("help"),
        Menu("unsure"),
        Menu("record"),
    ]
    assert [area["bounds"]["x"] for area in areas] == [0, 625, 1250, 1875]
    assert all(graphemes(area["action"]["label"]) <= LINE_MENU_LABEL for area in areas)


def test_a_tap_on_the_menu_says_its_own_word() -> None:
    assert [area["action"]["displayText"] for area in MENU.definition["areas"]] == [
        "危険",
        "応援",
        "迷う",
        "記録",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_line_would_take_menu_and_picture(language: str) -> None:
    menu = rich_menu(language)
    width, height = struct.unpack(">II", menu.picture[16:24])
    assert menu.picture.startswith(b"\x89PNG")
    assert {"width": width, "height": height} == menu.definition["size"]
    assert len(menu.picture) < LINE_MENU_IMAGE_BYTES
    assert len(menu.definition["chatBarText"]) <= LINE_MENU_BAR_TEXT
    assert RichMenuRequest.from_dict(menu.definition).to_dict() == menu.definition


def test_the_name_changes_with_the_content() -> None:
    assert rich_menu("ja").name != rich_menu("en").name
    assert rich_menu("ja").name == MENU.name


@pytest.mark.anyio
async def test_the_first_time_it_is_made_painted_and_set(line: Any, api: LineApi) -> None:
    line.answers = [(200, {"richmenus": []}), CREATED, (200, {}), (200, {})]
    assert await register(api) == "richmenu-1"
    _, created, painted, default = line.calls
    assert created.body == MENU.definition
    assert (painted.path, painted.headers["Content-Type"]) == (
        "/v2/bot/richmenu/richmenu-1/content",
        "image/png",
    )
    assert painted.raw == MENU.picture
    assert (default.method, default.path) == ("POST", "/v2/bot/user/all/richmenu/richmenu-1")


@pytest.mark.anyio
async def test_the_second_time_nothing_is_changed(line: Any, api: LineApi) -> None:
    line.answers = [LISTED, CREATED]
    assert await register(api) == "richmenu-1"
    assert [call.method for call in line.calls] == ["GET", "GET"]


@pytest.mark.anyio
async def test_what_a_broken_off_run_left_is_finished_and_not_made_again(line: Any, api: LineApi) -> None:
    line.answers = [LISTED, NO_DEFAULT, (400, {"message": "An image has already been uploaded"}), (200, {})]
    assert await register(api) == "richmenu-1"
    assert [call.path for call in line.calls[2:]] == [
        "/v2/bot/richmenu/richmenu-1/content",
        "/v2/bot/user/all/richmenu/richmenu-1",
    ]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("answers", "step"),
    [
        ([(401, {"message": "Authentication failed"})], "listing"),
        ([LISTED, (500, {})], "default"),
        ([(200, {}), (400, {"message": "bad"})], "creating"),
        ([(200, {}), CREATED, (413, {})], "uploading"),
        ([(200, {}), CREATED, (200, {}), (400, {})], "setting the default"),
    ],
)
async def test_a_step_that_line_refuses_is_named(
    line: Any, api: LineApi, answers: list[Any], step: str
) -> None:
    line.answers = answers
    with pytest.raises(RichMenuRefused, match=step):
        await register(api)


@pytest.mark.anyio
async def test_people_with_another_language_get_its_menu_five_hundred_at_a_time(
    line: Any, api: LineApi
) -> None:
    users = [f"U{number:032x}" for number in range(501)]
    line.answers = [(200, {"richmenus": []}), CREATED, (200, {}), (202, {}), (202, {})]
    assert await give(api, "en", users) == "richmenu-1"
    _, created, _, *linked = line.calls
    assert created.body == rich_menu("en").definition
    assert [len(call.body["userIds"]) for call in linked] == [500, 1]
    assert {call.path for call in linked} == {"/v2/bot/richmenu/bulk/link"}


@pytest.mark.anyio
async def test_people_whose_language_has_no_menu_see_the_default_again(line: Any, api: LineApi) -> None:
    line.answers = [(202, {})]
    await give_default(api, ["U" + "1" * 32])
    (call,) = line.calls
    assert (call.path, call.body) == ("/v2/bot/richmenu/bulk/unlink", {"userIds": ["U" + "1" * 32]})


@pytest.mark.anyio
async def test_a_link_that_line_refuses_is_named(line: Any, api: LineApi) -> None:
    line.answers = [(200, {"richmenus": []}), CREATED, (200, {}), (400, {"message": "no such user"})]
    with pytest.raises(RichMenuRefused, match="linking"):
        await give(api, "en", ["U" + "1" * 32])

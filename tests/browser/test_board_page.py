"""The live board in a real Chromium: read on a desk, on a wall, on a phone, by keyboard, and when the line is cut."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext, Page, Route, async_playwright, expect

from bot.app.committing import Commit, Entry
from bot.stores.connection import Client
from bot.stores.keys import Keys
from bot.web.board import PAGES
from tests.browser.launch import Browser, browser_or_reason
from tests.transcripts.stage import Stage, stage
from tests.web.board_stand import Stand, add_drill, board_stand, busy_morning, settings_for

pytestmark = [pytest.mark.anyio, pytest.mark.browser]

DESK, WALL, PHONE = (1280, 800), (1920, 1080), (360, 780)
READABLE = 7.0


@pytest.fixture
async def chromium() -> AsyncIterator[Chromium]:
    browser = browser_or_reason()
    if not isinstance(browser, Browser):
        pytest.skip(browser)
    async with async_playwright() as play:
        started = await play.chromium.launch(**browser.options())  # type: ignore[arg-type]
        yield started
        await started.close()


@pytest.fixture
async def play(redis_url: str, store_connection: Client) -> AsyncIterator[Stage]:
    async with stage(redis_url) as playing:
        yield playing


@pytest.fixture
async def stand(play: Stage, tmp_path: Path) -> AsyncIterator[Stand]:
    async with board_stand(play, settings_for(tmp_path)) as standing:
        yield standing


@contextlib.asynccontextmanager
async def opened(
    chromium: Chromium,
    stand: Stand,
    size: tuple[int, int] = DESK,
    query: str = "",
    dark: bool = False,
    expected: str = "ERR_",
) -> AsyncIterator[Page]:
    """The board as somebody sees it who has just opened their link. A fault in the page's console fails the test."""
    context: BrowserContext = await chromium.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        locale="ja-JP",
    )
    page, faults = await context.new_page(), list[str]()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    await page.goto(stand.entrance() + query)
    await expect(page.locator("#line")).to_contain_text(re.compile("最後の更新|last update"))
    yield page
    await context.close()
    assert [fault for fault in faults if not re.search(expected, fault)] == []


async def test_the_link_opens_the_board_and_leaves_the_address_bar(chromium: Chromium, stand: Stand) -> None:
    async with opened(chromium, stand) as page:
        assert page.url == f"{stand.url}/admin/board"
        await expect(page.get_by_role("heading", level=1)).to_have_text("応援の板")
        await expect(page.get_by_text("いま、応援の呼び出しはありません。")).to_be_visible()
        await page.reload()
        await expect(page.locator("#line")).to_contain_text("つながっています")


async def test_one_look_tells_where_who_how_long_and_who_is_coming(chromium: Chromium, stand: Stand) -> None:
    await busy_morning(stand.play)
    async with opened(chromium, stand) as page:
        cards = page.get_by_role("article")
        await expect(cards.get_by_role("heading")).to_have_text(["国際交流窓口", "1番窓口", "2番窓口"])
        two = cards.filter(has_text="2番窓口")
        for words in (
            "愛子さん",
            "応援",
            "森課長が向かっています。あと3分ほど",
            "大声・威圧",
            "ふたりで対応",
            "注意した 1回",
        ):
            await expect(two).to_contain_text(words)
        await expect(two.get_by_role("row", name="佐藤係長")).to_contain_text("手が離せません")
        assert await page.title() == "(3) 応援の板"


async def test_a_live_danger_is_told_by_words_and_place_and_only_then_by_red(
    chromium: Chromium, stand: Stand
) -> None:
    await busy_morning(stand.play)
    async with opened(chromium, stand) as page:
        first = page.get_by_role("article").first
        await expect(first).to_contain_text("至急")
        await expect(first).to_have_class(re.compile("is-danger"))
        assert await page.locator(".card.is-danger").count() == 1
        await expect(page.locator(".card.is-waiting")).to_contain_text("呼んでいます。まだ返事がありません")
        await stand.play.person("mori", "slack").taps("向かう")
        await stand.play.person("anna", "line").taps("They came")
        await expect(page.locator(".card.is-danger")).to_have_count(0)
        await expect(page.get_by_role("article").filter(has_text="国際交流窓口")).to_contain_text(
            "着きました"
        )


async def test_what_changes_is_there_by_itself_and_is_said_aloud(chromium: Chromium, stand: Stand) -> None:
    async with opened(chromium, stand) as page:
        await page.evaluate("document.body.dataset.mark = 'the same page'")
        await stand.play.person("aiko", "line").presses("応援")
        await expect(page.get_by_role("article")).to_contain_text("2番窓口", timeout=2000)
        await expect(page.get_by_role("status")).to_have_text("新しい呼び出し。応援。2番窓口、愛子さん")
        await stand.play.person("sato", "slack").taps("向かう")
        await expect(page.locator(".headline")).to_have_text("佐藤係長が向かっています", timeout=2000)
        await expect(page.get_by_role("status")).to_have_text("2番窓口。佐藤係長が向かっています")
        assert await page.evaluate("document.body.dataset.mark") == "the same page"


async def test_the_minutes_go_on_without_news(chromium: Chromium, stand: Stand) -> None:
    await stand.play.person("aiko", "line").presses("応援")
    stand.feed._beat = 0.2
    async with opened(chromium, stand) as page:
        await expect(page.locator(".minutes")).to_have_text("0分")
        stand.play.clock.time = stand.play.clock.time.replace(minute=14)
        await expect(page.locator(".minutes")).to_have_text("12分")


async def test_by_keyboard_a_timeline_opens_and_stays_open_through_changes(
    chromium: Chromium, stand: Stand
) -> None:
    await stand.play.person("aiko", "line").presses("応援")
    async with opened(chromium, stand) as page:
        await expect(page.get_by_role("article")).to_be_visible()
        await page.keyboard.press("Tab")
        await expect(page.locator("#skip")).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(page.locator("article summary")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator("article li").first).to_contain_text("「応援」が押されました")
        await stand.play.person("sato", "slack").taps("向かう")
        await expect(page.locator(".headline")).to_contain_text("向かっています")
        await expect(page.locator("article li").first).to_be_visible()
        await expect(page.locator("article summary")).to_be_focused()


async def test_what_ended_unfolds_with_its_timeline(chromium: Chromium, stand: Stand) -> None:
    await busy_morning(stand.play)
    async with opened(chromium, stand) as page:
        await page.get_by_text("今日終わったもの 1件").click()
        row = page.locator("#finished-rows li").first
        await expect(row).to_contain_text("来た人 佐藤係長")
        await row.get_by_text("1番窓口").click()
        await expect(row.locator("ol")).to_contain_text("終わりました(17分)")


async def test_a_drill_stands_apart_and_is_marked(chromium: Chromium, stand: Stand) -> None:
    await stand.play.person("aiko", "line").presses("応援")
    await add_drill(stand.play, await stand.play.incident())
    async with opened(chromium, stand) as page:
        await expect(page.locator("#open article")).to_have_count(1)
        await expect(page.locator("#drills article")).to_contain_text("【訓練】2番窓口")
        assert await page.title() == "(1) 応援の板"


@pytest.mark.parametrize("query", ["", "&wall=1", "&lang=en"])
async def test_nothing_is_wider_than_the_screen(chromium: Chromium, stand: Stand, query: str) -> None:
    """Also at 200 %: that is a desk's screen of half the width."""
    await busy_morning(stand.play)
    await add_drill(stand.play, await stand.play.incident(1))
    async with opened(chromium, stand, query=query) as page:
        for width, height in (PHONE, (640, 400), DESK, WALL):
            await page.set_viewport_size({"width": width, "height": height})
            assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_on_a_wall_three_calls_are_read_from_afar_without_scrolling(
    chromium: Chromium, stand: Stand
) -> None:
    await busy_morning(stand.play)
    async with opened(chromium, stand, WALL, "&wall=1") as page:
        await expect(page.get_by_role("article")).to_have_count(3)
        assert await page.evaluate("document.documentElement.scrollHeight") <= WALL[1]
        place = await page.locator("h3").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
        words = await page.locator(".headline").first.evaluate(
            "e => parseFloat(getComputedStyle(e).fontSize)"
        )
        assert place >= 48
        assert words >= 32


async def test_when_updates_stop_the_page_says_so_and_since_when_and_comes_back(
    chromium: Chromium, stand: Stand
) -> None:
    await stand.play.person("aiko", "line").presses("応援")
    async with opened(chromium, stand) as page:
        await expect(page.get_by_role("article")).to_be_visible()
        await page.context.set_offline(True)
        stand.feed.let_go()
        await expect(page.locator("#trouble")).to_contain_text(
            "つながっていません。最後の更新 10:02", timeout=20000
        )
        await expect(page.get_by_role("article")).to_contain_text("2番窓口")
        await page.context.set_offline(False)
        await expect(page.locator("#trouble")).to_be_hidden(timeout=20000)
        await expect(page.locator("#line")).to_contain_text(
            "5秒おきに確かめています"
        )  # the feed has let everyone go


async def test_a_call_that_can_not_be_shown_is_told_above_the_others(
    chromium: Chromium, stand: Stand, store_connection: Client
) -> None:
    await stand.play.person("aiko", "line").presses("応援")
    broken = (await stand.play.incident()).id
    await store_connection.hset(Keys("default").incident(broken), "body", "{")
    await stand.play.person("kenji", "line").presses("応援")
    async with opened(chromium, stand, PHONE) as page:
        await expect(page.locator("#unread")).to_contain_text(f"読めない記録があります({broken})")
        await expect(page.get_by_role("article")).to_have_count(1)


async def test_what_can_not_be_drawn_is_never_called_connected(chromium: Chromium, stand: Stand) -> None:
    """A newer server's data under an older page, or a fault of ours: the picture is old and says so."""
    await stand.play.person("aiko", "line").presses("応援")
    async with opened(chromium, stand, expected="children") as page:
        await page.evaluate("document.getElementById('open').remove()")
        await stand.play.person("sato", "slack").taps("向かう")
        await expect(page.locator("#trouble")).to_contain_text("描けませんでした")
        assert await page.locator("#line").inner_text() == ""


async def test_a_page_of_an_older_server_opens_itself_anew(chromium: Chromium, stand: Stand) -> None:
    """A screen on a wall is open for months; nobody goes there with a keyboard after an update."""
    async with opened(chromium, stand) as page:

        async def answers_anew(route: Route) -> None:
            answer = await route.fetch()
            await route.fulfill(response=answer, json={**await answer.json(), "page": "another"})

        await page.route("**/state.json*", answers_anew)
        async with page.expect_event("load", timeout=20000):
            stand.feed.let_go()
        await expect(page.locator("#line")).to_contain_text("最後の更新")


NAME = "\u202e<img src=x onerror=alert(1)>\u2066شكوى" + "長い名前" * 12


@pytest.mark.parametrize("size", [PHONE, WALL])
async def test_hostile_names_and_places_are_words_in_their_own_place(
    chromium: Chromium, stand: Stand, size: tuple[int, int]
) -> None:
    """Neither markup nor letters that turn the direction may reach what stands beside them."""
    await stand.play.person("aiko", "line").presses("応援")
    incident, now = await stand.play.incident(), stand.play.clock.now()
    caller = replace(incident.caller, name=NAME, place=NAME)
    after = replace(incident, version=incident.version + 1, caller=caller)
    entry = Entry(now, "placed", "aiko", {"place": NAME})
    await stand.play.mamori.stores.turns.commit(
        Commit("", after, now, "2026-11-24", now + timedelta(seconds=3), entries=(entry,))
    )
    async with opened(chromium, stand, size, query="&wall=1" if size == WALL else "") as page:
        await expect(page.get_by_role("article")).to_contain_text("<img src=x")
        assert await page.locator("img").count() == 0
        wide, shown = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= shown
        assert await page.locator("h3").first.evaluate("e => getComputedStyle(e).unicodeBidi") == "plaintext"
        if size == WALL:
            headline = await page.locator(".headline").bounding_box()
            assert headline
            assert headline["y"] + headline["height"] <= WALL[1], "the place leaves room for who is coming"
        if kept := os.environ.get("MAMORI_KEEP_PICTURES"):
            await page.screenshot(path=Path(kept) / f"hostile-{size[0]}.png")


async def test_a_pass_that_runs_out_while_watching_is_told(chromium: Chromium, stand: Stand) -> None:
    async with opened(chromium, stand, expected="403") as page:
        await page.context.clear_cookies()
        stand.feed.let_go()
        await expect(page.locator("#trouble")).to_contain_text("期限が切れました", timeout=20000)


async def test_english_is_english_all_over(chromium: Chromium, stand: Stand) -> None:
    await stand.play.person("aiko", "line").presses("応援")
    async with opened(chromium, stand, query="&lang=en") as page:
        await expect(page.locator(".headline")).to_have_text("Calling. No answer yet")
        assert await page.locator("html").get_attribute("lang") == "en"
        own = await page.evaluate(
            "document.querySelector('.top').innerText + document.querySelector('.who').innerText"
        )
        assert not re.search("[ぁ-ん]", own)


def test_both_languages_have_the_same_words() -> None:
    def keys(name: str) -> list[str]:
        return re.findall(r"^  (\w+):", (PAGES / name).read_text("utf-8"), re.MULTILINE)

    assert keys("words.ja.js") == keys("words.en.js")
    used = "".join(path.read_text("utf-8") for path in PAGES.glob("*.js"))
    named = set(re.findall(r"words\.(\w+)", used)) - {"js", "ja", "en"}
    assert named <= {*keys("words.ja.js")}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_letters_stand_out_from_what_is_behind_them(theme: str) -> None:
    blocks = re.findall(r":root \{(.*?)\}", (PAGES / "board.css").read_text("utf-8"), re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#\w{6});", blocks[0 if theme == "light" else 1]))
    pairs = [(ink, paper) for ink in ("ink", "quiet", "accent") for paper in ("paper", "card")]
    pairs += [("wait", "wait-soft"), ("danger", "card"), ("danger", "danger-soft"), ("on-danger", "danger")]
    found = {pair: round(contrast(colours[pair[0]], colours[pair[1]]), 2) for pair in pairs}
    assert {pair: ratio for pair, ratio in found.items() if ratio < READABLE} == {}


def contrast(one: str, other: str) -> float:
    """As the WCAG measure it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

"""The demo's page in a real browser: the whole conversation is played by pressing what a person sees.

One demo serves all tests of this file in any order, so each caller is used by one test alone.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Locator, Page, expect, sync_playwright

from tests.browser.launch import Browser, browser_or_reason
from tests.end_to_end.demo_run import DemoRun, demo_run
from tests.end_to_end.phones import SlackPhone
from tests.end_to_end.stack import eventually

pytestmark = [pytest.mark.browser, pytest.mark.timeout(150)]

PICTURES = "MAMORI_KEEP_PICTURES"
"""A folder that gets a copy of every picture, for people who want to look."""

PATIENCE_MS = 15_000
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoRun]:
    with demo_run(tmp_path_factory.mktemp("demo") / "data") as run:
        yield run


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    browser = browser_or_reason()
    if not isinstance(browser, Browser):
        pytest.skip(browser)
    with sync_playwright() as play:
        started = play.chromium.launch(**browser.options())  # type: ignore[arg-type]
        yield started
        started.close()


class Desk:
    """The page with its two phones."""

    def __init__(self, page: Page, pictures: Path) -> None:
        self.page = page
        self.left = page.get_by_test_id("phone-left")
        self.right = page.get_by_test_id("phone-right")
        self._pictures = pictures

    def picture(self, name: str) -> None:
        path = self._pictures / f"{name}.png"
        self.page.screenshot(path=path)
        if kept := os.environ.get(PICTURES):
            Path(kept).mkdir(parents=True, exist_ok=True)
            shutil.copy(path, Path(kept) / path.name)

    def closes_notices(self) -> None:
        for strip in self.page.locator(".notice-close").all():
            with suppress(Exception):
                strip.click(timeout=500)


@pytest.fixture
def open_desk(demo: DemoRun, chromium: Chromium, tmp_path: Path) -> Iterator[object]:
    """Opens the page; anything that the browser complains about fails the test."""
    troubles: list[str] = []
    contexts = []

    def open_(choice: str, language: str = "ja", size: dict[str, int] = WIDE) -> Desk:
        context = chromium.new_context(
            viewport=size,  # type: ignore[arg-type]
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            color_scheme="light",
            device_scale_factor=1,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda m: troubles.append(m.text) if m.type in ("error", "warning") else None)
        page.goto(f"{demo.address}?lang={language}#{choice}")
        return Desk(page, tmp_path)

    yield open_
    for context in contexts:
        context.close()
    assert troubles == []


def press(phone: Locator, label: str) -> None:
    """The newest button with these words; it is waited for."""
    phone.get_by_role("button", name=label, exact=True).last.click()


def shows(phone: Locator, words: str) -> None:
    expect(phone.get_by_text(words).last).to_be_visible()


def test_the_whole_conversation_is_played_by_clicking(open_desk) -> None:  # type: ignore[no-untyped-def]
    desk: Desk = open_desk("left=line:aiko&right=slack:sato")
    left, right = desk.left, desk.right
    expect(desk.page.get_by_test_id("hint")).to_contain_text("電話")
    expect(left.get_by_test_id("menu-area")).to_have_count(4)
    left.locator('[data-testid="menu-area"][data-action="m1.help"]').click()
    shows(left, "いま、身の危険はありますか")
    shows(right, "2番窓口 愛子さん・応援")
    desk.picture("paged")

    press(right, "向かう")
    shows(right, "あなたが向かっています")
    press(right, "3分")
    shows(left, "佐藤係長が向かっています。あと3分ほど")
    press(left, "ない")
    shows(left, "どんな様子ですか")
    desk.closes_notices()
    desk.picture("play")

    for label in ("大声・強い言い方", "続いている", "とくにない", "だいじょうぶ"):
        press(left, label)
    shows(left, "ふたりで対応")
    shows(left, "わけ")
    shows(right, "大声・威圧")
    desk.picture("level")

    press(left, "来てくれた")
    shows(left, "佐藤係長が着きました")
    press(left, "終わった")
    shows(left, "おつかれさまでした。")
    shows(right, "終わりました")
    desk.closes_notices()
    right.get_by_test_id("slack-tab-C0OUEN").click()
    shows(right, "2番窓口の件は終わりました")
    desk.picture("closed")


def test_typed_words_are_answered_from_the_send_box(open_desk) -> None:  # type: ignore[no-untyped-def]
    desk: Desk = open_desk("left=line:kei&right=slack:sato")
    desk.left.get_by_test_id("send-box").fill("怒鳴られている")
    desk.left.get_by_test_id("send").click()
    shows(desk.left, "こう受け取りました")
    desk.picture("typed")


def test_the_clock_is_pushed_and_the_next_person_is_called(open_desk, demo: DemoRun) -> None:  # type: ignore[no-untyped-def]
    desk: Desk = open_desk("left=line:kenji&right=line:mori")
    desk.left.locator('[data-testid="menu-area"][data-action="m1.help"]').click()
    shows(desk.left, "佐藤係長へ")
    desk.page.get_by_test_id("clock-forward-30").click()
    shows(desk.page.get_by_test_id("clock-ahead"), "先")
    sato = SlackPhone(demo.play, "U0SATO")
    eventually(lambda: len(sato.all_with("健司さん")) == 2, "the second call of the same person")
    desk.page.get_by_test_id("clock-forward-60").click()
    shows(desk.right, "1番窓口 健司さん・応援")
    shows(desk.left, "森課長にも知らせました")
    desk.picture("wider")
    press(desk.left, "もう大丈夫")
    shows(desk.left, "応援を止めました")


def test_a_press_swaps_the_platforms_and_the_people_stay(open_desk) -> None:  # type: ignore[no-untyped-def]
    desk: Desk = open_desk("left=line:aiko&right=slack:sato")
    for left, right in (("slack", "line"), ("line", "line"), ("slack", "slack"), ("line", "slack")):
        desk.page.get_by_test_id(f"preset-{left}-{right}").click()
        expect(desk.page.get_by_test_id("platform-left")).to_have_value(left)
        expect(desk.page.get_by_test_id("platform-right")).to_have_value(right)
        expect(desk.page.get_by_test_id("person-left")).to_have_value("aiko")
        assert f"left={left}:aiko&right={right}:sato" in desk.page.url


def test_on_a_pc_the_menu_and_quick_replies_are_gone_and_every_choice_is_still_a_button(open_desk) -> None:  # type: ignore[no-untyped-def]
    desk: Desk = open_desk("left=line:anna&right=slack:sato")
    desk.left.locator('[data-testid="menu-area"][data-action="m1.unsure"]').click()
    expect(desk.left.get_by_test_id("quick")).to_be_visible()
    desk.left.get_by_test_id("pc-switch").check()
    expect(desk.left.get_by_test_id("quick")).to_have_count(0)
    expect(desk.left.get_by_test_id("rich-menu")).to_have_count(0)
    message = desk.left.get_by_test_id("message").last
    for label in ("Yes", "No", "Backup", "Back"):
        expect(message.get_by_role("button", name=label, exact=True)).to_be_visible()
    desk.picture("pc")


def test_app_home_has_the_big_four(open_desk) -> None:  # type: ignore[no-untyped-def]
    desk: Desk = open_desk("left=slack:aiko&right=line:sato")
    desk.left.get_by_test_id("slack-tab-home").click()
    for label in ("危険", "応援", "迷う", "記録"):
        expect(desk.left.get_by_test_id("home").get_by_role("button", name=label, exact=True)).to_be_visible()
    desk.picture("home")


def test_on_a_narrow_phone_nothing_is_wider_than_the_screen(open_desk) -> None:  # type: ignore[no-untyped-def]
    desk: Desk = open_desk("left=line:aiko&right=slack:sato", size=NARROW)
    for side in ("left", "right"):
        desk.page.get_by_test_id(f"side-{side}").click()
        phone = desk.left if side == "left" else desk.right
        expect(phone.get_by_test_id("chat").first).to_be_visible()
        widths = desk.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert widths[0] <= widths[1]
        desk.picture(f"narrow-{side}")


def test_the_page_speaks_english(open_desk) -> None:  # type: ignore[no-untyped-def]
    desk: Desk = open_desk("left=line:anna&right=slack:sato")
    desk.page.get_by_test_id("language-en").click()
    expect(desk.page.get_by_role("heading", name=re.compile("Playground"))).to_be_visible()
    expect(desk.left.get_by_test_id("send")).to_have_text("Send")
    desk.picture("english")


def test_the_wire_shows_what_went_over_it_and_no_secrets(open_desk) -> None:  # type: ignore[no-untyped-def]
    desk: Desk = open_desk("left=line:kei&right=slack:sato")
    desk.left.get_by_test_id("send-box").fill("こんにちは")
    desk.left.get_by_test_id("send").click()
    shows(desk.left, "こんにちは")
    row = desk.page.get_by_test_id("wire-row").last  # the oldest; new ones come in above it
    row.locator("summary").click()
    expect(row.locator("pre").first).to_be_visible()
    assert "playground-line-token" not in desk.page.content()
    assert "xoxb-playground" not in desk.page.content()

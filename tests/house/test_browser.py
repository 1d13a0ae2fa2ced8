"""The browser that the screen tests drive: it is told apart from its absence, and it draws Japanese."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import sync_playwright

from tests.browser.launch import Browser, browser_or_reason

TWO_SIGNS = "<meta charset=utf-8><body style='font:40px sans-serif'><b id=a>危</b><b id=b>険</b>"


def test_a_named_browser_that_is_not_there_is_a_reason_to_skip(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MAMORI_TEST_BROWSER", str(tmp_path / "none"))
    reason = browser_or_reason()
    assert isinstance(reason, str)
    assert "MAMORI_TEST_BROWSER" in reason


@pytest.mark.browser
def test_japanese_is_drawn_as_letters_and_not_as_empty_boxes() -> None:
    browser = browser_or_reason()
    if not isinstance(browser, Browser):
        pytest.skip(browser)
    with sync_playwright() as play:
        chromium = play.chromium.launch(**browser.options())  # type: ignore[arg-type]
        assert len(set(pictures(chromium))) == 2, "two different signs look the same: no Japanese font"
        chromium.close()


def pictures(chromium: Chromium) -> list[bytes]:
    page = chromium.new_page()
    page.set_content(TWO_SIGNS)
    return [page.locator(sign).screenshot() for sign in ("#a", "#b")]

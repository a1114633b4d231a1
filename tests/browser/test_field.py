"""The chat where browsers keep less: third-party cookies blocked, all site data forbidden, storage partitioning off."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Playwright, expect

from tests.browser.conftest import Install, Make
from tests.browser.visit import Visit

pytestmark = pytest.mark.browser
THIRD_PARTY_ALLOWED = {"cookie_controls_mode": 0}
THIRD_PARTY_BLOCKED = {"cookie_controls_mode": 1, "block_third_party_cookies": True}
ALL_FORBIDDEN = {"default_content_setting_values": {"cookies": 2}}


def kept_by_a_framed_page(install: Install, page: Page) -> dict[str, str]:
    """What this browser lets a page of another site keep, on its second visit."""
    for _ in range(2):
        page.goto(f"{install.site.url}/probe")
        frame = next(frame for frame in page.frames if frame.url.endswith("/kept"))
        frame.wait_for_function("document.title.startsWith('{')")
    kept: dict[str, str] = json.loads(frame.title())
    return kept


def chat_to_an_answer_and_reload(install: Install, page: Page) -> Visit:
    """Opens, agrees, asks, is answered, asks again; then reloads and opens."""
    page.goto(install.site.url)
    visit = Visit(page)
    visit.open().agree()
    assert "Alder Street" in visit.say("Where do I park?")
    assert "photo ID" in visit.say("What should I bring to the first visit?")
    page.reload()
    return visit.open()


def test_third_party_cookies_blocked(install: Install, with_preferences: Make) -> None:
    """Most browsers block them by now. The chat sets none, and its partitioned storage still brings the talk back."""
    page = with_preferences(THIRD_PARTY_ALLOWED).pages[0]
    assert kept_by_a_framed_page(install, page)["cookie"] == "x=1"
    page = with_preferences(THIRD_PARTY_BLOCKED).pages[0]
    assert kept_by_a_framed_page(install, page) == {"storage": "kept", "cookie": ""}
    visit = chat_to_an_answer_and_reload(install, page)
    expect(visit.own).to_have_count(2)


def test_all_site_data_forbidden(install: Install, with_preferences: Make) -> None:
    """Merely touching storage throws here. The chat works; only the talk before a reload is not shown again."""
    page = with_preferences(ALL_FORBIDDEN).pages[0]
    assert kept_by_a_framed_page(install, page) == {"storage": "SecurityError", "cookie": ""}
    visit = chat_to_an_answer_and_reload(install, page)
    visit.agree()
    expect(visit.frame.get_by_role("textbox")).to_be_visible()
    expect(visit.own).to_have_count(0)


def test_with_playwright_s_own_switches(install: Install, playwright: Playwright, chromium_path: Path) -> None:
    """Without partitioning this browser forbids a framed page's storage, as older ones do."""
    options: dict[str, Any] = {"executable_path": chromium_path, "args": ["--no-sandbox"]}
    browser = playwright.chromium.launch(**options)
    try:
        visit = chat_to_an_answer_and_reload(install, browser.new_page())
        visit.agree()
        expect(visit.frame.get_by_role("textbox")).to_be_visible()
    finally:
        browser.close()

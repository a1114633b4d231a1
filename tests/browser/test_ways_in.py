"""Other ways to the same desk: by keyboard, on a small screen, enlarged, as a page of its own, without scripts."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Install, Make
from tests.browser.visit import Visit, accessible, shoot

pytestmark = pytest.mark.browser
SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"
SMALL = """[...document.querySelectorAll('button, summary, textarea, .bar a, .tools a')]
  .filter(e => e.checkVisibility() && Math.min(e.getBoundingClientRect().height, e.getBoundingClientRect().width) < 44)
  .map(e => e.outerHTML)"""


def tab_to(visit: Visit, what: str, there: Callable[[], object]) -> None:
    """Presses Tab until the focus is there. It may move a moment after the key: pressing on would pass it by."""
    for _ in range(10):
        visit.page.keyboard.press("Tab")
        for _ in range(20):
            if there():
                return
            visit.page.wait_for_timeout(25)
    raise AssertionError(f"Tab never came to {what}")


def test_keyboard_alone(visit: Visit) -> None:
    """Someone who cannot use a mouse could not reach the clinic, or would be lost on the website afterwards."""
    page, keys = visit.page, visit.page.keyboard
    visit.launcher.box()
    focused = "function () { return this.getRootNode().activeElement === this }"
    tab_to(visit, "the launcher", lambda: visit.launcher.look(focused))
    assert visit.launcher.look("function () { return getComputedStyle(this).outlineStyle }") == "solid"
    keys.press("Enter")
    expect(visit.frame.get_by_role("heading", name="Before we start")).to_be_focused()
    tab_to(
        visit, "Start chat", lambda: visit.frame.evaluate("document.activeElement.textContent.trim()") == "Start chat"
    )
    keys.press("Enter")
    box = visit.frame.get_by_role("textbox")
    expect(box).to_be_focused()
    keys.type("Where do I park?")
    keys.press("Enter")
    expect(visit.replies).to_have_count(1)
    expect(visit.frame.locator("#spoken")).to_contain_text("Alder Street")
    expect(box).to_be_focused()
    keys.press("Escape")
    page.wait_for_function("document.activeElement.localName === 'frontdesk-chat'")
    visit.launcher.becomes("function () { return this.hidden }", True, "panel")
    visit.launcher.becomes(focused, True)
    keys.press("Enter")
    expect(box).to_be_focused()


@pytest.mark.parametrize("size", [(390, 844), (320, 568), (320, 200)], ids=["phone", "small", "400-percent"])
def test_small_screens(visit: Visit, size: tuple[int, int]) -> None:
    """Most patients come by phone, and some enlarge everything: words cut off at the side are words not read."""
    frame = visit.open().agree().frame
    panel = visit.launcher.box("panel")
    assert (panel["x"], panel["y"], panel["width"], panel["height"]) == (0, 0, *size)
    visit.say("Where do I park?")
    frame.locator("summary").last.click()
    expect(frame.locator("blockquote").last).to_be_visible()
    frame.get_by_role("textbox").fill("and a long word: " + "pneumonoultramicroscopic" * 6)
    expect(frame.get_by_role("textbox")).to_be_in_viewport()
    expect(frame.get_by_role("button", name="Send")).to_be_in_viewport()
    shoot(visit.page, f"small-{size[1]}")
    assert frame.evaluate(SIDEWAYS) is False
    assert visit.page.evaluate(SIDEWAYS) is False
    assert frame.evaluate(SMALL) == []
    frame.get_by_role("button", name="Close chat").click()
    visit.page.wait_for_function("document.activeElement.localName === 'frontdesk-chat'")
    visit.launcher.box()


def test_reduced_motion(visit: Visit) -> None:
    """Movement makes some people ill; they have told their system."""
    visit.page.emulate_media(reduced_motion="reduce")
    visit.open()
    visit.launcher.box("panel")
    still = "function () { const s = getComputedStyle(this); return [s.animationName, s.transitionDuration] }"
    assert visit.launcher.look(still, "panel")[0] == "none"
    assert visit.launcher.look(still)[1] in ("0s", "")


def test_the_page_of_its_own(install: Install, page: Page) -> None:
    """The link behind a QR code, for a clinic without a website."""
    page.goto(install.chat_url)
    visit = Visit(page).agree()
    assert "Alder Street" in visit.say("Where do I park?")
    expect(page.get_by_role("button", name="Close chat")).to_be_hidden()
    shoot(page, "page-of-its-own")
    accessible(page, "own page")
    page.reload()
    expect(visit.own).to_have_count(1)


@pytest.mark.parametrize("language", ["en", "es"])
def test_without_scripts(install: Install, with_preferences: Make, language: str) -> None:
    """An old phone or a strict browser: the form must lead to a reference too, and say in words what is missing."""
    sent = {"en": "Your request is saved", "es": "Su solicitud está guardada"}[language]
    page = with_preferences({"default_content_setting_values": {"javascript": 2}}).pages[0]
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{install.chat_url}?lang={language}")
    # Playwright finds nothing inside <noscript> by role or label.
    page.locator("#patient_name").fill("Ada Quill")
    page.locator("#contact").fill("ada@quill.example")
    page.locator("[name=consent]").check()
    shoot(page, f"form-{language}")
    page.locator("form [type=submit]").click()
    page.wait_for_url("**/received/**")
    expect(page.get_by_role("heading", name=sent)).to_be_visible()
    assert re.fullmatch(r"[A-HJ-NP-Z2-9]{7}", page.locator(".code").inner_text())
    shoot(page, f"receipt-{language}")


def test_the_form_says_what_is_missing(install: Install, page: Page) -> None:
    """Browsers check the form first; one that does not must get sentences, and keep what was written."""
    token = re.search(r'name="form_token" value="([^"]+)"', page.request.get(install.chat_url).text())
    assert token is not None
    form = {"patient_name": "Ada Quill", "form_token": token[1]}
    answer = page.request.post(install.chat_url, form=form, headers={"Origin": install.server.url})
    assert answer.status == 422
    assert 'value="Ada Quill"' in answer.text()
    assert "Please tick this box" in answer.text()
    assert "a phone number or an e-mail" in answer.text()

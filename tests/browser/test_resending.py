"""Words that the clinic has not taken yet are kept and sent again by themselves: once, in order, and the patient sees
how it stands."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import Install, Watch
from tests.browser.test_offline import said_by_the_patient
from tests.browser.visit import Visit, until
from tests.server import serving

pytestmark = pytest.mark.browser
WAITING = "Not sent yet. We keep trying."
NO_STORAGE = """
Object.defineProperty(window, "sessionStorage", { get() { throw new DOMException("no", "SecurityError"); } });
"""


def write(visit: Visit, text: str) -> None:
    """Sends without waiting for a reply."""
    visit.frame.get_by_role("textbox").fill(text)
    visit.frame.get_by_role("textbox").press("Enter")


class Refusing:
    """Answers messages with `status` in the server's place while `on`."""

    def __init__(self, page: Page, status: int, retry_after: str) -> None:
        self.on, self.asked = True, 0
        self._status, self._retry_after = status, retry_after
        page.context.route("**/messages", self._answer)

    def _answer(self, route: Route) -> None:
        if not self.on:
            return route.continue_()
        self.asked += 1
        error = {"code": "unavailable", "message": "This cannot be saved right now.", "remedy": "Please call us."}
        headers = {"Retry-After": self._retry_after, "Content-Type": "application/json"}
        return route.fulfill(status=self._status, headers=headers, body=json.dumps({"error": error}))


def test_the_server_stops_and_starts_again(tmp_path: Path, context: BrowserContext, watch: Watch) -> None:
    """Nobody presses anything: what was written meanwhile arrives once, in the order in which it was written."""
    with serving(tmp_path) as server:
        page = context.new_page()
        page.goto(f"{server.url}/chat/{server.clinic()}")
        visit = Visit(page).agree()
        visit.say("Please have someone call me")
        server.stop()
        for text in ("Rosa Delgado", "212-555-0143", "in the mornings please"):
            write(visit, text)
        expect(visit.own.filter(has_text=WAITING)).to_have_count(3)
        expect(visit.frame.get_by_role("alert")).to_contain_text("we keep trying")
        tried = len(watch.requests)
        until(page, "some tries in vain", lambda: len(watch.requests) > tried + 1)
        server.start()
        expect(visit.own.filter(has_text=WAITING)).to_have_count(0)
        expect(visit.replies).to_have_count(4)
        expect(visit.frame.locator(".problem")).to_be_empty()
        said = ["Please have someone call me", "Rosa Delgado", "212-555-0143", "in the mornings please"]
        assert said_by_the_patient(server.url, visit) == said
        assert visit.frame.locator(".messages .patient .bubble").all_inner_texts() == said


@pytest.mark.parametrize("status", [503, 429])
def test_a_reload_in_the_middle_loses_nothing(install: Install, page: Page, status: int) -> None:
    """A patient who sees "not sent" reloads the page; that must not be the end of the words."""
    page.goto(install.chat_url)
    visit = Visit(page).agree()
    visit.say("Where do I park?")
    refusing = Refusing(page, status, "2")
    write(visit, "Do you take Cigna?")
    expect(visit.own.last).to_contain_text(WAITING)
    expect(visit.frame.get_by_role("alert")).to_contain_text("Please call us.")
    page.reload()
    expect(visit.own).to_have_count(2)
    expect(visit.own.last).to_contain_text(WAITING)
    until(page, "another try after the reload", lambda: refusing.asked >= 2)
    refusing.on = False
    expect(visit.own.last).not_to_contain_text(WAITING)
    expect(visit.replies).to_have_count(2)
    assert said_by_the_patient(install.server.url, visit) == ["Where do I park?", "Do you take Cigna?"]


def test_without_storage_the_words_are_kept_as_long_as_the_page_is_open(install: Install, page: Page) -> None:
    """Browsers may forbid storage to a framed page; then a reload would lose words, and the browser asks before."""
    page.add_init_script(NO_STORAGE)
    page.goto(install.chat_url)
    visit = Visit(page).agree()
    refusing = Refusing(page, 429, "1")
    write(visit, "Where do I park?")
    expect(visit.own.last).to_contain_text(WAITING)
    asked: list[str] = []

    def stay(dialog) -> None:  # type: ignore[no-untyped-def]
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    page.close(run_before_unload=True)
    until(page, "the browser's question", lambda: asked)
    assert asked == ["beforeunload"]
    refusing.on = False
    expect(visit.replies).to_have_count(1)
    expect(visit.own).to_have_count(1)
    expect(visit.own.last).not_to_contain_text(WAITING)


def test_words_that_cannot_be_taken_stay_in_sight_after_a_reload(install: Install, page: Page) -> None:
    """Given up on, but never silently: they are the patient's to change or to throw away."""
    page.goto(install.chat_url)
    visit = Visit(page).agree()
    visit.say("Where do I park?")
    refusing = Refusing(page, 422, "0")
    write(visit, "something strange")
    expect(visit.own.last).to_contain_text("Not sent.")
    refusing.on = False
    page.reload()
    expect(visit.own.last).to_contain_text("Not sent.")
    visit.frame.get_by_role("button", name="Change it").click()
    expect(visit.frame.get_by_role("textbox")).to_have_value("something strange")
    expect(visit.own).to_have_count(1)
    page.reload()
    expect(visit.own).to_have_count(1)

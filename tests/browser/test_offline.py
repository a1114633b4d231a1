"""The line breaks in the middle of a talk: nothing is lost, nothing is sent twice, and the patient is told."""

from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, Route, expect

from tests.browser.conftest import Install
from tests.browser.visit import Visit, accessible, shoot
from tests.browser.website import website
from tests.server import serving

pytestmark = pytest.mark.browser
KEPT = "JSON.parse(Object.values(sessionStorage)[0]).conversation"


@pytest.mark.parametrize("size", [(390, 844)], ids=["phone"])
def test_the_server_dies_and_comes_back(tmp_path: Path, context: BrowserContext) -> None:
    """Words that vanish with the line would be a patient who waits for a call that nobody knows of."""
    with website() as site, serving(tmp_path) as server:
        site.embed(server.url, server.clinic(origin=site.url))
        page = context.new_page()
        page.clock.install()
        page.goto(site.url)
        visit = Visit(page)
        frame = visit.open().agree().frame
        visit.say("Please call me")
        server.kill()
        frame.get_by_role("textbox").fill("Rosa Delgado")
        frame.get_by_role("textbox").press("Enter")
        mine = visit.own.last
        expect(mine).to_contain_text("Rosa Delgado")
        expect(mine).to_contain_text("Not sent yet")
        expect(frame.get_by_role("alert")).to_contain_text("we keep trying")
        expect(frame.get_by_role("alert").get_by_role("link", name="212-555-0100")).to_be_visible()
        shoot(page, "9-offline")
        accessible(frame, "offline")
        page.clock.pause_at(page.evaluate("Date.now()") + 1)  # else it may try again by itself before the click
        server.start()
        frame.get_by_role("button", name="Try again").click()
        page.clock.resume()
        expect(visit.replies).to_have_count(2)
        expect(mine).not_to_contain_text("Not sent yet")
        expect(frame.locator(".problem")).to_be_empty()
        assert said_by_the_patient(server.url, visit) == ["Please call me", "Rosa Delgado"]


def test_a_reply_that_is_lost_on_the_way(install: Install, visit: Visit) -> None:
    """The clinic has the words, the patient's phone does not know it: sending again must not make them twice."""
    lost: list[int] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    visit.page.context.route("**/messages", lose_the_first)
    visit.open().agree()
    assert "Alder Street" in visit.say("Where do I park?")
    assert lost == [200]
    assert said_by_the_patient(install.server.url, visit) == ["Where do I park?"]
    expect(visit.own).to_have_count(1)
    expect(visit.replies).to_have_count(1)


def said_by_the_patient(url: str, visit: Visit) -> list[str]:
    """What the backend has of the patient's words."""
    kept = visit.frame.evaluate(KEPT)
    headers = {"Authorization": f"Bearer {kept['token']}"}
    said = httpx.get(f"{url}/api/v1/conversations/{kept['id']}", headers=headers).json()["messages"]
    return [each["text"] for each in said if each["author"] == "patient"]

"""Coming in for the first time, in a real Chromium, on a desk and on a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.control.commands.staff import staff_create
from app.usecases.totp import code_of, phone_time, step_at
from tests.staff.test_dashboard_in_browser import Site, chromium, look, page, site  # noqa: F401

pytestmark = pytest.mark.browser
NEW = "lantern-orchard-button-sky"


def invited(site: Site, email: str, role: str) -> str:  # noqa: F811
    given = {"email": email, "role": role, "clinic": None if role == "owner" else "harbor", "invite": True}
    url: str = staff_create(site.desk, given, print)["set_up_url"]
    return site.url + "/dashboard/set-up#" + url.partition("#")[2]


def test_an_owner_comes_in_by_the_link(site: Site, page: Page) -> None:  # noqa: F811
    """The first person of an install would stand before a page that they cannot use."""
    link = invited(site, f"nova-{page.size}@install.example", "owner")  # type: ignore[attr-defined]
    asked: list[str] = []
    page.on("request", lambda one: asked.append(f"{one.url} {one.headers}"))
    page.goto(link)
    expect(page.get_by_role("heading", name="Choose a password")).to_be_visible()
    assert page.url == f"{site.url}/dashboard/set-up"
    look(page, "set-up")
    page.get_by_label("Password", exact=True).fill("password-password-1")
    page.get_by_label("Password again").fill("password-password-1")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text("too easy to guess")
    look(page, "set-up-refused")
    page.get_by_label("Password", exact=True).fill(NEW)
    page.get_by_label("Password again").fill(NEW)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    look(page, "set-up-factor")
    page.get_by_role("button", name="I have the app, go on").click()
    page.get_by_text("I can’t scan it").click()
    look(page, "set-up-factor-begun")
    secret = re.sub(r"\s", "", page.locator("#secret").inner_text())
    page.get_by_label("Code", exact=True).fill(code_of(secret, step_at(phone_time(site.desk))))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("list", name="Recovery codes").get_by_role("listitem")).to_have_count(10)
    look(page, "set-up-codes")
    page.get_by_role("link", name="I have kept them, go on").click()
    expect(page.get_by_role("heading", name="Which clinic?")).to_be_visible()
    token = link.partition("#")[2]
    assert asked
    assert [one for one in asked if token in one] == [], "the secret left in an address or a referrer"
    page.goto(link)
    expect(page.get_by_role("alert")).to_contain_text("was used already")
    look(page, "set-up-used")


def test_the_secret_can_be_typed_in(site: Site, page: Page) -> None:  # noqa: F811
    """Without scripts, or on another device, the link would lead nowhere."""
    link = invited(site, f"vic-{page.size}@harbor.example", "viewer")  # type: ignore[attr-defined]
    page.goto(f"{site.url}/dashboard/set-up")
    look(page, "set-up-link")
    page.get_by_label("Code from your link").fill(link.partition("#")[2])
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Password", exact=True).fill(NEW)
    page.get_by_label("Password again").fill(NEW)
    page.get_by_role("button", name="Set up my account").click()
    expect(page.get_by_role("status")).to_contain_text("Your account is ready")
    look(page, "set-up-done")

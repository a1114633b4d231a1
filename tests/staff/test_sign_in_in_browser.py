"""Coming in for the first time, in a real Chromium, on a desk and on a phone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from app.control.commands.staff import staff_create
from app.usecases.totp import code_of, phone_time, step_at
from tests.staff.test_dashboard_in_browser import Site, chromium, look, page, served, site  # noqa: F401

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


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site under a name: browsers offer passkeys nowhere else."""
    yield from served(tmp_path_factory.mktemp("named"), host="localhost")


def test_a_manager_adds_a_passkey_and_signs_in_with_it(named: Site, page: Page) -> None:  # noqa: F811
    """With the browser's own ceremony, an authenticator that asks for the person, and the pages' own script."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**kind, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )["authenticatorId"]
    named.sign_in(page, named.cast.manager)
    page.goto(f"{named.url}/dashboard/account")
    page.get_by_role("link", name="Add a passkey").click()
    look(page, "passkey-password")
    page.get_by_label("Your password").fill(named.cast.manager.password)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name of this device").fill("Front desk key")
    look(page, "passkey-new")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("status")).to_contain_text("Your passkey is ready")
    held = session.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    assert [one["isResidentCredential"] for one in held] == [True]
    look(page, "passkey-account")
    page.get_by_role("button", name="Sign out", exact=True).click()
    look(page, "passkey-sign-in")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page.get_by_role("alert")).to_contain_text("The passkey was not used")
    look(page, "passkey-cancelled")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": True})
    page.get_by_role("button", name="Use a passkey instead").click()
    page.wait_for_url("**/dashboard/harbor/leads")
    page.goto(f"{named.url}/dashboard/account/passkeys/new")
    page.get_by_label("Your password").fill(named.cast.manager.password)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("has a passkey for your account already")
    page.goto(f"{named.url}/dashboard/account")
    keys = page.get_by_role("region", name="Passkeys")
    keys.get_by_text("Rename").click()
    keys.get_by_label("Name", exact=True).fill("Blue key")
    keys.get_by_role("button", name="Save the name").click()
    expect(keys).to_contain_text("Blue key")
    keys.locator("summary", has_text="Remove").click()
    keys.get_by_label("Your password").fill(named.cast.manager.password)
    look(page, "passkey-remove")
    keys.get_by_role("button", name="Remove this passkey").click()
    expect(page.get_by_role("status")).to_contain_text("opens nothing any more")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="Use a passkey instead").click()
    expect(page.get_by_role("alert")).to_contain_text("not known here")
    look(page, "passkey-unknown")

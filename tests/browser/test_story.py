"""The product's own story in a real browser, across two sites: from the script tag to the mail in the clinic's box."""

from email import message_from_bytes, policy

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Install, Watch
from tests.browser.visit import STORY, Visit, accessible, shoot
from tests.server import wait_for

pytestmark = pytest.mark.browser
SIZES = [(1280, 800), (390, 844)]


def mails_about(install: Install, reference: str) -> list[str]:
    """What the clinic was told of this referral."""
    read = [message_from_bytes(mail, policy=policy.default).get_body(("plain",)) for mail in install.mailbox.mails]
    texts = [body.get_content() for body in read if body is not None]
    return [text for text in texts if reference in text]


@pytest.mark.parametrize("size", SIZES, ids=["desktop", "phone"])
def test_from_the_tag_to_the_mail(install: Install, visit: Visit, watch: Watch) -> None:
    """Every part can be right and a patient still never reach the clinic: this is the way that patients take."""
    visit.launcher.box()
    shoot(visit.page, "1-launcher")
    frame = visit.open().frame
    expect(frame.get_by_role("heading", name="Before we start")).to_be_visible()
    expect(frame.get_by_text("automated assistant, not a person")).to_be_visible()
    shoot(visit.page, "2-consent")
    accessible(frame, "consent")
    visit.agree()
    assert watch.posts() == []
    shoot(visit.page, "3-greeting")

    reply = visit.say(STORY)
    assert watch.posts() != []
    assert "In network" in reply
    assert "4 business days" in reply
    source = frame.locator("details", has_text="payers.pdf").first
    source.locator("summary").click()
    expect(source).to_contain_text("page 1")
    expect(source.locator("blockquote")).to_contain_text("Cigna")
    expect(source.locator("blockquote")).to_be_visible()
    shoot(visit.page, "4-answer-with-source")
    accessible(frame, "sources")

    visit.answer_until_read_back(reply)
    expect(frame.get_by_role("button", name="Yes", exact=True)).to_be_visible()
    shoot(visit.page, "5-read-back")
    accessible(frame, "read-back")
    frame.get_by_role("button", name="Yes", exact=True).click()
    code = frame.locator(".reference .code")
    expect(code).to_be_visible()
    reference = code.inner_text()
    shoot(visit.page, "6-reference")
    accessible(frame, "reference")

    wait_for("the mail", lambda: mails_about(install, reference))
    [told] = mails_about(install, reference)
    assert "Rosa Delgado" in told

    visit.page.reload()
    visit.open()
    expect(visit.own.first).to_have_text(f"You:{STORY}")
    expect(visit.frame.locator(".reference .code")).to_have_text(reference)
    expect(visit.frame.locator("details", has_text="payers.pdf").first).to_be_visible()
    shoot(visit.page, "7-after-reload")
    assert watch.problems == []


@pytest.mark.parametrize("size", SIZES, ids=["desktop", "phone"])
def test_an_emergency_cannot_be_overlooked(visit: Visit, watch: Watch) -> None:
    """A person in danger must see the number to call, large, first, and ready to be tapped."""
    frame = visit.open().agree().frame
    visit.say("I have crushing chest pain and I can not breathe")
    alert = frame.get_by_role("alert").filter(has_text="911")
    expect(alert).to_be_in_viewport()
    expect(alert.get_by_role("link", name="Call 911")).to_be_in_viewport()
    expect(alert.get_by_role("link", name="911").first).to_have_attribute("href", "tel:911")
    shoot(visit.page, "8-emergency")
    accessible(frame, "emergency")
    assert watch.problems == []

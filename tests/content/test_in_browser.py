"""The same strings in a real browser: what a patient wrote is text, on the dashboard and in the chat."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect, sync_playwright

from app.dialogue.private import mask
from tests.content.conftest import Talk, World
from tests.content.dangerous import OWN, as_documented, corpora

pytestmark = pytest.mark.browser
FIELDS = ("patient_name", "reason", "referring_provider", "provider_specialty", "insurance_carrier")
MADE = """() => [...document.querySelectorAll("*")].map((one) =>
    [one.localName, ...[...one.attributes].map((each) => each.name).sort()].join(" "))"""


class Watched:
    """A page, and everything that should not happen on it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self._url = page, url
        self.wrong: list[str] = []
        page.on("dialog", self._dialog)
        page.on("request", self._request)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda line: self.wrong.append(line.text) if "Content Security" in line.text else None)

    def _dialog(self, dialog) -> None:  # type: ignore[no-untyped-def]
        self.wrong.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self._url, "data:,")):
            self.wrong.append(request.url)

    def made(self) -> set[str]:
        """Each element with the names of its attributes."""
        return set(self.page.evaluate(MADE))


@pytest.fixture
def watched(world: World, chromium_path: Path) -> Iterator[Watched]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        page = browser.new_page()
        yield Watched(page, world.url)
        browser.close()


def strings() -> list[str]:
    """Ours, and one in seven of the others: the whole of them goes through the parser of test_kept_and_shown."""
    typed = [typed for name, (typed, _) in OWN.items() if name != "half a pair"]
    with suppress(pytest.skip.Exception):
        typed += [text for text in corpora() if len(text) > 20][::7]
    return [text for text in typed if not mask(text)[1]]


def joined(texts: list[str], size: int) -> list[str]:
    """Texts of about this length."""
    packs = [""]
    for text in texts:
        if len(packs[-1]) + len(text) > size:
            packs.append("")
        packs[-1] += f"\n{text}" if packs[-1] else text
    return packs


def test_dashboard(world: World, watched: Watched) -> None:
    """A script in a patient's name would act as the coordinator who opens the lead."""
    page = watched.page
    plain = Talk(world).contact({"patient_name": "Rosa Delgado", "contact": "202-555-0143", "reason": "knee"})
    page.context.set_extra_http_headers(world.browser(world.cast.manager))
    page.goto(f"{world.url}/dashboard/harbor/leads/{plain.json()['referral_id']}")
    allowed = watched.made()
    packs = joined(strings(), 900)
    for at in range(0, len(packs), len(FIELDS)):
        talk = Talk(world)
        slots = dict(zip(FIELDS, packs[at:], strict=False))
        answer = talk.contact({**slots, "contact": "202-555-0143"})
        if answer.status_code == 422:
            assert "must not be sent" in answer.text
            continue
        talk.say(packs[at])
        page.goto(f"{world.url}/dashboard/harbor/leads/{answer.json()['referral_id']}")
        new = {one for one in watched.made() - allowed if one.split()[0] not in OURS}
        assert new == set()
        assert watched.wrong == []
    page.goto(f"{world.url}/dashboard/harbor/leads?newest=true")
    page.goto(f"{world.url}/dashboard/harbor/papers")
    assert watched.wrong == []


OURS = {"strong", "ul", "ol", "li", "span", "p", "dd", "dt", "div", "q"}


def test_chat(world: World, watched: Watched) -> None:
    """A string that somebody was told to paste would run with the patient's chat in its hands."""
    page = watched.page
    page.goto(f"{world.url}/chat/harbor")
    page.get_by_role("button", name="Start chat").click()
    packs = joined(strings()[:26], 1200)
    mine = page.locator(".messages .patient")
    before: set[str] = set()
    for at, text in enumerate(["hello", *packs]):
        page.get_by_role("textbox").fill(text)
        page.get_by_role("textbox").press("Enter")
        expect(page.locator(".messages .desk")).to_have_count(at + 1)
        if at == 0:
            before = watched.made()
            continue
        shown = " ".join(mine.last.inner_text().split())
        assert " ".join(text.split())[:40] in shown or " ".join(as_documented(text).split())[:40] in shown
        new = {one.split()[0] for one in watched.made() - before}
        assert not new & {"script", "img", "iframe", "form", "input", "base", "link", "style", "marquee", "object"}
    assert watched.wrong == []
    page.reload()
    expect(mine).to_have_count(len(packs) + 1)
    assert watched.wrong == []

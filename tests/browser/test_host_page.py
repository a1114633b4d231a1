"""What a clinic's website can do to the widget, and what the widget does to the website."""

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import Install, Watch
from tests.browser.visit import Visit, accessible, shoot
from tests.browser.website import website
from tests.server import wait_for

pytestmark = pytest.mark.browser
STYLE = """function () {
  const s = getComputedStyle(this), b = this.getBoundingClientRect();
  return [b.width, b.height, innerWidth - b.right, innerHeight - b.bottom, s.backgroundColor, s.borderRadius, s.cursor,
          s.visibility, s.opacity];
}"""
KEYS = "Object.getOwnPropertyNames(window).sort()"


def test_a_hostile_website_changes_nothing(install: Install, page: Page, visit: Visit) -> None:
    """CSS resets, z-index wars and old libraries are on real clinics' websites; the button would be gone or dead."""
    visit.launcher.box()
    plain = visit.launcher.look(STYLE)
    page.goto(f"{install.site.url}/hostile")
    visit.launcher.box()
    assert visit.launcher.look(STYLE) == plain
    assert min(plain[:2]) >= 44
    visit.open().agree()
    shoot(page, "host-hostile")
    assert "Alder Street" in visit.say("Where do I park?")
    assert visit.launcher.box("panel")["width"] == 400
    visit.launcher.click()
    visit.launcher.becomes("function () { return this.hidden }", True, "panel")


def test_the_website_s_scripts_cannot_see_the_chat(install: Install, page: Page, visit: Visit) -> None:
    """Analytics and session replay on the clinic's website would read what a patient types."""
    page.goto(f"{install.site.url}/hostile")
    visit.open().agree()
    visit.say("My name is Rosa Delgado and my knee hurts")
    seen = page.evaluate(
        """() => {
            const found = [document.querySelector("frontdesk-chat").shadowRoot];
            found.push(document.querySelectorAll("iframe").length);
            try { found.push(window.speaker.document.body.innerText); } catch (problem) { found.push(problem.name); }
            return found;
        }"""
    )
    assert seen == [None, 0, "SecurityError"]
    heard = page.evaluate("window.heard")
    assert heard
    assert {key for word in heard for key in word} <= {"frontdesk", "count"}
    assert "Rosa" not in str(heard)


def test_the_website_s_globals_stay_as_they_are(install: Install, page: Page, visit: Visit) -> None:
    """A name that the loader leaks can break the website's own scripts."""
    page.goto(f"{install.site.url}/without")
    before = page.evaluate(KEYS)
    page.goto(install.site.url)
    visit.open().agree()
    expect(visit.frame.get_by_role("textbox")).to_be_visible()
    # Any frame is counted by number; that is the browser's doing.
    assert [key for key in page.evaluate(KEYS) if not key.isdigit()] == before


def test_a_strict_policy_that_lets_the_backend_in_is_enough(install: Install, page: Page, watch: Watch) -> None:
    """A clinic with a content security policy would have to weaken it for us."""
    page.goto(f"{install.site.url}/strict")
    visit = Visit(page)
    visit.open().agree()
    assert "Alder Street" in visit.say("Where do I park?")
    own = ("Applying inline style", "'data:,'")  # the page's own style and icon
    assert [line for line in watch.problems if not any(part in line for part in own)] == []
    assert visit.launcher.look("function () { return getComputedStyle(this).borderRadius }") == "50%"


def stuck(visit: Visit) -> str | None:
    """What stands in the panel, once it is not the waiting any more. Lets the page go on meanwhile."""
    visit.page.evaluate("new Promise(requestAnimationFrame)")
    said: str = visit.launcher.look("function () { return this.innerText }", "wait")
    return None if "Opening" in said else said


def test_a_website_that_the_clinic_does_not_know_cannot_show_the_chat(install: Install, page: Page) -> None:
    """Anyone could dress their own page up as the clinic's and collect what patients type."""
    with website() as stranger:
        stranger.embed(install.server.url, install.site_key)
        page.goto(stranger.url)
        visit = Visit(page)
        with page.expect_event("console", lambda line: "frame-ancestors" in line.text):
            visit.open()
        assert [frame.url for frame in page.frames if "/chat/" in frame.url] == []
        link = visit.launcher.look("function () { return this.querySelector('a').href }", "wait")
        assert link.startswith(install.chat_url)
        assert "could not open" in wait_for("the word", lambda: stuck(visit), 10)
        shoot(page, "host-stranger")


def test_nothing_goes_elsewhere_and_no_cookie_is_set(install: Install, visit: Visit, watch: Watch) -> None:
    """A cookie needs a banner, and a font from elsewhere tells somebody which patient looks at which clinic."""
    responses: list[Response] = []
    visit.page.context.on("response", lambda response: responses.append(response))
    visit.open().agree()
    visit.say("Where do I park?")
    hosts = {url.split("/")[2] for _, url in watch.requests if url.startswith("http")}
    assert hosts == {install.site.url.split("/")[2], install.server.url.split("/")[2]}
    assert responses
    # The browser would drop a framed page's cookie anyway; the backend must not even try.
    assert [each.url for each in responses if "set-cookie" in each.all_headers()] == []
    assert visit.page.context.cookies() == []


def test_the_launcher_is_accessible(install: Install, page: Page) -> None:
    """axe cannot look into a closed root, so that here it is opened; the page around it is our own and clean."""
    page.add_init_script(
        """const attach = Element.prototype.attachShadow;
           Element.prototype.attachShadow = function (how) { return attach.call(this, {...how, mode: "open"}); };"""
    )
    page.goto(install.site.url)
    expect(page.get_by_role("button", name="Chat with us")).to_be_visible()
    accessible(page, "launcher")
    page.get_by_role("button", name="Chat with us").click()
    expect(page.frame_locator("iframe").get_by_role("button", name="Start chat")).to_be_visible()
    accessible(page, "open panel")


def test_the_launcher_and_the_chat_speak_the_website_s_language(install: Install, page: Page) -> None:
    """A Spanish website with an English chat sends away the patients who need it most."""
    page.goto(f"{install.site.url}/es")
    visit = Visit(page)
    visit.launcher.box()
    assert visit.launcher.look("function () { return this.getAttribute('aria-label') }") == "Chatee con nosotros"
    frame = visit.open().frame
    frame.get_by_role("button", name="Empezar el chat").click()
    shoot(page, "spanish-greeting")
    assert "clínica" in visit.say("Zumba?")  # tells nothing of a language: only the page's counts
    assert "¿" in visit.say("Quiero que me llamen")
    shoot(page, "spanish")
    accessible(frame, "spanish")
    frame.get_by_role("link", name="English").click()
    expect(visit.frame.get_by_role("textbox", name="Your message")).to_be_visible()
    expect(visit.own).to_have_count(2)

"""A patient's way through the chat in a real page: opens the launcher, agrees, writes, reads."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Frame, Page, expect

SHOTS = os.environ.get("FRONTDESK_TEST_SHOTS")
PATIENCE_S = 45.0
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
STORY = "I was referred by Dr. Smith at the ortho center; do you take Cigna, and when can I get in?"
SAID = {
    "name": "Rosa Delgado",
    "phone number": "212-555-0143",
    "help with": "rotator cuff surgery three weeks ago",
    "member ID": "U1234567801",
    "days and times": "weekday mornings before 10",
}


def shoot(page: Page, name: str) -> None:
    """A picture, if somebody asked for pictures."""
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        width = (page.viewport_size or {"width": 0})["width"]
        page.screenshot(path=f"{SHOTS}/chat-{name}-{width}.png")


def accessible(where: Page | Frame, name: str) -> None:
    """No violation that axe can see."""
    found = Axe().run(where, options=RULES)  # type: ignore[arg-type]
    violations = [(each["id"], [node["html"] for node in each["nodes"]]) for each in found.response["violations"]]
    assert violations == [], name


BOX_AT_REST = """function () {
  const b = this.getBoundingClientRect();
  return b.width && !this.getAnimations().length ? b.toJSON() : null;
}"""


def until(page: Page, what: str, look: Callable[[], Any]) -> Any:
    """The first true result of `look`. Meanwhile the page goes on, which it does not under `time.sleep`."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {PATIENCE_S:.0f} s: {what}"
        page.wait_for_timeout(25)
    return found


class Launcher:
    """The button in the loader's closed shadow root, seen through the browser's own inspector: no page can see it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._cdp = page.context.new_cdp_session(page)
        self._cdp.send("DOM.enable")

    def _object(self, css_class: str) -> str | None:
        tree = self._cdp.send("DOM.getFlattenedDocument", {"depth": -1, "pierce": True})["nodes"]
        for node in tree:
            attributes = node.get("attributes", [])
            if css_class in dict(zip(attributes[::2], attributes[1::2], strict=True)).get("class", "").split():
                found: str = self._cdp.send("DOM.resolveNode", {"nodeId": node["nodeId"]})["object"]["objectId"]
                return found
        return None

    def look(self, expression: str, css_class: str = "launch") -> Any:
        """What a function of the element returns; None while there is no element."""
        found = self._object(css_class)
        if found is None:
            return None
        call = {"objectId": found, "functionDeclaration": expression, "returnByValue": True}
        return self._cdp.send("Runtime.callFunctionOn", call)["result"].get("value")

    def box(self, css_class: str = "launch") -> dict[str, float]:
        """Where it is, once it is there and stands still."""
        found = until(self._page, f"the {css_class} at rest", lambda: self.look(BOX_AT_REST, css_class))
        return dict(found)

    def becomes(self, expression: str, value: object, css_class: str = "launch") -> None:
        """Waits until a function of the element returns it: what a click does reaches the page a moment later."""
        until(self._page, f"{value!r} from {expression}", lambda: self.look(expression, css_class) == value)

    def click(self) -> None:
        """With the mouse, on whatever lies on top at that place."""
        box = self.box()
        self._page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


class Visit:
    """One patient on one page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.launcher = Launcher(page)

    @property
    def frame(self) -> Frame:
        """The chat page: the frame, or the page itself on the stand-alone link."""

        def look() -> Frame | None:
            return next((frame for frame in self.page.frames if "/chat/" in frame.url), None)

        found: Frame = until(self.page, "a chat page", look)
        return found

    def open(self) -> "Visit":
        """Clicks the launcher."""
        self.launcher.click()
        return self

    def agree(self) -> "Visit":
        """Reads the first screen and starts."""
        expect(self.frame.get_by_role("button", name="Start chat")).to_be_visible()
        self.frame.get_by_role("button", name="Start chat").click()
        return self

    def say(self, text: str) -> str:
        """Writes, sends, and returns the reply."""
        before = self.replies.count()
        self.frame.get_by_role("textbox").fill(text)
        self.frame.get_by_role("textbox").press("Enter")
        expect(self.replies).to_have_count(before + 1)
        return self.replies.last.inner_text()

    @property
    def replies(self):  # type: ignore[no-untyped-def]
        """The desk's finished replies."""
        return self.frame.locator(".messages .desk")

    @property
    def own(self):  # type: ignore[no-untyped-def]
        """The patient's own messages."""
        return self.frame.locator(".messages .patient")

    def answer_until_read_back(self, reply: str) -> str:
        """Answers each question that is asked, until the desk reads back what it has."""
        for _ in range(10):
            if "Is that right?" in reply:
                return reply
            question = next((line for line in reversed(reply.splitlines()) if "?" in line), reply)
            said = next((said for part, said in SAID.items() if part in question), None)
            assert said, f"nothing to say to {reply!r}"
            reply = self.say(said)
        raise AssertionError(f"never read back; the last reply was {reply!r}")

"""One install for the browser tests: a backend with papers, a mailbox, and the clinic's website on another site."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.browser.visit import Visit
from tests.browser.website import Website, website
from tests.journeys import papers
from tests.mail import Mailbox, smtp_server
from tests.server import Server, serving

Make = Callable[[dict[str, object]], BrowserContext]


@dataclass
class Install:
    """What the tests drive, and the clinic they drive it for."""

    server: Server
    site: Website
    mailbox: Mailbox
    site_key: str

    @property
    def chat_url(self) -> str:
        """The stand-alone chat page."""
        return f"{self.server.url}/chat/{self.site_key}"


@pytest.fixture(scope="package")
def install(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Install]:
    """A clinic in English and Spanish whose papers are in."""
    folder = tmp_path_factory.mktemp("browser")
    with (
        smtp_server() as mailbox,
        website() as site,
        serving(folder, ready=True, SMTP_URL=f"smtp://127.0.0.1:{mailbox.port}") as server,
    ):
        site_key = server.clinic(origin=site.url, languages="en,es")
        done = server.run("ingest", "--clinic", site_key, str(papers.faq(folder)), str(papers.payers(folder)))
        assert done.returncode == 0, done.stderr
        site.embed(server.url, site_key)
        yield Install(server, site, mailbox, site_key)


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """One driver for the package: a thread can have only one."""
    with sync_playwright() as playwright:
        yield playwright


def switches(profile: Path) -> list[str]:
    """What a Chromium needs to run here at all. Playwright's own switches turn storage partitioning off, among other
    things: a widget can be green with them and broken in the field."""
    return [
        "--headless=new",
        "--no-sandbox",
        "--no-first-run",
        "--disable-background-networking",
        "--remote-debugging-pipe",
        f"--user-data-dir={profile}",
    ]


@pytest.fixture(scope="package")
def chromium(
    playwright: Playwright, chromium_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """One browser for the package, as patients have it."""
    profile = tmp_path_factory.mktemp("profile")
    browser = playwright.chromium.launch(
        executable_path=chromium_path, ignore_default_args=True, args=switches(profile)
    )
    yield browser
    browser.close()


@pytest.fixture
def with_preferences(
    playwright: Playwright, chromium_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Make]:
    """Makes a browser of its own whose user has chosen `preferences` for the profile."""
    with ExitStack() as open_browsers:

        def make(preferences: dict[str, object]) -> BrowserContext:
            folder = tmp_path_factory.mktemp("profile")
            (folder / "Default").mkdir()
            (folder / "Default" / "Preferences").write_text(json.dumps({"profile": preferences}))
            context = playwright.chromium.launch_persistent_context(
                folder,
                executable_path=chromium_path,
                ignore_default_args=True,
                args=[*switches(folder), "about:blank"],
                viewport={"width": 1280, "height": 800},
            )
            open_browsers.callback(context.close)
            return context

        yield make


class Watch:
    """Errors of scripts, things that a policy blocked, and every request of a browser context."""

    def __init__(self, context: BrowserContext) -> None:
        self.problems: list[str] = []
        self.requests: list[tuple[str, str]] = []
        context.on("weberror", lambda error: self.problems.append(str(error.error)))
        context.on("console", self._hear)
        context.on("request", lambda request: self.requests.append((request.method, request.url)))

    def _hear(self, line) -> None:  # type: ignore[no-untyped-def]
        if line.type == "error" or "Content Security" in line.text:
            self.problems.append(line.text)

    def posts(self) -> list[str]:
        """Addresses that something was sent to."""
        return [url for method, url in self.requests if method not in ("GET", "HEAD")]


@pytest.fixture
def size() -> tuple[int, int]:
    """The window; a test may choose another."""
    return 1280, 800


@pytest.fixture
def context(chromium: Browser, size: tuple[int, int]) -> Iterator[BrowserContext]:
    """A fresh profile."""
    # No device scale: after a screenshot, clicks in a framed page then sometimes land at half their coordinates.
    options = {"has_touch": True, "is_mobile": True} if size[0] < 600 else {}
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, **options)  # type: ignore[arg-type]
    yield context
    context.close()


@pytest.fixture
def watch(context: BrowserContext) -> Watch:
    """What happens in the browser; a test says which problems it expects."""
    return Watch(context)


@pytest.fixture
def page(context: BrowserContext, watch: Watch) -> Page:
    """An empty page."""
    return context.new_page()


@pytest.fixture
def visit(install: Install, page: Page) -> Visit:
    """A patient who has just come to the clinic's website."""
    page.goto(install.site.url)
    return Visit(page)

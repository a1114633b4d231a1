"""The dashboard in a real Chromium: accessible, usable on a phone, lively with scripts."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlmodel import select

from app.asgi import create_app
from app.desk import Desk
from app.store.audit import COMMAND
from app.store.second_factors import forget
from app.store.tables import Document, DocumentVersion, Lead, ModelDay, ModelExam, UnansweredQuestion
from app.understanding.exam import exam_version
from app.usecases.publish_payer_rows import Approval, publish_payer_rows
from app.usecases.totp import code_of, phone_time, step_at
from tests.cast import SLOTS, Cast, Someone, fresh_code, make_cast, make_egress, make_lead, make_person, test_settings
from tests.payer_lists import general, publish_paper, row

pytestmark = pytest.mark.browser
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
SHOTS = os.environ.get("FRONTDESK_TEST_SHOTS")


class Site:
    """A server on loopback and what a test needs of it."""

    def __init__(self, url: str, desk: Desk, cast: Cast, lead_id: str) -> None:
        self.url, self.desk, self.cast, self.lead_id = url, desk, cast, lead_id

    def sign_in(self, page: Page, someone: Someone) -> None:
        """As a person does it."""
        page.goto(f"{self.url}/dashboard/sign-in")
        page.get_by_label("E-mail").fill(someone.email)
        page.get_by_label("Password").fill(someone.password)
        page.get_by_role("button", name="Sign in").click()
        if someone.totp_secret:
            page.get_by_label("Code", exact=True).fill(fresh_code(self.desk, someone))
            page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url(lambda url: "/dashboard" in url and "sign-in" not in url)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A served install with a day's work in it."""
    yield from served(tmp_path_factory.mktemp("data"))


def served(folder: Path, host: str = "127.0.0.1") -> Iterator[Site]:
    """Reached under `host`, a name or address of this machine."""
    model = {"llm_base_url": "https://models.example/v1", "llm_model": "small-model-instruct"}
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        url = f"http://{host}:{listener.getsockname()[1]}"
        app = create_app(test_settings(folder, public_url=url, **model))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            thread.join(0.02)
        app.state["running"].worker.stop()
        desk = app.state["running"].desk
        cast = make_cast(desk)
        yield Site(url, desk, cast, furnish(desk, cast.clinic_id))
        server.should_exit = True
        thread.join(120)


def furnish(desk: Desk, clinic_id: str) -> str:
    """Leads in each state, papers in each state, a question. Returns the id of the lead whose notice is dead."""
    words = (
        ("patient", "I was referred by Dr. Okafor at the sports clinic; do you take Acme, and when can I get in?"),
        ("desk", "We take Acme Health PPO and HMO plans.\n\nWhat is your full name?"),
        ("patient", "robin ames"),
        ("desk", "Thank you. What is the best phone number or e-mail to reach you?"),
    )
    long = {
        **SLOTS,
        "patient_name": {"status": "filled", "value": "Maximiliana " + "Featherstonehaugh-" * 4, "said": ""},
    }
    reason = {"status": "filled", "value": "Shoulder pain after a fall", "said": "my shoulder hurts since i fell"}
    make_lead(desk, clinic_id, "H3TW8KD", notice="delivered")
    make_lead(desk, clinic_id, "LNG2345", slots=long, notice="written")
    partial = {"contact": SLOTS["contact"], "reason": reason}
    make_lead(
        desk, clinic_id, "PRT2345", slots=partial, status="incomplete", missing=["patient_name", "preferred_times"]
    )
    lead_id, _ = make_lead(desk, clinic_id, "K7M2P9Q", slots={**SLOTS, "reason": reason}, words=words, notice="dead")
    now = desk.clock()

    def work(session) -> None:
        papers = {
            "insurance-plans.pdf": {"status": "ready", "live": True, "chunks": 64, "pages": 7, "size_bytes": 412_000},
            "first-visit.md": {"status": "queued"},
            "referral-rules.docx": {"status": "reading", "progress_done": 4, "progress_total": 10},
            "scan.pdf": {
                "status": "failed",
                "error": "No text was found: the pages are pictures. Upload a PDF with text.",
            },
        }
        for name, changes in papers.items():
            document = Document(clinic_id=clinic_id, name=name, created_at=now)
            session.add(document)
            session.flush()
            facts = {"sha256": name, "size_bytes": 20_480, "created_at": now - timedelta(days=3), **changes}
            if name.startswith("insurance"):
                facts["warnings"] = ["Page 3 has no text.", "The table on page 5 has a row without a plan."]
            session.add(DocumentVersion(clinic_id=clinic_id, document_id=document.id, **facts))
        talk = session.get_one(Lead, lead_id).conversation_id
        for question in ("Do you have a parking lot?", "Can I bring my dog to the visit?", "do you have a parking lot"):
            session.add(
                UnansweredQuestion(clinic_id=clinic_id, conversation_id=talk, question=question, created_at=now)
            )

    desk.database.write(work)
    payer_lists(desk, clinic_id)
    model_use(desk, clinic_id, lead_id)
    return lead_id


def model_use(desk: Desk, clinic_id: str, lead_id: str) -> None:
    """A day with a language model: use, an exam, and requests of each kind that left, one page and a bit."""
    with desk.database.read() as session:
        talk = session.get_one(Lead, lead_id).conversation_id
    said = "Patient: I am [NAME_1], my number is [PHONE_1]. " + "Do you take Acme Health for my shoulder? " * 6
    for result, changes in (
        ("ok", {}),
        ("late", {"purpose": "understand"}),
        ("", {"ended_at": None, "completion_tokens": 0}),
        ("ok", {"purpose": "trial", "conversation_id": None, "redacted": False, "local": True}),
    ):
        make_egress(desk, clinic_id, **{"conversation_id": talk, "said": said, "result": result, **changes})
    for number in range(48):
        sent = desk.clock() - timedelta(days=1, minutes=number)
        make_egress(desk, clinic_id, sent_at=sent, ended_at=sent + timedelta(seconds=2.25), purpose="exam")
    day, now = desk.clock().astimezone(ZoneInfo("America/Chicago")).date(), desk.clock()
    figures = {"calls": 41, "failed": 3, "prompt_tokens": 61_204, "completion_tokens": 8_310}
    exam = {"host": "models.example", "model": "small-model-instruct", "exam": exam_version(), "right": 38, "asked": 40}

    def work(session) -> None:
        session.add(ModelDay(clinic_id=clinic_id, day=day, **figures))
        session.add(ModelExam(passed=True, taken_at=now, **exam))

    desk.database.write(work)


def payer_lists(desk: Desk, clinic_id: str) -> None:
    """A published list, a new version of it with every kind of difference, and a paper that disagrees with it."""
    first = [
        row("Aetna", "HMO", referral="Yes", visit_limit="60 visits per calendar year"),
        row("Cigna", "Open Access Plus", prior_authorization="Yes, from visit 6"),
        row("Cigna", "SureFit", "not_accepted"),
        row("Humana", "Gold Plus HMO", "not_accepted"),
    ]
    paper = publish_paper(desk, clinic_id, first, "payer-list.csv")
    publish_payer_rows(desk, clinic_id, Approval(paper.document_id), COMMAND)
    second = [
        first[0],
        row("Cigna", "Open Access Plus", "conditional", prior_authorization="Yes, from visit 1"),
        first[2],
        row("Community Health Options of the Northern and Western Counties", None, all_plans=True),
    ]
    publish_paper(desk, clinic_id, second, "payer-list.csv", minutes=1)
    said = [general("We take all major insurance plans."), row("Aetna", "HMO", "out_of_network")]
    publish_paper(desk, clinic_id, said, "welcome.html")


def test_a_manager_publishes_the_ticked_rows(site: Site, page: Page):
    """The ticks and the button stand apart in the page: without the tie between them nothing would be published."""
    if page.size == "phone":  # type: ignore[attr-defined]
        payer_lists(site.desk, site.cast.other_id)
    key = "mesa" if page.size == "phone" else "harbor"  # type: ignore[attr-defined]
    site.sign_in(page, site.cast.owner)
    page.goto(f"{site.url}/dashboard/{key}/payers")
    section = page.get_by_role("region", name="payer-list.csv: 3 rows wait for you")
    section.get_by_label("Cigna, Open Access Plus").first.uncheck()
    section.locator(".mend summary").first.click()
    look(page, "payers-mend")
    section.get_by_role("button", name="Publish the ticked rows").click()
    left = page.get_by_role("region", name="payer-list.csv: 1 row waits for you")
    expect(left).to_contain_text("Status: In network → Under conditions")
    expect(page.get_by_role("region", name="In use")).to_contain_text("Community Health Options")
    look(page, "payers-after")


@pytest.fixture(scope="module")
def chromium(chromium_path: Path) -> Iterator[Browser]:
    """One browser for the module."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=SIZES)
def page(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Page]:
    """A page of each size; an error in a script, or a thing that the CSP blocked, fails the test."""
    width, height = SIZES[request.param]
    context = chromium.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if "Content Security" in line.text else None)
    page.size = request.param  # type: ignore[attr-defined]
    yield page
    context.close()
    assert problems == []


def look(page: Page, name: str) -> None:
    """No violation, no sideways scrolling, every target big enough; a picture if someone asked for one."""
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/dash-{name}-{page.size}.png", full_page=True)  # type: ignore[attr-defined]
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]})
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"
    small = page.evaluate(
        """[...document.querySelectorAll('button, input:not([type=hidden]), summary, nav a')]
           .map(e => e.type === 'checkbox' ? e.closest('label') : e)
           .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"""
    )
    assert small == [], f"{name} has targets that a thumb misses"


def test_every_page_is_accessible_and_fits(site: Site, page: Page):
    """Someone who uses a keyboard, a screen reader or a phone could not work."""
    page.goto(f"{site.url}/dashboard/sign-in")
    look(page, "sign-in")
    page.get_by_label("E-mail").fill("maya@harbor.example")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "sign-in-refused")
    site.sign_in(page, site.cast.owner)
    look(page, "clinics")
    names = ("leads", f"leads/{site.lead_id}", "papers", "payers", "unanswered", "leads?unsent=true", "leads/lead_x")
    names = (*names, "model", "egress")
    for name in names:
        page.goto(f"{site.url}/dashboard/harbor/{name}")
        look(page, name.replace(site.lead_id, "one").replace("/", "-").replace("?", "-").replace("=", "-"))
    for name in ("leads", "papers", "payers", "unanswered", "model", "egress"):
        page.goto(f"{site.url}/dashboard/mesa/{name}")
        look(page, f"{name}-empty")


def test_a_manager_switches_the_model_on_and_reads_what_left(site: Site, page: Page):
    """Whoever answers for the clinic's privacy must see what happens without asking a technician."""
    site.sign_in(page, site.cast.manager)
    page.get_by_role("link", name="Language model").click()
    expect(page.locator("main")).to_contain_text("No agreement is named.")
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("region", name="Now")).to_contain_text("It helps from the next message on.")
    look(page, "model-on")
    page.get_by_role("link", name="See what was sent").click()
    expect(page.locator(".sent")).to_have_count(50)
    page.get_by_role("link", name="Older ones").click()
    expect(page.locator(".sent")).to_have_count(2)
    look(page, "egress-older")
    page.get_by_role("link", name="The newest").click()
    page.locator(".sent .cover", has_text="To word an answer").last.click()
    expect(page.get_by_role("region", name="Every word that was sent")).to_contain_text("[NAME_1]")
    look(page, "sent")
    page.get_by_text("To the byte, as it was sent").click()
    look(page, "sent-to-the-byte")
    page.get_by_role("link", name="The request that came of it").click()
    expect(page.get_by_role("heading", name="Conversation")).to_be_visible()
    page.get_by_role("link", name="Language model").click()
    page.get_by_role("button", name="Switch it off").click()
    expect(page.get_by_role("region", name="Now")).to_contain_text("No patient’s words are sent to the model.")


def test_upload_shows_progress_and_follows_the_reading(site: Site, page: Page, tmp_path: Path):
    """A manager would stare at a page that stands still, or reload it again and again."""
    name = f"hours-{page.size}.md"  # type: ignore[attr-defined]
    paper, empty = tmp_path / name, tmp_path / "empty.md"
    paper.write_text(f"# Hours\n\nWe open at 8. {page.size}\n")  # type: ignore[attr-defined]
    empty.write_text("")
    site.sign_in(page, site.cast.manager)
    page.goto(f"{site.url}/dashboard/harbor/papers")
    page.get_by_label("Add papers").set_input_files([paper, empty])
    page.get_by_role("button", name="Upload").click()
    row = page.locator(".paper", has_text=name)
    expect(row).to_contain_text("Waiting")
    expect(page.locator(".sending")).to_contain_text("'empty.md' is empty")
    look(page, "papers-after-upload")

    def read(session) -> None:
        found = session.exec(select(DocumentVersion).join(Document).where(Document.name == name)).one()
        found.status, found.live, found.chunks = "ready", True, 1
        session.add(found)

    site.desk.database.write(read)
    expect(row).to_contain_text("In use")
    expect(page.get_by_role("status")).to_have_text(f"{name}: In use.")
    row.locator(".delete summary").click()
    look(page, "papers-delete")
    row.get_by_role("button", name="Delete this paper").click()
    expect(page.locator(".paper", has_text=name)).to_have_count(0)


def test_keyboard_alone_gets_from_sign_in_to_a_lead(site: Site, page: Page):
    """Someone without a mouse could not open a lead."""
    page.goto(f"{site.url}/dashboard/sign-in?next_page=/dashboard/harbor/leads")
    expect(page.get_by_label("E-mail")).to_be_focused()  # the browser moves there a moment after the page has loaded
    page.keyboard.type(site.cast.coordinator.email)
    page.keyboard.press("Tab")
    page.keyboard.type(site.cast.coordinator.password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.url}/dashboard/harbor/leads")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('cover')"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Conversation")).to_be_visible()


def test_second_factor_is_set_up_and_used_by_a_person(site: Site, page: Page):
    """A manager who reads no code could not get in, on a phone, with a keyboard or with a screen reader."""
    email = f"nia-{page.size}@harbor.example"  # type: ignore[attr-defined]
    made = make_person(site.desk, email, "manager", site.cast.clinic_id)
    site.desk.database.write(lambda session: forget(session, made.staff_id))
    site.sign_in(page, Someone(made.staff_id, email))
    expect(page).to_have_url(f"{site.url}/dashboard/account/second-factor")
    look(page, "factor-begin")
    page.get_by_role("button", name="I have the app, go on").click()
    expect(page.locator(".qr svg")).to_be_visible()
    look(page, "factor-qr")
    page.get_by_text("I can’t scan it").click()
    secret = "".join(page.locator("#secret").inner_text().split())
    look(page, "factor-key")
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("alert")).to_contain_text("The code is not right.")
    look(page, "factor-wrong")
    someone = Someone(made.staff_id, email, totp_secret=secret)
    page.get_by_label("Code", exact=True).fill(code_of(secret, step_at(phone_time(site.desk))))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", name="Keep these recovery codes")).to_be_visible()
    look(page, "factor-codes")
    recovery = page.locator(".codes code").first.inner_text()
    page.get_by_role("link", name="I have kept them, go on").click()
    expect(page).to_have_url(f"{site.url}/dashboard/harbor/leads")
    page.get_by_role("link", name=email if page.size == "desktop" else "Account").click()  # type: ignore[attr-defined]
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    look(page, "account")
    page.get_by_text("Make new recovery codes").click()
    page.get_by_label("Your password").fill("wrong")
    page.get_by_role("button", name="Make 10 new codes").click()
    expect(page.get_by_role("alert")).to_contain_text("That is not your password.")
    look(page, "account-wrong")
    page.get_by_role("button", name="Sign out everywhere").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(someone.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Code", exact=True)).to_be_visible()
    look(page, "sign-in-code")
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("The code is not right.")
    look(page, "sign-in-code-wrong")
    page.get_by_text("I don’t have my phone").click()
    look(page, "sign-in-recovery")
    page.get_by_label("Recovery code").fill(recovery)
    page.get_by_role("button", name="Sign in with this code").click()
    expect(page.get_by_text("9 recovery codes left")).to_be_visible()


def test_password_is_changed_by_a_person(site: Site, page: Page):
    """The form could be one that a password manager, a keyboard or a screen reader cannot fill."""
    email = f"pat-{page.size}@harbor.example"  # type: ignore[attr-defined]
    someone = make_person(site.desk, email, "coordinator", site.cast.clinic_id)
    site.sign_in(page, someone)
    page.goto(f"{site.url}/dashboard/account")
    look(page, "account-coordinator")
    page.get_by_role("link", name="Change password").click()
    expect(page.get_by_label("New password again")).to_be_visible()
    look(page, "password")
    for label, text in (
        ("Current password", someone.password),
        ("New password", "Harbor2026!!"),
        ("New password again", "Harbor2026!!"),
    ):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("alert")).to_contain_text("too easy to guess")
    look(page, "password-refused")
    for label, text in (
        ("Current password", someone.password),
        ("New password", "umbrella thermostat nine"),
        ("New password again", "umbrella thermostat nine"),
    ):
        page.get_by_label(label, exact=True).fill(text)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Your password is changed.")
    look(page, "password-done")

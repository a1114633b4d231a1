"""The dashboard as a browser without scripts uses it."""

import html
import re
from datetime import timedelta

import pytest
from sqlmodel import select

from app.store.tables import (
    Document,
    DocumentVersion,
    Job,
    Lead,
    Membership,
    Notice,
    StaffSession,
    UnansweredQuestion,
)
from tests.cast import SLOTS, Someone, credentials, make_lead, make_person
from tests.staff.conftest import Install, start

SAME = {"Sec-Fetch-Site": "same-origin"}


class Browser:
    """One person's browser: keeps the cookie, and sends forms with the token of the page they stand on."""

    def __init__(self, install: Install, someone: Someone | None = None) -> None:
        self.install, self.cookies, self.csrf = install, {}, ""
        if someone:
            answer = self.post("/dashboard/sign-in", credentials(install.desk, someone))
            assert answer.status_code == 303, answer.text
            self.cookies = {"frontdesk": answer.cookies["frontdesk"]}

    def get(self, path: str, **headers: str):
        self.install.client.cookies.clear()
        answer = self.install.client.get(path, headers=self._headers(headers), follow_redirects=False)
        if token := re.search(r'name="csrf_token" value="([^"]+)"', answer.text):
            self.csrf = token[1]
        return answer

    def post(self, path: str, data: dict | None = None, files=None, **headers: str):
        self.install.client.cookies.clear()
        body = {"csrf_token": self.csrf, **(data or {})} if path != "/dashboard/sign-in" else data
        return self.install.client.post(
            path, data=body, files=files, headers=self._headers({**SAME, **headers}), follow_redirects=False
        )

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        cookie = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        return {**headers, **({"Cookie": cookie} if cookie else {})}


def seen(answer) -> str:
    """The words of a page."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def rows(install: Install, table, *where):
    with install.desk.database.read() as session:
        return list(session.exec(select(table).where(*where)))


def test_sign_in_sets_a_cookie_that_scripts_and_other_sites_cannot_use(install: Install):
    """A script on the page could steal the session, or it would travel to other sites."""
    someone = install.cast.viewer
    answer = Browser(install).post("/dashboard/sign-in", {"email": someone.email, "password": someone.password})
    cookie = answer.headers["set-cookie"]
    assert answer.headers["location"] == "/dashboard"
    assert cookie.startswith("frontdesk=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert "Secure" not in cookie


def test_cookie_is_bound_to_the_host_where_the_site_is_https(tmp_path):
    """In production a neighbouring host, or plain http, could set or read the session."""
    for install in start(tmp_path, public_url="https://desk.example"):
        someone = install.cast.viewer
        form = {"email": someone.email, "password": someone.password}
        own = {"Origin": "https://desk.example"}
        cookie = Browser(install).post("/dashboard/sign-in", form, **own).headers["set-cookie"]
        assert cookie.startswith("__Host-frontdesk=")
        assert "Secure" in cookie


def test_each_sign_in_makes_a_new_secret_and_ignores_what_the_browser_brought(install: Install):
    """Someone who planted a cookie before sign-in would share the session afterwards."""
    browser = Browser(install)
    browser.cookies = {"frontdesk": "planted"}
    someone = install.cast.viewer
    form = {"email": someone.email, "password": someone.password}
    first = browser.post("/dashboard/sign-in", form).cookies["frontdesk"]
    second = browser.post("/dashboard/sign-in", form).cookies["frontdesk"]
    assert len({first, second, "planted"}) == 3


def test_wrong_password_shows_the_form_again_with_one_reason_for_all(install: Install):
    """A person could not try again, or a stranger could learn who works here."""
    answers = [
        Browser(install).post("/dashboard/sign-in", {"email": email, "password": "wrong"})
        for email in ("cole@harbor.example", "nobody@harbor.example")
    ]
    for answer in answers:
        assert answer.status_code == 401
        assert "The e-mail or the password is not right." in seen(answer)
        assert 'type="password"' in answer.text
        assert "set-cookie" not in answer.headers


def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(install: Install):
    """The link in a notice would lead to an error, or after sign-in to the wrong place."""
    answer = Browser(install).get("/dashboard/harbor/leads/lead_x")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/dashboard/sign-in?next_page=%2Fdashboard%2Fharbor%2Fleads%2Flead_x"
    form = Browser(install).get(answer.headers["location"])
    assert 'value="/dashboard/harbor/leads/lead_x"' in form.text


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/dashboard/../x", "/dashboard//evil"])
def test_sign_in_leads_nowhere_else(install: Install, target: str):
    """A link to our sign-in page could hand a person on to a look-alike."""
    someone = install.cast.owner
    form = {**credentials(install.desk, someone), "next": target}
    assert Browser(install).post("/dashboard/sign-in", form).headers["location"] == "/dashboard"


def test_sign_out_ends_the_session_everywhere(install: Install):
    """A copied cookie would still open the clinic."""
    browser = Browser(install, install.cast.viewer)
    browser.get("/dashboard/harbor/leads")
    answer = browser.post("/dashboard/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard/sign-in")
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert browser.get("/dashboard/harbor/leads").status_code == 303


def test_idle_browser_is_signed_out_and_a_busy_one_is_not(tmp_path):
    """A browser left open at the front desk would stay signed in for whoever comes."""
    for install in start(tmp_path):
        browser = Browser(install, install.cast.viewer)

        def idle_for(hours: float, install=install) -> None:
            def work(session) -> None:
                for row in session.exec(select(StaffSession)):
                    row.last_seen_at = install.desk.clock() - timedelta(hours=hours)
                    session.add(row)

            install.desk.database.write(work)

        idle_for(0.9)
        assert browser.get("/dashboard/harbor/leads").status_code == 200
        [row] = rows(install, StaffSession)
        assert install.desk.clock() - row.last_seen_at < timedelta(minutes=1), "use must keep the session awake"
        idle_for(1.1)
        assert browser.get("/dashboard/harbor/leads").status_code == 303


@pytest.mark.parametrize(
    ("token", "headers", "reason"),
    [
        ("", {}, "out of date"),
        ("wrong", {}, "out of date"),
        (None, {"Sec-Fetch-Site": "cross-site"}, "another website"),
        (None, {"Sec-Fetch-Site": "same-site"}, "another website"),
        (None, {"Origin": "https://evil.example"}, "another website"),
        (None, {"Origin": "null"}, "another website"),
    ],
)
def test_foreign_page_cannot_act_for_a_signed_in_person(install: Install, token, headers, reason):
    """A page on another site could delete papers with the visitor's cookie."""
    browser = Browser(install, install.cast.manager)
    browser.get("/dashboard/harbor/papers")
    if token is not None:
        browser.csrf = token
    before = len(rows(install, Document))
    answer = browser.post("/dashboard/harbor/papers", files={"files": ("evil.md", b"x")}, **headers)
    assert answer.status_code == 403
    assert reason in seen(answer)
    assert len(rows(install, Document)) == before


def test_every_form_of_the_dashboard_needs_its_token(install: Install):
    """A new page could forget the check, and nobody would notice."""
    browser = Browser(install, install.cast.owner)
    lead_id, notice_id = make_lead(install.desk, install.cast.clinic_id, "TOKEN22", notice="dead")
    forms = [r.path for r in install.client.app.routes if r.path.startswith("/dashboard") and "POST" in r.methods]
    assert len(forms) >= 5
    # Before a sign-in there is no token: test_sign_in_steps, test_passkeys and test_invitations look at those.
    before = {f"/dashboard/{path}" for path in ("sign-in", "sign-in/code", "sign-in/passkey", "set-up")}
    for path in set(forms) - before:
        path = path.replace("{site_key:str}", "harbor").replace("{notice_id:str}", notice_id)
        path = path.replace("{lead_id:str}", lead_id)
        answer = browser.post(path.replace("{document_id:str}", "doc_x"))
        assert (answer.status_code, "out of date" in seen(answer)) == (403, True), path


def test_token_of_another_session_does_not_count(install: Install):
    """Someone with an account of their own could use their form's token against others."""
    theirs, mine = Browser(install, install.cast.stranger), Browser(install, install.cast.manager)
    theirs.get("/dashboard/mesa/papers")
    mine.csrf = theirs.csrf
    assert theirs.csrf
    answer = mine.post("/dashboard/harbor/papers", files={"files": ("evil.md", b"x")})
    assert answer.status_code == 403


def test_cookie_does_not_open_the_api_nor_a_token_the_dashboard(install: Install):
    """The API has no protection against foreign pages: it relies on cookies not counting there."""
    browser = Browser(install, install.cast.manager)
    answer = browser.get("/api/v1/staff/clinics/harbor/leads", Authorization=f"Bearer {browser.cookies['frontdesk']}")
    assert answer.status_code == 401
    assert browser.get("/api/v1/staff/clinics/harbor/leads").status_code == 401
    other = Browser(install)
    other.cookies = {"frontdesk": install.token(install.cast.manager)["Authorization"].removeprefix("Bearer ")}
    assert other.get("/dashboard/harbor/leads").status_code == 303


def test_stranger_gets_a_404_page_from_every_page_of_another_clinic(fresh_install: Install):
    """One page without its guard is enough to show a clinic's patients to another clinic."""
    install = fresh_install
    lead_id, notice_id = make_lead(install.desk, install.cast.clinic_id, notice="dead")
    browser = Browser(install, install.cast.stranger)
    browser.get("/dashboard/mesa/papers")
    values = {"{site_key:str}": "harbor", "{lead_id:str}": lead_id, "{notice_id:str}": notice_id}
    pages = []
    for route in install.client.app.routes:
        if route.path.startswith("/dashboard/{site_key:str}"):
            path = route.path.replace("{document_id:str}", "doc_x")
            for name, value in values.items():
                path = path.replace(name, value)
            pages += [(method, path) for method in route.methods - {"OPTIONS"}]
    assert len(pages) >= 8
    for method, path in pages:
        answer = browser.get(path) if method == "GET" else browser.post(path)
        assert answer.status_code == 404, (method, path)
        assert answer.headers["content-type"].startswith("text/html")
        assert "Robin" not in answer.text
        assert (Browser(install).get(path) if method == "GET" else Browser(install).post(path)).status_code == 303
        mine = path.replace("/harbor/", "/mesa/")
        if "_x" in path or lead_id in path or notice_id in path:
            answer = browser.get(mine) if method == "GET" else browser.post(mine)
            assert answer.status_code == 404, (method, mine)


def test_viewer_sees_papers_but_neither_form_nor_delete(install: Install):
    """A button that always fails is a broken promise; and the server must refuse the request all the same."""
    Browser(install, install.cast.manager).get("/dashboard/harbor/papers")
    manager = Browser(install, install.cast.manager)
    manager.get("/dashboard/harbor/papers")
    manager.post("/dashboard/harbor/papers", files={"files": ("seen.md", b"text of seen")})
    viewer = Browser(install, install.cast.viewer)
    page = viewer.get("/dashboard/harbor/papers")
    assert "seen.md" in page.text
    assert "Delete" not in page.text
    assert 'type="file"' not in page.text
    answer = viewer.post("/dashboard/harbor/papers", files={"files": ("x.md", b"x")})
    assert answer.status_code == 403
    assert "Your role here is viewer" in seen(answer)


def test_upload_of_several_files_takes_the_good_and_names_the_bad(install: Install):
    """One bad file would lose the others, or the person would not learn which one it was."""
    browser = Browser(install, install.cast.manager)
    browser.get("/dashboard/harbor/papers")
    files = [("files", ("plans.md", b"We take Acme.")), ("files", ("nothing.md", b""))]
    answer = browser.post("/dashboard/harbor/papers", files=files)
    assert answer.status_code == 422
    assert "'nothing.md' is empty" in seen(answer)
    assert [one.status for one in _versions(install, "plans.md")] == ["queued"]
    again = browser.post("/dashboard/harbor/papers", files=[("files", ("plans.md", b"We take Acme and Beta."))])
    assert (again.status_code, again.headers["location"]) == (303, "/dashboard/harbor/papers")
    assert len(_versions(install, "plans.md")) == 2
    assert [j.kind for j in rows(install, Job) if j.payload.get("version_id") == _versions(install, "plans.md")[0].id]


def test_upload_of_nothing_says_so(install: Install):
    """Without scripts and with a browser that ignores `required`, the page would come back as if all were well."""
    browser = Browser(install, install.cast.manager)
    browser.get("/dashboard/harbor/papers")
    answer = browser.post("/dashboard/harbor/papers", files={"files": ("", b"")})
    assert answer.status_code == 422
    assert "Choose at least one file" in seen(answer)


def _versions(install: Install, name: str) -> list[DocumentVersion]:
    ids = [one.id for one in rows(install, Document, Document.name == name)]
    return [one for one in rows(install, DocumentVersion) if one.document_id in ids]


def test_papers_tell_their_state(install: Install):
    """A manager could not see that a paper failed, what to check in it, or which version patients get."""
    desk, clinic_id = install.desk, install.cast.clinic_id
    now = desk.clock()

    def work(session) -> None:
        for number, (name, changes) in enumerate(
            {
                "slow.pdf": {"status": "reading", "progress_done": 3, "progress_total": 12},
                "good.pdf": {
                    "status": "ready",
                    "live": True,
                    "chunks": 41,
                    "pages": 7,
                    "warnings": ["Page 3 has no text."],
                },
                "bad.pdf": {"status": "failed", "error": "The file is locked with a password."},
            }.items()
        ):
            document = Document(clinic_id=clinic_id, name=name, created_at=now)
            session.add(document)
            session.flush()
            at = now + timedelta(seconds=number)
            facts = {"sha256": name, "size_bytes": 2048, "created_at": at, **changes}
            session.add(DocumentVersion(clinic_id=clinic_id, document_id=document.id, **facts))
            if name == "bad.pdf":
                old = {**facts, "status": "ready", "live": True, "created_at": at - timedelta(days=1), "error": None}
                session.add(DocumentVersion(clinic_id=clinic_id, document_id=document.id, **old))

    desk.database.write(work)
    browser = Browser(install, install.cast.viewer)
    page = browser.get("/dashboard/harbor/papers")
    words = seen(page)
    for expected in (
        "Being read",
        "7 pages · 41 passages",
        "Page 3 has no text.",
        "The file is locked with a password.",
    ):
        assert expected in words
    assert 'value="25"' in page.text
    assert words.count("patients get answers from the older one") == 1
    fragment = browser.get("/dashboard/harbor/papers/list")
    assert "<html" not in fragment.text
    assert "slow.pdf" in fragment.text


def test_delete_form_deletes(install: Install):
    """The button would do nothing without scripts."""
    browser = Browser(install, install.cast.manager)
    browser.get("/dashboard/harbor/papers")
    browser.post("/dashboard/harbor/papers", files={"files": ("gone.md", b"soon gone")})
    [document] = rows(install, Document, Document.name == "gone.md")
    answer = browser.post(f"/dashboard/harbor/papers/{document.id}/delete")
    assert answer.status_code == 303
    assert "gone.md" not in browser.get("/dashboard/harbor/papers").text


EVIL = "<script>alert(1)</script>"


def test_what_patients_and_papers_say_is_shown_as_text(install: Install):
    """A patient could run scripts in the coordinator's browser."""
    slots = {
        **SLOTS,
        "patient_name": {"status": "filled", "value": EVIL, "said": f'x" onmouseover="{EVIL}'},
        "contact": {"status": "filled", "value": 'javascript:alert(1)"@x.example', "said": EVIL},
    }
    lead_id, _ = make_lead(install.desk, install.cast.clinic_id, "EVIL222", slots=slots, words=(("patient", EVIL),))
    manager = Browser(install, install.cast.manager)
    manager.get("/dashboard/harbor/papers")
    manager.post("/dashboard/harbor/papers", files={"files": ("<img src=x onerror=alert(1)>.md", b"evil name")})

    def work(session) -> None:
        lead = session.get(Lead, lead_id)
        row = UnansweredQuestion(
            clinic_id=lead.clinic_id, conversation_id=lead.conversation_id, question=EVIL, created_at=lead.created_at
        )
        session.add(row)

    install.desk.database.write(work)
    for path in ("leads", f"leads/{lead_id}", "papers", "unanswered"):
        page = manager.get(f"/dashboard/harbor/{path}")
        assert page.status_code == 200
        assert "<script>alert" not in page.text, path
        assert "<img" not in page.text, path
        assert 'onmouseover="<' not in page.text
        assert "javascript:" not in re.sub(r">[^<]*<", "><", page.text), "a link must not run scripts"
        assert "alert(1)" in page.text, f"{path} does not show what it should"


def test_pages_carry_the_headers_that_keep_scripts_and_frames_out(install: Install):
    """An escaped gap in a template, or a frame on another site, would have no second line of defence."""
    browser = Browser(install, install.cast.manager)
    for path in ("/dashboard/sign-in", "/dashboard/harbor/leads", "/dashboard/harbor/nothing"):
        answer = browser.get(path)
        csp = answer.headers["content-security-policy"]
        assert csp.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in csp
        assert "unsafe" not in csp
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert not re.search(r"<script(?![^>]*src=)|style=|\son\w+=", answer.text), "inline code would be blocked"


def test_lead_page_shows_everything_in_reading_order(install: Install):
    """A coordinator would have to search for the phone number, or call without knowing what is missing."""
    lead_id, _ = make_lead(
        install.desk, install.cast.clinic_id, "ORDER22", status="incomplete", missing=["reason", "member_id"]
    )
    page = Browser(install, install.cast.coordinator).get(f"/dashboard/harbor/leads/{lead_id}")
    words = seen(page)
    shown = ["Robin Ames", "(202) 555-0177", "Dr. Okafor", "Did not want to say", "Tue, 8:00 AM to 12:00 PM"]
    places = [words.rindex(one) for one in shown]
    assert places == sorted(places)
    assert "Still missing Reason for the visit, Member ID" in words
    assert 'href="tel:+12025550177"' in page.text
    assert "Patient" in words
    assert "I was referred to you." in words


def test_unsent_notice_is_announced_everywhere_until_it_is_sent_again(fresh_install: Install):
    """A referral whose e-mail failed would wait unseen."""
    install = fresh_install
    lead_id, notice_id = make_lead(install.desk, install.cast.clinic_id, notice="dead")
    make_lead(install.desk, install.cast.clinic_id, "FINE222", notice="delivered")
    browser = Browser(install, install.cast.coordinator)
    for path in ("leads", "papers", "unanswered", f"leads/{lead_id}"):
        assert "1 notification could not be sent." in seen(browser.get(f"/dashboard/harbor/{path}")), path
    listed = browser.get("/dashboard/harbor/leads?unsent=true").text
    assert lead_id in listed
    assert "FINE222" not in listed
    page = browser.get(f"/dashboard/harbor/leads/{lead_id}")
    assert "The mail server refused the recipient." in seen(page)
    assert "Send again" not in Browser(install, install.cast.viewer).get(f"/dashboard/harbor/leads/{lead_id}").text
    answer = browser.post(f"/dashboard/harbor/notices/{notice_id}/retry")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/dashboard/harbor/leads/{lead_id}#notices")
    assert "could not be sent" not in seen(browser.get("/dashboard/harbor/leads"))
    assert rows(install, Notice, Notice.id == notice_id)[0].state == "pending"
    assert [j.payload for j in rows(install, Job, Job.kind == "deliver")] == [{"notice_id": notice_id}]


def test_which_clinic(install: Install):
    """A person of one clinic would be asked a needless question, an owner would not find the others."""
    assert Browser(install, install.cast.viewer).get("/dashboard").headers["location"] == "/dashboard/harbor/leads"
    words = seen(Browser(install, install.cast.owner).get("/dashboard"))
    assert "Harbor Physical Therapy" in words
    assert "Mesa Rehab" in words
    nobody = make_person(install.desk, "nell@install.example", "viewer", install.cast.clinic_id)

    def leave(session) -> None:
        session.delete(session.get(Membership, (nobody.staff_id, install.cast.clinic_id)))

    install.desk.database.write(leave)
    browser = Browser(install, nobody)
    assert "You have no role in a clinic" in seen(browser.get("/dashboard"))
    assert browser.get("/dashboard/harbor/leads").status_code == 404


def test_empty_pages_say_what_will_be_there(fresh_install: Install):
    """A new clinic would look at blank pages."""
    browser = Browser(fresh_install, fresh_install.cast.manager)
    assert "No leads yet." in seen(browser.get("/dashboard/harbor/leads"))
    assert "No papers yet." in seen(browser.get("/dashboard/harbor/papers"))
    assert "No unanswered questions." in seen(browser.get("/dashboard/harbor/unanswered"))


def test_errors_are_pages_in_words(install: Install):
    """A person would see JSON."""
    browser = Browser(install, install.cast.manager)
    for path, status in (
        ("/dashboard/harbor/leads/lead_x", 404),
        ("/dashboard/no/such/page", 404),
        ("/dashboard/harbor/leads?page=0", 422),
    ):
        answer = browser.get(path)
        assert answer.status_code == status, path
        assert answer.headers["content-type"].startswith("text/html")
        assert "Go to the dashboard" in seen(answer)


def test_style_and_script_of_the_page_are_served(install: Install):
    """The page would come without its style, or a browser would refuse it for its type."""
    page = Browser(install).get("/dashboard/sign-in").text
    for address in re.findall(r'(?:href|src)="(/[^"]+\.(?:css|js)[^"]*)"', page):
        answer = install.client.get(html.unescape(address))
        assert (answer.status_code, answer.headers["content-type"].count("charset")) == (200, 1), address


def test_a_link_for_the_patient_is_shown_once(install: Install):
    """On a page that anyone may open again it would be a key lying about."""
    lead_id, _ = make_lead(install.desk, install.cast.clinic_id, "LATER22", status="incomplete")
    browser = Browser(install, install.cast.coordinator)
    path = f"/dashboard/harbor/leads/{lead_id}"
    assert "Make a link" in browser.get(path).text
    answer = browser.post(f"{path}/resume-link")
    assert answer.status_code == 200
    assert "/chat/harbor?lang=en#resume=" in answer.text
    assert "#resume=" not in browser.get(path).text
    assert "Make a link" not in Browser(install, install.cast.viewer).get(path).text

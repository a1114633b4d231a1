"""The whole chain from outside: a paper goes in, a patient is answered, one complete referral is in the mailbox."""

from email import message_from_bytes, policy
from pathlib import Path

import pyotp
import pytest

from tests.journeys import papers
from tests.mail import smtp_server
from tests.server import ORIGIN, Server, Visitor, serving, wait_for

STORY = "I was referred by Dr. Smith at the ortho center; do you take Cigna, and when can I get in?"
SAID = {
    "patient_name": "Rosa Delgado",
    "contact": "my cell is 212-555-0143",
    "reason": "rotator cuff surgery three weeks ago",
    "insurance_carrier": "Cigna Open Access Plus",
    "member_id": "U1234567801",
    "preferred_times": "weekday mornings before 10",
}


def sign_in(server: Server, site_key: str, role: str = "manager") -> dict[str, str]:
    """The header of a new staff member's session."""
    made = server.facts("staff", "create", "--clinic", site_key, "--email", f"{role}@willow.example", "--role", role)
    code = pyotp.TOTP(made["totp_secret"]).now() if made["totp_secret"] else None
    body = {"email": made["email"], "password": made["password"], "code": code}
    answer = server.http.post("/api/v1/staff/sessions", json=body)
    assert answer.status_code == 201, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def upload(server: Server, site_key: str, staff: dict[str, str], path: Path) -> dict[str, object]:
    """Uploads a paper by the staff API and waits until it is read."""
    base = f"/api/v1/staff/clinics/{site_key}/documents"
    answer = server.http.post(base, files={"file": (path.name, path.read_bytes())}, headers=staff)
    assert answer.status_code == 202, answer.text
    address = f"{base}/{answer.json()['document_id']}"

    def read() -> dict[str, object] | None:
        shown = server.http.get(address, headers=staff).json()
        return shown if shown["status"] in ("ready", "failed") else None

    shown: dict[str, object] = wait_for(f"{path.name} read", read)
    return shown


def finish(visitor: Visitor, done: dict) -> tuple[dict, list[str]]:
    """Answers what is asked until the referral is submitted. Returns the last reply and what was asked."""
    asked: list[str] = []
    for _ in range(12):
        action = done["action"]
        if action["status"] == "completed":
            return done, asked
        if action["status"] == "confirming":
            done = visitor.say("yes, that's right")
            continue
        asked.append(action["asking"])
        done = visitor.say(SAID[action["asking"]])
    raise AssertionError(f"not done after 12 turns; asked {asked}")


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory):
    """A server with a mail server, a clinic with two papers uploaded over HTTP, and one story told to its end."""
    folder = tmp_path_factory.mktemp("chain")
    with smtp_server() as mailbox, serving(folder, ready=True, SMTP_URL=f"smtp://127.0.0.1:{mailbox.port}") as server:
        site_key = server.clinic()
        staff = sign_in(server, site_key)
        shown = [upload(server, site_key, staff, path(folder)) for path in (papers.faq, papers.payers)]
        visitor = Visitor(server, site_key)
        first = visitor.say(STORY)
        last, asked = finish(visitor, first)
        wait_for("the mail", lambda: mailbox.mails)
        yield {
            "server": server,
            "site_key": site_key,
            "staff": staff,
            "papers": shown,
            "mailbox": mailbox,
            "visitor": visitor,
            "first": first,
            "last": last,
            "asked": asked,
        }


def test_the_papers_are_read(chain: dict) -> None:
    """A paper that is silently empty would refuse every question."""
    assert [paper["status"] for paper in chain["papers"]] == ["ready", "ready"]
    assert [paper["chunks"] for paper in chain["papers"]] == [3, 3]


def test_the_story_sentence_fills_answers_and_asks_once(chain: dict) -> None:
    """The product's own story: two fields filled, a payer remembered, two questions answered with their sources."""
    first = chain["first"]
    slots = first["action"]["slots"]
    assert "Smith" in slots["referring_provider"]
    assert "ortho" in slots["provider_specialty"].lower()
    assert slots["insurance_carrier"] == "Cigna"
    payer, soon = first["answers"]
    assert "In network" in payer["text"]
    assert payer["citations"][0]["document"] == "payers.pdf"
    assert payer["citations"][0]["page"] == 1
    assert "Humana" not in payer["text"]
    assert "4 business days" in soon["text"]
    assert soon["citations"][0]["document"] == "faq.md"
    assert first["reply"].count("?") == 1


def test_nothing_is_asked_that_was_given(chain: dict) -> None:
    """Being asked again is what patients hate most about forms."""
    assert len(chain["asked"]) == len(set(chain["asked"]))
    assert not {"referring_provider", "provider_specialty", "insurance_carrier"} & set(chain["asked"])


def test_the_patient_gets_a_reference(chain: dict) -> None:
    """The reference is what a patient reads out on the phone."""
    last = chain["last"]
    assert len(last["reference"]) == 7
    assert last["reference"] in last["reply"]
    assert last["referral_id"].startswith("lead_")


def test_exactly_one_mail_arrives_and_holds_the_referral(chain: dict) -> None:
    """The point of it all: complete, once, with nothing of the patient in the headers."""
    assert len(chain["mailbox"].mails) == 1
    mail = message_from_bytes(chain["mailbox"].mails[0], policy=policy.default)
    text = mail.get_body(("plain",)).get_content()
    for part in (
        "Rosa Delgado",
        "212-555-0143",
        "Dr. Smith",
        "Cigna",
        "U1234567801",
        "rotator cuff",
        "weekday mornings",
    ):
        assert part in text
    assert mail["X-Referral-Id"] == chain["last"]["referral_id"]
    assert mail["To"] == "desk@willow.example"
    head = chain["mailbox"].mails[0].split(b"\r\n\r\n")[0].decode()
    assert "Rosa" not in head
    assert "0143" not in head


def test_staff_see_the_lead_its_transcript_and_its_delivery(chain: dict) -> None:
    """The inbox is the truth: what the mail says must be found there."""
    base = f"/api/v1/staff/clinics/{chain['site_key']}/leads"
    listed = chain["server"].http.get(base, headers=chain["staff"]).json()
    assert chain["last"]["referral_id"] in str(listed)
    shown = chain["server"].http.get(f"{base}/{chain['last']['referral_id']}", headers=chain["staff"]).json()
    assert "Rosa Delgado" in str(shown["slots"])
    assert STORY in str(shown["transcript"])
    assert [notice["state"] for notice in shown["notices"]] == ["delivered"]


def test_the_visitor_reads_their_own_transcript_and_nobody_elses(chain: dict) -> None:
    """The chat is there again after a reload; another visitor's token must not open it."""
    words = [message["text"] for message in chain["visitor"].transcript()]
    assert words[0] == STORY
    other = Visitor(chain["server"], chain["site_key"])
    answer = chain["server"].http.get(f"/api/v1/conversations/{chain['visitor'].id}", headers=other.headers)
    assert answer.status_code == 404


def test_a_question_that_no_paper_answers_is_refused_and_listed(chain: dict) -> None:
    """Grounded or silent: what is not in the papers goes to the clinic's list."""
    question = "Do you offer acupuncture for migraines?"
    answer = Visitor(chain["server"], chain["site_key"]).say(question)["answers"][0]
    assert answer["kind"] == "refusal"
    assert "212-555-0100" in answer["text"]
    base = f"/api/v1/staff/clinics/{chain['site_key']}/unanswered"
    assert question in chain["server"].http.get(base, headers=chain["staff"]).text


def test_a_reply_streams_in_the_contract_s_order(chain: dict) -> None:
    """The widget shows "saved" only for what is on disk, and takes `done` as the truth."""
    visitor = Visitor(chain["server"], chain["site_key"])
    body = {"client_id": "stream-0001", "text": "Where do I park?"}
    answer = visitor.post("/messages", body, Accept="text/event-stream")
    kinds = [line.removeprefix("event: ") for line in answer.text.splitlines() if line.startswith("event: ")]
    assert kinds == ["saved", "delta", "citation", "done"]
    assert answer.headers["content-type"].startswith("text/event-stream")


def test_a_foreign_website_is_refused_before_anything_runs(chain: dict) -> None:
    """Another website must not speak in a clinic's name, not even with a visitor's token."""
    visitor = Visitor(chain["server"], chain["site_key"])
    for origin in ("https://evil.example", "null", ORIGIN + "0"):
        answer = visitor.post("/messages", {"client_id": "foreign-001", "text": "hello"}, Origin=origin)
        assert answer.status_code == 403, origin
    assert visitor.transcript() == []


def test_the_same_message_again_is_the_same_reply(chain: dict) -> None:
    """A widget that lost the reply sends again; nothing may be stored twice, and other words are refused."""
    visitor = Visitor(chain["server"], chain["site_key"])
    first = visitor.say("Where do I park?", "again-0001")
    assert visitor.say("Where do I park?", "again-0001") == first
    assert len(visitor.transcript()) == 2
    assert visitor.post("/messages", {"client_id": "again-0001", "text": "Other words"}).status_code == 422


def test_the_form_without_scripts_lands_in_the_same_outbox(chain: dict) -> None:
    """A patient without scripts gets a reference too; sending the form twice makes one referral."""
    import re

    page = chain["server"].http.get(f"/chat/{chain['site_key']}")
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)
    consent = re.search(r'name="consent" value="([^"]+)"', page.text)
    assert token
    assert consent
    form = {
        "form_token": token[1],
        "consent": consent[1],
        "action": "referral",
        "patient_name": "Ada Quill",
        "contact": "ada@quill.example",
        "reason": "knee",
        "insurance_carrier": "",
        "preferred_times": "",
    }
    headers = {"Origin": chain["server"].url}
    sent = [chain["server"].http.post(f"/chat/{chain['site_key']}", data=form, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [303, 303]
    assert sent[0].headers["location"] == sent[1].headers["location"]
    receipt = chain["server"].http.get(sent[0].headers["location"])
    assert re.search(r"\b[A-HJ-NP-Z2-9]{7}\b", receipt.text)
    base = f"/api/v1/staff/clinics/{chain['site_key']}/leads"
    assert chain["server"].http.get(base, headers=chain["staff"]).text.count("Ada Quill") == 1
    again = chain["server"].http.get(f"/chat/{chain['site_key']}").text
    other = re.search(r'name="form_token" value="([^"]+)"', again)
    assert other
    danger = form | {"form_token": other[1], "patient_name": "Em Orr", "reason": "crushing chest pain, left arm numb"}
    lacking = chain["server"].http.post(
        f"/chat/{chain['site_key']}", data=danger | {"patient_name": ""}, headers=headers
    )
    assert lacking.status_code == 422
    assert "call 911 now" in lacking.text, "the text does not wait for the rest of the form"
    sent.append(chain["server"].http.post(f"/chat/{chain['site_key']}", data=danger, headers=headers))
    assert "call 911 now" in chain["server"].http.get(sent[-1].headers["location"]).text
    assert "call 911 now" not in receipt.text


def test_contact_takes_a_whole_request_and_says_what_is_missing(chain: dict) -> None:
    """Another server may hand a request over at once; what is missing is said, nothing is refused for it."""
    visitor = Visitor(chain["server"], chain["site_key"])
    body = {
        "client_id": "contact-0001",
        "action": "referral",
        "slots": {"patient_name": "Bo Reed", "contact": "212-555-0166"},
    }
    first, second = visitor.post("/contact", body), visitor.post("/contact", body)
    assert first.status_code == 201, first.text
    assert first.json() == second.json()
    assert "reason" in first.json()["missing"]
    assert visitor.post("/contact", body | {"slots": {"patient_name": "Bo"}}).status_code == 422


def test_ending_a_conversation_deletes_its_words_unless_a_request_was_sent(chain: dict) -> None:
    """A patient may take back what they typed; a referral that the clinic works on is kept, and that is said."""
    visitor = Visitor(chain["server"], chain["site_key"])
    visitor.say("Where do I park?")
    ended = chain["server"].http.delete(f"/api/v1/conversations/{visitor.id}", headers=visitor.headers)
    assert ended.status_code == 200, ended.text
    assert ended.json()["deleted"] is True
    assert chain["server"].http.get(f"/api/v1/conversations/{visitor.id}", headers=visitor.headers).status_code == 404
    kept = chain["server"].http.delete(f"/api/v1/conversations/{chain['visitor'].id}", headers=chain["visitor"].headers)
    assert kept.json()["deleted"] is False


def test_figures_for_monitoring(chain: dict) -> None:
    """Without them nobody sees a mailbox that stopped taking mail."""
    text = chain["server"].http.get("/metrics").text
    for name in ("outbox_pending", "outbox_oldest_seconds", "outbox_dead", "referrals_total", "turn_seconds_count"):
        assert name in text
    assert 'deliveries_total{kind="email",result="delivered"}' in text
    assert "Rosa" not in text

"""The staff's API as a script uses it."""

import hashlib
from datetime import timedelta

import pytest
import yaml
from sqlmodel import select

from app.store.audit import COMMAND
from app.store.queries.clinics import ClinicFacts, clinic_of_id
from app.store.tables import (
    AuditEntry,
    ChunkRow,
    Clinic,
    Document,
    DocumentVersion,
    Job,
    Notice,
    PayerListRow,
    StaffSession,
)
from app.usecases.add_destination import NewDestination, add_destination
from app.usecases.disable_staff import disable_staff
from app.usecases.publish_actions import publish_actions
from tests.cast import Someone, make_lead, make_person
from tests.payer_lists import publish_paper
from tests.payer_lists import row as payer_list_row
from tests.shape.tree import ROOT
from tests.staff.conftest import Install

PAPER = b"# Visits\n\nBring your card.\n"


def upload(install: Install, someone: Someone, name: str, data: bytes, site_key: str = "harbor"):
    return install.client.post(
        install.url("documents", site_key), files={"file": (name, data)}, headers=install.token(someone)
    )


OWN_ACTION = yaml.safe_load((ROOT / "docs/examples/records-request.yaml").read_text(encoding="utf-8"))


def facts(install: Install, clinic_id: str | None = None) -> ClinicFacts:
    with install.desk.database.read() as session:
        return clinic_of_id(session, clinic_id or install.cast.clinic_id)


def rows(install: Install, table, *where):
    with install.desk.database.read() as session:
        return list(session.exec(select(table).where(*where)))


def test_right_password_gives_a_token_that_works_until_it_is_ended(install: Install):
    """Scripts could not sign in, or a token that was given back would still open the clinic."""
    headers = install.token(install.cast.viewer)
    assert install.client.get(install.url("documents"), headers=headers).status_code == 200
    assert install.client.delete("/api/v1/staff/sessions", headers=headers).status_code == 204
    answer = install.client.get(install.url("documents"), headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_signed_in")


def test_only_the_hash_of_a_token_is_stored(install: Install):
    """A stolen copy of the database would hold usable sessions."""
    token = install.token(install.cast.viewer)["Authorization"].removeprefix("Bearer ")
    ids = [row.id for row in rows(install, StaffSession)]
    assert hashlib.sha256(token.encode()).hexdigest() in ids
    assert token not in ids


@pytest.mark.parametrize("email", ["vera@harbor.example", "nobody@harbor.example"])
def test_wrong_password_and_unknown_email_read_the_same(install: Install, email: str):
    """A stranger could find out who works at the clinic."""
    body = {"email": email, "password": "not the password"}
    answer = install.client.post("/api/v1/staff/sessions", json=body)
    assert answer.status_code == 401
    assert answer.json()["error"]["message"] == "The e-mail or the password is not right."


def test_sixth_wrong_try_is_refused_before_hashing_and_the_right_one_too(fresh_install: Install):
    """Passwords could be guessed without end; and each guess would cost 30 ms of a core."""
    install, body = fresh_install, {"email": "maya@harbor.example", "password": "wrong wrong wrong"}
    codes = [install.client.post("/api/v1/staff/sessions", json=body).status_code for _ in range(6)]
    assert codes == [401] * 5 + [429]
    right = {"email": "Maya@harbor.example ", "password": install.cast.manager.password}
    answer = install.client.post("/api/v1/staff/sessions", json=right)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    install.token(install.cast.viewer)  # others are not locked out


def test_token_ends_after_an_hour(tmp_path):
    """A token that leaked from a script would stay good."""
    from tests.staff.conftest import start

    for install in start(tmp_path):
        headers = install.token(install.cast.viewer)

        def age(session):
            for row in session.exec(select(StaffSession)):
                row.expires_at = row.expires_at - timedelta(hours=1)
                session.add(row)

        install.desk.database.write(age)
        assert install.client.get(install.url("leads"), headers=headers).status_code == 401


def test_disabled_person_is_out_at_once(install: Install):
    """Someone who was dismissed could go on reading patients' words until the token ends."""
    leaver = make_person(install.desk, "lena@harbor.example", "viewer", install.cast.clinic_id)
    headers = install.token(leaver)
    disable_staff(install.desk, "lena@harbor.example")
    assert install.client.get(install.url("leads"), headers=headers).status_code == 401
    assert not rows(install, StaffSession, StaffSession.staff_id == leaver.staff_id)
    again = {"email": leaver.email, "password": leaver.password}
    assert install.client.post("/api/v1/staff/sessions", json=again).status_code == 401


def test_upload_leaves_bytes_row_job_and_audit(install: Install):
    """A paper could be acknowledged and then never be read, or nobody could tell who uploaded it."""
    answer = upload(install, install.cast.manager, "../visits.md", PAPER)
    assert answer.status_code == 202, answer.text
    assert answer.json()["status"] == "queued"
    [version] = rows(install, DocumentVersion, DocumentVersion.document_id == answer.json()["document_id"])
    path = install.desk.uploads.path(install.cast.clinic_id, version.id)
    assert install.desk.uploads.read(install.cast.clinic_id, version.id) == PAPER
    assert PAPER not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    [job] = [job for job in rows(install, Job, Job.kind == "index") if job.payload["version_id"] == version.id]
    assert (job.clinic_id, job.state) == (install.cast.clinic_id, "pending")
    [entry] = rows(install, AuditEntry, AuditEntry.target_id == version.id)
    assert (entry.verb, entry.actor_id) == ("uploaded", install.cast.manager.staff_id)
    listed = install.client.get(install.url("documents"), headers=install.token(install.cast.viewer)).json()
    [shown] = [one for one in listed["documents"] if one["id"] == answer.json()["document_id"]]
    assert (shown["name"], shown["status"], shown["live"], shown["chunks"]) == ("visits.md", "queued", False, 0)


def test_same_name_is_a_new_version_and_same_bytes_are_not(install: Install):
    """Each upload of a corrected paper would leave the old one beside it; a double click would index twice."""
    first = upload(install, install.cast.manager, "rules.md", b"old rules").json()
    again = upload(install, install.cast.manager, "rules.md", b"old rules").json()
    assert again == first | {"warning": "'rules.md' is there already, unchanged. Nothing was done."}
    second = upload(install, install.cast.manager, "rules.md", b"new rules").json()
    assert second["document_id"] == first["document_id"]
    versions = rows(install, DocumentVersion, DocumentVersion.document_id == first["document_id"])
    assert len(versions) == 2
    back = upload(install, install.cast.manager, "rules.md", b"old rules").json()
    assert back["document_id"] == first["document_id"]
    assert len(rows(install, DocumentVersion, DocumentVersion.document_id == first["document_id"])) == 3, (
        "going back to the old bytes must win over the newer version on its way"
    )
    folder = install.desk.uploads.path(install.cast.clinic_id, "x").parent
    known = {version.id for version in rows(install, DocumentVersion)}
    assert {path.name for path in folder.iterdir()} <= known, "bytes without a row were left behind"


@pytest.mark.parametrize(
    ("name", "data", "status"),
    [("empty.md", b"", 422), ("big.md", b"x" * (20 * 1024 * 1024 + 1), 413), ("huge.md", b"x" * 21_000_000, 413)],
)
def test_bad_file_is_refused_in_words(install: Install, name: str, data: bytes, status: int):
    """An empty or huge file would become a job that fails later, or a 500."""
    answer = upload(install, install.cast.manager, name, data)
    assert answer.status_code == status
    assert set(answer.json()) == {"error"}
    assert not rows(install, Document, Document.name == name)


def test_delete_leaves_nothing_live(install: Install):
    """Patients would still be answered from a paper that the clinic took back."""
    desk, cast = install.desk, install.cast
    document_id = upload(install, cast.manager, "prices.md", b"A visit is 80 dollars.").json()["document_id"]
    [version] = rows(install, DocumentVersion, DocumentVersion.document_id == document_id)
    path = desk.uploads.path(cast.clinic_id, version.id)

    def make_live(session) -> None:
        row = session.get(DocumentVersion, version.id)
        row.status, row.live, row.chunks = "ready", True, 1
        session.add(row)
        chunk = ChunkRow(clinic_id=cast.clinic_id, version_id=version.id, ordinal=0, kind="prose", text="80 dollars")
        session.add(chunk)

    desk.database.write(make_live)
    [chunk] = rows(install, ChunkRow, ChunkRow.version_id == version.id)
    before = rows(install, Clinic, Clinic.id == cast.clinic_id)[0].knowledge_version
    headers = install.token(cast.manager)
    url = install.url(f"documents/{document_id}")
    assert install.client.get(url, headers=headers).json()["live"] is True
    receipt = install.client.delete(url, headers=headers)
    assert (receipt.status_code, receipt.json()) == (
        200,
        {
            "document_id": document_id,
            "document": "prices.md",
            "versions": 1,
            "chunks": 1,
            "vectors": receipt.json()["vectors"],
            "vectors_pending": 1 - receipt.json()["vectors"],
            "payer_rows": 0,
            "files": 1,
        },
    )
    assert not rows(install, DocumentVersion, DocumentVersion.document_id == document_id, DocumentVersion.live)
    assert not rows(install, ChunkRow, ChunkRow.version_id == version.id)
    assert not path.exists()
    assert rows(install, Clinic, Clinic.id == cast.clinic_id)[0].knowledge_version == before + 1
    [job] = [job for job in rows(install, Job, Job.kind == "unindex") if job.payload["version_id"] == version.id]
    assert job.payload == {"version_id": version.id, "chunk_ids": [chunk.id]}
    assert install.client.get(url, headers=headers).status_code == 404
    assert install.client.delete(url, headers=headers).status_code == 404
    assert [e.verb for e in rows(install, AuditEntry, AuditEntry.target_id == document_id)] == ["deleted"]


def test_lead_shows_fields_words_and_notices_and_that_it_was_read(install: Install):
    """A coordinator could not see what the patient said, or nobody could tell who read it."""
    lead_id, notice_id = make_lead(install.desk, install.cast.clinic_id, notice="dead")
    headers = install.token(install.cast.coordinator)
    listed = install.client.get(install.url("leads"), headers=headers).json()
    [line] = [one for one in listed["leads"] if one["id"] == lead_id]
    assert (line["reference"], line["name"], line["notices"]) == ("K7M2P9Q", "Robin Ames", ["dead"])
    shown = install.client.get(install.url(f"leads/{lead_id}"), headers=headers).json()
    assert shown["slots"]["contact"] == "+12025550177"
    assert shown["settled"] == {"insurance_carrier": "declined"}
    assert [line["author"] for line in shown["transcript"]] == ["patient", "desk"]
    [notice] = shown["notices"]
    assert (notice["id"], notice["state"], notice["attempts"]) == (notice_id, "dead", 3)
    read = rows(install, AuditEntry, AuditEntry.target_id == lead_id)
    assert [(e.verb, e.actor_id) for e in read] == [("lead_read", install.cast.coordinator.staff_id)]


def test_leads_come_in_pages_newest_first(fresh_install: Install):
    """The newest referral would hide behind old ones, or old ones could not be reached."""
    for number in range(51):
        make_lead(fresh_install.desk, fresh_install.cast.clinic_id, f"REF{number:04}")
    headers = fresh_install.token(fresh_install.cast.viewer)
    first = fresh_install.client.get(fresh_install.url("leads"), headers=headers).json()
    assert (first["leads"][0]["reference"], len(first["leads"]), first["more"]) == ("REF0050", 50, True)
    second = fresh_install.client.get(fresh_install.url("leads?page=2"), headers=headers).json()
    assert ([one["reference"] for one in second["leads"]], second["more"]) == (["REF0000"], False)


def test_retry_makes_a_dead_notice_due_and_refuses_a_delivered_one(install: Install):
    """A referral whose mail failed could not be sent again; or a second copy could be sent by a slip."""
    desk, cast = install.desk, install.cast
    _lead_id, notice_id = make_lead(desk, cast.clinic_id, "RETRY22", notice="dead")
    now = desk.clock()

    def dead_job(session) -> None:
        old = now - timedelta(days=4)
        payload = {"notice_id": notice_id}
        since = {"due_at": old, "set_at": old, "created_at": old}
        row = Job(clinic_id=cast.clinic_id, kind="deliver", payload=payload, state="dead", **since)
        session.add(row)

    desk.database.write(dead_job)
    headers = install.token(cast.coordinator)
    answer = install.client.post(install.url(f"notices/{notice_id}/retry"), headers=headers)
    assert (answer.status_code, answer.json()) == (202, {"notice_id": notice_id, "state": "pending"})
    [job] = [job for job in rows(install, Job, Job.kind == "deliver") if job.payload["notice_id"] == notice_id]
    assert job.state == "pending"
    assert job.due_at >= now
    assert job.created_at >= now
    assert rows(install, Notice, Notice.id == notice_id)[0].state == "pending"
    _, sent = make_lead(desk, cast.clinic_id, "SENT222", notice="delivered")
    assert install.client.post(install.url(f"notices/{sent}/retry"), headers=headers).status_code == 422


def every_route(install: Install) -> list[tuple[str, str]]:
    """(method, path) of each API route of a clinic, with things of that clinic in it."""
    paper = publish_paper(install.desk, install.cast.clinic_id, [payer_list_row("Cigna")], "every-route.csv")
    [row] = rows(install, PayerListRow, PayerListRow.document_id == paper.document_id)
    lead_id, notice_id = make_lead(install.desk, install.cast.clinic_id, "ROUTE22", notice="dead")
    document_id = upload(install, install.cast.manager, "every-route.md", b"text").json()["document_id"]
    values = {"site_key": "harbor", "lead_id": lead_id, "notice_id": notice_id, "document_id": document_id}
    publish_actions(install.desk, facts(install), [OWN_ACTION], COMMAND)
    values |= {"row_id": row.id, "number": "1", "name": OWN_ACTION["name"]}
    webhook = NewDestination("webhook", "https://systems.harbor.example/frontdesk")
    values |= {"destination_id": add_destination(install.desk, facts(install), webhook, COMMAND).destination.id}
    found = []
    for route in install.client.app.routes:
        if "site_key:str" in route.path and route.path.startswith("/api/v1/staff"):
            path = route.path
            for name, value in values.items():
                path = path.replace(f"{{{name}:str}}", value).replace(f"{{{name}:int}}", value)
            found += [(method, path) for method in sorted(route.methods - {"OPTIONS"})]
    return found


def body_for(install: Install, path: str) -> dict[str, object] | None:
    """What the route wants, about things of harbor."""
    if path.endswith("payers/publish"):
        [document] = rows(install, Document, Document.name == "every-route.csv")
        return {"client_id": "every-route", "document_id": document.id}
    if "/actions/" in path:
        return {"document": OWN_ACTION} | ({"say": ["hello"]} if path.endswith("/test") else {})
    if path.endswith("/expunge"):
        return {"reference": "ROUTE22"}
    if path.endswith(("/resume-link", "/rotate-secret")):
        return {"client_id": "every-route"}
    if path.endswith("/destinations"):
        return {"client_id": "every-route", "channel": "email", "address": "second@harbor.example"}
    if "/destinations/" in path:
        return None if path.endswith("/test") else {"fields": []}
    if path.endswith("unanswered/done"):
        return {"client_id": "every-route", "ids": ["unanswered_x"]}
    if "/documents/" in path:
        return {"effective_from": None}
    if path.endswith(("/rules", "/rules/preview")):
        return {"rules": {}} | ({"client_id": "every-route"} if path.endswith("/rules") else {})
    return {"status": "conditional"} if "/payers/" in path else None


SAME_EVERYWHERE = ("/preview", "/outbox/retry", "/model/try", "/model/exam")


def test_stranger_gets_404_and_nobody_401_from_every_route(fresh_install: Install):
    """One route without its guard is enough to hand a clinic's patients to another clinic."""
    install = fresh_install
    routes = every_route(install)
    assert len(routes) >= 14
    stranger = install.token(install.cast.stranger)
    for method, path in routes:
        files = {"file": ("x.md", b"x")} if method == "POST" and path.endswith("documents") else None
        body = body_for(install, path) if method in ("POST", "PATCH", "PUT") else None
        answer = install.client.request(method, path, headers=stranger, files=files, json=body)
        assert answer.status_code == 404, (method, path, answer.text)
        assert install.client.request(method, path, files=files).status_code == 401, (method, path)
        inside = path.replace("/harbor/", "/mesa/")
        # the stranger may write an action of that name, preview rules and try the model in the stranger's own clinic
        own = ("/actions/" in path and method in ("POST", "PUT")) or path.endswith(SAME_EVERYWHERE)
        if len(path.split("/")) > 7 and not own:  # a thing of harbor, asked for under the stranger's own clinic
            answer = install.client.request(method, inside, headers=stranger, json=body)
            assert answer.status_code == 404, (method, inside, answer.text)


@pytest.mark.parametrize(
    ("who", "method", "path", "status"),
    [
        ("viewer", "POST", "documents", 403),
        ("viewer", "DELETE", "documents/doc_x", 403),
        ("viewer", "PATCH", "documents/doc_x", 403),
        ("coordinator", "PATCH", "documents/doc_x", 403),
        ("viewer", "POST", "notices/notice_x/retry", 403),
        ("viewer", "GET", "outbox", 200),
        ("viewer", "POST", "outbox/retry", 403),
        ("coordinator", "POST", "outbox/retry", 202),
        ("coordinator", "POST", "leads/lead_x/expunge", 403),
        ("manager", "POST", "leads/lead_x/expunge", 422),
        ("viewer", "POST", "leads/lead_x/resume-link", 403),
        ("coordinator", "POST", "leads/lead_x/resume-link", 422),
        ("coordinator", "GET", "destinations", 403),
        ("coordinator", "POST", "destinations", 403),
        ("coordinator", "PATCH", "destinations/dest_x", 403),
        ("coordinator", "DELETE", "destinations/dest_x", 403),
        ("coordinator", "POST", "destinations/dest_x/rotate-secret", 403),
        ("coordinator", "POST", "destinations/dest_x/test", 403),
        ("manager", "GET", "destinations", 200),
        ("manager", "DELETE", "destinations/dest_x", 404),
        ("manager", "POST", "destinations/dest_x/test", 404),
        ("manager", "POST", "destinations", 422),
        ("viewer", "GET", "audit", 403),
        ("viewer", "GET", "unanswered", 200),
        ("viewer", "POST", "unanswered/done", 403),
        ("viewer", "GET", "actions", 200),
        ("viewer", "GET", "actions/referral", 200),
        ("viewer", "GET", "actions/nonsense", 404),
        ("viewer", "PUT", "actions/referral", 403),
        ("coordinator", "PUT", "actions/referral", 403),
        ("coordinator", "DELETE", "actions/referral", 403),
        ("coordinator", "POST", "actions/referral/reset", 403),
        ("coordinator", "POST", "actions/referral/validate", 422),
        ("manager", "PUT", "actions/referral", 422),
        ("manager", "DELETE", "actions/callback", 422),
        ("owner", "DELETE", "actions/nonsense", 404),
        ("viewer", "GET", "payers", 200),
        ("coordinator", "GET", "payers", 200),
        ("coordinator", "POST", "payers/publish", 403),
        ("coordinator", "PATCH", "payers/payer_x", 403),
        ("coordinator", "DELETE", "payers/payer_x", 403),
        ("coordinator", "POST", "unanswered/done", 422),
        ("manager", "POST", "payers/publish", 422),
        ("manager", "DELETE", "payers/payer_x", 404),
        ("coordinator", "POST", "documents", 403),
        ("coordinator", "POST", "notices/notice_x/retry", 404),
        ("coordinator", "GET", "audit", 403),
        ("manager", "DELETE", "documents/doc_x", 404),
        ("manager", "GET", "audit", 200),
        ("owner", "GET", "audit", 200),
        ("owner", "DELETE", "documents/doc_x", 404),
    ],
)
def test_roles(install: Install, who: str, method: str, path: str, status: int):
    """A role could do more than the clinic gave it, or less."""
    headers = install.token(getattr(install.cast, who))
    files = {"file": ("x.md", b"x")} if path == "documents" else None
    assert install.client.request(method, install.url(path), headers=headers, files=files).status_code == status


def test_audit_holds_no_words_of_patients_and_no_emails(install: Install):
    """The audit is kept longest and read by most: what a patient said must not get in there."""
    lead_id, _ = make_lead(install.desk, install.cast.clinic_id, "AUDIT22")
    headers = install.token(install.cast.manager)
    install.client.get(install.url(f"leads/{lead_id}"), headers=headers)
    listed = install.client.get(install.url("audit"), headers=headers)
    assert listed.json()["audit"]
    for word in ("Robin", "5550177", "Okafor", "@harbor.example"):
        assert word not in listed.text


@pytest.mark.parametrize("body", [{}, {"email": "x"}, {"email": "x", "password": "y", "site": 1}, [], "x"])
def test_malformed_sign_in_is_422_in_the_one_shape(install: Install, body):
    """A client's mistake would look like a fault of the server."""
    answer = install.client.post("/api/v1/staff/sessions", json=body)
    assert (answer.status_code, set(answer.json())) == (422, {"error"})


def test_staff_hand_a_link_to_a_patient_who_stopped(install: Install):
    """A patient who lost the chat could only begin again; a sent request must not be opened that way."""
    desk, clinic_id = install.desk, install.cast.clinic_id
    begun, _ = make_lead(desk, clinic_id, "LINK222", status="incomplete")
    sent, _ = make_lead(desk, clinic_id, "LINK333", submitted_at=desk.clock())
    headers = install.token(install.cast.coordinator)
    body = {"client_id": "a-link-0001"}
    made = install.client.post(install.url(f"leads/{begun}/resume-link"), json=body, headers=headers)
    assert made.status_code == 201, made.text
    about = install.client.get("/api/v1/clinics/harbor").json()
    token = made.json()["url"].partition("#resume=")[2]
    opened = install.client.post(
        "/api/v1/conversations/resume",
        json={**body, "site_key": "harbor", "consent": about["consent"]["version"], "token": token},
    )
    assert opened.status_code == 201, opened.text
    assert install.client.post(install.url(f"leads/{sent}/resume-link"), json=body, headers=headers).status_code == 422
    trail = [(e.actor_kind, e.actor_id) for e in rows(install, AuditEntry, AuditEntry.verb == "make_resume_link")]
    assert trail == [("staff", install.cast.coordinator.staff_id)]

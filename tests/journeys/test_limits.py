"""What a stranger, a hurried visitor and a production install meet at the door."""

import threading
from pathlib import Path

import pytest

from tests.journeys.test_referral import sign_in
from tests.server import Server, Visitor, serving, wait_for

CONTACT = {"patient_name": "Bo Reed", "contact": "212-555-0166"}


def test_too_many_messages_get_a_sentence_and_a_time_to_wait(tmp_path: Path) -> None:
    """A script that floods one clinic's chat must not stop the others, and a patient must be able to read why."""
    with serving(tmp_path, RATE_LIMITS="visitor=3/min,address=1000/min,clinic=1000/min") as server:
        site_key = server.clinic()
        visitor = Visitor(server, site_key)
        answers = [visitor.post("/messages", {"client_id": f"flood-{n:04d}", "text": "hello"}) for n in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        assert int(answers[-1].headers["Retry-After"]) >= 1
        assert "wait" in answers[-1].json()["error"]["message"]
        assert len(visitor.transcript()) == 6
        assert Visitor(server, site_key).say("hello")["reply"]


def test_twins_at_the_same_moment_make_one_lead(tmp_path: Path) -> None:
    """A double click, or a retry that crosses its answer, must not become two referrals."""
    with serving(tmp_path) as server:
        site_key = server.clinic()
        staff = sign_in(server, site_key)
        visitor = Visitor(server, site_key)
        body = {"client_id": "twins-0001", "action": "callback", "slots": CONTACT}
        answers: list = []
        threads = [threading.Thread(target=lambda: answers.append(visitor.post("/contact", body))) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["referral_id"] for answer in answers}) == 1
        listed = server.http.get(f"/api/v1/staff/clinics/{site_key}/leads", headers=staff).json()
        assert len(listed["leads"]) == 1


def test_a_paper_over_the_limit_is_refused_in_words(tmp_path: Path) -> None:
    """A 200 MB scan must neither fill the memory nor end in an error 500."""
    with serving(tmp_path, UPLOAD_MAX_MB="1") as server:
        site_key = server.clinic()
        staff = sign_in(server, site_key)
        big = {"file": ("big.txt", b"word " * 300_000)}
        answer = server.http.post(f"/api/v1/staff/clinics/{site_key}/documents", files=big, headers=staff)
        assert answer.status_code == 413
        assert answer.json()["error"]["code"] == "too_large"


@pytest.fixture
def production(tmp_path: Path):
    """A server as a clinic runs it, but for the mail server that nobody has set up yet."""
    settings = {"ENV": "production", "PUBLIC_URL": "https://desk.willow.example", "RATE_LIMITS": "visitor=100/min"}
    with serving(tmp_path, **settings) as server:
        yield server


def test_production_without_a_mail_server_holds_its_notices(production: Server) -> None:
    """A referral must wait where it can be seen, not vanish into a folder that nobody reads."""
    visitor = Visitor(production, production.clinic())
    assert (
        visitor.post("/contact", {"client_id": "held-00001", "action": "callback", "slots": CONTACT}).status_code == 201
    )
    held = wait_for("a held notice", lambda: [n for n in production.facts("outbox", "list") if n["state"] == "held"])
    assert "no mail server" in held[0]["last_error"]
    assert production.mails() == []


def test_production_keeps_its_description_and_samples_to_itself(production: Server) -> None:
    """Nobody outside needs the map of every door, and sample passwords have no place beside real patients."""
    assert production.http.get("/schema/openapi.json").status_code == 404
    refused = production.run("demo")
    assert refused.returncode == 1
    assert "production" in refused.stderr

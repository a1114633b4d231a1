"""A link opens one conversation, elsewhere, for a while, for whoever was given it, and for nobody else."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlmodel import select

from app.asgi import create_app
from app.bootstrap import Running
from app.errors import NotFound
from app.store.audit import COMMAND
from app.store.tables import AuditEntry, Conversation, Lead, ResumeLink
from app.usecases.close_abandoned import close_abandoned
from app.usecases.resume_link import LASTS, make_resume_link, resume_conversation
from tests.cast import test_settings
from tests.desk import Talk, make_clinic

WORDS = "I need therapy for my torn meniscus. I am Rosa Delgado, 212-555-0143, Aetna"


class Site:
    """A server and its clinic, as a visitor's browser meets them."""

    def __init__(self, client: TestClient, running: Running) -> None:
        self.client, self.running, self.clinic = client, running, make_clinic(running)
        about = client.get(f"/api/v1/clinics/{self.clinic.site_key}").json()
        self.consent = about["consent"]["version"]

    def open(self) -> dict[str, Any]:
        body = {"site_key": self.clinic.site_key, "client_id": secrets.token_hex(8), "consent": self.consent}
        return self._made(self.client.post("/api/v1/conversations", json=body))

    def say(self, talk: dict[str, Any], text: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {talk['token']}", "Accept": "application/json"}
        path = f"/api/v1/conversations/{talk['conversation_id']}/messages"
        body = {"client_id": secrets.token_hex(8), "text": text}
        answer = self.client.post(path, json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        done: dict[str, Any] = answer.json()
        return done

    def link(self, talk: dict[str, Any], client_id: str = "a-link-0001") -> str:
        headers = {"Authorization": f"Bearer {talk['token']}"}
        path = f"/api/v1/conversations/{talk['conversation_id']}/resume-link"
        return str(self._made(self.client.post(path, json={"client_id": client_id}, headers=headers))["url"])

    def resume(self, url: str, **changes: str) -> Any:
        """What the chat page does with a link."""
        body = {"site_key": self.clinic.site_key, "client_id": secrets.token_hex(8), "consent": self.consent}
        return self.client.post("/api/v1/conversations/resume", json={**body, "token": token_in(url), **changes})

    def _made(self, answer: Any) -> dict[str, Any]:
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made


def token_in(url: str) -> str:
    return url.partition("#resume=")[2]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with TestClient(create_app(test_settings(tmp_path, rate_limits="off", abandon_after_s=60))) as client:
        running: Running = client.app.state["running"]
        running.worker.stop()
        running.timetable.stop()
        yield Site(client, running)


def test_another_device_shows_the_talk_and_finishes_the_same_referral(site: Site) -> None:
    """Begun on the phone at lunch, finished at home: one referral, and nothing is asked twice."""
    talk = site.open()
    site.say(talk, WORDS)
    url = site.link(talk)
    desk = site.running.desk
    assert close_abandoned(replace(desk, clock=lambda: desk.clock() + timedelta(hours=2))) == 1
    with desk.database.read() as session:
        before = session.exec(select(Lead)).one()
    there = site.resume(url).json()
    assert there["conversation_id"] == talk["conversation_id"]
    headers = {"Authorization": f"Bearer {there['token']}"}
    shown = site.client.get(f"/api/v1/conversations/{there['conversation_id']}", headers=headers).json()
    assert shown["messages"][0]["text"] == WORDS
    done: dict[str, Any] = {}
    for text in ("Dr. Okafor", "orthopedics", "I don't have the card", "weekday mornings", "yes"):
        done = site.say(there, text)
    assert (done["referral_id"], done["reference"]) == (before.id, before.reference)


def test_the_address_tells_nothing(site: Site) -> None:
    """Addresses stand in histories, on screens and in messages to the family."""
    talk = site.open()
    site.say(talk, WORDS)
    url = site.link(talk)
    for secret in ("Rosa", "0143", "meniscus", "Aetna", talk["conversation_id"], talk["token"]):
        assert secret not in url
    before, _, token = url.partition("#resume=")
    assert before.endswith(f"/chat/{site.clinic.site_key}?lang=en"), "what a server sees says nothing of the talk"
    assert len(token) >= 43, "256 bits"


def test_the_token_is_nowhere_on_disk(site: Site) -> None:
    """Whoever reads a copy of the database must not be able to open a talk as its patient."""
    url = site.link(site.open())
    with site.running.desk.database.read() as session:
        links = session.exec(select(ResumeLink)).all()
        trail = session.exec(select(AuditEntry)).all()
    assert len(links) == 1
    assert token_in(url) not in f"{links[0].model_dump()} {[row.model_dump() for row in trail]}"


def test_the_same_request_gives_the_same_link_and_another_another(site: Site) -> None:
    """A repeated click after a lost reply must not leave a second key under the mat."""
    talk = site.open()
    assert site.link(talk) == site.link(talk)
    assert site.link(talk) != site.link(talk, "a-link-0002")
    assert site.link(talk) != site.link(site.open()), "the same client id in another conversation is another link"


@pytest.mark.parametrize("wrong", ["", "x", "A" * 43, "../../etc", "é" * 40])
def test_a_guess_opens_nothing(site: Site, wrong: str) -> None:
    """And is told the same as one that has ended."""
    site.link(site.open())
    answer = site.resume("", token=wrong)
    assert answer.status_code == 404, answer.text
    assert answer.json()["error"]["message"] == "This link has ended."


def test_a_link_opens_at_its_own_clinic_alone(site: Site) -> None:
    """One clinic's page must never show another clinic's patient."""
    url = site.link(site.open())
    other = make_clinic(site.running, "Elsewhere")
    assert site.resume(url, site_key=other.site_key).status_code == 404
    assert site.resume(url, site_key="nobody").status_code == 404


def test_consent_is_asked_on_the_new_device_too(site: Site) -> None:
    """Before the first word leaves that browser."""
    assert site.resume(site.link(site.open()), consent="old").status_code == 422


def test_a_link_cannot_be_made_without_the_conversations_token(site: Site) -> None:
    """Else anyone who saw a conversation's id could let themselves in."""
    talk, other = site.open(), site.open()
    path = f"/api/v1/conversations/{talk['conversation_id']}/resume-link"
    for headers, status in (({}, 401), ({"Authorization": f"Bearer {other['token']}"}, 404)):
        assert site.client.post(path, json={"client_id": "a-link-0001"}, headers=headers).status_code == status


def test_it_ends_by_itself(site: Site) -> None:
    """A link in an old message must not open a health talk for ever."""
    talk = site.open()
    token = token_in(site.link(talk))
    desk = site.running.desk
    late = replace(desk, clock=lambda: desk.clock() + LASTS)
    with pytest.raises(NotFound):
        resume_conversation(late, site.clinic, token, site.consent, "resumed-late")
    make_resume_link(late, site.clinic, talk["conversation_id"], "a-link-0002", COMMAND)
    with desk.database.read() as session:
        assert len(session.exec(select(ResumeLink)).all()) == 1, "old ones are swept"


def test_deleting_the_chat_ends_it(site: Site) -> None:
    """The patient's way to take it back."""
    talk = site.open()
    site.say(talk, WORDS)
    url = site.link(talk)
    path, headers = f"/api/v1/conversations/{talk['conversation_id']}", {"Authorization": f"Bearer {talk['token']}"}
    assert site.client.delete(path, headers=headers).status_code == 200
    assert site.resume(url).status_code == 404
    with site.running.desk.database.read() as session:
        assert session.exec(select(ResumeLink)).all() == []
        assert session.get_one(Conversation, talk["conversation_id"]).ended_at is not None


def test_that_it_was_used_is_on_record(site: Site) -> None:
    """Somebody may ask who opened the talk, and when."""
    talk = Talk(site.running, site.clinic)
    link = make_resume_link(site.running.desk, site.clinic, talk.opened.conversation_id, "a-link-0001", COMMAND)
    assert site.resume(link.url).status_code == 201
    with site.running.desk.database.read() as session:
        verbs = [row.verb for row in session.exec(select(AuditEntry)) if "resume" in row.verb]
    assert verbs == ["make_resume_link", "resume_conversation"]

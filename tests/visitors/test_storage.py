"""While nothing can be saved or read: 503, the clinic's phone, when to try again, and never a false yes."""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import func, select

from app.store import database_file
from app.store.database_file import connection_to
from app.store.tables import Lead, Message
from tests.visitors import conftest
from tests.visitors.conftest import USUAL, Hall, Talk

PHONE = "+12025550143"


@contextmanager
def locked(hall: Hall) -> Iterator[None]:
    """Somebody else holds the database's lock for writing."""
    database = hall.running.desk.database
    with closing(connection_to(database.path, database.key)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def unreadable(hall: Hall) -> Iterator[None]:
    """Nothing can be looked up: the gate stays shut for longer than anybody waits."""
    gate = hall.running.desk.database._gate
    patience, gate._patience_s = gate._patience_s, 0.2
    done = threading.Event()

    def hold() -> None:
        with gate.closed():
            ready.set()
            done.wait(60)

    ready = threading.Event()
    holder = threading.Thread(target=hold)
    holder.start()
    assert ready.wait(10)
    yield
    done.set()
    holder.join(10)
    gate._patience_s = patience


def requests(hall: Hall, talk: Talk) -> dict[str, Callable[[], httpx.Response]]:
    """Every route by which a visitor leaves or asks for something."""
    client, own = hall.client, {"Authorization": f"Bearer {talk.token}", "Accept": "application/json"}
    base, consent = f"/api/v1/conversations/{talk.id}", hall.consent()

    def post(path: str, **body: Any) -> Callable[[], httpx.Response]:
        return lambda: client.post(path, json={"client_id": secrets.token_hex(8), **body}, headers=own)

    return {
        "open": post("/api/v1/conversations", site_key="harbor", consent=consent),
        "message": post(f"{base}/messages", text="do you take Cigna?"),
        "contact": post(f"{base}/contact", action="referral", slots=USUAL),
        "feedback": post(f"{base}/feedback", message_id="msg_none", helpful=True),
        "link": post(f"{base}/resume-link"),
        "end": lambda: client.delete(base, headers=own),
    }


def kept(hall: Hall) -> tuple[int, int]:
    with hall.running.desk.database.read() as session:
        return tuple(session.exec(select(func.count()).select_from(table)).one() for table in (Lead, Message))


def check(name: str, answer: httpx.Response) -> None:
    assert answer.status_code == 503, f"{name}: {answer.status_code} {answer.text}"
    assert PHONE in answer.text, f"{name}: {answer.text}"
    assert int(answer.headers["Retry-After"]) > 0, name


def form(hall: Hall) -> dict[str, str]:
    """The form's fields, filled in, with the token of a page that was shown."""
    page = hall.client.get("/chat/harbor").text
    token = page.partition('name="form_token" value="')[2].partition('"')[0]
    assert token
    return {**USUAL, "action": "referral", "form_token": token, "consent": hall.consent()}


@pytest.fixture
def hall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    """Two clinics; nobody waits long for a lock, which takes seconds in the field."""
    monkeypatch.setattr(database_file, "BUSY_MS", 300)
    with conftest.hall(tmp_path) as made:
        made.consent("mesa")
        yield made


def test_a_locked_database_gives_the_phone(hall: Hall) -> None:
    """A patient who is told "saved" while it was not would wait for a call that never comes."""
    talk, fields = hall.open(), form(hall)
    asked, before = requests(hall, talk), kept(hall)
    with locked(hall):
        for name in ("open", "message", "contact", "end"):
            check(name, asked[name]())
        page = hall.client.post("/chat/harbor", data=fields, follow_redirects=False)
        check("form", page)
        assert page.headers["content-type"].startswith("text/html")
        assert "Robin Ames" in page.text, "what was typed must not be lost"
    assert kept(hall) == before
    assert asked["contact"]().status_code == 201
    sent = hall.client.post("/chat/harbor", data=fields, follow_redirects=False)
    assert sent.status_code == 303, "the same page, sent again"


def test_an_unreadable_database_gives_the_phone(hall: Hall) -> None:
    """Then not even the clinic can be looked up; two clinics live here, and each patient needs their own's phone."""
    talk = hall.open()
    asked = requests(hall, talk)
    pages = {
        "about": lambda: hall.client.get("/api/v1/clinics/harbor"),
        "page": lambda: hall.client.get("/chat/harbor"),
        "form": lambda: hall.client.post("/chat/harbor", data={**USUAL}, follow_redirects=False),
    }
    own = {"Authorization": f"Bearer {talk.token}"}
    asked["transcript"] = lambda: hall.client.get(f"/api/v1/conversations/{talk.id}", headers=own)
    with unreadable(hall):
        for name, ask in (asked | pages).items():
            check(name, ask())
    assert asked["contact"]().status_code == 201

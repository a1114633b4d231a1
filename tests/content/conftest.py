"""One install on a real server of the product's own configuration, whose worker rests, and its whole log."""

import json
import logging
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sqlmodel import select

from app.asgi import create_app
from app.bootstrap import build
from app.delivery.base import NoticeFacts
from app.desk import Desk
from app.jobs.worker import Worker
from app.logs import TextFormatter
from app.serving import _server
from app.store.tables import Clinic, Lead, Notice
from app.usecases.told_by import told_by
from tests.cast import Cast, Someone, credentials, make_cast, test_settings

SAME = {"Sec-Fetch-Site": "same-origin"}


class Heard(logging.Handler):
    """Keeps each line as the operator would read it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(TextFormatter("%(levelname)s %(name)s: %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """One more."""
        self.lines.append(self.format(record))


@dataclass
class World:
    """What the tests drive. `harbor` is the clinic; a destination of it may carry every field."""

    url: str
    http: httpx.Client
    desk: Desk
    cast: Cast
    log: Heard
    routes: list[Any]
    worker: Worker
    consent: str = ""
    tokens: dict[str, dict[str, str]] = field(default_factory=dict)

    def bearer(self, someone: Someone) -> dict[str, str]:
        """The header of an API session."""
        if someone.email not in self.tokens:
            answer = self.http.post("/api/v1/staff/sessions", json=credentials(self.desk, someone))
            assert answer.status_code == 201, answer.text
            self.tokens[someone.email] = {"Authorization": f"Bearer {answer.json()['token']}"}
        return self.tokens[someone.email]

    def browser(self, someone: Someone) -> dict[str, str]:
        """The cookie of a dashboard session."""
        answer = self.http.post("/dashboard/sign-in", data=credentials(self.desk, someone), headers=SAME)
        assert answer.status_code == 303, answer.text
        cookie = {"Cookie": f"frontdesk={answer.cookies['frontdesk']}"}
        self.http.cookies.clear()
        return cookie

    def lead(self, lead_id: str) -> dict[str, Any]:
        """As staff's scripts read it."""
        address = f"/api/v1/staff/clinics/harbor/leads/{lead_id}"
        answer = self.http.get(address, headers=self.bearer(self.cast.manager))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def told(self, lead_id: str) -> NoticeFacts:
        """What its first notice says, with every field that there is."""
        with self.desk.database.read() as session:
            notice = session.exec(select(Notice).where(Notice.lead_id == lead_id)).first()
        assert notice is not None
        found = told_by(self.desk, notice.id)
        assert found is not None
        return found[0]

    def newest_lead(self) -> str:
        """The id of the lead that came in last."""
        with self.desk.database.read() as session:
            rows = session.exec(select(Lead.id, Lead.created_at)).all()
        return max(rows, key=lambda row: row[1])[0]


class Talk:
    """One conversation of a visitor."""

    def __init__(self, world: World) -> None:
        self.world = world
        body = {"site_key": "harbor", "client_id": secrets.token_hex(8), "consent": world.consent}
        answer = world.http.post("/api/v1/conversations", json=body)
        assert answer.status_code == 201, answer.text
        opened = answer.json()
        self.address = f"/api/v1/conversations/{opened['conversation_id']}"
        self.headers = {"Authorization": f"Bearer {opened['token']}", "Accept": "application/json"}

    def say(self, text: str) -> httpx.Response:
        """One message."""
        body = {"client_id": secrets.token_hex(8), "text": text}
        return self._post("messages", body)

    def contact(self, slots: dict[str, str]) -> httpx.Response:
        """A whole request at once."""
        body = {"client_id": secrets.token_hex(8), "action": "referral", "slots": slots}
        return self._post("contact", body)

    def _post(self, what: str, body: dict[str, Any]) -> httpx.Response:
        raw = json.dumps(body)  # in ASCII: half a surrogate pair can be sent that way alone
        headers = {**self.headers, "Content-Type": "application/json"}
        return self.world.http.post(f"{self.address}/{what}", content=raw, headers=headers)

    def transcript(self) -> list[dict[str, Any]]:
        """What was said."""
        answer = self.world.http.get(self.address, headers=self.headers)
        assert answer.status_code == 200, answer.text
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Made once: nothing here is changed by a test but by adding to it."""
    heard = Heard()
    settings = test_settings(tmp_path_factory.mktemp("data"), rate_limits="off")
    running = build(settings)
    app = create_app(settings, running)
    logging.getLogger().addHandler(heard)
    logging.getLogger("frontdesk").setLevel(logging.INFO)
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        server = _server(app, running)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            thread.join(0.02)
        running.worker.stop()
        running.timetable.stop()
        desk = running.desk
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with httpx.Client(base_url=url, timeout=60) as http:
            made = World(url, http, desk, make_cast(desk), heard, list(app.routes), running.worker)
            desk.database.write(lambda session: _open_fields(session, made.cast.clinic_id))
            made.consent = http.get("/api/v1/clinics/harbor").json()["consent"]["version"]
            yield made
        server.should_exit = True
        thread.join(120)
    logging.getLogger().removeHandler(heard)


def _open_fields(session: Any, clinic_id: str) -> None:
    clinic = session.get_one(Clinic, clinic_id)
    clinic.email_fields, clinic.origins = ["*"], ["https://www.harbor.example"]
    session.add(clinic)

"""Two clinics on one real server app, and people who write to them by HTTP as browsers and servers do."""

import dataclasses
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar.testing import TestClient

from app.asgi import create_app
from app.bootstrap import Running, build
from app.clock import system_clock
from tests.cast import make_clinic, test_settings

WEBSITE, OTHER_WEBSITE, OWN = "https://www.harbor.example", "https://www.mesa.example", "https://desk.install.example"
USUAL = {"patient_name": "Robin Ames", "contact": "212-555-0177", "reason": "knee pain"}


@dataclass
class Hall:
    """The install's door. `later` moves its clock."""

    client: TestClient
    running: Running
    clinics: dict[str, str]
    ahead: list[timedelta] = field(default_factory=list)

    def later(self, **time: float) -> None:
        """Lets time pass."""
        self.ahead.append(timedelta(**time))

    def consent(self, site_key: str = "harbor") -> str:
        """The version in force."""
        return str(self.client.get(f"/api/v1/clinics/{site_key}").json()["consent"]["version"])

    def ask(self, site_key: str = "harbor", **headers: str) -> httpx.Response:
        """Asks for a conversation."""
        body = {"site_key": site_key, "client_id": secrets.token_hex(8), "consent": self.consent(site_key)}
        return self.client.post("/api/v1/conversations", json=body, headers=headers)

    def open(self, site_key: str = "harbor") -> "Talk":
        """A conversation."""
        answer = self.ask(site_key)
        assert answer.status_code == 201, answer.text
        return Talk(self, answer.json()["conversation_id"], answer.json()["token"])


@dataclass
class Talk:
    """One conversation and its token."""

    hall: Hall
    id: str
    token: str

    def call(self, method: str, path: str = "", json: Any = None, **headers: str) -> httpx.Response:
        """A request under the conversation, with its token unless `Authorization` says otherwise."""
        given = {"Authorization": f"Bearer {self.token}", "Accept": "application/json", **headers}
        address = f"/api/v1/conversations/{self.id}{path}"
        return self.hall.client.request(method, address, json=json, headers=given)

    def say(self, text: str, client_id: str | None = None, **headers: str) -> httpx.Response:
        """One message."""
        return self.call("POST", "/messages", {"client_id": client_id or secrets.token_hex(8), "text": text}, **headers)

    def send(self, slots: dict[str, str], client_id: str | None = None, action: str = "referral") -> httpx.Response:
        """A whole request."""
        body = {"client_id": client_id or secrets.token_hex(8), "action": action, "slots": slots}
        return self.call("POST", "/contact", body)


def every_request(talk: Talk) -> list[tuple[str, str, Any]]:
    """(method, path below the conversation, body) of everything that a token opens."""
    return [
        ("GET", "", None),
        ("POST", "/messages", {"client_id": secrets.token_hex(8), "text": "hello"}),
        ("POST", "/contact", {"client_id": secrets.token_hex(8), "action": "callback", "slots": USUAL}),
        ("POST", "/resume-link", {"client_id": secrets.token_hex(8)}),
        ("POST", "/token", {"client_id": secrets.token_hex(8)}),
        ("POST", "/feedback", {"client_id": secrets.token_hex(8), "message_id": "msg_x", "helpful": True}),
        ("DELETE", "", None),
    ]


@contextmanager
def hall(folder: Path, **changes: Any) -> Iterator[Hall]:
    """An install that is closed at the end."""
    ahead: list[timedelta] = []
    usual = system_clock()

    def clock() -> datetime:
        return usual() + sum(ahead, timedelta())

    running = build(test_settings(folder, **{"rate_limits": "off", "public_url": OWN, **changes}))
    running = dataclasses.replace(running, desk=dataclasses.replace(running.desk, clock=clock))
    with TestClient(create_app(running.desk.settings, running), base_url=OWN) as client:
        running.worker.stop()
        clinics = {
            "harbor": make_clinic(
                running.desk, "harbor", "Harbor PT", origins=[WEBSITE], languages=["en", "es"], email_fields=["*"]
            ),
            "mesa": make_clinic(running.desk, "mesa", "Mesa Rehab", origins=[OTHER_WEBSITE]),
        }
        yield Hall(client, running, clinics, ahead)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """One install for the tests of a module, without limits."""
    with hall(tmp_path_factory.mktemp("hall")) as made:
        yield made


@pytest.fixture
def halls(tmp_path: Path) -> Iterator[Callable[..., Hall]]:
    """Makes installs with settings of their own."""
    with ExitStack() as stack:
        yield lambda **changes: stack.enter_context(hall(tmp_path, **changes))

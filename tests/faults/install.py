"""One clinic on one server with its mailbox, each a process of its own, and the patients at its door."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.faults.journal import Journal
from tests.faults.load import Load
from tests.faults.mailbox import Mailbox
from tests.server import Server, wait_for

PATIENCE_S = 300.0
"""For what is no promise but takes long on a machine that has much to do: a start, some patients' requests."""
PHONE = "212-555-0100"
QUICK = {"OUTBOX_RETRY_BASE_S": "0.2", "OUTBOX_RETRY_CAP_S": "2", "OUTBOX_AMBIGUOUS_WAIT_S": "2", "SMTP_TIMEOUT_S": "2"}
"""Waits that let a fault and its end fit into seconds; the product's own are in docs/settings.md."""


class Install:
    """Everything of one round, under `folder`. `kills` counts how often the server was ended without notice."""

    def __init__(self, folder: Path, mailbox: Mailbox, server: Server, seed: int) -> None:
        self.folder, self.mailbox, self.server, self.seed = folder, mailbox, server, seed
        self.chance = random.Random(f"{seed}/faults")
        self.journal = Journal(folder / "journal.jsonl")
        self.kill_times: list[float] = []
        self.fault_ended = time.time()
        self.site_key = server.clinic(phone=PHONE)
        self._staff = server.facts(
            "staff", "create", "--clinic", self.site_key, "--email", "cora@willow.example", "--role", "coordinator"
        )
        self._token: dict[str, str] = {}
        consent = server.http.get(f"/api/v1/clinics/{self.site_key}").json()["consent"]["version"]
        self.load = Load(server.url, self.site_key, consent, PHONE, self.journal, seed)

    def misbehave(self, fault: dict[str, Any]) -> int:
        """Puts a mail fault in force; {} ends it."""
        if not fault:
            self.fault_ended = time.time()
        return self.mailbox.misbehave(fault)

    def kill(self) -> None:
        """kill -9, now."""
        self.server.kill()
        self.died()

    def died(self) -> None:
        """Notes that the server's process is gone without notice."""
        self.kill_times.append(time.time())

    def start(self) -> None:
        """Starts the server again and waits until it answers."""
        self.server.start(patience_s=PATIENCE_S)
        self.fault_ended = time.time()

    def answers(self) -> bool:
        """Whether the server answers."""
        try:
            return self.server.http.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def wait_for_acknowledged(self, more: int, seconds: float = PATIENCE_S) -> None:
        """Until so many more patients have their acknowledgement."""
        before = len(self.journal.done())
        wait_for(f"{more} more acknowledged", lambda: len(self.journal.done()) >= before + more, seconds)

    def staff(self, path: str, **query: Any) -> Any:
        """What the staff's API says, as a coordinator reads it."""
        for _ in range(2):
            address = f"/api/v1/staff/clinics/{self.site_key}/{path}"
            answer = self.server.http.get(address, params=query, headers=self._token)
            if answer.status_code != 401:
                break
            self._sign_in()
        assert answer.status_code == 200, answer.text
        return answer.json()

    def _sign_in(self) -> None:
        body = {"email": "cora@willow.example", "password": self._staff["password"]}
        answer = self.server.http.post("/api/v1/staff/sessions", json=body)
        assert answer.status_code == 201, answer.text
        self._token = {"Authorization": f"Bearer {answer.json()['token']}"}

    def figures(self) -> dict[str, float]:
        """Every line of /metrics, by its name with labels."""
        lines = [line for line in self.server.http.get("/metrics").text.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}

    def waiting(self) -> list[dict[str, Any]]:
        """Notices that wait, are held or are dead."""
        found: list[dict[str, Any]] = self.server.facts("outbox", "list")
        return found


@contextmanager
def installed(folder: Path, seed: int, *, tls: bool = False, **settings: object) -> Iterator[Install]:
    """A running install whose processes end with it."""
    folder.mkdir(parents=True, exist_ok=True)
    with Mailbox(folder, tls=tls) as mailbox:
        given: dict[str, object] = QUICK | {"SMTP_URL": mailbox.url, "MULTILINGUAL_EMBEDDER": "off"} | settings
        server = Server(folder, **given)
        if tls:
            server.env["SSL_CERT_FILE"] = str(mailbox.authority)
        try:
            install = Install(folder, mailbox, server.start(patience_s=PATIENCE_S), seed)
            try:
                yield install
            finally:
                install.load.give_up()
                install.journal.close()
        finally:
            if server.process is not None and server.process.poll() is None:
                server.process.kill()
                server.process.wait(30)
            server.http.close()

"""A Frontdesk server in a process of its own, driven from outside over loopback as a clinic and a visitor would."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.mail import free_port

ROOT = Path(__file__).resolve().parents[1]
ORIGIN = "http://127.0.0.1:9"
PATIENCE_S = 240.0


def wait_for(what: str, look: Callable[[], Any], seconds: float = PATIENCE_S) -> Any:
    """The first true result of `look`; fails with `what` when it takes too long."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


class Server:
    """One install under `folder`; `start`, `kill` and `stop` as often as a test wants."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.data = folder / "data"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        given = {
            "ENV": "test",
            "DATA_DIR": self.data,
            "PORT": self.port,
            "PUBLIC_URL": self.url,
            "RATE_LIMITS": "off",
            "MASTER_KEY": "0123456789abcdef" * 4,
            **settings,
        }
        clean = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
        self.env = clean | {f"FRONTDESK_{name}": str(value) for name, value in given.items()}
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / "server.log"
        # A connection that has been idle for long may be closed by the server at the moment it is used again.
        fresh = httpx.Limits(keepalive_expiry=1.0)
        self.http = httpx.Client(base_url=self.url, timeout=240, headers={"Origin": ORIGIN}, limits=fresh)

    def start(self, *arguments: str, ready: bool = False, patience_s: float = PATIENCE_S) -> "Server":
        """Starts and waits for health; with `ready`, until questions are answered with vectors too."""
        self.launch(*arguments)
        wait_for(f"health; the log says: {self.log.read_text()[-500:]}", self._healthy, patience_s)
        if ready:
            wait_for("the index", lambda: self.http.get("/readyz").json().get("index_ready"))
        return self

    def launch(self, *arguments: str, under: Sequence[str] = ()) -> None:
        """Starts without waiting; `under` is a command that runs it, such as a tracer."""
        command = [*under, sys.executable, "-m", "app", "serve", *arguments]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.env, stdout=log, stderr=log)

    def _healthy(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError(f"the server ended: {self.log.read_text()[-500:]}")
        try:
            return self.http.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """kill -9: no goodbye."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(120)

    def stop(self) -> int:
        """SIGTERM, and the exit status."""
        if self.process is None or self.process.poll() is not None:
            return 0
        self.process.terminate()
        return self.process.wait(120)

    def run(self, *arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        """`frontdesk ARGUMENTS` in another process; `given` is its standard input."""
        command = [sys.executable, "-m", "app", *arguments]
        return subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=400, input=given)

    def facts(self, *arguments: str) -> Any:
        """What `frontdesk ARGUMENTS --json` prints."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def clinic(self, name: str = "Willow Physical Therapy", **options: str) -> str:
        """A new clinic's site key."""
        given = {"origin": ORIGIN, "coordinator": "desk@willow.example", "phone": "212-555-0100", **options}
        flags = [part for key, value in given.items() for part in (f"--{key.replace('_', '-')}", value)]
        made = self.facts("clinic", "create", "--name", name, "--timezone", "America/New_York", *flags)
        return str(made["site_key"])

    def mails(self) -> list[Path]:
        """Notices in the mail folder."""
        return sorted((self.data / "mail").glob("*.eml"))


class Visitor:
    """A conversation, by the visitor's API."""

    def __init__(self, server: Server, site_key: str, client_id: str | None = None) -> None:
        self.server = server
        consent = server.http.get(f"/api/v1/clinics/{site_key}").json()["consent"]["version"]
        body = {"site_key": site_key, "client_id": client_id or secrets.token_hex(8), "consent": consent}
        answer = server.http.post("/api/v1/conversations", json=body)
        assert answer.status_code == 201, answer.text
        self.opened = answer.json()
        self.id = self.opened["conversation_id"]
        self.headers = {"Authorization": f"Bearer {self.opened['token']}"}

    def post(self, path: str, body: dict[str, Any], **headers: str) -> httpx.Response:
        """A request under the conversation."""
        address = f"/api/v1/conversations/{self.id}{path}"
        return self.server.http.post(
            address, json=body, headers=self.headers | {"Accept": "application/json"} | headers
        )

    def say(self, text: str, client_id: str | None = None) -> dict[str, Any]:
        """The `done` object of one message."""
        answer = self.post("/messages", {"client_id": client_id or secrets.token_hex(8), "text": text})
        assert answer.status_code == 200, answer.text
        done: dict[str, Any] = answer.json()
        return done

    def transcript(self) -> list[dict[str, Any]]:
        """What was said, oldest first."""
        answer = self.server.http.get(f"/api/v1/conversations/{self.id}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages


@contextmanager
def serving(folder: Path, *arguments: str, ready: bool = False, **settings: object) -> Iterator[Server]:
    """A server that is stopped at the end, whatever happened."""
    server = Server(folder, **settings)
    try:
        yield server.start(*arguments, ready=ready)
    finally:
        if server.process is not None and server.process.poll() is None:
            server.process.kill()
            server.process.wait(120)
        server.http.close()

"""The disk is full: patients are told the phone, nothing half is kept, and it works again once there is room."""

import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.server import Server, Visitor, serving

ONE_PAGE = 4096


@contextmanager
def full_disk(server: Server) -> Iterator[None]:
    """No file of the server may grow beyond a page, as if the disk had no room."""
    assert server.process is not None
    before = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (ONE_PAGE, before[1]))
    try:
        yield
    finally:
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, before)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process can only be set on Linux")
def test_a_full_disk_gives_the_phone_and_loses_nothing(tmp_path: Path) -> None:
    """The patient must learn whom to call instead; and what was refused must not appear later as if it had been
    accepted."""
    with serving(tmp_path) as server:
        visitor = Visitor(server, server.clinic())
        visitor.say("hello", "client-before")
        contact = {"client_id": "client-form", "action": "callback", "slots": {"contact": "212-555-0143"}}
        said = {"client_id": "client-full", "text": "do you take Cigna?"}
        with full_disk(server):
            refused = [
                visitor.post("/messages", said),
                visitor.post("/messages", said, Accept="text/event-stream"),
                visitor.post("/contact", contact),
                server.http.delete(f"/api/v1/conversations/{visitor.id}", headers=visitor.headers),
            ]
            assert server.http.get("/healthz").status_code == 200
        for answer in refused:
            assert answer.status_code == 503, answer.text
            assert int(answer.headers["Retry-After"]) > 0
            assert "212-555-0100" in answer.text
            assert "Error" not in answer.json()["error"]["message"]
        assert [one["author"] for one in visitor.transcript()] == ["patient", "desk"]
        assert visitor.post("/messages", said).status_code == 200
        assert visitor.post("/contact", contact).status_code == 201
        assert "storage failed" in server.log.read_text()

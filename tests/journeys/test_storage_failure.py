"""The disk is full: patients are told the phone, nothing half is kept, and it works again once there is room."""

import resource
import secrets
import subprocess
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


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A file system of its own that can really be full; skipped where mounting is not permitted."""
    folder.mkdir()
    made = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", str(folder)]
    try:
        done = subprocess.run(made, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("there is no mount command here")
    if done.returncode:
        pytest.skip(f"mounting is not permitted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Takes the last byte of the disk."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (2**20, 2**12, 1):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue
    return ballast


@pytest.mark.skipif(sys.platform != "linux", reason="tmpfs is Linux's")
def test_a_really_full_disk_never_says_yes(tmp_path: Path) -> None:
    """ENOSPC comes wherever the disk likes: every request that was acknowledged must be there after a crash, and none
    that was refused."""
    with small_disk(tmp_path / "disk", 48) as disk:
        server = Server(tmp_path, DATA_DIR=disk / "data")
        server.data = disk / "data"
        try:
            site_key = server.start() and server.clinic()
            visitor = Visitor(server, site_key)
            ballast, asked, refused = fill(disk), [], 0
            for number in range(60):
                slots = {"patient_name": "Robin Ames", "contact": f"212-555-01{number:02}"}
                body = {"client_id": secrets.token_hex(8), "action": "callback", "slots": slots}
                answer = visitor.post("/contact", body)
                asked.append((body, answer.status_code))
                if answer.status_code == 503:
                    refused += 1
                    assert "212-555-0100" in answer.text
                    assert int(answer.headers["Retry-After"]) > 0
            assert {status for _, status in asked} <= {201, 503}
            assert refused > 5, "the disk was not full"
            assert server.http.get("/healthz").status_code == 200
            server.kill()
            again = server.run("clinic", "list")
            assert (again.returncode, again.stderr.count("\n"), "is full" in again.stderr) == (1, 1, True), again.stderr
            ballast.unlink()
            server.start()
            leads = len({notice["lead_id"] for notice in server.facts("outbox", "list", "--all")})
            assert leads == sum(status == 201 for _, status in asked)
            body = next(body for body, status in asked if status == 503)
            assert visitor.post("/contact", body).status_code == 201
        finally:
            if server.process is not None and server.process.poll() is None:
                server.kill()
            server.http.close()

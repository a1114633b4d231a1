"""The look-up of locked packages: real pip-audit against a source of advisories on this machine."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from scripts import advisories
from tests.mail import free_port
from tests.shape.test_locks import pins
from tests.shape.tree import ROOT

WEAK = {
    "id": "GHSA-made-up-0001",
    "aliases": ["CVE-2026-00001"],
    "summary": "made up",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "click"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}]}],
        }
    ],
}


@contextmanager
def source(*, weak: bool) -> Iterator[list[str]]:
    """Answers as OSV does, and gives pip-audit's flag for it."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            found = {"vulns": [WEAK]} if weak and asked["package"]["name"] == "click" else {}
            body = json.dumps(found).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield [f"--osv-url=http://127.0.0.1:{server.server_port}"]
        server.shutdown()


def exceptions(folder: Path, until: str | None = None, name: str = "CVE-2026-00001") -> Path:
    """A file with one exception, or with none."""
    file = folder / "advisories.toml"
    file.write_text(f'[[excepted]]\nid = "{name}"\nuntil = {until}\nwhy = "made up"\n' if until else "")
    return file


def test_packages_without_a_weakness_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with source(weak=False) as flags:
        assert advisories.main(flags, exceptions(tmp_path)) == advisories.WELL
    assert "no known weakness" in capsys.readouterr().out


def test_an_exception_may_name_any_of_a_weakness_s_names(tmp_path: Path) -> None:
    with source(weak=True) as flags:
        assert advisories.main(flags, exceptions(tmp_path, "2999-01-31", "GHSA-made-up-0001")) == advisories.WELL
        assert advisories.main(flags, exceptions(tmp_path, "2999-01-31", "GHSA-made-up-0002")) == advisories.WEAK


@pytest.mark.parametrize(
    ("until", "status"), [(None, advisories.WEAK), ("2026-01-31", advisories.WEAK), ("2999-01-31", advisories.WELL)]
)
def test_a_weakness_fails_unless_it_is_excepted_today(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], until: str | None, status: int
) -> None:
    with source(weak=True) as flags:
        assert advisories.main(flags, exceptions(tmp_path, until)) == status
    said = capsys.readouterr().out
    assert ("click " in said and "CVE-2026-00001, mended in 99.1" in said) == (status == advisories.WEAK)
    assert ("ended on 2026-01-31" in said) == (until == "2026-01-31")


def test_every_lock_is_looked_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    locked = {pin for lock in advisories.LOCKS for pin in advisories.PIN.findall((ROOT / lock).read_text())}
    assert {"litestar", "pytest", "torch", "xllamacpp"} <= {pin.split("==")[0] for pin in locked}
    assert set(pins("serve").items()) <= {tuple(pin.split("==")) for pin in locked}
    with source(weak=False) as flags:
        advisories.main(flags, exceptions(tmp_path))
    assert f"{len(locked)} packages" in capsys.readouterr().out


def test_a_source_that_does_not_answer_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flags = [f"--osv-url=http://127.0.0.1:{free_port()}"]
    assert advisories.main(flags, exceptions(tmp_path)) == advisories.NOBODY_ANSWERED
    assert "nothing was looked up" in capsys.readouterr().err


def test_a_package_that_could_not_be_looked_up_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    skipped = {"name": "willow", "skip_reason": "not found"}
    monkeypatch.setattr(advisories, "_looked_up", lambda _: [skipped])
    assert advisories.main((), exceptions(tmp_path)) == advisories.WEAK
    assert "willow: could not be looked up: not found" in capsys.readouterr().out

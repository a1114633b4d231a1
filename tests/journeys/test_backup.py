"""The drill: a backup under load, a disaster, a restore elsewhere. And what lies on the disk says nothing in clear."""

import json
import secrets
import shutil
import threading
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.mail import Mailbox, smtp_server
from tests.server import Server, Visitor, serving, wait_for

PATIENT, PAPER = "Zebulon Quxwell", "marmalade lighthouse"
FAST = {"OUTBOX_RETRY_BASE_S": 0.2, "OUTBOX_RETRY_CAP_S": 1, "OUTBOX_AMBIGUOUS_WAIT_S": 1}
OTHER_KEY = "fedcba9876543210" * 4


def refer(visitor: Visitor) -> str:
    """A callback that was acknowledged. Returns its referral id."""
    slots = {"patient_name": PATIENT, "contact": "212-555-0143"}
    body = {"client_id": secrets.token_hex(8), "action": "callback", "slots": slots}
    answer = visitor.post("/contact", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["referral_id"])


def referred(mailbox: Mailbox) -> list[str]:
    """The referral of each mail that the clinic got."""
    return [str(message_from_bytes(mail)["X-Referral-Id"]) for mail in list(mailbox.mails)]


def in_clear(folder: Path) -> list[tuple[str, bytes]]:
    """Which files hold a word that only patients and papers know, in any usual encoding of text."""
    words = [part.encode(code) for part in (PATIENT, PATIENT.split()[1], PAPER) for code in ("utf-8", "utf-16-le")]
    words += [word.lower() for word in words] + [b"555-0143", b"5550143"]
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [(path.name, word) for path in files for word in words if word in path.read_bytes()]


class Load:
    """Referrals without a pause, by three visitors, until it is left; `acknowledged` grows."""

    def __init__(self, server: Server, site_key: str) -> None:
        self.acknowledged: list[str] = []
        self._stop = threading.Event()
        work = [threading.Thread(target=self._work, args=(server, site_key)) for _ in range(3)]
        self._threads = work

    def _work(self, server: Server, site_key: str) -> None:
        while not self._stop.is_set():
            self.acknowledged.append(refer(Visitor(server, site_key)))

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(120)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with smtp_server() as made:
        yield made


def test_backup_under_load_disaster_restore(tmp_path: Path, mailbox: Mailbox) -> None:
    """A backup that nobody ever restored is a hope. Whatever was acknowledged before it must be there again, and reach
    the clinic if it had not."""
    given = {"SMTP_URL": f"smtp://127.0.0.1:{mailbox.port}?tls=none", **FAST}
    paper = tmp_path / "papers" / "parking.md"
    for folder in (paper.parent, tmp_path / "first", tmp_path / "second"):
        folder.mkdir()
    paper.write_text(f"# Parking\n\n## Where do I park?\n\nPark behind the {PAPER}.\n")
    with serving(tmp_path / "first", ready=True, **given) as server:
        site_key = server.clinic()
        server.facts("ingest", "--clinic", site_key, str(paper))
        delivered = [refer(Visitor(server, site_key)) for _ in range(3)]
        wait_for("the first mails", lambda: set(delivered) <= set(referred(mailbox)))
        wait_for("nothing pending", lambda: not server.facts("outbox", "list"))
        mailbox.data = "451 come back later"
        waiting = [refer(Visitor(server, site_key)) for _ in range(3)]
        with Load(server, site_key) as load:
            wait_for("load", lambda: len(load.acknowledged) >= 5)
            before = list(load.acknowledged)
            made = server.facts("backup", str(tmp_path / "backup"))
            wait_for("more load", lambda: len(load.acknowledged) >= len(before) + 5)
        assert in_clear(server.data) == []
        server.kill()
        assert in_clear(server.data) == []
    assert made["papers"] == 1
    assert in_clear(tmp_path / "backup") == []
    master = str(server.env["FRONTDESK_MASTER_KEY"]).encode()
    assert not [path for path in (tmp_path / "backup").rglob("*") if path.is_file() and master in path.read_bytes()]
    assert (tmp_path / "backup").stat().st_mode & 0o077 == 0

    second = Server(tmp_path / "second", **given)
    mailbox.mails.clear()
    restored = second.facts("restore", str(tmp_path / "backup"))
    assert restored["key_fingerprint"] in made["key_fingerprints"]
    assert restored["passages_indexed"] > 0
    assert restored["kept"] is None
    mailbox.data = "250 taken"
    try:
        second.start(ready=True)
        leads = {notice["lead_id"] for notice in second.facts("outbox", "list", "--all")}
        assert {*delivered, *waiting, *before} <= leads
        wait_for("what waited", lambda: {*waiting, *before} <= set(referred(mailbox)))
        wait_for("nothing pending", lambda: not second.facts("outbox", "list"))
        assert not set(delivered) & set(referred(mailbox)), "these had been delivered before the backup"
        again = [one for one in waiting if referred(mailbox).count(one) != 1]
        assert again == []
        answer = second.facts("ask", "--clinic", site_key, "Where do I park?")
        assert PAPER in json.dumps(answer)
        assert second.facts("doctor")["ok"]
        assert in_clear(second.data) == []
    finally:
        second.kill()
        second.http.close()


def test_what_is_refused_leaves_everything_as_it_was(tmp_path: Path) -> None:
    """A restore over a living clinic, from a damaged copy or with the wrong key, would be the disaster itself."""
    server = Server(tmp_path)
    server.clinic()
    made = server.run("backup", str(tmp_path / "backup"))
    assert made.returncode == 0, made.stderr
    again = server.run("backup", str(tmp_path / "backup"))
    assert (again.returncode, "exists already" in again.stderr) == (1, True)
    inside = server.run("backup", str(server.data / "backup"))
    assert (inside.returncode, "lies in the data folder" in inside.stderr) == (1, True)

    before = contents(server.data)
    refused = server.run("restore", str(tmp_path / "backup"))
    assert (refused.returncode, "is not empty" in refused.stderr) == (1, True), refused.stderr
    for name, said in (("frontdesk.db", "damaged"), ("manifest.json", "changed"), ("keys.json", "damaged")):
        copy = shutil.copytree(tmp_path / "backup", tmp_path / f"bad-{name}")
        spoil(copy / name)
        refused = server.run("restore", str(copy), "--replace")
        assert (refused.returncode, said in refused.stderr) == (1, True), refused.stderr
        assert refused.stderr.count("\n") == 1
    server.env["FRONTDESK_MASTER_KEY"] = OTHER_KEY
    refused = server.run("restore", str(tmp_path / "backup"), "--replace")
    assert (refused.returncode, "master key" in refused.stderr) == (1, True), refused.stderr
    assert contents(server.data) == before
    server.http.close()


def test_replaced_data_is_moved_aside_and_an_old_key_may_be_named(tmp_path: Path) -> None:
    """After a change of the master key the backups of before still open, with the key of then."""
    server = Server(tmp_path)
    server.clinic("First Clinic")
    server.facts("backup", str(tmp_path / "backup"))
    server.clinic("Second Clinic")
    key_file = tmp_path / "old.key"
    key_file.write_text(server.env["FRONTDESK_MASTER_KEY"])
    rotated = server.facts("keys", "rotate", "--new-key-file", str(tmp_path / "new.key"))
    assert (rotated["restart"], rotated["master_key"]) == (True, None)
    server.env["FRONTDESK_MASTER_KEY"] = (tmp_path / "new.key").read_text().strip()
    assert len(server.facts("clinic", "list")) == 2
    restored = server.facts("restore", str(tmp_path / "backup"), "--replace", "--key-file", str(key_file))
    assert [clinic["name"] for clinic in server.facts("clinic", "list")] == ["First Clinic"]
    assert restored["key_fingerprint"] == rotated["fingerprint"]
    checked = server.facts("audit", "verify")
    assert (checked["ok"], checked["restores"]) == (True, 1), "a restore is no end that was cut off"
    kept = Path(restored["kept"])
    assert {"frontdesk.db", "keys.json"} <= {path.name for path in kept.iterdir()}
    server.http.close()


def contents(folder: Path) -> dict[str, bytes]:
    """Every file but the lock, which names the process that looked."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "owner.lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def spoil(path: Path) -> None:
    """Changes one thing in the middle."""
    if path.name == "manifest.json":
        path.write_text(path.read_text().replace('"papers_missing": 0', '"papers_missing": 1'))
        return
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_keys_change_under_load(tmp_path: Path, mailbox: Mailbox) -> None:
    """Patients must not notice, every request must reach the clinic, and a killed server must come up with either key
    until the new one was used."""
    given = {"SMTP_URL": f"smtp://127.0.0.1:{mailbox.port}?tls=none", **FAST}
    new_key = tmp_path / "keys" / "second.key"
    with serving(tmp_path, **given) as server:
        site_key = server.clinic()
        with Load(server, site_key) as load:
            wait_for("load", lambda: len(load.acknowledged) >= 5)
            rotated = server.facts("keys", "rotate", "--new-key-file", str(new_key))
            so_far = len(load.acknowledged)
            wait_for("more load", lambda: len(load.acknowledged) >= so_far + 5)
        assert rotated["restart"]
        assert "waits to be used" in server.run("doctor").stdout
        server.kill()
        server.start()  # the environment still has the old key
        server.kill()
        old_key = server.env["FRONTDESK_MASTER_KEY"]
        server.env["FRONTDESK_MASTER_KEY"] = new_key.read_text().strip()
        server.start()
        leads = {notice["lead_id"] for notice in server.facts("outbox", "list", "--all")}
        assert set(load.acknowledged) <= leads
        wait_for("all mails", lambda: set(load.acknowledged) <= set(referred(mailbox)))
        server.kill()
        before = contents(server.data)
        server.env["FRONTDESK_MASTER_KEY"] = old_key
        refused = server.run("serve")
        assert (refused.returncode, "does not open" in refused.stderr) == (1, True)
        assert refused.stderr.count("\n") == 1
        assert contents(server.data) == before

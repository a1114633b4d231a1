"""New keys for everything: nothing is lost wherever the process dies, and the old keys open nothing afterwards."""

import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlmodel import func, select

from app.errors import Misconfigured
from app.settings import Settings
from app.store.database_file import opens
from app.store.opening import Store, open_store
from app.store.tables import AuditEntry
from app.store.upgrade_copies import upgrade_copies
from tests.store.test_session import entry

CHILD = Path(__file__).parent / "rotation_child.py"
OLD, NEW = "old-master-key-" * 4, "new-master-key-" * 4
PAPERS = {("clinic_1", f"ver_{number}"): f"paper {number} ".encode() * 200 for number in range(2)}


def settings(folder: Path, key: str) -> Settings:
    return Settings(env="test", data_dir=folder, master_key=SecretStr(key))


def filled(folder: Path, rows: int = 30) -> Path:
    """A data folder with some of everything."""
    store = open_store(settings(folder, OLD))
    for place, data in PAPERS.items():
        store.uploads.put(*place, data)
    store.database.write(lambda s: [entry(s, f"verb_{number}" * 7) for number in range(rows)] and None)
    store.database.close()
    return folder


def entries(store: Store) -> int:
    with store.database.read() as session:
        return session.exec(select(func.count()).select_from(AuditEntry)).one()


def rotate_in_child(folder: Path, key_file: Path, deadly: int) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(CHILD), str(folder), OLD, str(key_file), str(deadly)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def check_whole(folder: Path, step: int) -> None:
    """Opens with the old key always, with the new one from when it was written down; everything is there."""
    for key in (OLD, NEW):
        try:
            store = open_store(settings(folder, key))
        except Misconfigured:
            if key == NEW:
                continue
            raise
        assert entries(store) >= 30, f"step {step}"
        assert {place: store.uploads.read(*place) for place in PAPERS} == PAPERS, f"step {step}"
        assert len(store.keyring.data) == 1, f"step {step}: the start did not end it"
        assert not [path.name for path in folder.rglob("*") if path.name.endswith((".part", ".rekeyed"))]
        store.database.close()


@pytest.mark.timeout(400)
def test_killed_at_any_step_nothing_is_lost(tmp_path: Path) -> None:
    """A rotation that half happened would lock a clinic out of its own data for good."""
    whole = filled(tmp_path / "whole")
    key_file = tmp_path / "keys" / "new.key"
    key_file.parent.mkdir()
    key_file.write_text(NEW)
    counted = rotate_in_child(shutil.copytree(whole, tmp_path / "counted"), key_file, 0)
    assert counted.returncode == 0, counted.stderr
    steps = int(counted.stdout)
    assert steps > 15, "the steps are not seen"
    died = 0
    chosen = range(1, steps + 1, 2)  # every second one: each costs a second
    for deadly in chosen:
        folder = shutil.copytree(whole, tmp_path / f"step-{deadly}")
        died += rotate_in_child(folder, key_file, deadly).returncode == -signal.SIGKILL
        check_whole(folder, deadly)
        shutil.rmtree(folder)
    assert died == len(chosen)


def test_afterwards_the_old_keys_open_nothing(tmp_path: Path) -> None:
    """Whoever found the old key, and an old copy of the keyring, must not read what is written from now on."""
    folder, key_file = filled(tmp_path / "data"), tmp_path / "new.key"
    before = open_store(settings(folder, OLD))
    before.database.close()
    old_ring, old_paper = (folder / "keys.json").read_bytes(), (folder / "uploads/clinic_1/ver_0").read_bytes()
    done = rotate_in_child(folder, key_file, 0)
    assert done.returncode == 0, done.stderr
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert not opens(folder / "frontdesk.db", before.keyring.database_key(1))
    assert (folder / "uploads/clinic_1/ver_0").read_bytes()[:9] != old_paper[:9]
    store = open_store(settings(folder, OLD))
    assert len(store.keyring.masters) == 2, "until the restart with the new key, the old one opens the ring"
    store.database.close()
    store = open_store(settings(folder, key_file.read_text().strip()))
    assert len(store.keyring.masters) == 1
    assert store.keyring.keys.derive("token") == before.keyring.keys.derive("token"), (
        "visitors keep their conversations"
    )
    store.database.close()
    after = (folder / "keys.json").read_bytes()
    with pytest.raises(Misconfigured, match="does not open"):
        open_store(settings(folder, OLD))
    assert (folder / "keys.json").read_bytes() == after
    (folder / "keys.json").write_bytes(old_ring)
    with pytest.raises(Misconfigured, match="damaged"):
        open_store(settings(folder, OLD))


def test_reading_and_writing_go_on_meanwhile(tmp_path: Path) -> None:
    """Patients must not notice: what they send while the keys change is kept, and nothing fails."""
    store = open_store(settings(filled(tmp_path / "data", rows=3000), OLD))
    ring, stop = store.keyring, threading.Event()
    problems: list[str] = []
    written: list[int] = []

    def work() -> None:
        while not stop.is_set():
            try:
                store.database.write(lambda s: entry(s, "meanwhile"))
                written.append(1)
                entries(store)
            except Exception as problem:
                problems.append(repr(problem))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in (2, 3):
        ring.data[number] = bytes([number]) * 32
        ring.save()
        store.database.rekey(ring.database_key(number))
    stop.set()
    for thread in threads:
        thread.join(120)
    assert problems == []
    assert entries(store) == 3000 + len(written)
    store.database.close()
    again = open_store(settings(tmp_path / "data", OLD))
    assert entries(again) == 3000 + len(written)
    assert list(again.keyring.data) == [3]
    again.database.close()


def test_copies_from_before_an_upgrade_go_with_the_old_keys(tmp_path: Path) -> None:
    """They would stay readable with a key that was given up."""
    folder = filled(tmp_path / "data")
    (folder / "before-upgrade").mkdir()
    shutil.copy(folder / "frontdesk.db", folder / "before-upgrade" / "0006-x.db")
    assert rotate_in_child(folder, tmp_path / "new.key", 0).returncode == 0
    assert upgrade_copies(folder) == []

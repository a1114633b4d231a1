"""Rounds in which the disk fails: full, locked by somebody, or giving errors at single writes. Nobody may be told
"saved" then; patients get a 503 with the clinic's phone."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.install import PATIENCE_S
from tests.faults.killing import injected
from tests.faults.oracle import Verdict
from tests.faults.rounds.ending import SENDERS, a_round
from tests.server import ROOT, wait_for

DISK_MB = 48
LOCK_S = 3.0
BUSY_S = 34.0
"""Longer than the server's own patience with a locked database (30 s)."""


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of DISK_MB megabytes. Raises PermissionError where it may not be mounted."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        raise PermissionError("may not mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def disk_full(folder: Path, seed: int, times: int = 2) -> Verdict:
    """The disk fills up under load, and has room again some seconds later."""
    with small_disk(folder / "disk") as disk, a_round(folder, seed, settings=[("DATA_DIR", disk / "data")]) as round_:
        install = round_.install
        install.load.start(SENDERS)
        for _ in range(times):
            install.wait_for_acknowledged(10)
            _fill(disk / "ballast")
            wait_for(
                "a 503",
                lambda before=install.journal.answers["503"]: install.journal.answers["503"] > before + 3,
                PATIENCE_S,
            )
            time.sleep(1)
            (disk / "ballast").unlink()
            install.wait_for_acknowledged(5)
            install.fault_ended = time.time()
            round_.look()
        return round_.judged("disk full")


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return


def locked(folder: Path, seed: int, seconds: float = LOCK_S) -> Verdict:
    """Another program (a backup tool, an administrator's shell) holds the database's write lock."""
    with a_round(folder, seed) as round_:
        install = round_.install
        install.load.start(SENDERS)
        install.wait_for_acknowledged(10)
        before = install.journal.answers["503"]
        command = [sys.executable, "-m", "tests.faults.lock_holder", str(seconds)]
        subprocess.run(command, cwd=ROOT, env=install.server.env, check=True)
        if seconds > 30:
            round_.expect(install.journal.answers["503"] > before, "no 503 while the database was locked")
        install.wait_for_acknowledged(10)
        install.fault_ended = time.time()
        return round_.judged(f"database locked for {seconds:.0f} s")


def failing_writes(
    folder: Path, seed: int, calls: str = "fsync,fdatasync", what: str = "error=EIO:when=5+7"
) -> Verdict:
    """Single system calls fail while the server goes on: by default some syncs of a commit with an input/output
    error."""
    with a_round(folder, seed) as round_:
        install = round_.install
        install.load.start(SENDERS)
        install.wait_for_acknowledged(5)
        with injected(install, calls, what):
            install.wait_for_acknowledged(40)
        install.fault_ended = time.time()
        round_.look()
        install.wait_for_acknowledged(10)
        return round_.judged(f"{calls} fail ({what})")

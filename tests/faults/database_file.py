"""The database as SQLite sees it, read by a process that is not the server's."""

import subprocess
import sys

from sqlalchemy import Engine

from app.cli.running import call
from app.settings import load_settings
from app.store.database_file import DATABASE
from app.store.keyring import KEYRING, fingerprints, read_keyring
from app.store.master_key import find_master
from app.store.session import Database
from tests.server import ROOT, Server


class Look:
    """A running look at a server's database; `finding` waits for it."""

    def __init__(self, server: Server, *, resting: bool = False) -> None:
        """With `resting`, which needs that no server runs, every page's own checksum is looked at too."""
        command = [sys.executable, "-m", "tests.faults.database_file", *(["resting"] if resting else [])]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=server.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def wait(self) -> None:
        """Until it has ended: the server it looks at may be ended then."""
        self._process.wait(180)

    def finding(self) -> str:
        """ "ok", or what is wrong."""
        told, _ = self._process.communicate(timeout=180)
        return told.strip()[-2000:] if self._process.returncode else "ok"


def engine() -> Engine:
    """The database of FRONTDESK_DATA_DIR, opened with the key of FRONTDESK_MASTER_KEY."""
    folder, settings = load_settings().data_dir, load_settings()
    master = find_master(settings, fingerprints(folder / KEYRING))
    assert master is not None
    keyring = read_keyring(folder / KEYRING, master)
    return Database(folder / DATABASE, keyring.database_key(keyring.current)).engine


def main() -> int:
    """Looks at the database and its audit, prints what is wrong and says by the exit status whether anything is."""
    with engine().connect() as connection:
        wrong = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
        wrong += [f"foreign key: {tuple(row)}" for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
        if "resting" in sys.argv:
            wrong += [str(row[0]) for row in connection.exec_driver_sql("PRAGMA cipher_integrity_check")]
    audit = call("audit_verify", {"anchor": None})  # by the server where one runs
    wrong += [] if audit["ok"] else [f"audit: {audit}"]
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

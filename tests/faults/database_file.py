"""The database as SQLite sees it, read by a process that is not the server's."""

import subprocess
import sys

from sqlalchemy import Engine

from app.settings import load_settings
from app.store.crypto import open_keys
from app.store.session import Database
from tests.server import ROOT, Server

DATABASE = "frontdesk.db"


class Look:
    """A running look at a server's database; `finding` waits for it."""

    def __init__(self, server: Server, *, resting: bool = False) -> None:
        """With `resting`, which needs that no server runs, every page's own checksum is looked at too."""
        command = [sys.executable, "-m", "tests.faults.database_file", *(["resting"] if resting else [])]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=server.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def finding(self) -> str:
        """ "ok", or what is wrong."""
        told, _ = self._process.communicate(timeout=180)
        return told.strip()[-2000:] if self._process.returncode else "ok"


def engine() -> Engine:
    """The database of FRONTDESK_DATA_DIR, opened with the key of FRONTDESK_MASTER_KEY."""
    settings = load_settings()
    keys, _ = open_keys(settings, database_exists=True)
    return Database(settings.data_dir / DATABASE, keys.derive("database")).engine


def main() -> int:
    """Looks at the database, prints what is wrong and says by the exit status whether anything is."""
    with engine().connect() as connection:
        wrong = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
        wrong += [f"foreign key: {tuple(row)}" for row in connection.exec_driver_sql("PRAGMA foreign_key_check")]
        if "resting" in sys.argv:
            wrong += [str(row[0]) for row in connection.exec_driver_sql("PRAGMA cipher_integrity_check")]
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

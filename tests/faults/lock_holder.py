"""Holds the write lock of the database of FRONTDESK_DATA_DIR, as another program might: the argument says how many
seconds."""

import sys
import time

from tests.faults.database_file import engine


def main() -> None:
    """BEGIN EXCLUSIVE, wait, ROLLBACK."""
    raw = engine().raw_connection()
    raw.cursor().execute("PRAGMA busy_timeout = 60000")  # the server writes all the time; this one waits for its turn
    raw.cursor().execute("BEGIN EXCLUSIVE")
    time.sleep(float(sys.argv[1]))
    raw.cursor().execute("ROLLBACK")
    raw.close()


if __name__ == "__main__":
    main()

"""After rows were deleted: nothing of them stays in the database's files."""

from contextlib import closing

from app.store.session import Database


def scrub(database: Database) -> bool:
    """Writes the write-ahead log into the database and empties it: pages as they were before would otherwise lie in it
    until others take their place. The database itself overwrites what is deleted (`secure_delete`). False when somebody
    was reading all the while; the log is then emptied at the next start or the next time."""
    with database.read(), closing(database.engine.raw_connection()) as raw:  # not while the file is exchanged
        cursor = raw.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        row = cursor.fetchone()
        cursor.close()
    return row is not None and not row[0]

"""Opens the store of a data folder: finds its keys, refuses what must not be opened, finishes what a crash broke off,
and brings the schema up to date."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from app.errors import Misconfigured, describe
from app.settings import Settings
from app.store import schema
from app.store.boot_checks import check_folder, check_sqlite
from app.store.database_file import (
    DATABASE,
    clear_staged,
    damage_seen_by_readers,
    opens,
    put_in_place,
    rekeyed_copy,
    schema_of,
)
from app.store.durable import PART, make_folder
from app.store.keyring import KEYRING, Keyring, adopted_keyring, fingerprints, new_keyring, read_keyring
from app.store.master_key import find_master, make_master
from app.store.restoring import complete_restore, is_restoring
from app.store.session import Database, check_key
from app.store.upgrade_copies import keep_copy, remove_old_copies
from app.store.uploads import Uploads

log = logging.getLogger("frontdesk.store")
CHECKED_AT_START = 512 * 2**20
"""Bytes of a database that is looked through at every start (about 5 ms for each megabyte); a larger one only by
`frontdesk doctor`."""
DAMAGED = "Restore a backup: frontdesk restore PATH"


@dataclass(frozen=True, slots=True)
class Store:
    """`new_key_file` is the path of a master key that was made just now, if one was."""

    keyring: Keyring
    database: Database
    uploads: Uploads
    new_key_file: Path | None


def preflight(settings: Settings) -> None:
    """Everything that can be refused without touching the data folder. Raises Misconfigured."""
    check_sqlite()
    check_folder(settings)
    if not is_restoring(settings.data_dir):  # else the folder is half of each; the start ends it and looks then
        _existing(settings)


def open_store(settings: Settings) -> Store:
    """The store, migrated and open. The caller holds the folder's lock. Raises Misconfigured."""
    preflight(settings)
    with _writable(settings):
        complete_restore(settings.data_dir)
        keyring, new_key_file = _keyring(settings)
        path = settings.data_dir / DATABASE
        uploads = Uploads(settings.data_dir / "uploads", keyring)
        finish(keyring, path, uploads)
        database = _database(settings, keyring, path)
        if not keyring.database_made:
            keyring.database_made = True
            keyring.save()
        return Store(keyring, database, uploads, new_key_file)


def finish(keyring: Keyring, path: Path, uploads: Uploads) -> None:
    """Ends what a crash broke off: half-written files, plain papers of an old install, a change of the data's keys.
    Nobody has the database open."""
    keyring.path.with_name(keyring.path.name + PART).unlink(missing_ok=True)
    uploads.clear_parts()
    clear_staged(path)
    if not keyring.uploads_sealed:
        uploads.seal_all()
        keyring.uploads_sealed = True
        keyring.save()
    if len(keyring.data) == 1:
        return
    number = _number(keyring, path)
    if path.exists() and number != keyring.current:
        new = keyring.database_key(keyring.current)
        put_in_place(path, keyring.database_key(number), rekeyed_copy(path, keyring.database_key(number), new))
    end_rotation(keyring, uploads, path.parent)


def end_rotation(keyring: Keyring, uploads: Uploads, data_dir: Path) -> None:
    """The database has its new key: now the papers get theirs, copies under the old one go, and then the old one."""
    uploads.seal_all()
    remove_old_copies(data_dir, keep=0)
    keyring.data = {keyring.current: keyring.data[keyring.current]}
    keyring.save()


def _existing(settings: Settings) -> Keyring | None:
    """The keyring of an existing install, None for a new one. Raises Misconfigured when the key is missing or another
    one, or the database cannot be used. Touches nothing."""
    ring, path = settings.data_dir / KEYRING, settings.data_dir / DATABASE
    if not ring.exists() and not path.exists():
        return None
    master = find_master(settings, fingerprints(ring) if ring.exists() else ())
    if master is None:
        raise Misconfigured(
            f"The data folder {str(settings.data_dir)!r} has a database, but its master key is missing.",
            "Give the FRONTDESK_MASTER_KEY that made it, or choose an empty FRONTDESK_DATA_DIR.",
        )
    keyring = read_keyring(ring, master) if ring.exists() else adopted_keyring(ring, master)
    if path.exists():
        schema.refuse_newer(schema_of(path, keyring.database_key(_number(keyring, path))))
    elif keyring.database_made:
        raise Misconfigured(f"The data folder {str(settings.data_dir)!r} has lost its database.", DAMAGED)
    return keyring


def _number(keyring: Keyring, path: Path) -> int:
    """Which of the ring's secrets the database is encrypted with. Raises Misconfigured when it is none of them."""
    if not path.exists():
        return keyring.current
    for number in sorted(keyring.data, reverse=True):
        if opens(path, keyring.database_key(number)):
            return number
    if keyring.path.exists():
        raise Misconfigured(f"The database {str(path)!r} is damaged: its first page cannot be read.", DAMAGED)
    raise Misconfigured(
        f"The database {str(path)!r} cannot be opened with this master key.",
        "Give the FRONTDESK_MASTER_KEY that made it, or choose an empty FRONTDESK_DATA_DIR.",
    )


def _keyring(settings: Settings) -> tuple[Keyring, Path | None]:
    keyring, made = _existing(settings), None
    if keyring is None:
        master = find_master(settings)
        make_folder(settings.data_dir)
        if master is None:
            master = make_master(settings.data_dir)
            made = master.path
        keyring = new_keyring(settings.data_dir / KEYRING, master)
    if not keyring.path.exists():
        keyring.save()
    elif keyring.masters[-1] == keyring.master.fingerprint and len(keyring.masters) > 1:
        keyring.settle(keyring.master)  # the new key is in use: the one before it opens nothing any more
        keyring.save()
    return keyring, made


def _database(settings: Settings, keyring: Keyring, path: Path) -> Database:
    key = keyring.database_key(keyring.current)
    if path.exists() and path.stat().st_size <= CHECKED_AT_START and (wrong := damage_seen_by_readers(path, key)):
        raise Misconfigured(f"The database {str(path)!r} is damaged ({wrong}).", DAMAGED)
    database = Database(path, key)
    check_key(database.engine, path)
    found = schema.current(database.engine)
    if found not in (None, schema.HEAD):
        keep_copy(settings.data_dir, path, key, str(found))
    schema.upgrade(database.engine)
    remove_old_copies(settings.data_dir)
    database.open()
    return database


@contextmanager
def _writable(settings: Settings) -> Iterator[None]:
    """A disk that fails now is one line, not a trace."""
    try:
        yield
    except (OSError, DBAPIError, dbapi2.Error) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else describe(problem)
        raise Misconfigured(
            f"The data folder {str(settings.data_dir)!r} cannot be written ({reason}).", "Look at its disk and rights."
        ) from problem

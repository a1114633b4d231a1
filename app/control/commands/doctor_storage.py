"""doctor's findings on the store: program, database, folder, disk, keys, copies."""

from collections.abc import Iterator
from typing import Any

from app.desk import Desk
from app.errors import Misconfigured
from app.store.boot_checks import check_folder, check_sqlite, free_bytes, open_to_others
from app.store.database_file import DATABASE
from app.store.upgrade_copies import upgrade_copies

SCARCE = 500 * 2**20
"""Bytes free below which an operator should look: a copy before an upgrade needs as much as the database."""


def storage_findings(desk: Desk) -> Iterator[dict[str, Any]]:
    """{"check", "ok", "message", "remedy"} for each."""
    folder = desk.settings.data_dir
    yield from _refusals(desk)
    with desk.database.read() as session:
        version = session.connection().exec_driver_sql("SELECT sqlite_version()").scalar()
        intact = session.connection().exec_driver_sql("PRAGMA quick_check").scalar()
    yield finding("sqlite", True, f"SQLite {version}")
    yield finding("database", intact == "ok", f"quick check: {intact}", "Restore a backup: frontdesk restore PATH")
    said = open_to_others(folder)
    yield finding("rights", not said, said or "data folder is private", f"chmod 700 {folder}")
    size, free = (folder / DATABASE).stat().st_size, free_bytes(folder)
    room = f"{free / 2**20:.0f} MiB are free, the database has {size / 2**20:.1f} MiB"
    yield finding("disk", free > max(SCARCE, 2 * size), room, "Make room on the disk of the data folder.")
    yield _key(desk)
    copies = upgrade_copies(folder)
    if copies:
        yield finding("copies", True, f"{len(copies)} copies from before upgrades, removed after 30 days")


def _refusals(desk: Desk) -> Iterator[dict[str, Any]]:
    """What would refuse the next start."""
    try:
        check_sqlite()
        check_folder(desk.settings)
    except Misconfigured as problem:
        yield finding("next start", False, problem.message, problem.remedy)


def _key(desk: Desk) -> dict[str, Any]:
    ring = desk.keyring
    said = f"the master key has fingerprint {ring.master.fingerprint}"
    others = [name for name in ring.masters if name != ring.master.fingerprint]
    if others:
        said += f"; a new one ({others[-1]}) waits to be used"
    return finding("key", not others, said, "Set FRONTDESK_MASTER_KEY to the new key and restart.")


def finding(check: str, ok: bool, message: str, remedy: str | None = None) -> dict[str, Any]:
    """One line of doctor's."""
    return {"check": check, "ok": ok, "message": message, "remedy": None if ok else remedy}

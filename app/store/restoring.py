"""Puts a backup in the place of a data folder. What is there is moved aside, not removed; a crash at any moment leaves
either the old folder or, after the next start, the restored one."""

import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.errors import Misconfigured
from app.settings import Settings
from app.store.anchor import FILE as ANCHOR
from app.store.backups import checked_keyring, copy_hashed, read_manifest
from app.store.database_file import DATABASE
from app.store.durable import make_folder, sync, write_durably
from app.store.keyring import KEYRING, Keyring, fingerprints, read_keyring
from app.store.master_key import INSTALL_ID, MasterKey, find_master, make_master, read_key_file
from app.store.upgrade_copies import FOLDER as UPGRADE_COPIES

STAGING = "restoring"
READY = "ready.json"
DERIVED = ("index", "index-multilingual", "limits.db", "limits.db-wal", "limits.db-shm")
"""Made anew from the database, or of no worth after it changed."""
REPLACED = (f"{DATABASE}-wal", f"{DATABASE}-shm", UPGRADE_COPIES, DATABASE, KEYRING, INSTALL_ID, "uploads")
"""In this order: a log that is left beside another database would be taken for its own."""


@dataclass(frozen=True, slots=True)
class Restored:
    """`kept` is the folder in which what was there before lies now, None when there was nothing. `new_key_file` is set
    when a key file was made for it."""

    id: str
    made_at: str
    key_fingerprint: str
    papers: int
    kept: str | None
    new_key_file: str | None


def restore_backup(settings: Settings, backup: Path, *, replace: bool, key_file: Path | None) -> Restored:
    """Checks the backup through and through, then puts it in place. The caller holds the folder's lock and nobody has
    the store open. `key_file` holds the master key of the backup where it is not the install's own any more. Raises
    Misconfigured, and has then touched nothing, and OSError."""
    data_dir, manifest = settings.data_dir, read_manifest(backup)
    there = [name for name in REPLACED if (data_dir / name).exists()]
    if there and not replace:
        raise Misconfigured(
            f"The data folder {str(data_dir)!r} is not empty: it has {there[-1]!r}.",
            "Choose an empty FRONTDESK_DATA_DIR, or take --replace: what is there is then moved aside.",
        )
    master = _master_of(settings, backup, manifest.key_fingerprints, key_file)
    ring = checked_keyring(backup, master)
    staging = data_dir / STAGING
    shutil.rmtree(staging, ignore_errors=True)
    make_folder(staging)
    for name, digest in manifest.files.items():
        if copy_hashed(backup / name, staging / name) != digest:
            raise Misconfigured(f"{name!r} could not be copied without a mistake.", "Look at the disks.")
    master, new_key_file = _own(settings, staging, master, key_file)
    kept = f"before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S}" if there else None
    names = [path.name for path in staging.iterdir()]
    ready = {"names": names, "kept": kept, "foreign_anchor": bool(there) and not _same_install(settings, ring)}
    write_durably(staging / READY, json.dumps(ready).encode())
    complete_restore(data_dir)
    papers = sum(name.startswith("uploads/") for name in manifest.files)
    where = str(data_dir / kept) if kept else None
    return Restored(manifest.id, manifest.made_at, master.fingerprint, papers, where, new_key_file)


def is_restoring(data_dir: Path) -> bool:
    """Whether a restore was broken off after everything had been copied: it will be ended."""
    return (data_dir / STAGING / READY).exists()


def complete_restore(data_dir: Path) -> None:
    """Moves the copied files into place, also after a crash in the middle of it. Without a complete copy, removes what
    there is of one."""
    staging = data_dir / STAGING
    if not is_restoring(data_dir):
        shutil.rmtree(staging, ignore_errors=True)
        return
    ready = json.loads((staging / READY).read_text(encoding="utf-8"))
    kept = data_dir / ready["kept"] if ready["kept"] else None
    if kept:
        make_folder(kept)
    for name in DERIVED:
        _remove(data_dir / name)
    if ready["foreign_anchor"]:
        _exchange(data_dir / ANCHOR, staging / ANCHOR, kept, staged=ANCHOR in ready["names"])
    for name in REPLACED:
        _exchange(data_dir / name, staging / name, kept, staged=name in ready["names"])
    if not (data_dir / ANCHOR).exists() and (staging / ANCHOR).exists():  # the one that is here knows more
        os.replace(staging / ANCHOR, data_dir / ANCHOR)
    sync(data_dir)
    (staging / READY).unlink()
    shutil.rmtree(staging)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _exchange(path: Path, staged_path: Path, kept: Path | None, *, staged: bool) -> None:
    if staged and not staged_path.exists():
        return  # in place already
    if kept and path.exists():
        os.replace(path, kept / path.name)
        sync(kept)
    if staged:
        os.replace(staged_path, path)
        sync(path.parent)


def _same_install(settings: Settings, ring: Keyring) -> bool:
    """Whether the data folder holds the install that the backup was made of. The audit's anchor of another install
    could not be read any more."""
    path = settings.data_dir / KEYRING
    try:
        mine = find_master(settings, fingerprints(path)) if path.exists() else None
        return mine is not None and read_keyring(path, mine).root == ring.root
    except Misconfigured:
        return False


def _master_of(settings: Settings, backup: Path, wanted: list[str], key_file: Path | None) -> MasterKey:
    """The key that opens the backup."""
    if key_file is not None:
        return read_key_file(key_file)
    master = find_master(settings.model_copy(update={"data_dir": backup}), wanted)
    if master is None or master.fingerprint not in wanted:
        raise Misconfigured(
            f"The master key of the backup (fingerprint {' or '.join(wanted)}) is not here.",
            "Give it as FRONTDESK_MASTER_KEY, or in a file with --key-file.",
        )
    return master


def _own(settings: Settings, staging: Path, master: MasterKey, key_file: Path | None) -> tuple[MasterKey, str | None]:
    """Lets the install's own key open the staged copy where the backup came with another one."""
    if key_file is None:
        return master, None
    mine = find_master(settings.model_copy(update={"data_dir": staging})) if settings.master_key else None
    own = mine or make_master(staging)
    ring = read_keyring(staging / KEYRING, master)
    ring.settle(own)
    ring.save()
    return own, None if mine else str(own.path)

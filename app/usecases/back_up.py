"""back_up: an encrypted copy of everything that counts, of one moment, while the desk works."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from app import __version__
from app.clock import new_id
from app.desk import Desk
from app.errors import Invalid
from app.store.anchor import FILE as ANCHOR
from app.store.anchor import anchor_path
from app.store.audit import Actor, record
from app.store.backups import UPLOADS, Manifest, copy_hashed, hash_of, wanted_papers, write_manifest
from app.store.database_file import DATABASE
from app.store.durable import sync
from app.store.keyring import KEYRING
from app.store.master_key import INSTALL_ID
from app.store.schema import HEAD
from app.store.session import storage_errors


@dataclass(frozen=True, slots=True)
class BackupMade:
    """`key_fingerprints` name the master keys that open it; the keys themselves are not in it."""

    path: str
    id: str
    made_at: str
    key_fingerprints: list[str]
    papers: int
    papers_missing: int
    size_bytes: int
    seconds: float


def back_up(desk: Desk, path: Path, actor: Actor) -> BackupMade:
    """Makes the folder `path`, which appears only when it is complete and on disk. Raises Invalid when it exists or
    lies in the data folder, Conflict while another backup or a rotation runs, Unavailable when the disk fails."""
    if path.exists() or path.is_symlink():
        raise Invalid(f"{str(path)!r} exists already.", "Name a folder that does not exist; backup makes it.")
    if desk.settings.data_dir.resolve() in path.resolve().parents:
        raise Invalid(f"{str(path)!r} lies in the data folder.", "Keep backups on another disk.")
    if not path.parent.is_dir():
        raise Invalid(f"There is no folder {str(path.parent)!r}.", "Make it, or name another.")
    started, part = time.monotonic(), path.with_name(f"{path.name}.part-{new_id('x')[2:10]}")
    with desk.upkeep.alone(), storage_errors():
        try:
            part.mkdir(mode=0o700)
            manifest = _fill(desk, part)
            part.rename(path)
            sync(path.parent)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    desk.database.write(lambda s: record(s, desk.clock(), actor, "backup_made", ("backup", manifest.id), None))
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    papers = sum(name.startswith(UPLOADS) for name in manifest.files)
    seconds = round(time.monotonic() - started, 2)
    missing, keys = manifest.papers_missing, manifest.key_fingerprints
    return BackupMade(str(path), manifest.id, manifest.made_at, keys, papers, missing, size, seconds)


def _fill(desk: Desk, part: Path) -> Manifest:
    """While the papers are held, none that the database's copy names can leave before it is copied."""
    ring, data_dir, files = desk.keyring, desk.settings.data_dir, dict[str, str]()
    with desk.uploads.held():
        made_at = desk.clock()
        desk.database.copy_to(part / DATABASE)
        papers = wanted_papers(part / DATABASE, desk.database.key)
        there = [paper for paper in papers if desk.uploads.path(*paper).exists()]
        for clinic_id, version_id in there:
            name = f"{UPLOADS}/{clinic_id}/{version_id}"
            files[name] = copy_hashed(desk.uploads.path(clinic_id, version_id), part / name)
    files[DATABASE] = hash_of(part / DATABASE)
    beside = {KEYRING: data_dir / KEYRING, INSTALL_ID: data_dir / INSTALL_ID, ANCHOR: anchor_path(desk.settings)}
    for name, source in beside.items():
        if source.exists():
            files[name] = copy_hashed(source, part / name)
    missing = len(papers) - len(there)
    id_, masters = new_id("backup"), list(ring.masters)
    manifest = Manifest(id_, made_at.isoformat(), __version__, HEAD, masters, files, missing)
    write_manifest(part, manifest, ring)
    return manifest

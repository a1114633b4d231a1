"""A backup is a folder: the encrypted database and papers, the keyring (never the master key), and a manifest with the
hash of every file, signed with a secret of the ring."""

import hashlib
import hmac
import json
import os
import re
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.errors import Misconfigured
from app.store import schema
from app.store.anchor import FILE as ANCHOR
from app.store.database_file import DATABASE, connection_to, damage, opens, schema_of
from app.store.durable import make_folder, sync, write_durably
from app.store.keyring import KEYRING, Keyring, read_keyring
from app.store.master_key import INSTALL_ID, MasterKey

MANIFEST = "manifest.json"
FORMAT = 1
UPLOADS = "uploads"
BESIDE = (DATABASE, KEYRING, INSTALL_ID, ANCHOR)
ALLOWED = re.compile(rf"{'|'.join(map(re.escape, BESIDE))}|{UPLOADS}/[A-Za-z0-9_-]+/[A-Za-z0-9_-]+")
ANOTHER = "Take another backup, or copy this one again from where it was made."


@dataclass(frozen=True, slots=True)
class Manifest:
    """`files` maps a path in the backup to its SHA-256; `key_fingerprints` name the master keys that open it."""

    id: str
    made_at: str
    program: str
    schema: str
    key_fingerprints: list[str]
    files: dict[str, str]
    papers_missing: int
    """Papers of the database whose bytes were not there any more."""
    format: int = FORMAT


def wanted_papers(database: Path, key: bytes) -> list[tuple[str, str]]:
    """(clinic id, version id) of each paper whose bytes belong to this copy of a database."""
    with closing(connection_to(database, key)) as connection:
        rows = connection.execute(
            "SELECT clinic_id, id FROM document_version WHERE status NOT IN ('deleted', 'replaced') ORDER BY id"
        )
        return [(str(clinic_id), str(version_id)) for clinic_id, version_id in rows]


def copy_hashed(source: Path, target: Path) -> str:
    """Copies a file so that it is on disk, private. Returns its SHA-256."""
    make_folder(target.parent)
    digest = hashlib.sha256()
    with (
        source.open("rb") as read,
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
    ):
        while part := read.read(2**20):
            digest.update(part)
            file.write(part)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def hash_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(folder: Path, manifest: Manifest, keyring: Keyring) -> None:
    """Signs the manifest and puts it, and the names of all files, on disk."""
    body = asdict(manifest)
    write_durably(folder / MANIFEST, json.dumps({**body, "signature": _signature(body, keyring)}, indent=1).encode())
    for path in folder.rglob("*"):
        if path.is_dir():
            sync(path)


def read_manifest(folder: Path) -> Manifest:
    """The manifest, unchecked but for its form. Raises Misconfigured."""
    return Manifest(**{name: value for name, value in _read(folder).items() if name != "signature"})


def checked_keyring(folder: Path, master: MasterKey) -> Keyring:
    """The backup's keyring, after everything in the backup was found to be as it was made: signature, hashes, keys, and
    every page of the database. Raises Misconfigured and touches nothing."""
    manifest, keyring = read_manifest(folder), read_keyring(folder / KEYRING, master)
    body = _read(folder)
    if not hmac.compare_digest(str(body.pop("signature")), _signature(body, keyring)):
        raise Misconfigured(f"The manifest of {str(folder)!r} was changed after the backup was made.", ANOTHER)
    for name, digest in manifest.files.items():
        if not ALLOWED.fullmatch(name):
            raise Misconfigured(f"The backup names {name!r}, which belongs to no backup.", ANOTHER)
        if not (folder / name).is_file():
            raise Misconfigured(f"The backup lacks {name!r}.", ANOTHER)
        if hash_of(folder / name) != digest:
            raise Misconfigured(f"{name!r} in the backup is damaged.", ANOTHER)
    _check_database(folder / DATABASE, keyring)
    return keyring


def _check_database(path: Path, keyring: Keyring) -> None:
    number = next((n for n in sorted(keyring.data, reverse=True) if opens(path, keyring.database_key(n))), None)
    if number is None:
        raise Misconfigured("The backup's database does not fit the backup's keyring.", ANOTHER)
    if wrong := damage(path, keyring.database_key(number)):
        raise Misconfigured(f"The backup's database is damaged ({wrong}).", ANOTHER)
    schema.refuse_newer(schema_of(path, keyring.database_key(number)))


def _read(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        body: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        complete = body.keys() == {*Manifest.__dataclass_fields__, "signature"}
        files = body.get("files")
    except OSError:
        raise Misconfigured(
            f"{str(folder)!r} is no backup of Frontdesk.", "Name the folder that backup made."
        ) from None
    except (AttributeError, ValueError):
        complete, files = False, None
    if not complete or not isinstance(files, dict) or not {DATABASE, KEYRING} <= files.keys():
        raise Misconfigured(f"The manifest {str(path)!r} is damaged or of another version.", ANOTHER)
    return body


def _signature(body: dict[str, Any], keyring: Keyring) -> str:
    text = json.dumps(body, sort_keys=True).encode()
    return hmac.new(keyring.keys.derive("backup-manifest"), text, hashlib.sha256).hexdigest()

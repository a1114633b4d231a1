"""rotate_keys: new keys for everything, while the desk works; safe to break off anywhere, the next start ends it."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from app.desk import Desk
from app.errors import Invalid
from app.store.audit import Actor, record
from app.store.durable import make_folder, write_durably
from app.store.master_key import MasterKey, make_master, read_key_file
from app.store.opening import end_rotation
from app.store.session import storage_errors


@dataclass(frozen=True, slots=True)
class Rotated:
    """`master_key` is the new key when nobody else keeps it: it is shown this once. With `restart`, the new key counts
    from the next start that is given it; until then the old one does."""

    fingerprint: str
    old_fingerprint: str
    key_file: str | None
    master_key: str | None
    restart: bool
    data: bool


def rotate_keys(desk: Desk, actor: Actor, *, new_key_file: Path | None = None, data: bool = True) -> Rotated:
    """A new master key and, with `data`, new keys for database and papers. The master key goes into `new_key_file`
    (which is made unless it is there), else into an own key file of this install, else it is given back. Raises
    Conflict while another rotation or a backup runs, Invalid, Misconfigured, Unavailable."""
    with desk.upkeep.alone(), storage_errors():
        return _rotate(desk, actor, new_key_file, data)


def _rotate(desk: Desk, actor: Actor, new_key_file: Path | None, data: bool) -> Rotated:
    ring = desk.keyring
    old, own = ring.master, ring.master.path is not None and new_key_file is None
    new = _new_master(desk, new_key_file)
    if new.fingerprint == old.fingerprint:
        raise Invalid(f"{str(new_key_file)!r} holds the key that is in use.", "Name a file that does not exist.")
    ring.admit(new)  # from here on either key opens the ring
    ring.save()
    if own:
        ring.settle(new)
        ring.save()
    if data:
        _new_data_keys(desk)
    at = desk.clock()
    desk.database.write(lambda s: record(s, at, actor, "keys_rotated", ("master_key", new.fingerprint), None))
    shown = None if new.path else new.secret.decode()
    return Rotated(new.fingerprint, old.fingerprint, str(new.path) if new.path else None, shown, not own, data)


def _new_master(desk: Desk, path: Path | None) -> MasterKey:
    if path is None:
        made = desk.keyring.master.path is not None
        return make_master(desk.settings.data_dir) if made else MasterKey(secrets.token_hex(32).encode())
    if desk.settings.data_dir.resolve() in path.resolve().parents:
        raise Invalid(f"The key file {str(path)!r} would lie in the data folder.", "Keep the key apart from the data.")
    if not path.exists():
        make_folder(path.parent)
        write_durably(path, secrets.token_hex(32).encode() + b"\n")
    return MasterKey(read_key_file(path).secret, path)


def _new_data_keys(desk: Desk) -> None:
    """The ring holds the old and the new secret until everything is encrypted with the new one."""
    ring = desk.keyring
    with desk.uploads.held():
        number = ring.current + 1
        ring.data[number] = secrets.token_bytes(32)
        try:
            ring.save()
        except OSError:
            del ring.data[number]  # a paper sealed with a secret that is nowhere on disk would be lost
            raise
    desk.database.rekey(ring.database_key(ring.current))
    end_rotation(ring, desk.uploads, desk.settings.data_dir)

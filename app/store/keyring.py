"""The keyring, `keys.json`: random secrets that encrypt the data, sealed under a key that each master key can open.

Changing the master key rewrites this small file alone. While the data itself gets new keys, the ring holds the old and
the new one, so that a crash at any moment leaves everything readable."""

import base64
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.errors import Misconfigured
from app.store.crypto import Keys, NotOurs, seal, unseal
from app.store.durable import write_durably
from app.store.master_key import MasterKey

KEYRING = "keys.json"
FORMAT = 1
RESTORE = "Restore a backup: frontdesk restore PATH"


@dataclass(slots=True)
class Keyring:
    """`root` signs tokens and never changes; `data` are the secrets of database and uploads by number, of which the
    highest one is current; `masters` maps fingerprints to the wrapped sealing key, oldest first. `save` makes changes
    durable in one step."""

    path: Path
    master: MasterKey
    root: bytes = field(repr=False)
    data: dict[int, bytes] = field(repr=False)
    uploads_sealed: bool = True
    """False in an install of the first versions until its plain uploads are encrypted."""
    database_made: bool = False
    _sealing: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    _masters: dict[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def keys(self) -> Keys:
        """For tokens and the like: stays the same when the data gets new keys."""
        return Keys(self.root)

    @property
    def current(self) -> int:
        """The number of the secret that new data is encrypted with."""
        return max(self.data)

    @property
    def masters(self) -> tuple[str, ...]:
        """Fingerprints of the master keys that open the ring; two while a new one waits to be used."""
        return tuple(self._masters)

    def database_key(self, number: int) -> bytes:
        """32 bytes for SQLCipher."""
        return Keys(self.data[number]).derive("database")

    def uploads_key(self, number: int) -> bytes:
        """32 bytes for AES-256-GCM. Raises NotOurs for a number that the ring does not hold."""
        if number not in self.data:
            raise NotOurs
        return Keys(self.data[number]).derive("uploads")

    def admit(self, master: MasterKey) -> None:
        """From the next save on, this master key opens the ring as well."""
        self._masters[master.fingerprint] = _wrapped(master, self._sealing)

    def settle(self, master: MasterKey) -> None:
        """From the next save on, only `master` opens the ring, under a new sealing key."""
        self.master, self._sealing, self._masters = master, secrets.token_bytes(32), {}
        self.admit(master)

    def save(self) -> None:
        """Writes the file. Raises OSError; the file is then as before."""
        if self.master.fingerprint not in self._masters:
            self.admit(self.master)
        payload = {
            "root": self.root.hex(),
            "data": {str(number): secret.hex() for number, secret in self.data.items()},
            "uploads_sealed": self.uploads_sealed,
            "database_made": self.database_made,
        }
        ring = {
            "format": FORMAT,
            "masters": {name: _text(wrapped) for name, wrapped in self._masters.items()},
            "sealed": _text(seal(self._sealing, json.dumps(payload).encode(), b"frontdesk keyring")),
        }
        write_durably(self.path, json.dumps(ring, indent=1).encode() + b"\n")


def new_keyring(path: Path, master: MasterKey) -> Keyring:
    """A ring with fresh secrets; not saved yet."""
    return Keyring(path, master, secrets.token_bytes(32), {1: secrets.token_bytes(32)})


def adopted_keyring(path: Path, master: MasterKey) -> Keyring:
    """The ring of an install of the first versions, where the master key itself was the secret; not saved yet."""
    return Keyring(path, master, master.secret, {1: master.secret}, uploads_sealed=False, database_made=True)


def fingerprints(path: Path) -> tuple[str, ...]:
    """Which master keys open the ring, oldest first. Raises Misconfigured when the file is damaged."""
    return tuple(_parsed(path)["masters"])


def read_keyring(path: Path, master: MasterKey) -> Keyring:
    """The ring, opened. Raises Misconfigured for another master key and for a damaged file."""
    ring = _parsed(path)
    wrapped = ring["masters"].get(master.fingerprint)
    if wrapped is None:
        known = " or ".join(ring["masters"])
        raise Misconfigured(
            f"The master key (fingerprint {master.fingerprint}) does not open {str(path.parent)!r}, which was "
            f"made with {known}.",
            "Give the FRONTDESK_MASTER_KEY with that fingerprint, or choose an empty FRONTDESK_DATA_DIR.",
        )
    try:
        sealing = unseal(Keys(master.secret).derive("keyring"), _bytes(wrapped), master.fingerprint.encode())
        payload = json.loads(unseal(sealing, _bytes(ring["sealed"]), b"frontdesk keyring"))
        data = {int(number): bytes.fromhex(secret) for number, secret in payload["data"].items()}
        return Keyring(
            path,
            master,
            bytes.fromhex(payload["root"]),
            data,
            payload["uploads_sealed"],
            payload["database_made"],
            sealing,
            {name: _bytes(text) for name, text in ring["masters"].items()},
        )
    except (NotOurs, KeyError, TypeError, ValueError):
        raise _damaged(path) from None


def _parsed(path: Path) -> dict[str, Any]:
    try:
        ring: dict[str, Any] = json.loads(path.read_text(encoding="ascii"))
        newer = ring["format"] > FORMAT
        if not ring["masters"] or not ring["sealed"]:
            raise ValueError
    except (KeyError, TypeError, ValueError):
        raise _damaged(path) from None
    if newer:
        raise Misconfigured(f"{str(path)!r} was written by a newer Frontdesk.", "Install the newer version.")
    return ring


def _damaged(path: Path) -> Misconfigured:
    return Misconfigured(f"The keyring {str(path)!r} is damaged.", RESTORE)


def _wrapped(master: MasterKey, sealing: bytes) -> bytes:
    return seal(Keys(master.secret).derive("keyring"), sealing, master.fingerprint.encode())


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)

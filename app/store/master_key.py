"""The master key: it opens the keyring, lies outside the data folder, and is known by its fingerprint."""

import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.errors import Misconfigured
from app.settings import Settings
from app.store.crypto import Keys
from app.store.durable import make_folder, write_durably

INSTALL_ID = "install-id"
SHORTEST = 32


@dataclass(frozen=True, slots=True)
class MasterKey:
    """`path` is the key file that this install made itself, None when the key came from the environment."""

    secret: bytes = field(repr=False)
    path: Path | None = None

    @property
    def fingerprint(self) -> str:
        """16 characters by which people and manifests name the key; the key cannot be found from them."""
        return Keys(self.secret).derive("fingerprint").hex()[:16]


def checked(text: str) -> bytes:
    """The key's bytes. Raises Misconfigured when it is too short to be a key."""
    if len(text) < SHORTEST:
        raise Misconfigured(
            f"MASTER_KEY has {len(text)} characters; it needs at least {SHORTEST}.",
            "Make one: python3 -c 'import secrets; print(secrets.token_hex(32))'",
        )
    return text.encode()


def find_master(settings: Settings, wanted: Sequence[str] = ()) -> MasterKey | None:
    """The master key from the environment, else this install's own key file; None where there is neither. Of several
    key files that with a fingerprint in `wanted` counts, the last one first. Touches nothing."""
    if settings.master_key is not None:
        return MasterKey(checked(settings.master_key.get_secret_value()))
    found = list(_own_keys(settings.data_dir))
    for fingerprint in reversed(wanted):
        for key in found:
            if key.fingerprint == fingerprint:
                return key
    return found[0] if found else None


def make_master(data_dir: Path) -> MasterKey:
    """A new key file outside the data folder, found again by an id that lies in the folder, so that the folder may be
    moved."""
    marker = data_dir / INSTALL_ID
    install_id = _install_id(data_dir) or secrets.token_hex(8)
    made = MasterKey(secrets.token_hex(32).encode())
    home = _keys_home()
    make_folder(home)
    first = home / f"{install_id}.key"
    path = home / f"{install_id}-{made.fingerprint}.key" if first.exists() else first
    write_durably(path, made.secret + b"\n")
    if not marker.exists():
        make_folder(data_dir)
        write_durably(marker, f"{install_id}\n".encode())
    return MasterKey(made.secret, path)


def read_key_file(path: Path) -> MasterKey:
    """The key in a file that the operator names. Raises Misconfigured."""
    try:
        return MasterKey(checked(path.read_text(encoding="utf-8").strip()))
    except (OSError, UnicodeDecodeError) as problem:
        raise Misconfigured(f"The key file {str(path)!r} cannot be read: {problem}", "Check the path.") from None


def _own_keys(data_dir: Path) -> Iterator[MasterKey]:
    install_id = _install_id(data_dir)
    if install_id is None:
        return
    home = _keys_home()
    for path in [home / f"{install_id}.key", *sorted(home.glob(f"{install_id}-*.key"))]:
        if path.exists():
            yield MasterKey(read_key_file(path).secret, path)


def _keys_home() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "frontdesk" / "keys"


def _install_id(data_dir: Path) -> str | None:
    marker = data_dir / INSTALL_ID
    text = marker.read_text(encoding="ascii").strip() if marker.exists() else ""
    return text if text.isalnum() else None

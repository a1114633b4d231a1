"""The master key, and the keys that are derived from it: one purpose, one key."""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import Misconfigured
from app.settings import Settings

INSTALL_ID = "install-id"
REMEDY = "Give the same FRONTDESK_MASTER_KEY that made this data folder, or choose an empty FRONTDESK_DATA_DIR."


class Keys:
    """Derives 32-byte keys from the master key by HKDF-SHA256."""

    def __init__(self, master: bytes) -> None:
        self._master = master

    def derive(self, purpose: str) -> bytes:
        """The key for `purpose`, the same each time."""
        return HKDF(hashes.SHA256(), 32, salt=None, info=f"frontdesk/{purpose}".encode()).derive(self._master)


def open_keys(settings: Settings, *, database_exists: bool) -> tuple[Keys, Path | None]:
    """The keys of this install, and the path of a key file that was made just now, if one was.

    Raises Misconfigured, and touches nothing, when a database exists but its key does not."""
    if settings.master_key is not None:
        return Keys(_checked(settings.master_key.get_secret_value())), None
    path = _key_path(settings.data_dir)
    if path is not None and path.exists():
        return Keys(_checked(path.read_text(encoding="ascii").strip())), None
    if database_exists:
        raise Misconfigured(
            f"The data folder {str(settings.data_dir)!r} has a database, but its master key is missing.", REMEDY
        )
    return _make(settings.data_dir)


def _checked(text: str) -> bytes:
    if len(text) < 32:
        raise Misconfigured(
            f"MASTER_KEY has {len(text)} characters; it needs at least 32.",
            "Make one: python3 -c 'import secrets; print(secrets.token_hex(32))'",
        )
    return text.encode()


def _keys_home() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    return Path(base) / "frontdesk" / "keys"


def _key_path(data_dir: Path) -> Path | None:
    """Found by an id that lies in the data folder, so that the folder may be moved."""
    marker = data_dir / INSTALL_ID
    return _keys_home() / f"{marker.read_text(encoding='ascii').strip()}.key" if marker.exists() else None


def _make(data_dir: Path) -> tuple[Keys, Path]:
    install_id = secrets.token_hex(8)
    home = _keys_home()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = home / f"{install_id}.key"
    master = secrets.token_hex(32)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(master + "\n")
        file.flush()
        os.fsync(file.fileno())
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    (data_dir / INSTALL_ID).write_text(install_id + "\n", encoding="ascii")
    return Keys(master.encode()), path

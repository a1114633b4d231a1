"""Where the control socket lies. A socket's path has room for about 100 bytes and a data folder's may be longer,
so both sides go through a short-lived symbolic link."""

import shutil
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

SOCKET = "control.sock"


def with_short_path(data_dir: Path, use: Callable[[str], None]) -> None:
    """Calls `use` with a short path to the socket in `data_dir`."""
    folder = Path(tempfile.mkdtemp(prefix="fd-", dir="/tmp"))
    try:
        link = folder / "d"
        link.symlink_to(data_dir.resolve())
        use(str(link / SOCKET))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def connect(data_dir: Path) -> socket.socket | None:
    """A connection to the owner of the folder, or None when nobody listens."""
    if not (data_dir / SOCKET).exists():
        return None
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with_short_path(data_dir, connection.connect)
    except OSError:
        connection.close()
        return None
    return connection

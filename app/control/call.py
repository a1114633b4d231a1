"""Runs a command where it must run: in the server that owns the data folder, or here, holding the lock."""

import json
import socket
import time
from collections.abc import Callable
from typing import Any

from app.control.address import connect
from app.control.lock import DataDirLock
from app.errors import FrontdeskError, Unavailable
from app.settings import Settings

Report = Callable[[dict[str, Any]], None]
STARTING_S = 20.0


def call(
    settings: Settings, command: str, arguments: dict[str, Any], report: Report, run_here: Callable[[Report], Any]
) -> Any:
    """The command's result. `run_here(report)` is used when no server owns the folder. Raises FrontdeskError."""
    deadline = time.monotonic() + STARTING_S
    data_dir = settings.data_dir
    lock = DataDirLock(data_dir)
    while True:
        connection = connect(data_dir)
        if connection is not None:
            return _ask(connection, command, arguments, report)
        refuse_early(settings, lock)
        if lock.try_acquire():
            try:
                return run_here(report)
            finally:
                lock.release()
        if time.monotonic() > deadline:
            raise Unavailable(f"Process {lock.owner()} holds the data folder {str(data_dir)!r} and does not answer.")
        time.sleep(0.1)


def refuse_early(settings: Settings, lock: DataDirLock | None = None) -> None:
    """Refuses a folder that must not be opened before even its lock file is touched. While another process owns the
    folder, that process has looked already. Raises Misconfigured."""
    if not (lock or DataDirLock(settings.data_dir)).is_held():
        from app.store.opening import preflight  # a command that a server carries out does without it

        preflight(settings)


def _ask(connection: socket.socket, command: str, arguments: dict[str, Any], report: Report) -> Any:
    with connection, connection.makefile("rwb") as stream:
        stream.write(json.dumps({"command": command, "arguments": arguments}).encode() + b"\n")
        stream.flush()
        for line in stream:
            answer = json.loads(line)
            if "progress" in answer:
                report(answer["progress"])
            elif "error" in answer:
                error = answer["error"]
                raise FrontdeskError(error["message"], error.get("remedy"), code=error["code"])
            else:
                return answer["result"]
    raise Unavailable("The server closed the connection before the command ended.", "Look at the server's log.")

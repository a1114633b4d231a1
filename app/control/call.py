"""Runs a command where it must run: in the server that owns the data folder, or here, holding the lock."""

import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.control.address import connect
from app.control.lock import DataDirLock
from app.errors import FrontdeskError, Unavailable

Report = Callable[[dict[str, Any]], None]
STARTING_S = 20.0


def call(
    data_dir: Path, command: str, arguments: dict[str, Any], report: Report, run_here: Callable[[Report], Any]
) -> Any:
    """The command's result. `run_here(report)` is used when no server owns the folder. Raises FrontdeskError."""
    deadline = time.monotonic() + STARTING_S
    lock = DataDirLock(data_dir)
    while True:
        connection = connect(data_dir)
        if connection is not None:
            return _ask(connection, command, arguments, report)
        if lock.try_acquire():
            try:
                return run_here(report)
            finally:
                lock.release()
        if time.monotonic() > deadline:
            raise Unavailable(f"Process {lock.owner()} holds the data folder {str(data_dir)!r} and does not answer.")
        time.sleep(0.1)


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

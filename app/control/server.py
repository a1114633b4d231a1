"""Carries out commands that other processes send over the folder's socket. Only the folder's owner may connect:
the folder has mode 700, the socket 600."""

import json
import logging
import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from app.control.address import SOCKET, with_short_path
from app.errors import FrontdeskError, describe

log = logging.getLogger("frontdesk.control")
Run = Callable[[str, dict[str, Any], Callable[[dict[str, Any]], None]], Any]
"""(command, arguments, report) -> result."""


class ControlServer:
    """One line of JSON in: {"command", "arguments"}. Lines out: {"progress"} any number of times, then {"result"}
    or {"error"}."""

    def __init__(self, data_dir: Path, run: Run) -> None:
        self._data_dir, self._run = data_dir, run
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

    def start(self) -> None:
        """Listens from now on. The caller holds the folder's lock, so a socket that lies there is a dead one."""
        (self._data_dir / SOCKET).unlink(missing_ok=True)
        with_short_path(self._data_dir, self._socket.bind)
        os.chmod(self._data_dir / SOCKET, 0o600)
        self._socket.listen(8)
        threading.Thread(target=self._accept, name="control", daemon=True).start()

    def stop(self) -> None:
        """Stops listening."""
        (self._data_dir / SOCKET).unlink(missing_ok=True)
        with suppress(OSError):  # never started, or a system where this is not needed
            self._socket.shutdown(socket.SHUT_RDWR)  # closing alone wakes no thread that waits in accept()
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), name="control-command", daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb") as stream:

            def send(line: dict[str, Any]) -> None:
                stream.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
                stream.flush()

            try:
                request = json.loads(stream.readline())
                send({"result": self._run(request["command"], request["arguments"], lambda p: send({"progress": p}))})
            except FrontdeskError as error:
                send({"error": error.as_dict()})
            except BrokenPipeError:
                log.info("a command's caller went away")
            except Exception as problem:
                log.error("a command failed: %s", describe(problem))
                send({"error": {"code": "internal", "message": f"The command failed: {type(problem).__name__}."}})

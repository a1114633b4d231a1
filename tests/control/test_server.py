"""The end of the socket that commands come through."""

import gc
import threading
import weakref
from pathlib import Path

from app.control.server import ControlServer
from tests.server import wait_for


class Desk:
    """Stands for all that a command works on."""

    def run(self, *_: object) -> None:
        """Does nothing."""


def test_a_stopped_server_lets_go_of_thread_and_desk(tmp_path: Path) -> None:
    """A program that opens one desk after the other would keep each one's models in memory for ever."""
    desk = Desk()
    kept, before = weakref.ref(desk), set(threading.enumerate())
    server = ControlServer(tmp_path, desk.run)
    server.start()
    [listening] = set(threading.enumerate()) - before
    server.stop()
    wait_for("the end of the thread", lambda: not listening.is_alive())
    del desk, server
    gc.collect()
    assert kept() is None


def test_one_that_was_never_started_can_be_stopped(tmp_path: Path) -> None:
    """A start that fails half-way stops everything."""
    ControlServer(tmp_path, lambda *_: None).stop()

"""A mailbox in a process of its own: takes every mail and writes one line for each, `seconds referral`."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path
from subprocess import Popen
from typing import Any

from aiosmtpd.controller import Controller

from tests.mail import free_port
from tests.server import ROOT, wait_for


class _Lines:
    """Each mail becomes one line of the file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Takes the mail."""
        referral = message_from_bytes(envelope.content)["X-Referral-Id"]
        with self._file.open("a") as lines:
            lines.write(f"{time.time()} {referral}\n")
        return "250 taken"


@contextmanager
def mailbox(folder: Path) -> Iterator[tuple[int, Path]]:
    """Its port, and the file of lines."""
    folder.mkdir(parents=True, exist_ok=True)
    port, file = free_port(), folder / "mails.txt"
    process = Popen([sys.executable, "-m", "scripts.benchmarks.mailbox", str(port), str(file)], cwd=ROOT)
    try:
        wait_for("the mailbox", file.exists)
        yield port, file
    finally:
        process.terminate()
        process.wait(10)


def arrived(file: Path) -> dict[str, float]:
    """Referral id to the time (seconds since 1970) at which its first mail came."""
    pairs = (line.split() for line in reversed(file.read_text().splitlines()))
    return {referral: float(at) for at, referral in pairs}


if __name__ == "__main__":
    controller = Controller(_Lines(Path(sys.argv[2])), hostname="127.0.0.1", port=int(sys.argv[1]))
    controller.start()
    Path(sys.argv[2]).touch()
    while True:
        time.sleep(60)

"""A real SMTP server for tests, whose answers a test can choose."""

import itertools
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller

_WORKERS = 8
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _WORKERS
_ports = itertools.count(os.getpid() * 7 * _WORKERS + _WORKER, _WORKERS)


def free_port() -> int:
    """A port that nobody listens on now, and that no outgoing connection is given before the test uses it: those get
    theirs from above 32767. Never the same twice in a row of 1,500, nor that of another of the run's workers: one that
    counts faster would reach the ports that the other has given out and whose servers do not listen yet."""
    for number in _ports:
        port = 20_000 + number % 12_000
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise AssertionError("counting has no end")


@dataclass
class Mailbox:
    """Keeps each mail it takes; `rcpt` and `data` are what it answers at those stages."""

    port: int = 0
    rcpt: str = "250 ok"
    data: str = "250 taken"
    mails: list[bytes] = field(default_factory=list)
    greeted: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """The answer to each recipient."""
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """The answer to the mail itself."""
        self.greeted.append(session.host_name)
        self.senders.append(envelope.mail_from)
        if self.data.startswith("250"):
            self.mails.append(envelope.content)
        return self.data


@contextmanager
def smtp_server(**options: Any) -> Iterator[Mailbox]:
    """A mailbox that listens on `port` of 127.0.0.1."""
    mailbox = Mailbox(options.pop("port", None) or free_port())
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port, server_hostname="mail.example", **options)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()

"""A mail server whose answer at each stage a test writes down, or which hangs up there."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

USUAL = {
    "connect": "220 mail.example",
    "ehlo": "250 mail.example",
    "helo": "250 mail.example",
    "mail": "250 ok",
    "rset": "250 ok",
    "rcpt": "250 ok",
    "data": "354 go on",
    "end": "250 taken",
    "quit": "221 bye",
}
DROP, HANG = "drop", "hang"


@dataclass
class Scripted:
    """`answers` maps a stage to a line of SMTP, `drop` or `hang`; `later` are those of a connection that has taken a
    mail already. `taken` are the mails it has, whatever it said."""

    port: int = 0
    answers: Mapping[str, str] = field(default_factory=dict)
    later: Mapping[str, str] = field(default_factory=dict)
    taken: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)


@contextmanager
def scripted(later: Mapping[str, str] | None = None, **answers: str) -> Iterator[Scripted]:
    """One that serves connections one after another on 127.0.0.1."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Scripted(listener.getsockname()[1], USUAL | answers, later or {})
    threads: list[threading.Thread] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=_serve, args=(server, connection))
            thread.start()
            threads.append(thread)

    accepting = threading.Thread(target=accept)
    accepting.start()
    try:
        yield server
    finally:
        server.released.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in (accepting, *threads):
            thread.join(120)


def _serve(server: Scripted, connection: socket.socket) -> None:
    with suppress(OSError), connection, connection.makefile("rwb") as stream:  # the client may hang up
        if not _say(server, stream, "connect", server.answers):
            return
        answers = server.answers
        for line in stream:
            verb = line.split()[0].decode("latin-1").lower() if line.split() else ""
            server.commands.append(line.decode("latin-1").strip())
            if not _say(server, stream, verb if verb in answers else "quit", answers):
                return
            if verb == "data" and answers["data"].startswith("354"):
                server.taken.append(_read_mail(stream))
                if not _say(server, stream, "end", answers):
                    return
                answers = {**server.answers, **server.later}


def _say(server: Scripted, stream: object, stage: str, answers: Mapping[str, str]) -> bool:
    answer = answers[stage]
    if answer == HANG:
        server.released.wait(300)
    if answer in (HANG, DROP):
        return False
    stream.write(answer.encode() + b"\r\n")  # type: ignore[attr-defined]
    stream.flush()  # type: ignore[attr-defined]
    return True


def _read_mail(stream: object) -> bytes:
    lines = []
    while (line := stream.readline()) not in (b".\r\n", b""):  # type: ignore[attr-defined]
        lines.append(line)
    return b"".join(lines)

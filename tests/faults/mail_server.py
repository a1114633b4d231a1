"""A clinic's mail server, as a process of its own that misbehaves on command. What it takes over it writes to disk
before it answers, as a real one does, so that a mail counts as arrived only when it is there."""

import asyncio
import base64
import json
import os
import ssl
import sys
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult

MAILBOX, CERTIFICATE = "mailbox.jsonl", "mail.pem"
FOREVER_S = 3600.0


class Office:
    """The state that all connections share: the fault in force, and the file that keeps the mails."""

    def __init__(self, folder: Path) -> None:
        self.fault: dict[str, Any] = {}
        self.takes: deque[float] = deque()
        self.seen = 0
        self.tls = _tls(folder / CERTIFICATE)
        self._file = (folder / MAILBOX).open("ab")

    def keep(self, content: bytes, recipient: str, *, answered: bool) -> None:
        """Writes one mail durably. `answered` is false when the sender will never learn of it."""
        line = {"at": time.time(), "to": recipient, "answered": answered, "mail": base64.b64encode(content).decode()}
        self._file.write(json.dumps(line).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def at(self, stage: str) -> dict[str, Any]:
        """The fault in force at `stage`, or {}."""
        return self.fault if self.fault.get("stage") == stage else {}

    def over_the_limit(self) -> bool:
        """Whether this second already had as many mails as a throttle lets through."""
        limit, now = self.fault.get("per_second"), time.monotonic()
        if limit is None:
            return False
        while self.takes and self.takes[0] < now - 1:
            self.takes.popleft()
        if len(self.takes) >= limit:
            return True
        self.takes.append(now)
        return False


class Desk:
    """aiosmtpd's hook for the mail itself."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def handle_DATA(self, server: "Connection", session: Any, envelope: Any) -> str:
        """What happens after the dot."""
        fault = self._office.at("dot")
        how = fault.get("how")
        if how == "answer":
            return str(fault["reply"])
        stored_unseen = how in ("store_drop", "store_hang")
        if how in ("drop", "hang"):
            await server.misbehave(fault)
            return "250 nobody hears this"
        self._office.keep(envelope.content, envelope.rcpt_tos[0], answered=not stored_unseen)
        if stored_unseen:
            await server.misbehave({"how": how.removeprefix("store_")})
        return "250 taken"


class Connection(SMTP):
    """One sender's connection. Each command first looks whether a fault is in force at its stage."""

    def __init__(self, office: Office) -> None:
        self._office = office
        plain = office.fault.get("how") == "strip_tls"
        super().__init__(
            Desk(office),
            hostname="mail.example",
            tls_context=None if plain else office.tls,
            auth_require_tls=False,
            authenticator=_sign_in,
        )

    async def misbehave(self, fault: dict[str, Any]) -> None:
        """Drops the connection, or says nothing until the sender gives up."""
        if fault["how"] == "hang":
            await asyncio.sleep(FOREVER_S)
        if self.transport is not None:
            self.transport.abort()

    async def _stopped(self, stage: str) -> bool:
        fault = self._office.at(stage)
        if not fault:
            return False
        if fault["how"] == "answer":
            await self.push(fault["reply"])
            if fault["reply"].startswith("421") and self.transport is not None:
                self.transport.close()
        else:
            await self.misbehave(fault)
        return True

    async def _handle_client(self) -> None:
        self._office.seen += 1
        if await self._stopped("connect"):
            if self.transport is not None:
                self.transport.close()
            return
        await super()._handle_client()

    async def smtp_EHLO(self, hostname: str) -> None:
        if not await self._stopped("ehlo"):
            await super().smtp_EHLO(hostname)

    async def smtp_HELO(self, hostname: str) -> None:
        if not await self._stopped("ehlo"):
            await super().smtp_HELO(hostname)

    async def smtp_STARTTLS(self, arg: str) -> None:
        if not await self._stopped("starttls"):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:
        if not await self._stopped("auth"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:
        if self._office.over_the_limit():
            await self.push("450 4.7.1 too many mails, slow down")
        elif not await self._stopped("mail"):
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:
        if not await self._stopped("rcpt"):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str | None) -> None:
        if not await self._stopped("data"):
            await super().smtp_DATA(arg)


def _sign_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=True)


def _tls(certificate: Path) -> ssl.SSLContext | None:
    if not certificate.exists():
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


async def serve(folder: Path, port: int) -> None:
    """Listens until stdin closes. Each line of stdin is a fault in JSON ({} for none); each is answered by one line
    with the number of connections so far."""
    office, loop, listener = Office(folder), asyncio.get_running_loop(), None
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while True:
        if office.fault.get("how") == "closed":
            if listener is not None:
                listener.close()
            listener = None
        elif listener is None:
            listener = await loop.create_server(lambda: Connection(office), "127.0.0.1", port)
        print(office.seen, flush=True)
        line = await lines.readline()
        if not line:
            return
        office.fault = json.loads(line)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))

"""One thread's connection to the mail server, over which one mail goes after another."""

import asyncio
import re
import ssl
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import aiosmtplib

from app.delivery.connecting import connect
from app.delivery.notices import Mail
from app.delivery.smtp_replies import Stage, judge
from app.delivery.transports.smtp_server import SmtpServer

START_INPUT = 354
GOODBYE_S = 2.0
ROUNDS = 5
MAILS = 50
"""Over one connection; many servers end it after a hundred."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds for each step of a mail, and for all of them together."""

    step_s: float
    whole_s: float


class Line:
    """Connects for the first mail, and anew after whatever went wrong. Ends with `with`; for one thread. It has an
    event loop of its own: `asyncio.run` would look for signals and wait for threads; here are none."""

    def __init__(self, server: SmtpServer, sender: str, timing: Timing, trusted: ssl.SSLContext | None) -> None:
        self._server, self._sender, self._timing, self._trusted = server, sender, timing, trusted
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stage: Stage = "connect"
        self._client: aiosmtplib.SMTP | None = None
        self._transports: list[asyncio.BaseTransport | None] = []
        self._sent = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None:
            try:
                self._loop.run_until_complete(self._end())
            finally:
                self._loop.close()

    def hand_over(self, mail: Mail) -> None:
        """Returns once the server has taken the mail over. Raises Transient, Permanent or Operator."""
        self._loop = self._loop or asyncio.new_event_loop()
        self._loop.run_until_complete(self._deliver(mail))

    async def _deliver(self, mail: Mail) -> None:
        deadline = time.monotonic() + self._timing.whole_s
        try:
            self._stage = "data"
            message = mail.message.as_bytes()
            async with asyncio.timeout(self._timing.whole_s):
                if not await self._sent_over_the_open_one(mail.recipient, message):
                    await self._connect(deadline)
                    await self._send(mail.recipient, message)
        except (aiosmtplib.SMTPException, OSError, ValueError) as problem:
            stage = self._stage
            await self._hang_up()
            raise judge(problem, stage) from None
        except BaseException:  # nobody knows how far it got
            await self._hang_up()
            raise
        self._sent += 1

    async def _sent_over_the_open_one(self, recipient: str, message: bytes) -> bool:
        """What goes wrong before the server can have the mail may be the connection's age, or its limit of mails: it
        says nothing, and a new one is made. Behind that point it counts."""
        if self._client is None:
            return False
        if self._sent >= MAILS:
            await self._end()
            return False
        try:
            self._stage = "sender"
            await self._client.rset()
            await self._send(recipient, message)
        except (aiosmtplib.SMTPException, OSError, ValueError):
            if self._stage == "end of data":
                raise
            await self._hang_up()
            return False
        return True

    async def _connect(self, deadline: float) -> None:
        self._stage = "connect"
        client = self._client = self._made(deadline)
        await client.connect()
        self._transports.append(client.transport)
        await self._greet(client)
        if self._server.tls not in ("implicit", "none"):  # whatever else it may say: never in the clear
            self._stage = "tls"
            await client.starttls()
            self._transports.append(client.transport)
            await self._greet(client)
        if self._server.user is not None:
            self._stage = "sign in"
            await client.login(self._server.user, self._server.password or "")

    def _made(self, deadline: float) -> aiosmtplib.SMTP:
        server, secure = self._server, self._server.tls != "none"
        until = min(deadline, time.monotonic() + self._timing.step_s)
        sock = connect(server.host, server.port, until, allow_private=True)  # the operator chose the server
        sock.setblocking(False)
        return aiosmtplib.SMTP(
            hostname=server.host,
            sock=sock,
            timeout=self._timing.step_s,
            use_tls=server.tls == "implicit",
            start_tls=False,  # asked for below, so that a refusal can be told from a server that is down
            local_hostname=self._sender.rpartition("@")[2],  # its own look-up would ask the network
            tls_context=(self._trusted or ssl.create_default_context()) if secure else None,
        )

    async def _send(self, recipient: str, message: bytes) -> None:
        client = self._client
        assert client is not None
        self._stage = "sender"
        await client.mail(self._sender)
        self._stage = "recipient"
        await client.rcpt(recipient)
        await self._data(client, message)

    async def _greet(self, client: aiosmtplib.SMTP) -> None:
        self._stage = "greeting"
        try:
            await client.ehlo()
        except aiosmtplib.SMTPHeloError:
            if not client.is_connected:
                raise
            await client.helo()

    async def _data(self, client: aiosmtplib.SMTP, message: bytes) -> None:
        """In two steps, unlike `client.data`: until the server says 354 it cannot have the mail, afterwards it can."""
        self._stage = "data"
        asked = await client.execute_command(b"DATA")
        if asked.code != START_INPUT:
            raise aiosmtplib.SMTPDataError(asked.code, asked.message)
        protocol = client.protocol
        if protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        self._stage = "end of data"
        protocol.write(_stuffed(message) + b".\r\n")
        taken = await protocol.read_response(timeout=self._timing.step_s)
        if not 200 <= taken.code < 300:
            raise aiosmtplib.SMTPDataError(taken.code, taken.message)

    async def _end(self) -> None:
        """Says goodbye. What was taken over is taken over; how the connection ends does not matter."""
        if self._client is not None:
            try:
                async with asyncio.timeout(GOODBYE_S):
                    await self._client.quit()
            except (aiosmtplib.SMTPException, OSError):
                pass
        await self._hang_up()

    async def _hang_up(self) -> None:
        """At once: the polite end of TLS waits for the other side, and this loop has no time left. Closing takes some
        rounds of the loop."""
        if self._client is None:
            return
        self._client.close()
        for transport in self._transports:
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()
        self._client, self._transports, self._sent = None, [], 0
        for _ in range(ROUNDS):
            await asyncio.sleep(0)


def _stuffed(message: bytes) -> bytes:
    """With CRLF at each line's end, and a second dot where a line begins with one (RFC 5321, 4.5.2)."""
    lines = re.sub(rb"\r?\n|\r", b"\r\n", message)
    return re.sub(rb"(?m)^\.", b"..", lines if lines.endswith(b"\r\n") else lines + b"\r\n")

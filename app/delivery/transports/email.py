"""Sends mails over SMTP with aiosmtplib; each call is one connection."""

import asyncio
import re
import ssl
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from email.utils import parseaddr
from ipaddress import ip_address
from typing import Any, Literal, Self
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from app.delivery.alerts import render_alert
from app.delivery.base import AlertFacts, Ended, NoticeFacts, Target
from app.delivery.connecting import connect
from app.delivery.notices import Mail, render
from app.delivery.smtp_replies import Stage, judge
from app.errors import Misconfigured

TLS_MODES = ("required", "starttls", "implicit", "none")
IMPLICIT_PORT = 465
WHOLE_S = 150.0
"""Seconds for one mail from look-up to the last reply. Shorter than the job's lease (180 s): a server that is slow at
every step would else get the mail a second time while the first is still on its way."""
START_INPUT = 354
GOODBYE_S = 2.0
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail goes. `tls`: starttls (or fail), implicit (TLS from the first byte) or none."""

    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    tls: Literal["starttls", "implicit", "none"]

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Reads `smtp://user:pass@host:587?tls=required` or `smtps://...`. Raises Misconfigured (without the URL: it
        holds a password). `required` is starttls, but implicit on port 465, which speaks nothing else. Without `tls`, a
        server on this machine needs none and any other must have it."""
        try:
            parts = urlsplit(url)
            given = parts.port
        except ValueError:
            raise _no_address() from None
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or given == 0:
            raise _no_address()
        asked = parse_qs(parts.query, keep_blank_values=True)
        if strange := sorted(set(asked) - {"tls"}):
            raise Misconfigured(f"SMTP_URL has {strange[0]!r}.", "Only tls= may stand behind the question mark.")
        default = "implicit" if parts.scheme == "smtps" else "none" if _on_this_machine(parts.hostname) else "required"
        tls = asked.get("tls", [default])[-1]
        if tls not in TLS_MODES:
            raise Misconfigured(f"SMTP_URL has tls={tls!r}.", f"Use one of: {', '.join(TLS_MODES)}.")
        if tls == "required":
            tls = "implicit" if given == IMPLICIT_PORT or parts.scheme == "smtps" else "starttls"
        mode: Literal["starttls", "implicit", "none"] = "none" if tls == "none" else "starttls"
        mode = "implicit" if tls == "implicit" else mode
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password or "") if user else None
        return cls(parts.hostname, given or (IMPLICIT_PORT if mode == "implicit" else 587), user, password, mode)


def _no_address() -> Misconfigured:
    return Misconfigured("SMTP_URL must look like smtp://user:password@host:587?tls=required.")


def _on_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class EmailTransport:
    """Sends over SMTP; each call is one connection."""

    def __init__(
        self,
        server: SmtpServer,
        sender: str,
        timeout_s: float,
        whole_s: float = WHOLE_S,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        """`timeout_s` is for each step, `whole_s` for all of them together. `trusted` are the certificates that count,
        the system's without it."""
        self._server, self._timeout_s, self._whole_s, self._mail_from = server, timeout_s, whole_s, sender
        self._sender = parseaddr(sender)[1]  # it may be written as: Frontdesk <desk@clinic.example>
        self._trusted = trusted

    def send(self, facts: NoticeFacts, to: Target) -> Ended:
        """Returns "delivered" once the server has taken the mail over. Raises Transient, Permanent or Operator."""
        _run(_Delivery(self).hand_over(render(facts, to.address, self._mail_from)))
        return "delivered"

    def alert(self, facts: AlertFacts, to: Target) -> Ended:
        """As `send`."""
        _run(_Delivery(self).hand_over(render_alert(facts, to.address, self._mail_from)))
        return "delivered"


class _Delivery:
    """One mail on its way; `stage` is where it stands."""

    def __init__(self, transport: EmailTransport) -> None:
        self._whole_s, self._timeout_s = transport._whole_s, transport._timeout_s
        self._server, self._sender, self._trusted = transport._server, transport._sender, transport._trusted
        self._stage: Stage = "connect"
        self._transports: list[asyncio.BaseTransport | None] = []

    async def hand_over(self, mail: Mail) -> None:
        deadline = time.monotonic() + self._whole_s
        client: aiosmtplib.SMTP | None = None
        try:
            async with asyncio.timeout(self._whole_s):
                client = self._client(deadline)
                await self._send(client, mail)
        except (aiosmtplib.SMTPException, OSError, ValueError) as problem:
            raise judge(problem, self._stage) from None
        else:
            await _say_goodbye(client)
        finally:
            if client is not None:
                await _hang_up(client, self._transports)

    def _client(self, deadline: float) -> aiosmtplib.SMTP:
        server, secure = self._server, self._server.tls != "none"
        until = min(deadline, time.monotonic() + self._timeout_s)
        sock = connect(server.host, server.port, until, allow_private=True)  # the operator chose the server
        sock.setblocking(False)
        return aiosmtplib.SMTP(
            hostname=server.host,
            sock=sock,
            timeout=self._timeout_s,
            use_tls=server.tls == "implicit",
            start_tls=False,  # asked for below, so that a refusal can be told from a server that is down
            local_hostname=self._sender.rpartition("@")[2],  # its own look-up would ask the network
            tls_context=(self._trusted or ssl.create_default_context()) if secure else None,
        )

    async def _send(self, client: aiosmtplib.SMTP, mail: Mail) -> None:
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
        self._stage = "sender"
        await client.mail(self._sender)
        self._stage = "recipient"
        await client.rcpt(mail.recipient)
        await self._data(client, mail.message.as_bytes())

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
        taken = await protocol.read_response(timeout=self._timeout_s)
        if not 200 <= taken.code < 300:
            raise aiosmtplib.SMTPDataError(taken.code, taken.message)


def _stuffed(message: bytes) -> bytes:
    """With CRLF at each line's end, and a second dot where a line begins with one (RFC 5321, 4.5.2)."""
    lines = re.sub(rb"\r?\n|\r", b"\r\n", message)
    return re.sub(rb"(?m)^\.", b"..", lines if lines.endswith(b"\r\n") else lines + b"\r\n")


async def _say_goodbye(client: aiosmtplib.SMTP) -> None:
    """The mail was taken over; how the connection ends does not matter."""
    try:
        async with asyncio.timeout(GOODBYE_S):
            await client.quit()
    except (aiosmtplib.SMTPException, OSError):
        return


async def _hang_up(client: aiosmtplib.SMTP, transports: list[asyncio.BaseTransport | None]) -> None:
    """At once: the polite end of TLS waits for the other side, and this loop has no time left. Closing takes some
    rounds of the loop."""
    client.close()
    for transport in transports:
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()
    for _ in range(ROUNDS):
        await asyncio.sleep(0)


def _run(work: Coroutine[Any, Any, None]) -> None:
    """`asyncio.run` would look for signals and wait for threads; here are none."""
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(work)
    finally:
        loop.close()

"""Sends mails over SMTP with aiosmtplib, and says of each failure whether trying again helps."""

import asyncio
import ssl
from dataclasses import dataclass
from email.utils import parseaddr
from ipaddress import ip_address
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from app.delivery.alerts import render_alert
from app.delivery.base import AlertFacts, Ended, NoticeFacts, Target
from app.delivery.notices import Mail, render
from app.errors import Misconfigured, Operator, Permanent, Transient

TLS_MODES = ("required", "implicit", "none")
WHOLE_S = 150.0
"""Seconds for one mail from connect to the last reply. Shorter than the job's lease (180 s): a server that is slow at
every step would else get the mail a second time while the first is still on its way."""
WANT_SIGN_IN = (530, 534, 535, 538)
"""Replies that ask for other credentials or TLS, at whatever stage: mending the set-up helps, so nothing may die."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail goes. `tls`: required (STARTTLS or fail), implicit (TLS from the first byte) or none."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: str

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Reads `smtp://user:pass@host:587?tls=required` or `smtps://...`. Raises Misconfigured (without the URL: it
        holds a password). Without `tls`, a server on this machine needs none and any other must have it."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise Misconfigured("SMTP_URL must look like smtp://user:password@host:587?tls=required.")
        implicit = parts.scheme == "smtps"
        default = "implicit" if implicit else "none" if _on_this_machine(parts.hostname) else "required"
        tls = parse_qs(parts.query).get("tls", [default])[-1]
        if tls not in TLS_MODES:
            raise Misconfigured(f"SMTP_URL has tls={tls!r}.", f"Use one of: {', '.join(TLS_MODES)}.")
        port = parts.port or (465 if tls == "implicit" else 587)
        user = unquote(parts.username) if parts.username else None
        return cls(parts.hostname, port, user, unquote(parts.password or "") if user else None, tls)


def _on_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class EmailTransport:
    """Sends over SMTP; each call is one connection."""

    def __init__(self, server: SmtpServer, sender: str, timeout_s: float, whole_s: float = WHOLE_S) -> None:
        """`timeout_s` is for each step, `whole_s` for all of them together."""
        self._server, self._timeout_s, self._whole_s, self._mail_from = server, timeout_s, whole_s, sender
        self._sender = parseaddr(sender)[1]  # it may be written as: Frontdesk <desk@clinic.example>

    def send(self, facts: NoticeFacts, to: Target) -> Ended:
        """Returns "delivered" once the server has taken the mail over."""
        asyncio.run(self._send(render(facts, to.address, self._mail_from)))
        return "delivered"

    def alert(self, facts: AlertFacts, to: Target) -> Ended:
        """As `send`."""
        asyncio.run(self._send(render_alert(facts, to.address, self._mail_from)))
        return "delivered"

    async def _send(self, mail: Mail) -> None:
        server = self._server
        client = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            timeout=self._timeout_s,
            use_tls=server.tls == "implicit",
            start_tls=False,  # asked for below, so that a refusal can be told from a server that is down
            local_hostname=self._sender.rpartition("@")[2],  # its own look-up would ask the network
            tls_context=ssl.create_default_context() if server.tls != "none" else None,
        )
        try:
            await self._hand_over(client, mail)
        finally:
            client.close()

    async def _hand_over(self, client: aiosmtplib.SMTP, mail: Mail) -> None:
        stage = "connect"
        try:
            async with asyncio.timeout(self._whole_s):
                await client.connect()
                if self._server.tls == "required":
                    stage = "tls"
                    await client.starttls()
                if self._server.user is not None:
                    stage = "sign in"
                    await client.login(self._server.user, self._server.password or "")
                stage = "address"
                await client.mail(self._sender)
                await client.rcpt(mail.recipient)
                stage = "data"
                await client.data(mail.message.as_bytes())
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as problem:
            raise classify(problem, stage) from problem
        try:
            await client.quit()
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            return  # the mail was taken over; how the connection ends does not matter


def classify(problem: Exception, stage: str) -> Transient | Permanent | Operator:
    """What a failure at `stage` means. Only a lost reply to the data is ambiguous: the server may have the mail."""
    if isinstance(problem, aiosmtplib.SMTPResponseException):
        said = f"{stage}: the mail server said {problem.code}"
        if problem.code < 500 or stage == "connect":
            return Transient(said)
        if stage in ("tls", "sign in") or problem.code in WANT_SIGN_IN:
            return Operator(said, "Check SMTP_URL: TLS, user and password.")
        return Permanent(said)
    lost = isinstance(problem, OSError | TimeoutError) and not isinstance(problem, ssl.SSLError)
    if isinstance(problem, ssl.SSLError) or (stage in ("tls", "sign in") and not lost):
        return Operator(f"{stage}: {type(problem).__name__}", "Check SMTP_URL: TLS, certificate, user and password.")
    return Transient(f"{stage}: {type(problem).__name__}", ambiguous=stage == "data")

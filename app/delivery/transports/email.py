"""Sends mails over SMTP."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parseaddr

from app.delivery.alerts import render_alert
from app.delivery.base import AlertFacts, Ended, NoticeFacts, Target
from app.delivery.notices import Mail, render
from app.delivery.transports.smtp_line import Line, Timing
from app.delivery.transports.smtp_server import SmtpServer

__all__ = ["WHOLE_S", "EmailTransport", "SmtpServer"]
WHOLE_S = 150.0
"""Seconds for one mail from look-up to the last reply. Shorter than the job's lease (180 s): a server that is slow at
every step would else get the mail a second time while the first is still on its way."""


class EmailTransport:
    """Sends over SMTP; each call is one connection, unless the thread is `sharing`."""

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
        self._server, self._timing, self._mail_from = server, Timing(timeout_s, whole_s), sender
        self._sender = parseaddr(sender)[1]  # it may be written as: Frontdesk <desk@clinic.example>
        self._trusted = trusted
        self._mine = threading.local()

    def send(self, facts: NoticeFacts, to: Target) -> Ended:
        """Returns "delivered" once the server has taken the mail over. Raises Transient, Permanent or Operator."""
        self._hand_over(render(facts, to.address, self._mail_from))
        return "delivered"

    def alert(self, facts: AlertFacts, to: Target) -> Ended:
        """As `send`."""
        self._hand_over(render_alert(facts, to.address, self._mail_from))
        return "delivered"

    @contextmanager
    def sharing(self) -> Iterator[None]:
        """Within it, mails of this thread go over one connection for as long as it works. It ends with the block."""
        with self._line() as line:
            self._mine.line = line
            try:
                yield
            finally:
                self._mine.line = None

    def _hand_over(self, mail: Mail) -> None:
        shared: Line | None = getattr(self._mine, "line", None)
        if shared is not None:
            shared.hand_over(mail)
            return
        with self._line() as line:
            line.hand_over(mail)

    def _line(self) -> Line:
        return Line(self._server, self._sender, self._timing, self._trusted)

"""Mail over SMTP against a real server, and what each of its moods means."""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from html import unescape
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from app.delivery.base import NoticeFacts, Target
from app.delivery.notices import SUBJECTS, Mail, render
from app.delivery.summary import Line, Section, Summary, as_text
from app.delivery.transports.email import WHOLE_S, EmailTransport, SmtpServer
from app.errors import Misconfigured, Operator, Permanent, Transient
from app.jobs.worker import LEASE
from tests.delivery.facts import facts as complete_referral
from tests.mail import Mailbox, free_port, smtp_server

NASTY = "Rosa\r\nBcc: thief@elsewhere.example\r\n\r\n<script>alert(1)</script> \u202e ✂ ñ"

WHO = Section("who", "Who", (Line(NASTY, "Name", quote="<b>Rosa</b>"), Line("+12125550143", "Phone")))
MISSING = Section("missing", "Still missing", (Line("Insurance", source="a list, page 2"),))


def facts(**changes: Any) -> NoticeFacts:
    """With an alert, a quote and something missing."""
    whole = Summary("Referral · Complete", ("Look here.",), (WHO, MISSING))
    return complete_referral(**({"summary": whole} | changes))


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A server that takes every mail."""
    with smtp_server() as made:
        yield made


COORDINATOR = Target("dest_abc", "email", "coordinator@clinic.example")


def rendered(told: NoticeFacts) -> Mail:
    return render(told, COORDINATOR.address, "desk@frontdesk.example")


def transport(port: int, timeout_s: float = 5.0, **changes: Any) -> EmailTransport:
    target = {"host": "127.0.0.1", "port": port, "user": None, "password": None, "tls": "none"} | changes
    return EmailTransport(SmtpServer(**target), "desk@frontdesk.example", timeout_s)


def test_one_mail_arrives_and_says_the_same_twice(mailbox: Mailbox) -> None:
    """Text and HTML part must not differ: some coordinators see only one of them."""
    assert transport(mailbox.port).send(facts(), COORDINATOR) == "delivered"
    assert len(mailbox.mails) == 1
    parsed = message_from_bytes(mailbox.mails[0], policy=policy.default)
    text = parsed.get_body(("plain",)).get_content()
    html = parsed.get_body(("html",)).get_content()
    for part in ("K7M2P9Q", "lead_abc"):
        assert part in text
        assert part in html
    assert letters(as_text(facts().summary)) in letters(text)
    assert letters(as_text(facts().summary)) in letters(seen(html)), "the same lines in the same order"


def seen(html: str) -> str:
    """What a person sees of it."""
    return unescape(re.sub(r"<[^>]+>", " ", html))


def letters(text: str) -> str:
    """Without what lays it out: spaces, capitals, quotes and other marks."""
    return re.sub(r"[\W_]", "", text.casefold())


@pytest.mark.parametrize("kind", sorted(SUBJECTS))
def test_each_kind_says_the_same_in_both_parts(kind: str) -> None:
    """A kind that only one part knows would tell half of the coordinators that somebody "did not finish"."""
    message = rendered(facts(kind=kind)).message
    text, html = (message.get_body((part,)).get_content() for part in ("plain", "html"))
    opening = text.split("\n\n")[0]
    assert letters(opening) in letters(seen(html))
    assert ("did not finish" in opening) is (kind == "incomplete")


def test_a_later_notice_is_a_mail_of_its_own_in_the_same_thread() -> None:
    """With the first one's Message-ID it would be thrown away as a copy; without a link, it would look like another
    patient."""
    later = rendered(facts(notice_id="notice_def", kind="completed", thread_id="notice_abc"))
    assert later.message["Message-ID"] == "<notice_def@frontdesk.example>"
    assert later.message["In-Reply-To"] == later.message["References"] == "<notice_abc@frontdesk.example>"
    assert later.message["X-Referral-Id"] == "lead_abc"


def test_no_patient_byte_in_any_header(mailbox: Mailbox) -> None:
    """A name with a line break must not become a Bcc."""
    transport(mailbox.port).send(facts(), COORDINATOR)
    raw = mailbox.mails[0]
    parsed = message_from_bytes(raw, policy=policy.default)
    assert set(parsed.keys()) <= {
        "Subject",
        "From",
        "To",
        "Date",
        "Message-ID",
        "X-Referral-Id",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
        "X-Peer",
        "X-MailFrom",
        "X-RcptTo",
    }
    assert "Rosa" not in raw.split(b"\r\n\r\n")[0].decode()
    html = parsed.get_body(("html",)).get_content()
    assert "<script>" not in html
    assert "<b>" not in html
    assert parsed["To"] == "coordinator@clinic.example"


def test_the_same_notice_is_the_same_mail() -> None:
    """Retries must carry one Message-ID, or the mailbox cannot fold the copies."""
    first, second = (rendered(facts()).message for _ in range(2))
    assert first["Message-ID"] == second["Message-ID"] == "<notice_abc@frontdesk.example>"
    assert first["X-Referral-Id"] == "lead_abc"
    assert first["Date"] == second["Date"]


@pytest.mark.parametrize(
    ("rcpt", "data", "error"),
    [
        ("450 busy", "250 ok", Transient),
        ("550 no such user", "250 ok", Permanent),
        ("250 ok", "451 try later", Transient),
        ("250 ok", "554 refused", Permanent),
        ("530 sign in first", "250 ok", Operator),
    ],
)
def test_refusals_are_told_apart(mailbox: Mailbox, rcpt: str, data: str, error: type) -> None:
    """4xx retried, 5xx dead: mixed up, notices are dropped or sent for ever."""
    mailbox.rcpt, mailbox.data = rcpt, data
    with pytest.raises(error) as caught:
        transport(mailbox.port).send(facts(), COORDINATOR)
    assert not getattr(caught.value, "ambiguous", False)
    assert mailbox.mails == []


def test_a_wrong_password_is_the_operators() -> None:
    """Killing every notice because a password expired would lose a weekend of referrals."""
    refuse = {"authenticator": lambda *_: AuthResult(success=False, handled=False), "auth_require_tls": False}
    with smtp_server(**refuse) as mailbox, pytest.raises(Operator):
        transport(mailbox.port, user="desk", password="old").send(facts(), COORDINATOR)


def test_required_tls_never_falls_back(mailbox: Mailbox) -> None:
    """A server without STARTTLS (or a man in the middle who strips it) must not get the mail in the clear."""
    with pytest.raises(Operator):
        transport(mailbox.port, tls="starttls").send(facts(), COORDINATOR)
    assert mailbox.mails == []


def test_nobody_listening_is_transient() -> None:
    """A mail server that restarts is no reason to give up."""
    with pytest.raises(Transient) as caught:
        transport(free_port()).send(facts(), COORDINATOR)
    assert not caught.value.ambiguous


def test_a_reply_lost_after_the_data_is_ambiguous() -> None:
    """The server may have the mail: sending again at once would be a second copy."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rwb") as stream:
            stream.write(b"220 hello\r\n")
            stream.flush()
            for line in stream:
                if line.startswith(b"DATA"):
                    stream.write(b"354 go on\r\n")
                    stream.flush()
                    while stream.readline() not in (b".\r\n", b""):
                        pass
                    return  # stored, and the reply never comes
                stream.write(b"250 ok\r\n")
                stream.flush()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with pytest.raises(Transient) as caught:
            transport(listener.getsockname()[1]).send(facts(), COORDINATOR)
        assert caught.value.ambiguous
    finally:
        thread.join(120)
        listener.close()


def test_a_server_that_hangs_is_given_up() -> None:
    """Without a time-out one silent server would hold a delivery thread for ever."""
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(Transient):
        transport(listener.getsockname()[1], timeout_s=0.5).send(facts(), COORDINATOR)


def test_a_sender_with_a_name_is_greeted_with_a_host(mailbox: Mailbox) -> None:
    """`EHLO clinic.example>` is no host name: strict servers would refuse every notice."""
    sender = "Front desk <desk@clinic.example>"
    target = SmtpServer("127.0.0.1", mailbox.port, None, None, "none")
    EmailTransport(target, sender, 5).send(facts(), COORDINATOR)
    assert mailbox.greeted == ["clinic.example"]
    assert mailbox.senders == ["desk@clinic.example"]


def test_a_server_that_is_slow_at_every_step_is_given_up_within_the_lease() -> None:
    """Each step may be quick enough by itself; all of them together outlive the job's lease, and a second thread
    would send the same mail beside the first."""

    class Slow(Mailbox):
        async def handle_RCPT(self, *given: Any) -> str:
            await asyncio.sleep(60)
            return await super().handle_RCPT(*given)

    mailbox = Slow(free_port())
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port, server_hostname="mail.example")
    controller.start()
    try:
        target = SmtpServer("127.0.0.1", mailbox.port, None, None, "none")
        began = time.monotonic()
        with pytest.raises(Transient):
            EmailTransport(target, "desk@frontdesk.example", 30, whole_s=0.5).send(facts(), COORDINATOR)
        assert time.monotonic() - began < 30
        assert timedelta(seconds=WHOLE_S) < LEASE
    finally:
        controller.stop()


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [
        ("smtp://mail.example", 587, "starttls"),
        ("smtp://mail.example?tls=required", 587, "starttls"),
        ("smtp://mail.example:465?tls=required", 465, "implicit"),
        ("smtp://mail.example?tls=implicit", 465, "implicit"),
        ("smtp://127.0.0.1:2525?tls=starttls", 2525, "starttls"),
        ("smtps://mail.example?tls=required", 465, "implicit"),
        ("smtp://127.0.0.1:2525", 2525, "none"),
        ("smtps://mail.example", 465, "implicit"),
        ("smtp://u%40x:p%2F@mail.example:25?tls=none", 25, "none"),
    ],
)
def test_addresses_of_mail_servers(url: str, port: int, tls: str) -> None:
    """Mail to another machine is encrypted unless the operator says otherwise."""
    server = SmtpServer.from_url(url)
    assert (server.port, server.tls) == (port, tls)


def test_a_wrong_address_is_named_without_its_password() -> None:
    """An error message must not print a secret."""
    with pytest.raises(Misconfigured) as caught:
        SmtpServer.from_url("http://user:hunter2@mail.example")
    assert "hunter2" not in caught.value.message
    with pytest.raises(Misconfigured, match="tls='maybe'"):
        SmtpServer.from_url("smtp://mail.example?tls=maybe")

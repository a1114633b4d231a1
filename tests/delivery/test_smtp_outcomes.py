"""Every way in which a mail server can end a try, and what becomes of the notice then."""

import ssl
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
import trustme
from aiosmtpd.smtp import AuthResult

from app.delivery import connecting
from app.delivery.base import Target
from app.delivery.transports.email import EmailTransport, SmtpServer
from app.errors import JobError, Permanent
from tests.delivery.facts import facts
from tests.delivery.scripted_smtp import DROP, HANG, scripted
from tests.mail import free_port, smtp_server

TO = Target("dest_a", "email", "coordinator@clinic.example")


def send(port: int, timeout_s: float = 5.0, trusted: ssl.SSLContext | None = None, **server: object) -> JobError | None:
    """What went wrong, if anything did."""
    target = SmtpServer(**({"host": "127.0.0.1", "port": port, "user": None, "password": None, "tls": "none"} | server))  # type: ignore[arg-type]
    try:
        EmailTransport(target, "desk@frontdesk.example", timeout_s, trusted=trusted).send(facts(), TO)
    except JobError as failure:
        problem = failure
    else:
        return None
    assert "s3cret" not in problem.message + (problem.remedy or "")
    return problem


def meaning(problem: JobError | None) -> tuple[str, str, bool]:
    """(class, scope, ambiguous)"""
    assert problem is not None
    return type(problem).__name__, problem.scope, bool(getattr(problem, "ambiguous", False))


REFUSED = [
    ("connect", "421 busy", "Transient", "route"),
    ("connect", "554 no service here", "Transient", "route"),
    ("ehlo", "421 busy", "Transient", "route"),
    ("mail", "451 try later", "Transient", "route"),
    ("mail", "421 closing", "Transient", "route"),
    ("mail", "550 5.7.1 sender not allowed", "Operator", "route"),
    ("mail", "553 no such sender", "Operator", "route"),
    ("mail", "530 sign in first", "Operator", "route"),
    ("mail", "552 5.3.4 too large", "Permanent", "route"),
    ("rcpt", "450 4.2.0 greylisted", "Transient", "message"),
    ("rcpt", "421 closing", "Transient", "route"),
    ("rcpt", "452 4.5.3 too many recipients", "Transient", "message"),
    ("rcpt", "552 too many recipients", "Transient", "message"),
    ("rcpt", "550 5.1.1 no such user", "Permanent", "message"),
    ("rcpt", "550 5.7.1 rejected by policy", "Permanent", "message"),
    ("rcpt", "554 5.7.1 Relay access denied", "Operator", "route"),
    ("rcpt", "530 5.7.0 authentication required", "Operator", "route"),
    ("data", "451 try later", "Transient", "message"),
    ("data", "421 closing", "Transient", "route"),
    ("data", "554 no valid recipients", "Permanent", "message"),
    ("end", "451 4.7.1 try later", "Transient", "message"),
    ("end", "421 closing", "Transient", "route"),
    ("end", "552 5.2.2 mailbox full", "Transient", "message"),
    ("end", "554 5.6.0 content refused", "Permanent", "message"),
]


@pytest.mark.parametrize(("stage", "answer", "kind", "scope"), REFUSED)
def test_each_refusal_has_one_meaning(stage: str, answer: str, kind: str, scope: str) -> None:
    """Mixed up, notices die that would have gone out, or are sent for ever, or one clinic's wrong address stops all
    others' mail. None is ambiguous: the server said that it did not take the mail."""
    with scripted(**{stage: answer}) as server:
        problem = send(server.port)
    assert problem is not None
    expected = "route" if kind == "Operator" else scope
    if kind != "Permanent":
        assert meaning(problem) == (kind, expected, False)
    assert type(problem).__name__ == kind
    assert answer[:3] in problem.message
    assert "no such" not in problem.message, "a server may repeat in its words what it was sent"


@pytest.mark.parametrize("how", [DROP, HANG])
@pytest.mark.parametrize("stage", ["connect", "ehlo", "mail", "rcpt", "data"])
def test_what_breaks_off_before_the_mail_was_handed_over_is_not_ambiguous(stage: str, how: str) -> None:
    """It would wait a minute and a half for a copy that cannot exist."""
    with scripted(**{stage: how}) as server:
        assert meaning(send(server.port, 0.4)) == ("Transient", "route", False)
        assert server.taken == []


@pytest.mark.parametrize("how", [DROP, HANG, "9 what is this", "250"])
def test_what_breaks_off_behind_the_final_dot(how: str) -> None:
    """The server has the mail: at once again would be a second copy. A bare 250 is a yes all the same."""
    with scripted(end=how) as server:
        problem = send(server.port, 3.0)
        assert len(server.taken) == 1
    if how == "250":
        assert problem is None
    else:
        assert meaning(problem)[::2] == ("Transient", True)


@pytest.mark.parametrize("how", [DROP, HANG, "500 what"])
def test_how_the_goodbye_ends_does_not_matter(how: str) -> None:
    """The mail was taken over: failing now would send it twice."""
    with scripted(quit=how) as server:
        began = time.monotonic()
        assert send(server.port, 120.0) is None
        assert time.monotonic() - began < 60


def two(port: int) -> JobError | None:
    """What went wrong with the second of two mails over one connection, if anything did."""
    target = SmtpServer("127.0.0.1", port, None, None, "none")
    transport = EmailTransport(target, "desk@frontdesk.example", 1.0)
    with transport.sharing():
        transport.send(facts(), TO)
        try:
            transport.send(facts(), TO)
        except JobError as problem:
            return problem
    return None


def test_mails_that_follow_each_other_share_a_connection() -> None:
    """A connection, and TLS and a sign-in on it, for each of a night's mails costs more than the mails."""
    with scripted() as server:
        assert two(server.port) is None
        assert len(server.taken) == 2
        verbs = [command.split(" ")[0].split(":")[0].upper() for command in server.commands]
    assert verbs == ["EHLO", "MAIL", "RCPT", "DATA", "RSET", "MAIL", "RCPT", "DATA", "QUIT"]


@pytest.mark.parametrize("how", [DROP, HANG, "421 too many mails", "451 4.7.0 enough", "550 5.7.0 enough"])
@pytest.mark.parametrize("stage", ["rset", "mail", "rcpt", "data"])
def test_a_connection_that_takes_no_second_mail_says_nothing_about_the_mail(stage: str, how: str) -> None:
    """Servers end a connection that has been idle, or has brought many mails: as a failure it would stop the route, or
    kill a referral's notice."""
    with scripted(later={stage: how}) as server:
        assert two(server.port) is None
        assert len(server.taken) == 2
        assert sum(command.upper().startswith("EHLO") for command in server.commands) == 2


@pytest.mark.parametrize("how", [DROP, HANG, "451 4.3.0 later", "554 5.6.0 no"])
def test_what_ends_behind_the_dot_of_a_second_mail_counts(how: str) -> None:
    """The server has it, or refused just it: over a new connection it would be a copy."""
    with scripted(later={"end": how}) as server:
        kind, _, ambiguous = meaning(two(server.port))
        assert len(server.taken) == 2
    assert kind == ("Permanent" if how.startswith("5") else "Transient")
    assert ambiguous == (how in (DROP, HANG))


def test_after_a_failure_the_next_mail_gets_a_new_connection() -> None:
    """What is left of a conversation that broke off must not be taken for replies to the next mail."""
    with scripted(rcpt="550 5.1.1 no such user") as server:
        transport = EmailTransport(
            SmtpServer("127.0.0.1", server.port, None, None, "none"), "desk@frontdesk.example", 5
        )
        with transport.sharing():
            for _ in range(2):
                with pytest.raises(Permanent):
                    transport.send(facts(), TO)
        assert sum(command.upper().startswith("EHLO") for command in server.commands) == 2


def test_an_old_server_that_knows_no_ehlo_still_gets_mail() -> None:
    """RFC 5321 wants HELO then."""
    with scripted(ehlo="502 not implemented") as server:
        assert send(server.port) is None
        assert [line.split()[0] for line in server.commands[:2]] == ["EHLO", "HELO"]


def test_lines_that_begin_with_a_dot_arrive_whole() -> None:
    """A lone dot ends the mail: what stands behind it would be lost, or be read as commands."""
    from app.delivery.transports.smtp_line import _stuffed

    with scripted() as server:
        assert send(server.port) is None
    assert server.taken[0].count(b"\r\n") == server.taken[0].count(b"\n")
    assert _stuffed(b"a\n.\n..b\r\n.\rc") == b"a\r\n..\r\n...b\r\n..\r\nc\r\n"


def test_a_closed_port_and_a_name_nobody_knows() -> None:
    """A mail server that restarts is no reason to give up."""
    assert meaning(send(free_port())) == ("Transient", "route", False)
    assert meaning(send(25, host="a..example")) == ("Transient", "route", False)


def test_a_look_up_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's resolver may take minutes; the job's lease would end meanwhile."""
    monkeypatch.setattr(connecting.socket, "getaddrinfo", lambda *_, **__: time.sleep(20))
    began = time.monotonic()
    assert meaning(send(25, 0.3, host="mail.example")) == ("Transient", "route", False)
    assert time.monotonic() - began < 15


def test_an_address_that_smtp_cannot_write_is_that_mails_own() -> None:
    """One odd address must not count as a broken mail server."""
    with scripted() as server, suppress(JobError):
        target = SmtpServer("127.0.0.1", server.port, None, None, "none")
        odd = Target("dest_a", "email", "josé@clinic.example")
        with pytest.raises(Permanent):
            EmailTransport(target, "desk@frontdesk.example", 5).send(facts(), odd)


def tls(name: str, authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.mark.parametrize("mode", ["starttls", "implicit"])
@pytest.mark.parametrize(("name", "known"), [("127.0.0.1", True), ("other.example", True), ("127.0.0.1", False)])
def test_a_certificate_must_be_known_and_of_that_host(authority: trustme.CA, mode: str, name: str, known: bool) -> None:
    """Somebody between could read every referral. Nothing of the mail, and no password, may travel before."""
    options = {"ssl_context" if mode == "implicit" else "tls_context": tls(name, authority)}
    trusted = trusting(authority if known else trustme.CA())
    with smtp_server(**options) as mailbox:
        problem = send(mailbox.port, trusted=trusted, tls=mode)
        right = known and name == "127.0.0.1"
        assert len(mailbox.mails) == (1 if right else 0)
    if right:
        assert problem is None
    else:
        assert meaning(problem) == ("Operator", "route", False)


@pytest.mark.parametrize("answer", ["454 TLS not available", "421 closing", "554 no TLS today", DROP, HANG])
def test_a_starttls_that_fails_never_goes_on_in_the_clear(answer: str) -> None:
    """That is what somebody who strips TLS hopes for."""
    with scripted(ehlo="250-mail.example\r\n250 STARTTLS", starttls=answer) as server:
        problem = send(server.port, 0.4, tls="starttls", user="desk", password="s3cret")
        assert server.taken == []
        assert [line for line in server.commands if not line.lower().startswith(("ehlo", "starttls"))] == []
    kind = "Operator" if answer.startswith("554") else "Transient"
    assert meaning(problem) == (kind, "route", False)


def test_a_server_that_speaks_no_tls_is_the_operators(authority: trustme.CA) -> None:
    """TLS to a port that does not speak it will not begin to work by waiting."""
    with scripted() as server:
        assert meaning(send(server.port, 2.0, trusting(authority), tls="implicit"))[0] == "Operator"
        assert server.taken == []


def passwords(right: str) -> Callable[..., AuthResult]:
    return lambda _server, _session, _envelope, _how, given: AuthResult(
        success=given.password.decode() == right, handled=False
    )


@pytest.mark.parametrize("password", ["s3cret-right", "s3cret-wrong"])
def test_a_sign_in_over_tls(authority: trustme.CA, password: str) -> None:
    """A wrong password holds everything and kills nothing."""
    options = {"tls_context": tls("127.0.0.1", authority), "authenticator": passwords("s3cret-right")}
    with smtp_server(**options, auth_required=True) as mailbox:
        problem = send(mailbox.port, trusted=trusting(authority), tls="starttls", user="desk", password=password)
        assert len(mailbox.mails) == (1 if password.endswith("right") else 0)
    assert problem is None or meaning(problem) == ("Operator", "route", False)
    assert (problem is None) is password.endswith("right")


@pytest.mark.parametrize(
    ("greeting", "auth", "kind"),
    [
        ("250-mail.example\r\n250 AUTH PLAIN", "454 4.7.0 try later", "Transient"),
        ("250-mail.example\r\n250 AUTH PLAIN", "421 closing", "Transient"),
        ("250-mail.example\r\n250 AUTH PLAIN", "535 5.7.8 no", "Operator"),
        ("250-mail.example\r\n250 AUTH PLAIN", "500 what", "Operator"),
        ("250-mail.example\r\n250 AUTH PLAIN", DROP, "Transient"),
        ("250 mail.example", "235 never asked", "Operator"),
        ("250-mail.example\r\n250 AUTH GSSAPI", "235 never asked", "Operator"),
    ],
)
def test_each_end_of_a_sign_in(greeting: str, auth: str, kind: str) -> None:
    """Some pass, some need a person; none is about the mail."""
    with scripted(ehlo=greeting, auth=auth) as server:
        assert meaning(send(server.port, user="desk", password="s3cret")) == (kind, "route", False)
        assert server.taken == []

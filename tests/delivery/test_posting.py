"""What each answer of a posted notice means, against a real HTTP server."""

import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import trustme

from app.delivery import connecting
from app.delivery.outbound_http import Outbound
from app.delivery.posting import LONGEST_WAIT_S, post
from app.errors import JobError, Operator, Permanent, Transient
from tests.mail import free_port
from tests.receiver import Receiver, receiver

INSIDE = Outbound(60.0, allow_private=True)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def send(url: str, outbound: Outbound = INSIDE) -> JobError | None:
    """What went wrong; whatever it is, the secret part of the address is not in it."""
    try:
        post(outbound, lambda: NOON, url, b"{}", {})
    except JobError as failure:
        problem = failure
    else:
        return None
    assert "token" not in problem.message + (problem.remedy or "") + str(problem)
    return problem


@pytest.mark.parametrize(
    ("status", "kind", "scope"),
    [
        (200, None, ""), (202, None, ""), (204, None, ""),
        (301, Operator, "route"), (307, Operator, "route"),
        (400, Permanent, "message"), (413, Permanent, "message"), (422, Permanent, "message"),
        (401, Operator, "route"), (403, Operator, "route"), (404, Operator, "route"), (410, Operator, "route"),
        (408, Transient, "route"), (429, Transient, "route"), (500, Transient, "route"), (503, Transient, "route"),
    ],
)  # fmt: skip
def test_each_answer_is_judged(status: int, kind: type | None, scope: str) -> None:
    """An address that is gone must not kill every notice; one that is refused must not be sent for ever."""
    with receiver() as other:
        other.status, other.headers = status, {"Location": "http://169.254.169.254/"}
        problem = send(other.url)
        assert len(other.posted) == 1, "a redirect was followed"
    if kind is None:
        assert problem is None
    else:
        assert (type(problem), problem.scope) == (kind, scope)
        assert not getattr(problem, "ambiguous", False)


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("7", 7.0),
        (format_datetime(NOON + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOON - timedelta(days=1), usegmt=True), 0.0),
        ("99999999", LONGEST_WAIT_S),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT_S),
        ("-5", None),
        ("soon", None),
        ("", None),
    ],
)
def test_how_long_to_wait_is_taken_from_the_answer(said: str, wait: float | None) -> None:
    """Slack throttles by this header; and a wild one must not keep a referral back for ever."""
    with receiver() as other:
        other.status, other.headers = 429, {"Retry-After": said}
        problem = send(other.url)
    assert isinstance(problem, Transient)
    assert problem.retry_after_s == wait


def broken(other: Receiver, how: str) -> Transient:
    other.how = how
    problem = send(other.url, Outbound(2.0, allow_private=True))
    assert isinstance(problem, Transient)
    return problem


def test_a_lost_answer_is_ambiguous_and_a_closed_port_is_not() -> None:
    """Slack has no id by which a second copy could be known: after a lost answer the wait must be long."""
    with receiver() as other:
        assert (broken(other, "drop").ambiguous, broken(other, "hang").ambiguous) == (True, True)
    problem = send(f"http://127.0.0.1:{free_port()}/token")
    assert isinstance(problem, Transient)
    assert (problem.ambiguous, problem.scope) == (False, "route")


def test_an_answer_without_end_is_an_answer() -> None:
    """The other side took it: sending it again because of what it goes on to say would make copies."""
    with receiver() as other:
        other.how = "endless"
        began = time.monotonic()
        assert send(other.url) is None
        assert time.monotonic() - began < 30


def test_private_addresses_and_plain_http_are_not_posted_to() -> None:
    """A manager could have the server write to machines inside its network, or a patient's data travel bare."""
    with receiver() as other:
        outside = Outbound(2.0)
        for url in (
            other.url,
            other.url.replace("http:", "https:"),
            "https://localhost/token",
            "https://[::1]/token",
        ):
            problem = send(url, outside)
            assert isinstance(problem, Operator), url
        assert other.posted == []
    for url in ("https://[64:ff9b::7f00:1]/token", "https://[2002:7f00:1::]/token", "https://[::127.0.0.1]/token"):
        assert isinstance(send(url, outside), Operator), url


def test_a_name_is_looked_up_once_and_what_was_checked_is_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that answers with a public address first and a private one then (rebinding) would get in."""
    asked = []

    def rebinding(host: str, port: int, **_: object) -> object:
        asked.append(host)
        address = "8.8.8.8" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    tried = []

    class Watched(socket.socket):
        def connect(self, address: object) -> None:
            tried.append(address)
            raise ConnectionRefusedError

    monkeypatch.setattr(connecting.socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(connecting.socket, "socket", Watched)
    assert isinstance(send("https://rebind.example/token", Outbound(2.0)), Transient)
    assert (asked, tried) == (["rebind.example"], [("8.8.8.8", 443)])


def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second would be connected to when the first does not answer."""
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in ("8.8.8.8", "10.0.0.8")]
    monkeypatch.setattr(connecting.socket, "getaddrinfo", lambda *_, **__: both)
    assert isinstance(send("https://mixed.example/token", Outbound(2.0)), Operator)


def test_a_look_up_that_hangs_ends_by_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that does not answer would hold a delivery thread beyond its lease."""
    monkeypatch.setattr(connecting.socket, "getaddrinfo", lambda *_, **__: time.sleep(20))
    began = time.monotonic()
    problem = send("https://slow.example/token", Outbound(0.3))
    assert isinstance(problem, Transient)
    assert (problem.ambiguous, problem.scope) == (False, "route")
    assert time.monotonic() - began < 15


def certified(name: str, authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.mark.parametrize(
    ("name", "known", "taken"), [("127.0.0.1", True, True), ("other.example", True, False), ("127.0.0.1", False, False)]
)
def test_a_certificate_must_be_known_and_of_that_host(name: str, known: bool, taken: bool) -> None:
    """Somebody between could take the clinic's place and read what it allows to be sent."""
    authority = trustme.CA()
    trusted = ssl.create_default_context()
    if known:
        authority.configure_trust(trusted)
    with receiver(certified(name, authority)) as other:
        problem = send(other.url, Outbound(5.0, allow_private=True, trusted=trusted))
        assert len(other.posted) == (1 if taken else 0)
    assert (problem is None) is taken
    assert taken or (isinstance(problem, Operator) and problem.scope == "route")

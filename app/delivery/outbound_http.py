"""The one way out over HTTP: reads web pages and posts notices, at addresses that people typed in. Every connection is
made by `connecting`, which refuses private addresses."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from app.delivery.connecting import connect, left
from app.errors import Invalid, Operator, TooLarge, Transient

MOST_REDIRECTS = 3
_REDIRECTS = {301, 302, 303, 307, 308}
_CHUNK = 64 * 1024
_AGENT = "Frontdesk/0.1"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. `url` is where the last redirect led; names of headers are lower case."""

    status: int
    url: str = field(repr=False)
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None


class _Lost(Exception):
    """The exchange broke off; `sent` when the whole request had been handed over by then."""

    def __init__(self, problem: Exception, sent: bool) -> None:
        super().__init__(str(problem) or type(problem).__name__)
        self.problem, self.sent = problem, sent


@dataclass(frozen=True, slots=True)
class Outbound:
    """Limits of a request: `seconds` for all of it, look-up and redirects included, and `max_bytes` of the answer.
    `allow_private` lets it reach this machine and private networks; for tests and trying things out. `trusted` are the
    certificates that count, the system's without it."""

    seconds: float
    max_bytes: int = 0
    allow_private: bool = False
    trusted: ssl.SSLContext | None = field(default=None, repr=False)

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Fetches `url`. Raises Invalid for an address that must not be reached, TooLarge, and Transient when it
        does not answer in time or breaks off."""
        deadline = time.monotonic() + self.seconds
        for _ in range(MOST_REDIRECTS + 1):
            check_url(url)
            try:
                reply = self._once(_Request("GET", url, dict(headers or {})), deadline)
            except _Lost as lost:
                raise Transient(f"{url!r} could not be read: {lost}") from lost
            if reply.status not in _REDIRECTS or "location" not in reply.headers:
                return reply
            url = _next(url, reply.headers["location"])
        raise Invalid(f"{url!r} leads from page to page more than {MOST_REDIRECTS} times.", "Give the last address.")

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Hands `body` over, follows no redirect, and reads no more of the answer than its head. What it raises names
        the host and never the address, which may be a secret: Operator when the set-up is wrong (a private address, a
        bad certificate, no https), Transient when the server cannot be reached or breaks off; ambiguous once it may
        have everything."""
        target = check_url(url)
        host = str(target.hostname)
        if target.scheme != "https" and not self.allow_private:
            raise Operator(f"{host}: its address is not https", "Give an https address.", scope="route")
        try:
            return self._once(_Request("POST", url, headers, body), time.monotonic() + self.seconds)
        except Invalid as problem:
            raise Operator(problem.message, problem.remedy, scope="route") from None
        except _Lost as lost:
            raise _not_handed_over(host, lost) from None

    def _once(self, asked: _Request, deadline: float) -> Reply:
        target = urlsplit(asked.url)
        secure = target.scheme == "https"
        host, port = str(target.hostname), target.port or (443 if secure else 80)
        connection, sent = http.client.HTTPConnection(host, port), False
        path = (target.path or "/") + (f"?{target.query}" if target.query else "")
        usual = {"Host": target.netloc.rpartition("@")[2], "User-Agent": _AGENT, "Accept-Encoding": "identity"}
        try:
            connection.sock = connect(host, port, deadline, allow_private=self.allow_private)
            with _cut_off(connection.sock, deadline):
                if secure:
                    trusted = self.trusted or ssl.create_default_context()
                    connection.sock = trusted.wrap_socket(connection.sock, server_hostname=host)
                connection.request(asked.method, path, asked.body, headers=usual | dict(asked.headers))
                sent = True
                answer = connection.getresponse()
                names = {name.lower(): value for name, value in answer.getheaders()}
                read = b"" if asked.method == "POST" else self._body(answer, connection, asked.url, deadline)
                return Reply(answer.status, asked.url, names, read)
        except (OSError, UnicodeError, http.client.HTTPException) as problem:
            if time.monotonic() >= deadline:  # what was cut off looks like a broken connection
                raise _Lost(TimeoutError("it took too long"), sent) from problem
            raise _Lost(problem, sent) from problem
        finally:
            connection.close()

    def _body(
        self, answer: http.client.HTTPResponse, connection: http.client.HTTPConnection, url: str, deadline: float
    ) -> bytes:
        parts: list[bytes] = []
        size = 0
        while True:
            connection.sock.settimeout(left(deadline)) if connection.sock else left(deadline)
            part = answer.read1(_CHUNK)
            if not part:
                break
            parts.append(part)
            size += len(part)
            if size > self.max_bytes:
                limit = self.max_bytes / 1024 / 1024
                raise TooLarge(f"{url!r} is larger than {limit:g} MB.", "Give a shorter page or file.")
        if answer.length:  # http.client reports a body that broke off only when it reads to the end itself
            raise http.client.IncompleteRead(b"", answer.length)
        left(deadline)  # what was cut off may look like the end
        return b"".join(parts)


def check_url(url: str) -> SplitResult:
    """The parts of an address that may be asked for. Raises Invalid that says what is wrong with it."""
    remedy = "Give an address like https://www.clinic.example/insurance."
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise Invalid(f"{url!r} is not a web address.", remedy) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise Invalid(f"{url!r} is not a web address that starts with http:// or https://.", remedy)
    if parts.username or parts.password:
        raise Invalid("A web address with a user name or password in it is not read.", remedy)
    if any(ord(char) <= 32 or ord(char) == 127 for char in url.strip()) or not url.isascii():
        raise Invalid(
            f"{url!r} has characters that a web address cannot have.", "Copy it from the browser's address bar."
        )
    return parts


def _next(url: str, location: str) -> str:
    """Where a redirect leads. Servers write letters as they are, which http.client reads as Latin-1."""
    try:
        return urljoin(url, quote(location.encode("latin-1"), safe="%/:=&?~#+!$,;'@()*[]"))
    except ValueError:
        raise Invalid(f"{url!r} leads to {location!r}, which is not a web address.", "Give the last address.") from None


@contextmanager
def _cut_off(sock: socket.socket, deadline: float) -> Iterator[None]:
    """Ends the connection at the deadline. A socket's own time-out begins anew with each byte, so that a server which
    sends one now and then could hold a thread for hours."""
    same = sock.dup()  # TLS takes the first handle away

    def cut() -> None:
        with suppress(OSError):
            same.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(left(deadline), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        same.close()


def _not_handed_over(host: str, lost: _Lost) -> Transient | Operator:
    if isinstance(lost.problem, ssl.SSLCertVerificationError):
        said = f"{host}: its certificate cannot be trusted ({lost.problem.verify_message})"
        return Operator(said, "Renew the certificate, or correct the address.", scope="route")
    slow = isinstance(lost.problem, TimeoutError)
    said = f"{host}: {'no answer in time' if slow else type(lost.problem).__name__}"
    return Transient(said, ambiguous=lost.sent, scope="message" if lost.sent and not slow else "route")

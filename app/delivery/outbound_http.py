"""The one way out: requests to addresses that people typed in. An address of the clinic's own network, of this machine
or of a cloud's inside is refused, and what is checked is what is connected to: a name is resolved once."""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from app.errors import Invalid, TooLarge, Transient

MOST_REDIRECTS = 3
_REDIRECTS = {301, 302, 303, 307, 308}
_CHUNK = 64 * 1024
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_AGENT = "Frontdesk/0.1"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. `url` is where the last redirect led; names of headers are lower case."""

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outbound:
    """Limits of a request: `seconds` for all of it, redirects included, and `max_bytes` of the answer.
    `allow_private` lets it reach this machine and private networks; for tests and trying things out."""

    seconds: float
    max_bytes: int
    allow_private: bool = False

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Reply:
        """Fetches `url`. Raises Invalid for an address that must not be reached, TooLarge, and Transient when it
        does not answer in time or breaks off."""
        deadline = time.monotonic() + self.seconds
        for _ in range(MOST_REDIRECTS + 1):
            target = check_url(url)
            reply = self._once(url, target, dict(headers or {}), deadline)
            if reply.status not in _REDIRECTS or "location" not in reply.headers:
                return reply
            url = _next(url, reply.headers["location"])
        raise Invalid(f"{url!r} leads from page to page more than {MOST_REDIRECTS} times.", "Give the last address.")

    def _once(self, url: str, target: SplitResult, headers: dict[str, str], deadline: float) -> Reply:
        secure = target.scheme == "https"
        host, port = str(target.hostname), target.port or (443 if secure else 80)
        connection = http.client.HTTPConnection(host, port)
        path = (target.path or "/") + (f"?{target.query}" if target.query else "")
        asked = {"Host": target.netloc.rpartition("@")[2], "User-Agent": _AGENT, "Accept-Encoding": "identity"}
        try:
            connection.sock = self._connect(host, port, deadline)
            with _cut_off(connection.sock, deadline):
                if secure:
                    connection.sock = ssl.create_default_context().wrap_socket(connection.sock, server_hostname=host)
                connection.request("GET", path, headers=asked | headers)
                answer = connection.getresponse()
                names = {name.lower(): value for name, value in answer.getheaders()}
                return Reply(answer.status, url, names, self._body(answer, connection, url, deadline))
        except (OSError, UnicodeError, http.client.HTTPException) as problem:
            raise Transient(f"{url!r} could not be read: {_said(problem)}") from problem
        finally:
            connection.close()

    def _connect(self, host: str, port: int, deadline: float) -> socket.socket:
        """A connection to the first of the host's addresses that answers; none is tried unless all are public."""
        self._allow(host, host if _is_address(host) else "")
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        for _, _, _, _, address in found:
            self._allow(host, str(address[0]))
        problem: OSError = OSError("the name has no address")
        for family, kind, protocol, _, address in found:
            sock = socket.socket(family, kind, protocol)
            try:
                sock.settimeout(_left(deadline))
                sock.connect(address)
            except OSError as failure:
                sock.close()
                problem = failure
            else:
                return sock
        raise problem

    def _allow(self, host: str, address: str) -> None:
        """Raises Invalid for an address that is not public; an empty one says nothing."""
        if address and not self.allow_private and not is_public(address):
            raise Invalid(
                f"{host!r} is an address inside a private network or on this machine; it is not read.",
                "Give the address of a public web page.",
            )

    def _body(
        self, answer: http.client.HTTPResponse, connection: http.client.HTTPConnection, url: str, deadline: float
    ) -> bytes:
        parts: list[bytes] = []
        size = 0
        while True:
            connection.sock.settimeout(_left(deadline)) if connection.sock else _left(deadline)
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
        _left(deadline)  # what was cut off may look like the end
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


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, also when it is wrapped in another kind of address."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and (any(ip in network for network in _NAT64) or ip.packed[:12] == bytes(12)):
            inner = ipaddress.IPv4Address(ip.packed[-4:])
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


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

    timer = threading.Timer(_left(deadline), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        same.close()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("it took too long")
    return left


def _said(problem: Exception) -> str:
    return str(problem) or type(problem).__name__

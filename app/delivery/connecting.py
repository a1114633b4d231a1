"""Opens connections to addresses that people typed in: a name is looked up once, each of its addresses is checked, and
what was checked is what is connected to. Look-up and connection end by one deadline."""

import ipaddress
import queue
import socket
import threading
import time
from collections.abc import Sequence
from typing import Any

from app.errors import Invalid

_Found = Sequence[tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]]
_IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNICAST = ipaddress.ip_network("2000::/3")
_NEVER = tuple(
    ipaddress.ip_network(net)
    for net in (
        "192.0.0.0/24",  # protocol assignments, NAT64 discovery among them
        "192.88.99.0/24",  # 6to4 relays
        "3fff::/20",  # documentation; older Pythons call it global
    )
)
_ISATAP = (bytes.fromhex("00005efe"), bytes.fromhex("02005efe"))
_SIIT = bytes(8) + bytes.fromhex("ffff0000")


def connect(host: str, port: int, deadline: float, *, allow_private: bool) -> socket.socket:
    """A connection to the first of the host's addresses that answers; none is tried unless all are public. `deadline`
    as `time.monotonic()` has it. Raises Invalid for a private address, OSError otherwise."""
    if not allow_private and _is_address(host) and not is_public(host):
        raise _inside(host)
    found = _look_up(host, port, deadline)
    if not allow_private and not all(is_public(str(address[0])) for *_, address in found):
        raise _inside(host)
    problem: OSError = OSError("the name has no address")
    for family, kind, protocol, _, address in found:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(left(deadline))
            sock.connect(address)
        except OSError as failure:
            sock.close()
            problem = failure
        else:
            return sock
    raise problem


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, also when it is wrapped in another kind of address."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _wrapped(ip)
    if inner is not None:
        return is_public(str(inner))
    if ip.version == 6 and ip not in _UNICAST:
        return False
    refused = ip.is_multicast or ip.is_reserved or ip.is_unspecified
    return ip.is_global and not refused and not any(ip in net for net in _NEVER if net.version == ip.version)


def left(deadline: float) -> float:
    """Seconds until then. Raises TimeoutError when there are none."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("it took too long")
    return seconds


def _wrapped(ip: _IPAddress) -> ipaddress.IPv4Address | None:
    """The IPv4 address that a gateway would take out of this one."""
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    if ip.ipv4_mapped or ip.sixtofour:
        return ip.ipv4_mapped or ip.sixtofour
    if ip.teredo:
        return ip.teredo[1]
    packed = ip.packed
    compatible = packed[:12] in (bytes(12), _SIIT)
    if ip in _NAT64 or compatible or packed[8:12] in _ISATAP:
        return ipaddress.IPv4Address(packed[-4:])
    return None


def _look_up(host: str, port: int, deadline: float) -> _Found:
    """The system's own look-up knows no deadline, so it runs on a thread that may be left behind."""
    answers: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as problem:
            answers.put(problem)

    threading.Thread(target=ask, name="look-up", daemon=True).start()
    try:
        answer = answers.get(timeout=left(deadline))
    except queue.Empty:
        raise TimeoutError("the look-up of its name took too long") from None
    if isinstance(answer, UnicodeError):  # a label that is empty or too long
        raise OSError("it is no name that can be looked up") from answer
    if isinstance(answer, Exception):
        raise answer
    found: _Found = answer
    return found


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _inside(host: str) -> Invalid:
    return Invalid(
        f"{host!r} is an address inside a private network or on this machine; it is not connected to.",
        "Give an address on the public internet.",
    )

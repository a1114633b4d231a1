"""Refuses every connection beyond this machine and remembers each try, so that swallowed errors are seen too."""

import ipaddress
import socket
import sys
from typing import Any

LOCAL_NAMES = frozenset({"localhost", "", None})
tries: list[str] = []
_installed = False


def is_local(host: object) -> bool:
    """Whether `host` (a name, an address, or None for "any") stays on this machine."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in LOCAL_NAMES:
        return True
    try:
        address = ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def install() -> None:
    """Start guarding this process. An audit hook cannot be taken off, so a second call does nothing."""
    global _installed
    if not _installed:
        sys.addaudithook(_refuse_beyond_loopback)
        _installed = True


def _refuse_beyond_loopback(event: str, arguments: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        sock, address = arguments
        if sock.family not in {socket.AF_INET, socket.AF_INET6} or address is None:
            return
        host = address[0]
    elif event in {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}:
        host = arguments[0]
    else:
        return
    if not is_local(host):
        tries.append(f"{event} {host!r}")
        raise PermissionError(f"a test reached for {host!r}; tests stay on loopback, use a local server instead")

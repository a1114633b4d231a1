"""Where a request comes from and by which scheme. Headers about it count only as far as TRUSTED_PROXIES says: anyone
can write them. `Forwarded` and `X-Real-IP` never count."""

import ipaddress
from typing import Any

from litestar.connection import ASGIConnection

from app.desk import Desk
from app.store.forwarded import Sign

FORWARDED = ("x-forwarded-for", "x-real-ip", "forwarded")
Connection = ASGIConnection[Any, Any, Any, Any]


def client_address(connection: Connection, desk: Desk) -> str:
    """The client's address by the settings. What shows that they are wrong is noted for the operator."""
    proxies = desk.settings.trusted_proxies
    desk.forwarded.note(_sign(connection, proxies))
    return address_of(connection, proxies)


def _sign(connection: Connection, trusted_proxies: int) -> Sign:
    """What this request says about the number of proxies. Without forwarded headers, one from a private address may be
    a health check, and says nothing."""
    if not trusted_proxies:
        if not any(name in connection.headers for name in FORWARDED):
            return "none"
        return "proxy" if _is_beside_us(connection) else "maybe"
    found = len(_entries(connection, FORWARDED[0]))
    if found >= trusted_proxies:
        return "none"
    if not _is_beside_us(connection):
        return "direct"
    return "few" if found else "none"


def _is_beside_us(connection: Connection) -> bool:
    """Whether it comes from a private address, as a proxy of ours does."""
    peer = _ip(connection.client.host if connection.client else "")
    return peer is None or peer.is_private


def address_of(connection: Connection, trusted_proxies: int) -> str:
    """The client's address as the outermost of `trusted_proxies` proxies saw it. With 0, or fewer entries than
    proxies, forwarded headers count for nothing."""
    peer = connection.client.host if connection.client else ""
    return _forwarded(connection, "x-forwarded-for", trusted_proxies) or peer


def scheme_of(connection: Connection, trusted_proxies: int) -> str:
    """http or https, as the browser used it."""
    said = _forwarded(connection, "x-forwarded-proto", min(trusted_proxies, 1)).lower()
    return said if said in ("http", "https") else str(connection.scope["scheme"])


def network_of(address: str) -> str:
    """What limits count by: an IPv4 address, or the /64 of an IPv6 one, which is what one household or phone has."""
    found = _ip(address) or _ip(address.rpartition(":")[0])  # some proxies write the port too
    if found is None:
        return address[:100]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((found, 64), strict=False))


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None


def _forwarded(connection: Connection, header: str, hops: int) -> str:
    """The entry that the outermost of our `hops` proxies wrote, "" when there is none."""
    entries = _entries(connection, header) if hops else []
    return entries[-hops] if hops and len(entries) >= hops else ""


def _entries(connection: Connection, header: str) -> list[str]:
    listed = connection.headers.getall(header, [])
    return [entry.strip() for line in listed for entry in line.split(",") if entry.strip()]

"""The network address that limits count by."""

from typing import Any

from litestar.connection import ASGIConnection


def address_of(connection: ASGIConnection[Any, Any, Any, Any], trusted_proxies: int) -> str:
    """The client's address as the outermost of `trusted_proxies` proxies saw it. With 0, or fewer entries than
    proxies, forwarded headers count for nothing: anyone can write them."""
    peer = connection.client.host if connection.client else ""
    if trusted_proxies == 0:
        return peer
    listed = connection.headers.getall("x-forwarded-for", [])
    hops = [hop.strip() for line in listed for hop in line.split(",") if hop.strip()]
    return hops[-trusted_proxies] if len(hops) >= trusted_proxies else peer

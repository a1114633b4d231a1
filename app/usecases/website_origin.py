"""An origin in the one form in which browsers write it, so that two spellings of one website are equal."""

from urllib.parse import SplitResult, urlsplit

import idna

DEFAULT_PORTS = {"http": 80, "https": 443}


def canonical(text: str) -> str | None:
    """`https://www.clinic.example`: lower case, punycode, no default port. None for anything that is no http origin
    (`null`, a path, a user name). A trailing dot stays: browsers treat that name as another website."""
    try:
        parts = urlsplit(text)
        host, port = _ascii(parts), parts.port
    except (ValueError, idna.IDNAError):
        return None
    more = parts.path or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in DEFAULT_PORTS or not host or more or text != text.strip():
        return None
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + ("" if port in (None, DEFAULT_PORTS[parts.scheme]) else f":{port}")


def _ascii(parts: SplitResult) -> str:
    host = parts.hostname or ""
    return host if host.isascii() else idna.encode(host, uts46=True).decode()

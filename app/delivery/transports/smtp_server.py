"""Where mail goes, as SMTP_URL says it."""

from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal, Self
from urllib.parse import parse_qs, unquote, urlsplit

from app.errors import Misconfigured

TLS_MODES = ("required", "starttls", "implicit", "none")
IMPLICIT_PORT = 465


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail goes. `tls`: starttls (or fail), implicit (TLS from the first byte) or none."""

    host: str
    port: int
    user: str | None
    password: str | None = field(repr=False)
    tls: Literal["starttls", "implicit", "none"]

    @classmethod
    def from_url(cls, url: str) -> Self:
        """Reads `smtp://user:pass@host:587?tls=required` or `smtps://...`. Raises Misconfigured (without the URL: it
        holds a password). `required` is starttls, but implicit on port 465, which speaks nothing else. Without `tls`, a
        server on this machine needs none and any other must have it."""
        try:
            parts = urlsplit(url)
            given = parts.port
        except ValueError:
            raise _no_address() from None
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or given == 0:
            raise _no_address()
        asked = parse_qs(parts.query, keep_blank_values=True)
        if strange := sorted(set(asked) - {"tls"}):
            raise Misconfigured(f"SMTP_URL has {strange[0]!r}.", "Only tls= may stand behind the question mark.")
        default = "implicit" if parts.scheme == "smtps" else "none" if _on_this_machine(parts.hostname) else "required"
        tls = asked.get("tls", [default])[-1]
        if tls not in TLS_MODES:
            raise Misconfigured(f"SMTP_URL has tls={tls!r}.", f"Use one of: {', '.join(TLS_MODES)}.")
        if tls == "required":
            tls = "implicit" if given == IMPLICIT_PORT or parts.scheme == "smtps" else "starttls"
        mode: Literal["starttls", "implicit", "none"] = "none" if tls == "none" else "starttls"
        mode = "implicit" if tls == "implicit" else mode
        user = unquote(parts.username) if parts.username else None
        password = unquote(parts.password or "") if user else None
        return cls(parts.hostname, given or (IMPLICIT_PORT if mode == "implicit" else 587), user, password, mode)


def _no_address() -> Misconfigured:
    return Misconfigured("SMTP_URL must look like smtp://user:password@host:587?tls=required.")


def _on_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False

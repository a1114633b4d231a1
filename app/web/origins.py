"""Which websites may talk to the visitor's API: the backend's own pages, and the websites of the clinic."""

import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection

from app.desk import Desk
from app.errors import Forbidden
from app.store.queries.clinics import ClinicFacts
from app.usecases.website_origin import canonical
from app.web.address import scheme_of

Connection = ASGIConnection[Any, Any, Any, Any]
LONGEST = 300
OF_THIS_NETWORK = re.compile(r"[\w-]+|[\w.-]+\.(localhost|local|lan|internal|home\.arpa|test)")


def foreign_origin(connection: Connection, desk: Desk) -> str | None:
    """The request's Origin when it is not the backend's own; "null" and what is no origin at all stay as they are.
    None: our own page, or a server, which sends none."""
    given = connection.headers.getall("origin", [])
    if not given:
        return None
    said = canonical(given[0]) if len(given) == 1 and given[0].isascii() else None
    return None if said is not None and said in _own(connection, desk) else said or given[0]


def may_use(clinic: ClinicFacts, origin: str | None) -> bool:
    """Whether a page of `origin` (as `foreign_origin` gave it) may use this clinic's chat."""
    return origin is None or origin in {canonical(allowed) for allowed in clinic.origins}


def refused(origin: str) -> Forbidden:
    """The same words whichever clinic was meant."""
    shown = origin if len(origin) <= LONGEST else f"{origin[:LONGEST]}..."
    return Forbidden(
        f"The website {shown!r} may not use this clinic's chat.", "Add it with: frontdesk clinic set --origin"
    )


def _own(connection: Connection, desk: Desk) -> set[str | None]:
    """PUBLIC_URL; and for trying without one, the address that the browser used, if nobody else can own that name: a
    page of another website can make its own name lead here."""
    own = {canonical(desk.settings.url)}
    host = connection.headers.get("host", "")
    if desk.settings.env != "production" and _is_of_this_network(host):
        own.add(canonical(f"{scheme_of(connection, desk.settings.trusted_proxies)}://{host}"))
    return own


def _is_of_this_network(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
        ipaddress.ip_address(name)
    except ValueError:
        return OF_THIS_NETWORK.fullmatch(host.rpartition(":")[0] or host) is not None
    return True

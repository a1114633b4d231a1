"""Who a visitor's request comes from: allowed website, own token, within the limits."""

from typing import Any

from litestar import Request

from app.desk import Desk
from app.errors import Forbidden
from app.store.queries.clinics import ClinicFacts
from app.usecases.visitor_token import check_token
from app.web.address import address_of
from app.web.rate import RateLimiter

AnyRequest = Request[Any, Any, Any]


def check_origin(request: AnyRequest, desk: Desk, clinic: ClinicFacts) -> None:
    """The chat page's own requests carry the backend's origin; a clinic's website may call too. A request without
    Origin comes from a server. Raises Forbidden for any other, `null` included."""
    origin = request.headers.get("origin")
    if origin is None or origin == desk.settings.url or origin in clinic.origins:
        return
    if origin == f"{request.scope['scheme']}://{request.headers.get('host', '')}" and desk.settings.env != "production":
        return
    raise Forbidden(
        f"The website {origin!r} may not use this clinic's chat.", "Add it with: frontdesk clinic set --origin"
    )


def check_rate(request: AnyRequest, desk: Desk, limiter: RateLimiter, clinic: ClinicFacts, visitor: str | None) -> None:
    """Counts the request for the visitor (or, before there is one, only the address), the address and the clinic."""
    if visitor is not None:
        limiter.check("visitor", visitor)
    limiter.check("address", address_of(request, desk.settings.trusted_proxies))
    limiter.check("clinic", clinic.id)


def check_bearer(request: AnyRequest, desk: Desk, conversation_id: str) -> None:
    """Raises NotSignedIn unless the request carries this conversation's token."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    check_token(desk, token if scheme.lower() == "bearer" else None, conversation_id)

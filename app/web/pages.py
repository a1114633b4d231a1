"""HTML pages: one template environment with autoescape; and the headers of every reply."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from litestar import Response
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import MediaType
from litestar.types import Message, Scope

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
DASHBOARD_CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer, browsers send `Origin: null` with our own forms
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


EVERYWHERE = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}
"""On every reply that does not say otherwise, errors too: what a patient wrote stays in no cache and no referrer, and
a reply that is no page is none either when somebody opens or frames it."""


async def add_headers(message: Message, _: Scope) -> None:
    """Gives a reply the headers of EVERYWHERE that it lacks."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in EVERYWHERE.items():
        headers.setdefault(name, value)


@cache
def environment() -> "Environment":
    """Templates under `app/web/templates`. Everything is escaped; a name that is missing is an error, not a gap."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(
    template: str,
    context: Mapping[str, Any],
    *,
    csp: str = DASHBOARD_CSP,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response[str]:
    """A page. `template` is a path below `templates`; `csp` its Content-Security-Policy, which also says who may
    frame it."""
    body = environment().get_template(template).render(context)
    all_headers = {**HEADERS, "Content-Security-Policy": csp, **(headers or {})}
    return Response(body, media_type=MediaType.HTML, status_code=status, headers=all_headers)

"""The guards of the staff's routes: signed in, allowed, and really meant by the person (no foreign page's doing)."""

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request
from litestar.handlers import BaseRouteHandler

from app.errors import Forbidden
from app.web.policy import Act
from app.web.staff_access import Connection, cookie_name, desk_of, enter_clinic, person_on, recognise

Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


async def bearer(connection: Connection, _: BaseRouteHandler) -> None:
    """Signed in with an API token. Cookies do not count here, so no foreign page can use this API."""
    scheme, _space, token = connection.headers.get("authorization", "").partition(" ")
    await recognise(connection, "api", token.strip() if scheme.lower() == "bearer" else None)


async def browser(connection: Connection, _: BaseRouteHandler) -> None:
    """Signed in with the dashboard's cookie; whatever changes something must come from a form of our own."""
    await recognise(connection, "browser", connection.cookies.get(cookie_name(desk_of(connection))))
    if connection.scope.get("method") not in SAFE:
        await _own_form(connection)


def may(act: Act) -> Guard:
    """Belongs to the clinic in the address, with a role that allows `act`. Comes after `bearer` or `browser`."""

    async def guard(connection: Connection, _: BaseRouteHandler) -> None:
        await enter_clinic(connection, act)

    guard.act = act  # type: ignore[attr-defined]
    return guard


async def same_origin(connection: Connection, _: BaseRouteHandler) -> None:
    """Refuses a request that a page of another site caused."""
    if connection.scope.get("method") in SAFE:
        return
    site, origin = connection.headers.get("sec-fetch-site"), connection.headers.get("origin")
    foreign = site is not None and site not in ("same-origin", "none")
    if foreign or (origin is not None and origin not in _own_origins(connection)):
        raise Forbidden("This request came from another website.", "Open the dashboard and try again there.")


def _own_origins(connection: Connection) -> set[str]:
    host = connection.headers.get("host", "")
    return {desk_of(connection).settings.url, f"{connection.scope['scheme']}://{host}"}


async def _own_form(connection: Connection) -> None:
    await same_origin(connection, None)  # type: ignore[arg-type]
    given = connection.headers.get("x-csrf-token")
    if given is None and isinstance(connection, Request):
        form = await _form(connection)
        given = form.get("csrf_token")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), person_on(connection).csrf_token.encode()):
        raise Forbidden("This page is out of date.", "Open it again and repeat what you did.", code="stale_form")


async def _form(request: Request[Any, Any, Any]) -> Any:
    """Parsed once; the handler gets the same form."""
    return await request.form()

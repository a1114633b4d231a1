"""The guards of the staff's routes: signed in, allowed, and really meant by the person (no foreign page's doing)."""

import hmac
from collections.abc import Awaitable, Callable

from litestar import Request
from litestar.datastructures import FormMultiDict, UploadFile
from litestar.handlers import BaseRouteHandler

from app.errors import Forbidden
from app.web.origins import foreign_origin
from app.web.policy import Act
from app.web.second_factor import settled
from app.web.staff_access import Connection, cookie_name, desk_of, enter_clinic, person_on, recognise

Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


async def bearer(connection: Connection, _: BaseRouteHandler) -> None:
    """Signed in with an API token. Cookies do not count here, so no foreign page can use this API."""
    scheme, _space, token = connection.headers.get("authorization", "").partition(" ")
    await recognise(connection, "api", token.strip() if scheme.lower() == "bearer" else None)
    settled(connection)


async def browser(connection: Connection, handler: BaseRouteHandler) -> None:
    """Signed in with the dashboard's cookie, second factor and all. A request that changes something must also pass
    `own_form`; `may` sees to that, after the role, so that nobody without the right makes us read a long body."""
    await own_account(connection, handler)
    settled(connection)


async def own_account(connection: Connection, handler: BaseRouteHandler) -> None:
    """Signed in, perhaps without the second factor that the role needs: good for a person's own account only."""
    await recognise(connection, "browser", connection.cookies.get(cookie_name(desk_of(connection))))
    await same_origin(connection, handler)
    connection.state["form_due"] = connection.scope.get("method") not in SAFE


async def half_signed_in(connection: Connection, handler: BaseRouteHandler) -> None:
    """The password was right and the code is still to come: good for giving it only."""
    await recognise(connection, "code", connection.cookies.get(cookie_name(desk_of(connection))))
    await same_origin(connection, handler)


def may(act: Act) -> Guard:
    """Belongs to the clinic in the address, with a role that allows `act`. Comes after `bearer` or `browser`."""

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        await enter_clinic(connection, act)
        if connection.state.get("form_due"):
            await own_form(connection, handler)

    return guard


async def own_form(connection: Connection, _: BaseRouteHandler) -> None:
    """The form carries the token of this very session, so one of our pages showed it to this very person."""
    form = await connection.form() if isinstance(connection, Request) else {}
    given = form.get("csrf_token")
    if isinstance(given, str) and hmac.compare_digest(given.encode(), person_on(connection).csrf_token.encode()):
        return
    for value in (value for _name, value in form.multi_items()) if isinstance(form, FormMultiDict) else ():
        if isinstance(value, UploadFile):
            await value.close()
    raise Forbidden("This page is out of date.", "Open it again and repeat what you did.", code="stale_form")


async def same_origin(connection: Connection, _: BaseRouteHandler) -> None:
    """Refuses a request that a page of another site caused."""
    if connection.scope.get("method") in SAFE:
        return
    sites = connection.headers.getall("sec-fetch-site", [])
    foreign = foreign_origin(connection, desk_of(connection)) is not None  # an empty one is foreign, too
    if foreign or any(site not in ("same-origin", "none") for site in sites):
        raise Forbidden("This request came from another website.", "Open the dashboard and try again there.")

"""The sign-in page, signing out, and which clinic to open."""

import re
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect
from pydantic import BaseModel, Field

from app.desk import Desk
from app.errors import NotSignedIn, TooMany
from app.store.queries.people import clinics_of
from app.usecases.sign_in import sign_in
from app.usecases.sign_in_throttle import SignInThrottle
from app.usecases.sign_out import sign_out
from app.web.address import address_of
from app.web.dashboard.shell import bare_page
from app.web.guards import browser, own_form, same_origin
from app.web.pool import Pool
from app.web.staff_access import cookie_name, person_on

OWN_PAGE = re.compile(r"/dashboard(/[A-Za-z0-9_-]+)*/?")


class SignInForm(BaseModel):
    """What the page sends; too long values fail like wrong ones."""

    email: Annotated[str, Field(max_length=1000)] = ""
    password: Annotated[str, Field(max_length=4000)] = ""
    next: Annotated[str, Field(max_length=1000)] = ""


@get("/sign-in")
async def sign_in_page(next_page: FromQuery[str] = "") -> Response[str]:
    """The form. `next_page` is where the person wanted to go."""
    return _page("", next_page)


@post("/sign-in", guards=[same_origin])
async def sign_in_form(
    request: Request[Any, Any, Any],
    data: URLEncodedBody[SignInForm],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
    throttle: NamedDependency[SignInThrottle],
) -> Response[Any]:
    """Right: a cookie with a secret made just now, and on to the page. Wrong: the form again, with the reason."""
    address = address_of(request, desk.settings.trusted_proxies)
    try:
        signed_in = await pool(sign_in, desk, throttle, data.email, data.password, "browser", address)
    except (NotSignedIn, TooMany) as refusal:
        return _page(data.email, data.next, refusal.message, refusal.status)
    answer = Redirect(_own(data.next), status_code=303)
    answer.set_cookie(_cookie(desk, signed_in.secret))
    return answer


@post("/sign-out", guards=[browser, own_form])
async def sign_out_form(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Redirect:
    """Ends the session here and in the database."""
    await pool(sign_out, desk, person_on(request).session_id)
    answer = Redirect("/dashboard/sign-in", status_code=303)
    gone = _cookie(desk, "")
    gone.max_age = 0
    answer.set_cookie(gone)
    return answer


@get("/", guards=[browser])
async def choose_clinic(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[Any]:
    """The only clinic at once; a choice where there are several; a word where there is none."""
    person = person_on(request)
    clinics = await pool(clinics_of, desk.database, person)
    if len(clinics) == 1:
        return Redirect(f"/dashboard/{clinics[0].site_key}/leads", status_code=303)
    return bare_page("clinics.html", {"clinics": clinics, "person": person, "csrf_token": person.csrf_token})


def _page(email: str, next_page: str, refusal: str = "", status: int = 200) -> Response[str]:
    context = {"email": email, "next": next_page if OWN_PAGE.fullmatch(next_page) else "", "refusal": refusal}
    return bare_page("sign_in.html", context, status=status)


def _own(next_page: str) -> str:
    """Only a page of the dashboard: an address of another site would make sign-in a door to it."""
    return next_page if OWN_PAGE.fullmatch(next_page) else "/dashboard"


def _cookie(desk: Desk, secret: str) -> Cookie:
    # Lax, not Strict: the link in a notice, opened from a mail site, must find the coordinator signed in.
    secure = desk.settings.url.startswith("https:")
    return Cookie(key=cookie_name(desk), value=secret, path="/", httponly=True, secure=secure, samesite="lax")

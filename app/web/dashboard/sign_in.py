"""Signing in, in one step or two, signing out, and which clinic to open."""

import re
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect
from pydantic import BaseModel, Field

from app.desk import Desk
from app.errors import NotSignedIn, TooMany
from app.store.queries.people import clinics_of
from app.usecases.passkey_ceremony import passkeys_work
from app.usecases.sessions import Client, SignedIn, session_id
from app.usecases.sign_in import Credentials, finish_sign_in, sign_in
from app.usecases.sign_out import sign_out
from app.web.address import client_address
from app.web.agent import agent_of
from app.web.dashboard.cookies import (
    device_cookie,
    device_cookie_name,
    device_of,
    new_device,
    no_cookie,
    session_cookie,
)
from app.web.dashboard.shell import bare_page
from app.web.guards import browser, half_signed_in, own_account, own_form, same_origin
from app.web.pool import Pool
from app.web.staff_access import cookie_name, person_on

AnyRequest = Request[Any, Any, Any]
OWN_PAGE = re.compile(r"/dashboard(/[A-Za-z0-9_-]+)*/?")


class SignInForm(BaseModel):
    """What the page sends; too long values fail like wrong ones. Who knows that a code is needed may send it along."""

    email: Annotated[str, Field(max_length=1000)] = ""
    password: Annotated[str, Field(max_length=4000)] = ""
    code: Annotated[str, Field(max_length=1000)] = ""
    next: Annotated[str, Field(max_length=1000)] = ""


class CodeForm(BaseModel):
    """The second step. `recovery` is set on the form that asks for a recovery code."""

    code: Annotated[str, Field(max_length=1000)] = ""
    recovery: Annotated[str, Field(max_length=10)] = ""
    next: Annotated[str, Field(max_length=1000)] = ""


@get("/sign-in")
async def sign_in_page(desk: NamedDependency[Desk], next_page: FromQuery[str] = "") -> Response[str]:
    """The form. `next_page` is where the person wanted to go."""
    return _page(desk, "", next_page)


@post("/sign-in", guards=[same_origin])
async def sign_in_form(
    request: AnyRequest, data: URLEncodedBody[SignInForm], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[Any]:
    """Right: a cookie with a secret made just now, and on to the page, or to the question for the code. Wrong: the
    form again, with the reason."""
    given = Credentials(data.email, data.password, data.code.strip() or None)
    client = client_of(request, desk)
    try:
        signed_in = await pool(sign_in, desk, given, client)
    except (NotSignedIn, TooMany) as refusal:
        return _page(desk, data.email, data.next, refusal.message, refusal.status)
    if signed_in.kind == "code":
        onward = f"?next_page={data.next}" if OWN_PAGE.fullmatch(data.next) else ""
        return go_on(desk, signed_in, f"/dashboard/sign-in/code{onward}")
    return go_on(desk, signed_in, own_page(data.next), client)


@get("/sign-in/code", guards=[half_signed_in])
async def code_page(request: AnyRequest, next_page: FromQuery[str] = "") -> Response[str]:
    """Asks for the code of the app."""
    return _code_page(request, CodeForm(next=next_page))


@post("/sign-in/code", guards=[half_signed_in, own_form])
async def code_form(
    request: AnyRequest, data: URLEncodedBody[CodeForm], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[Any]:
    """Right: a new secret once more, and on. With a recovery code, to the account: it tells how many are left."""
    client = client_of(request, desk)
    try:
        signed_in = await pool(finish_sign_in, desk, person_on(request), data.code, client)
    except (NotSignedIn, TooMany) as refusal:
        if refusal.code == "not_signed_in":
            raise
        return _code_page(request, data, refusal)
    return go_on(desk, signed_in, "/dashboard/account" if data.recovery else own_page(data.next), client)


@post("/sign-out", guards=[own_account, own_form])
async def sign_out_form(request: AnyRequest, desk: NamedDependency[Desk], pool: NamedDependency[Pool]) -> Redirect:
    """Ends the session here and in the database."""
    await pool(sign_out, desk, person_on(request).session_id)
    return signed_out(desk)


@get("/", guards=[browser])
async def choose_clinic(request: AnyRequest, desk: NamedDependency[Desk], pool: NamedDependency[Pool]) -> Response[Any]:
    """The only clinic at once; a choice where there are several; a word where there is none."""
    person = person_on(request)
    clinics = await pool(clinics_of, desk.database, person)
    if len(clinics) == 1:
        return Redirect(f"/dashboard/{clinics[0].site_key}/leads", status_code=303)
    return bare_page("clinics.html", {"clinics": clinics, "person": person, "csrf_token": person.csrf_token})


def client_of(request: AnyRequest, desk: Desk) -> Client:
    """The browser that asks; a session that it brings ends when another begins."""
    brought = request.cookies.get(cookie_name(desk))
    address = client_address(request, desk)
    replaces = session_id(brought) if brought else None
    device = device_of(desk, request.cookies.get(device_cookie_name(desk), "")) or new_device()
    return Client("browser", address, agent_of(request), replaces, device)


def go_on(desk: Desk, signed_in: SignedIn, to: str, client: Client | None = None) -> Redirect:
    """On to a page, with the cookie of a session that began just now; after a whole sign-in as `client`, also with
    the one by which the browser is known again."""
    answer = Redirect(to, status_code=303)
    answer.set_cookie(session_cookie(desk, signed_in.secret))
    if client is not None and signed_in.kind == "browser":
        answer.set_cookie(device_cookie(desk, client.device))
    return answer


def signed_out(desk: Desk) -> Redirect:
    """To the sign-in page, without a cookie."""
    answer = Redirect("/dashboard/sign-in", status_code=303)
    answer.set_cookie(no_cookie(desk))
    return answer


def sign_in_again(desk: Desk, next_page: str, refusal: NotSignedIn | TooMany) -> Response[str]:
    """The form, with the reason why another way in did not open."""
    told = f"{refusal.message} {refusal.remedy or ''}".rstrip()
    return _page(desk, "", next_page, told, refusal.status)


def _page(desk: Desk, email: str, next_page: str, refusal: str = "", status: int = 200) -> Response[str]:
    context = {
        "email": email,
        "next": next_page if OWN_PAGE.fullmatch(next_page) else "",
        "refusal": refusal,
        "passkeys": passkeys_work(desk),
    }
    return bare_page("sign_in.html", context, status=status)


def _code_page(request: AnyRequest, data: CodeForm, refusal: NotSignedIn | TooMany | None = None) -> Response[str]:
    person = person_on(request)
    context = {
        "email": person.email,
        "csrf_token": person.csrf_token,
        "next": data.next if OWN_PAGE.fullmatch(data.next) else "",
        "recovery": bool(data.recovery),
        "refusal": refusal,
    }
    return bare_page("sign_in_code.html", context, status=refusal.status if refusal else 200)


def own_page(next_page: str) -> str:
    """Only a page of the dashboard: an address of another site would make sign-in a door to it."""
    return next_page if OWN_PAGE.fullmatch(next_page) else "/dashboard"

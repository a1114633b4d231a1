"""Passkeys: signing in with one, and a person's own list of them."""

import secrets
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect
from pydantic import BaseModel, Field

from app.desk import Desk
from app.errors import Invalid, NotFound, NotSignedIn, SecondFactorNeeded, TooMany
from app.usecases.keep_passkeys import add_passkey, begin_passkey, remove_passkey, rename_passkey
from app.usecases.passkey_ceremony import Answer, Ceremony, for_signing_in, passkeys_work
from app.usecases.sign_in_with_passkey import sign_in_with_passkey
from app.web.agent import agent_of
from app.web.dashboard.account import ACCOUNT, FORM, PasswordForm, account_again
from app.web.dashboard.shell import bare_page
from app.web.dashboard.sign_in import client_of, go_on, own_page, sign_in_again
from app.web.guards import own_account, same_origin
from app.web.pool import Pool
from app.web.staff_access import cookie_name, desk_of, person_on

AnyRequest = Request[Any, Any, Any]
LONGEST = 16 * 1024


class AnswerForm(BaseModel):
    """What the browser made of the options, as JSON, and which options they were."""

    token: Annotated[str, Field(max_length=300)] = ""
    credential: Annotated[str, Field(max_length=LONGEST)] = ""
    next: Annotated[str, Field(max_length=1000)] = ""
    name: Annotated[str, Field(max_length=1000)] = ""


class NameForm(BaseModel):
    """Which passkey, and its new name."""

    passkey: Annotated[str, Field(max_length=100)] = ""
    name: Annotated[str, Field(max_length=1000)] = ""


class RemoveForm(PasswordForm):
    """Which passkey."""

    passkey: Annotated[str, Field(max_length=100)] = ""


@get("/sign-in/passkey")
async def passkey_options(
    request: AnyRequest, desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[Any]:
    """What the browser needs to show a passkey, for this browser alone: a cookie ties it to it. Raises NotFound where
    passkeys do not work."""
    if not passkeys_work(desk):
        raise NotFound("There are no passkeys at this address.")
    binding = _binding(request, desk) or secrets.token_urlsafe(32)
    made = await pool(for_signing_in, desk, binding)
    answer = Response({"options": made.options, "token": made.token}, headers={"Cache-Control": "no-store"})
    secure = desk.settings.url.startswith("https:")
    answer.set_cookie(
        Cookie(key=_cookie(desk), value=binding, path="/", httponly=True, secure=secure, samesite="strict")
    )
    return answer


@post("/sign-in/passkey", guards=[same_origin])
async def passkey_form(
    request: AnyRequest, data: URLEncodedBody[AnswerForm], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[Any]:
    """Right: a session that is whole. Wrong: the sign-in page, with the reason."""
    answer = Answer(data.token, _binding(request, desk), data.credential)
    client = client_of(request, desk)
    try:
        signed_in = await pool(sign_in_with_passkey, desk, answer, client)
    except (NotSignedIn, TooMany) as refusal:
        return sign_in_again(desk, data.next, refusal)
    return go_on(desk, signed_in, own_page(data.next), client)


@get("/account/passkeys/new", guards=[own_account])
async def new_page(request: AnyRequest) -> Response[str]:
    """Asks for the password first."""
    return _new(request)


@post("/account/passkeys/begin", guards=FORM)
async def begin_form(
    request: AnyRequest, data: URLEncodedBody[PasswordForm], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[Any]:
    """The page on which the browser makes it."""
    try:
        made = await pool(begin_passkey, desk, person_on(request), data.password)
    except (Invalid, TooMany, SecondFactorNeeded) as refusal:
        return _new(request, refusal)
    return _new(request, None, made)


@post("/account/passkeys", guards=FORM)
async def add_form(
    request: AnyRequest, data: URLEncodedBody[AnswerForm], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[Any]:
    """It counts from now on."""
    person = person_on(request)
    answer = Answer(data.token, person.session_id, data.credential)
    try:
        signed_in = await pool(add_passkey, desk, person, answer, data.name, client_of(request, desk))
    except Invalid as refusal:
        return _new(request, refusal)
    return go_on(desk, signed_in, f"{ACCOUNT}?done=passkey")


@post("/account/passkeys/rename", guards=FORM)
async def rename_form(
    request: AnyRequest, data: URLEncodedBody[NameForm], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[Any]:
    """Only one's own."""
    try:
        await pool(rename_passkey, desk, person_on(request), data.passkey, data.name)
    except Invalid as refusal:
        return await account_again(request, refusal, f"name-{data.passkey}")
    return Redirect(f"{ACCOUNT}?done=renamed", status_code=303)


@post("/account/passkeys/remove", guards=FORM)
async def remove_form(
    request: AnyRequest, data: URLEncodedBody[RemoveForm], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[Any]:
    """Only one's own, and with the password."""
    person, client = person_on(request), client_of(request, desk)
    try:
        signed_in = await pool(remove_passkey, desk, person, data.passkey, data.password, client)
    except (Invalid, TooMany) as refusal:
        return await account_again(request, refusal, f"remove-{data.passkey}")
    return go_on(desk, signed_in, f"{ACCOUNT}?done=removed")


PAGES = [passkey_options, passkey_form, new_page, begin_form, add_form, rename_form, remove_form]


def _cookie(desk: Desk) -> str:
    return f"{cookie_name(desk)}-passkey"


def _binding(request: AnyRequest, desk: Desk) -> str:
    return request.cookies.get(_cookie(desk), "")[:200]


def _new(
    request: AnyRequest, refusal: Invalid | TooMany | SecondFactorNeeded | None = None, made: Ceremony | None = None
) -> Response[str]:
    person = person_on(request)
    context = {
        "person": person,
        "csrf_token": person.csrf_token,
        "refusal": refusal,
        "made": made,
        "name": agent_of(request) or "My device",
        "possible": passkeys_work(desk_of(request)),
    }
    return bare_page("passkey.html", context, status=refusal.status if refusal else 200)

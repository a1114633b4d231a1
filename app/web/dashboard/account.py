"""A person's own account: password, second factor, and where they are signed in. The way in for somebody who must set
up a second factor first."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect
from pydantic import BaseModel, Field

from app.desk import Desk
from app.errors import Invalid, TooMany
from app.store.queries.people import Person, clinics_of, recovery_codes_left, sessions_of
from app.usecases.change_password import change_password
from app.usecases.keep_passkeys import passkeys_of
from app.usecases.passkey_ceremony import passkeys_work
from app.usecases.sessions import idle_limit
from app.usecases.set_up_second_factor import (
    asks_password,
    begin_set_up,
    confirm_set_up,
    renew_recovery_codes,
    setting_up,
    turn_off,
)
from app.usecases.sign_out import end_session, sign_out_everywhere
from app.web.dashboard import words
from app.web.dashboard.cookies import session_cookie
from app.web.dashboard.qr import qr_svg
from app.web.dashboard.shell import bare_page
from app.web.dashboard.sign_in import client_of, go_on, signed_out
from app.web.guards import own_account, own_form
from app.web.pool import Pool
from app.web.staff_access import desk_of, person_on, pool_of

AnyRequest = Request[Any, Any, Any]
ACCOUNT = "/dashboard/account"
SECOND_FACTOR = f"{ACCOUNT}/second-factor"
FORM = [own_account, own_form]
DONE = {
    "set_up": "Your account is ready. Next time you sign in with your e-mail and this password.",
    "password": "Your password is changed. You are signed out everywhere else.",
    "off": "Your second factor is off. You are signed out everywhere else.",
    "session": "That one is signed out.",
    "passkey": "Your passkey is ready. You are signed out everywhere else.",
    "renamed": "The passkey has its new name.",
    "removed": "The passkey opens nothing any more. You are signed out everywhere else.",
}


class PasswordForm(BaseModel):
    """The current password, before something weighty. Too long ones fail like wrong ones."""

    password: Annotated[str, Field(max_length=4000)] = ""


class NewPasswordForm(PasswordForm):
    """And the new one, twice."""

    new: Annotated[str, Field(max_length=4000)] = ""
    again: Annotated[str, Field(max_length=4000)] = ""


class CodeForm(BaseModel):
    """What the app shows."""

    code: Annotated[str, Field(max_length=1000)] = ""


class SessionForm(BaseModel):
    """Which session to end."""

    session: Annotated[str, Field(max_length=200)] = ""


@get("/account", guards=[own_account])
async def account_page(request: AnyRequest, done: FromQuery[str] = "") -> Response[str]:
    """Everything about the account. `done` names what was done just now."""
    return await account_again(request, done=done)


@get("/account/password", guards=[own_account])
async def password_page(request: AnyRequest) -> Response[str]:
    """The form to choose another password."""
    return await _page(request, "password.html", {"refusal": None})


@post("/account/password", guards=FORM)
async def password_form(
    request: AnyRequest, data: URLEncodedBody[NewPasswordForm], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[Any]:
    """Changes it; other sessions end. Wrong: the form again, with the reason."""
    person, client = person_on(request), client_of(request, desk)
    try:
        if data.new != data.again:
            raise Invalid("The two new passwords are not the same.", "Type the new one twice.", code="not_the_same")
        signed_in = await pool(change_password, desk, person, data.password, data.new, client)
    except (Invalid, TooMany) as refusal:
        return await _page(request, "password.html", {"refusal": refusal}, refusal.status)
    return go_on(desk, signed_in, f"{ACCOUNT}?done=password")


@get("/account/second-factor", guards=[own_account])
async def second_factor_page(request: AnyRequest) -> Response[str]:
    """How to begin; once begun, the secret and the question for the first code."""
    return await _second_factor(request)


@post("/account/second-factor/begin", guards=FORM)
async def begin_form(
    request: AnyRequest, data: URLEncodedBody[PasswordForm], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[Any]:
    """Draws a secret for this session to set up."""
    try:
        await pool(begin_set_up, desk, person_on(request), data.password)
    except (Invalid, TooMany) as refusal:
        return await _second_factor(request, refusal)
    return Redirect(SECOND_FACTOR, status_code=303)


@post("/account/second-factor", guards=FORM)
async def confirm_form(
    request: AnyRequest, data: URLEncodedBody[CodeForm], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[Any]:
    """The app works: the recovery codes, this once, and the session under a new secret."""
    person, client = person_on(request), client_of(request, desk)
    try:
        done = await pool(confirm_set_up, desk, person, data.code, client)
    except (Invalid, TooMany) as refusal:
        return await _second_factor(request, refusal)
    answer = _recovery_codes(person, done.signed_in.csrf_token, done.recovery_codes)
    answer.set_cookie(session_cookie(desk, done.signed_in.secret))
    return answer


@post("/account/second-factor/off", guards=FORM)
async def off_form(
    request: AnyRequest, data: URLEncodedBody[PasswordForm], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[Any]:
    """Only for roles that need none."""
    try:
        signed_in = await pool(turn_off, desk, person_on(request), data.password, client_of(request, desk))
    except (Invalid, TooMany) as refusal:
        return await account_again(request, refusal, "off")
    return go_on(desk, signed_in, f"{ACCOUNT}?done=off")


@post("/account/recovery-codes", guards=FORM)
async def recovery_codes_form(
    request: AnyRequest, data: URLEncodedBody[PasswordForm], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[Any]:
    """Ten new ones, shown this once."""
    person = person_on(request)
    try:
        codes = await pool(renew_recovery_codes, desk, person, data.password)
    except (Invalid, TooMany) as refusal:
        return await account_again(request, refusal, "codes")
    return _recovery_codes(person, person.csrf_token, codes)


@post("/account/sessions/end", guards=FORM)
async def end_session_form(
    request: AnyRequest, data: URLEncodedBody[SessionForm], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Redirect:
    """Signs another browser or script of the person out; this one too, if they chose it."""
    person = person_on(request)
    await pool(end_session, desk, person, data.session)
    return (
        signed_out(desk) if data.session == person.session_id else Redirect(f"{ACCOUNT}?done=session", status_code=303)
    )


@post("/account/sessions/end-all", guards=FORM)
async def end_all_form(request: AnyRequest, desk: NamedDependency[Desk], pool: NamedDependency[Pool]) -> Redirect:
    """Signs the person out everywhere, here too."""
    await pool(sign_out_everywhere, desk, person_on(request))
    return signed_out(desk)


PAGES = [
    account_page,
    password_page,
    password_form,
    second_factor_page,
    begin_form,
    confirm_form,
    off_form,
    recovery_codes_form,
    end_session_form,
    end_all_form,
]


async def account_again(
    request: AnyRequest, refusal: Invalid | TooMany | None = None, where: str = "", done: str = ""
) -> Response[str]:
    """The account's page; with a refusal, the form that it is about stands open."""
    found = await pool_of(request)(_facts, desk_of(request), person_on(request))
    context = {**found, "refusal": refusal, "where": where, "done": DONE.get(done)}
    return await _page(request, "account.html", context, refusal.status if refusal else 200)


def _facts(desk: Desk, person: Person) -> dict[str, Any]:
    clinics, now = clinics_of(desk.database, person), desk.clock()
    where = words.zone(clinics[0].timezone if clinics else "UTC")
    return {
        "clinics": clinics,
        "sessions": sessions_of(desk.database, person, now, idle_limit(desk)),
        "passkeys": passkeys_of(desk, person),
        "passkeys_work": passkeys_work(desk),
        "codes_left": recovery_codes_left(desk.database, person),
        "when": lambda at: words.moment(at, where, now),
    }


async def _second_factor(request: AnyRequest, refusal: Invalid | TooMany | None = None) -> Response[str]:
    desk, person = desk_of(request), person_on(request)
    begun = await pool_of(request)(setting_up, desk, person)
    context = {
        "refusal": refusal,
        "asks_password": asks_password(desk, person),
        "secret": " ".join(begun.secret[at : at + 4] for at in range(0, len(begun.secret), 4)) if begun else None,
        "uri": begun.uri if begun else None,
        "qr": qr_svg(begun.uri) if begun else None,
    }
    return await _page(request, "second_factor.html", context, refusal.status if refusal else 200)


def _recovery_codes(person: Person, csrf_token: str, codes: list[str]) -> Response[str]:
    context = {"person": person, "csrf_token": csrf_token, "codes": codes}
    return bare_page("recovery_codes.html", context)


async def _page(request: AnyRequest, template: str, context: dict[str, Any], status: int = 200) -> Response[str]:
    person = person_on(request)
    return bare_page(template, {"person": person, "csrf_token": person.csrf_token, **context}, status=status)

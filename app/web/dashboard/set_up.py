"""The page behind an invited person's link: they choose a password, and go on to their second factor."""

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from pydantic import BaseModel, Field

from app.desk import Desk
from app.errors import Invalid, NotSignedIn, TooMany
from app.usecases.set_up_account import Opening, open_invitation, set_up_account
from app.web.dashboard.account import ACCOUNT, SECOND_FACTOR
from app.web.dashboard.shell import bare_page
from app.web.dashboard.sign_in import client_of, go_on
from app.web.guards import same_origin
from app.web.pool import Pool

AnyRequest = Request[Any, Any, Any]


class SetUpForm(BaseModel):
    """`token` alone opens the second page; with a password, twice, the account is set up."""

    token: Annotated[str, Field(max_length=1000)] = ""
    new: Annotated[str, Field(max_length=4000)] | None = None
    again: Annotated[str, Field(max_length=4000)] = ""


@get("/set-up")
async def set_up_page() -> Response[str]:
    """Takes the link's secret from behind the `#`, by script, or typed in; it says nothing about any account."""
    return bare_page("set_up_link.html", {"refusal": None})


@post("/set-up", guards=[same_origin])
async def set_up_form(
    request: AnyRequest, data: URLEncodedBody[SetUpForm], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[Any]:
    """The secret travels in the body only: addresses stand in logs."""
    token, client = data.token.strip(), client_of(request, desk)
    try:
        opening = await pool(open_invitation, desk, token, client.address)
        if data.new is None:
            return _page(opening, token)
        if data.new != data.again:
            refusal = Invalid("The two passwords are not the same.", "Type it twice.", code="not_the_same")
            return _page(opening, token, refusal)
        signed_in = await pool(set_up_account, desk, token, data.new, client)
    except Invalid as refusal:
        return _page(opening, token, refusal)
    except (NotSignedIn, TooMany) as refusal:
        return bare_page("set_up_link.html", {"refusal": refusal}, status=refusal.status)
    return go_on(desk, signed_in, SECOND_FACTOR if opening.needs_second_factor else f"{ACCOUNT}?done=set_up")


def _page(opening: Opening, token: str, refusal: Invalid | None = None) -> Response[str]:
    context = {"opening": opening, "token": token, "refusal": refusal}
    return bare_page("set_up.html", context, status=refusal.status if refusal else 200)

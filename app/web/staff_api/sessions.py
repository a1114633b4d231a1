"""Signing in and out of the API."""

from typing import Annotated, Any

from litestar import Request, delete, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from pydantic import BaseModel, ConfigDict, Field

from app.desk import Desk
from app.usecases.sessions import Client
from app.usecases.sign_in import Credentials, sign_in
from app.usecases.sign_out import sign_out
from app.web.address import client_address
from app.web.agent import agent_of
from app.web.guards import bearer
from app.web.pool import Pool
from app.web.staff_access import person_on


class SignInIn(BaseModel):
    """`code` is for people with a second factor: of the app, or a recovery code."""

    model_config = ConfigDict(extra="forbid")

    email: Annotated[str, Field(min_length=1, max_length=320)]
    password: Annotated[str, Field(min_length=1, max_length=1000)]
    code: Annotated[str, Field(max_length=40)] | None = None


class SignedInOut(BaseModel):
    """`expires_at` is ISO 8601 with zone."""

    token: str
    expires_at: str


@post("/sessions", security=[{}])
async def start_session(
    data: JSONBody[SignInIn],
    request: Request[Any, Any, Any],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> SignedInOut:
    """A token for an hour. 401 `code_required` when the password was right and a code is needed too; 403
    `second_factor_needed` for a manager or owner who has not set one up."""
    client = Client("api", client_address(request, desk), agent_of(request))
    signed_in = await pool(sign_in, desk, Credentials(data.email, data.password, data.code), client)
    return SignedInOut(token=signed_in.secret, expires_at=signed_in.expires_at.isoformat())


@delete("/sessions", guards=[bearer])
async def end_session(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> None:
    """The token that the request carries works no more."""
    await pool(sign_out, desk, person_on(request).session_id)

"""The door of the visitor's API. What stands here runs before a body is read: allowed website, own token, limits."""

import hashlib
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
from litestar.handlers import BaseRouteHandler
from litestar.types import Message, Scope

from app.desk import Desk
from app.errors import TooMany
from app.store.queries.clinics import ClinicFacts, clinic_of_site, known_websites
from app.store.queries.transcripts import clinic_of_conversation
from app.usecases.visitor_token import GRACE, check_token
from app.usecases.website_origin import canonical
from app.web.address import client_address, network_of
from app.web.chat_words import too_many
from app.web.last_known import LastKnown
from app.web.origins import foreign_origin, may_use, refused
from app.web.rate import Asked, RateLimiter
from app.web.staff_access import desk_of, pool_of

Connection = ASGIConnection[Any, Any, Any, Any]
RENEWS, TURN = "renews", "turn"
"""Marks in a handler's `opt`: takes a token that ended a moment ago; counts as a turn."""
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
}
"""What a browser asks before a page of another website may call; the framework answers the request itself."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Whose chat a request is about, and the language to speak. `origin` is the clinic's website that a page of it
    asked from, None for our own page or a server."""

    clinic: ClinicFacts
    language: str
    origin: str | None


async def known_website(connection: Connection, _: BaseRouteHandler) -> None:
    """Guard: refuses a page of a website that is no clinic's here. Which clinic is meant may stand in the body, which
    is not read for strangers; `enter_site` and `own_conversation` look at the clinic. The latter asks this, too, in one
    step with the rest."""
    alone = "conversation_id" not in connection.path_params or connection.scope.get("method") == "OPTIONS"
    origin = foreign_origin(connection, desk_of(connection)) if alone else None
    if origin is not None:
        await pool_of(connection)(_check_website, connection, origin)


def _check_website(connection: Connection, origin: str | None) -> None:
    if origin is None:
        return
    look = partial(known_websites, desk_of(connection).database)
    site_key, talk = (connection.path_params.get(name) for name in ("site_key", "conversation_id"))
    websites = last_known_of(connection).or_phone(look, site_key, talk)
    if origin not in {canonical(one) for one in websites}:
        raise refused(origin)
    connection.state["origin"] = connection.headers["origin"]


async def own_conversation(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard: the request carries the token of the conversation in its address, comes from a website of its clinic, and
    is within the limits. Leaves the Visit on the connection."""
    if connection.scope.get("method") == "OPTIONS":
        return  # a browser that asks whether it may send the token
    desk, limiter = desk_of(connection), limiter_of(connection)
    conversation_id = str(connection.path_params["conversation_id"])
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    token = token.strip() if scheme.lower() == "bearer" else ""
    grace = {"grace": GRACE} if handler.opt.get(RENEWS) else {}
    asked = Asked(
        address=caller_network(connection, desk),
        visitor=hashlib.sha256(token.encode()).hexdigest(),
        conversation_id=conversation_id,
        turn=bool(handler.opt.get(TURN)),
        reads=connection.scope.get("method") != "POST",
    )

    known, origin = last_known_of(connection), foreign_origin(connection, desk)

    def enter() -> Visit:
        _check_website(connection, origin)
        check_token(desk, token, conversation_id, **grace)
        look = partial(clinic_of_conversation, desk.database, conversation_id)
        clinic, language = known.or_phone(look, None, conversation_id)
        known.remember(clinic, conversation_id)
        return _count(limiter, _visit(connection, clinic, language, origin), asked)

    connection.state["visit"] = await pool_of(connection)(enter)


async def enter_site(
    connection: Connection, site_key: str, *, language: str | None = None, opens: bool = False, page: bool = False
) -> Visit:
    """The visit of somebody who has no conversation yet; `page`: a page that is shown, which any website may link to.
    Raises NotFound, Forbidden and TooMany."""
    desk, limiter = desk_of(connection), limiter_of(connection)
    asked = Asked(address=caller_network(connection, desk), opens=opens)

    known = last_known_of(connection)

    def enter() -> Visit:
        clinic = known.or_phone(partial(clinic_of_site, desk.database, site_key), site_key)
        known.remember(clinic)
        spoken = _language(connection, clinic, language)
        visit = Visit(clinic, spoken, None)
        if not page:
            visit = _visit(connection, clinic, spoken, foreign_origin(connection, desk))
        return _count(limiter, visit, asked)

    return await pool_of(connection)(enter)


def visit_on(connection: Connection) -> Visit:
    """What `own_conversation` left."""
    visit: Visit = connection.state["visit"]
    return visit


def last_known_of(connection: Connection) -> LastKnown:
    """The clinics as they were last read."""
    known: LastKnown = connection.app.state["last_known"]
    return known


def limiter_of(connection: Connection) -> RateLimiter:
    """The limiter that the app's lifespan opened."""
    limiter: RateLimiter = connection.app.state["limiter"]
    return limiter


async def add_cors(message: Message, scope: Scope) -> None:
    """Lets a page of a clinic's website read the reply, and no other page."""
    origin = scope.get("state", {}).get("origin")
    if message["type"] == "http.response.start" and origin:
        headers = MutableScopeHeaders.from_message(message)
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = "Retry-After"
        headers.add("Vary", "Origin")
        if scope.get("method") == "OPTIONS":
            for name, value in PREFLIGHT.items():
                headers[name] = value


def _visit(connection: Connection, clinic: ClinicFacts, language: str, origin: str | None) -> Visit:
    if origin is not None and not may_use(clinic, origin):
        connection.state.pop("origin", None)  # another clinic's website learns nothing, not even this refusal
        raise refused(origin)
    return Visit(clinic, language, origin)


def _count(limiter: RateLimiter, visit: Visit, asked: Asked) -> Visit:
    try:
        limiter.check(replace(asked, clinic_id=visit.clinic.id))
    except TooMany as error:
        raise too_many(error, visit.clinic, visit.language) from None
    return visit


def caller_network(connection: Connection, desk: Desk) -> str:
    """What limits count by, and what an id that could be guessed is tied to."""
    return network_of(client_address(connection, desk))


def _language(connection: Connection, clinic: ClinicFacts, wanted: str | None) -> str:
    """The one asked for, else the first that the browser names, of those that the clinic speaks."""
    said = connection.headers.get("accept-language", "")[:200].split(",")
    wishes = [wanted or "", *(part.partition(";")[0].strip().partition("-")[0].lower() for part in said)]
    return next((wish for wish in wishes if wish in clinic.languages), clinic.languages[0])

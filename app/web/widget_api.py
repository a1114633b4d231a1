"""The visitor's API: what the chat page and a clinic's own server call."""

from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal, TypeVar

from litestar import Request, Response, Router, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.response import Stream
from pydantic import BaseModel, ConfigDict, Field

from app.desk import Desk
from app.dialogue.phrasing import ClinicWords, consent, disclosure
from app.errors import Unavailable
from app.store.audit import Actor
from app.store.queries.clinics import ClinicFacts
from app.store.queries.transcripts import transcript
from app.usecases.end_conversation import end_conversation
from app.usecases.leave_feedback import leave_feedback
from app.usecases.open_conversation import open_conversation
from app.usecases.receive_message import Words, receive_message
from app.usecases.renew_token import renew_token
from app.usecases.resume_link import make_resume_link, resume_conversation
from app.usecases.submit_contact import submit_contact
from app.web.client_id import ClientId
from app.web.last_known import with_phone
from app.web.metrics import timed_turn
from app.web.pool import Pool
from app.web.staff_access import desk_of, pool_of
from app.web.stream import events
from app.web.visitors import (
    RENEWS,
    TURN,
    caller_network,
    enter_site,
    known_website,
    last_known_of,
    own_conversation,
    visit_on,
)

VisitorRequest = Request[Any, Any, Any]
T = TypeVar("T")


class Strict(BaseModel):
    """A body that refuses unknown fields: nothing a visitor adds can change a rule."""

    model_config = ConfigDict(extra="forbid")


class OpenIn(Strict):
    """`consent` is the version of the consent text that the visitor saw and accepted."""

    site_key: Annotated[str, Field(max_length=200)]
    client_id: ClientId
    consent: Annotated[str, Field(max_length=100)]
    language: Annotated[str, Field(max_length=10)] | None = None


class MessageIn(Strict):
    """The use case bounds the text's length, so that the error can say by how much it is too long."""

    client_id: ClientId
    text: str


class ContactIn(Strict):
    """A whole request at once, as a form sends it."""

    client_id: ClientId
    action: Annotated[str, Field(max_length=100)]
    slots: dict[Annotated[str, Field(max_length=100)], Annotated[str, Field(max_length=4000)]]


class FeedbackIn(Strict):
    """Whether one reply helped."""

    client_id: ClientId
    message_id: Annotated[str, Field(max_length=100)]
    helpful: bool


class LinkIn(Strict):
    """Nothing but its id: a link to go on elsewhere, a new token."""

    client_id: ClientId


class LinkOut(BaseModel):
    """The address, which is for the patient alone, and until when it opens."""

    url: str
    expires_at: datetime


class TokenOut(BaseModel):
    """The new token, and until when it opens the conversation."""

    token: str
    expires_at: datetime


class ResumeIn(Strict):
    """`token` is what stands behind `#resume=` in the link; `consent` as when a conversation is opened."""

    site_key: Annotated[str, Field(max_length=200)]
    client_id: ClientId
    consent: Annotated[str, Field(max_length=100)]
    token: Annotated[str, Field(max_length=200)]


class FeedbackOut(BaseModel):
    """What was noted."""

    message_id: str
    feedback: Literal["helpful", "not_helpful"]


@get("/clinics/{site_key:str}", operation_id="aboutClinic", security=[{}])
async def about(site_key: FromPath[str], request: VisitorRequest, desk: NamedDependency[Desk]) -> dict[str, Any]:
    """What a visitor sees before the first word: name, phone, disclosure and consent."""
    clinic = (await enter_site(request, site_key)).clinic
    wording, words = desk.wording(clinic.languages[0]), ClinicWords(clinic.name, clinic.phone)
    version, text = consent(wording, words)
    return {
        "name": clinic.name,
        "phone": clinic.phone,
        "languages": list(clinic.languages),
        "disclosure": disclosure(wording, words),
        "consent": {"version": version, "text": text},
    }


@post("/conversations", operation_id="openConversation", security=[{}])
async def open_(
    data: JSONBody[OpenIn],
    request: VisitorRequest,
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> dict[str, Any]:
    """A new conversation and its token."""
    clinic = (await enter_site(request, data.site_key, language=data.language, opens=True)).clinic
    network = caller_network(request, desk)
    opened = await pool(
        _or_phone, clinic, lambda: open_conversation(desk, clinic, data.client_id, data.consent, data.language, network)
    )
    last_known_of(request).remember(clinic, opened.conversation_id)
    return asdict(opened)


@post("/{conversation_id:str}/messages", status_code=200, operation_id="sendMessage", opt={TURN: True})
async def send(
    conversation_id: FromPath[str],
    data: JSONBody[MessageIn],
    request: VisitorRequest,
) -> Response[dict[str, Any]] | Stream:
    """The reply to one message: streamed, or the `done` object at once for `Accept: application/json`."""
    desk, pool = desk_of(request), pool_of(request)  # as dependencies they cost a task each
    clinic = visit_on(request).clinic
    words = Words(conversation_id, data.client_id, data.text)

    def turn(emit: Callable[[str, dict[str, Any]], None]) -> dict[str, Any]:
        with timed_turn():
            return _or_phone(clinic, lambda: receive_message(desk, clinic, words, emit))

    if "application/json" in request.headers.get("accept", ""):
        return Response(await pool(turn, lambda _kind, _data: None))
    told = events(pool, turn)
    first = await anext(told)  # a refusal has its HTTP status, not a 200 with an error in it
    return Stream(_again(first, told), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


@post("/{conversation_id:str}/contact", operation_id="sendContact")
async def contact(
    conversation_id: FromPath[str],
    data: JSONBody[ContactIn],
    request: VisitorRequest,
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> dict[str, Any]:
    """A request without talk: every field at once."""
    clinic = visit_on(request).clinic
    submit = partial(submit_contact, desk, clinic, conversation_id, data.client_id, data.action, data.slots)
    return await pool(_or_phone, clinic, submit)


@post("/{conversation_id:str}/resume-link", operation_id="makeResumeLink")
async def resume_link(
    conversation_id: FromPath[str],
    data: JSONBody[LinkIn],
    request: VisitorRequest,
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> LinkOut:
    """A link with which the visitor goes on with this conversation on another device."""
    clinic = visit_on(request).clinic
    actor = Actor("patient", conversation_id)
    make = partial(make_resume_link, desk, clinic, conversation_id, data.client_id, actor)
    link = await pool(_or_phone, clinic, make)
    return LinkOut(url=link.url, expires_at=link.expires_at)


@post("/{conversation_id:str}/token", operation_id="renewToken", opt={RENEWS: True})
async def renew(
    conversation_id: FromPath[str],
    data: JSONBody[LinkIn],
    request: VisitorRequest,
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> TokenOut:
    """A new token for a conversation that goes on. Takes one that ended up to an hour ago too."""
    clinic = visit_on(request).clinic
    renewed = await pool(_or_phone, clinic, partial(renew_token, desk, clinic, conversation_id, data.client_id))
    return TokenOut(token=renewed.token, expires_at=renewed.expires_at)


@post("/conversations/resume", operation_id="resumeConversation", security=[{}])
async def resume(
    data: JSONBody[ResumeIn],
    request: VisitorRequest,
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> dict[str, Any]:
    """The conversation of a link and a token for it. Asking again with the same link gives the same conversation."""
    clinic = (await enter_site(request, data.site_key, opens=True)).clinic
    resume = partial(resume_conversation, desk, clinic, data.token, data.consent, data.client_id)
    resumed = await pool(_or_phone, clinic, resume)
    last_known_of(request).remember(clinic, resumed.conversation_id)
    return asdict(resumed)


@get("/{conversation_id:str}", operation_id="readConversation")
async def read(
    conversation_id: FromPath[str], request: VisitorRequest, desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> dict[str, Any]:
    """The visitor's own transcript."""
    clinic = visit_on(request).clinic
    return await pool(_or_phone, clinic, partial(transcript, desk.database, clinic.id, conversation_id))


@post("/{conversation_id:str}/feedback", operation_id="leaveFeedback")
async def feedback(
    conversation_id: FromPath[str],
    data: JSONBody[FeedbackIn],
    request: VisitorRequest,
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> FeedbackOut:
    """Whether a reply helped; said again, the last word counts."""
    clinic = visit_on(request).clinic
    leave = partial(leave_feedback, desk, clinic, conversation_id, data.client_id, data.message_id, data.helpful)
    noted = await pool(_or_phone, clinic, leave)
    return FeedbackOut(message_id=data.message_id, feedback=noted)


@delete("/{conversation_id:str}", status_code=200, operation_id="endConversation")
async def end(
    conversation_id: FromPath[str], request: VisitorRequest, desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> dict[str, Any]:
    """Ends the conversation and deletes its words, unless a request was submitted."""
    clinic = visit_on(request).clinic
    return await pool(_or_phone, clinic, partial(end_conversation, desk, clinic, conversation_id))


async def _again(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for event in rest:
        yield event


def _or_phone(clinic: ClinicFacts, work: Callable[[], T]) -> T:
    """When storage fails, the patient still gets the clinic's phone."""
    try:
        return work()
    except Unavailable as problem:
        raise with_phone(problem, clinic) from problem


_of_one = Router(
    path="/conversations",
    guards=[own_conversation],
    route_handlers=[send, contact, resume_link, renew, read, feedback, end],
)
router = Router(
    path="/api/v1",
    guards=[known_website],
    route_handlers=[about, open_, resume, _of_one],
    tags=["visitor"],
    security=[{"visitor": []}],
)

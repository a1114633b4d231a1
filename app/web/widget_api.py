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
from app.store.queries.clinics import ClinicFacts, clinic_of_site
from app.store.queries.transcripts import clinic_of_conversation, transcript
from app.usecases.end_conversation import end_conversation
from app.usecases.leave_feedback import leave_feedback
from app.usecases.open_conversation import open_conversation
from app.usecases.receive_message import Words, receive_message
from app.usecases.resume_link import make_resume_link, resume_conversation
from app.usecases.submit_contact import submit_contact
from app.web.metrics import timed_turn
from app.web.pool import Pool
from app.web.rate import RateLimiter
from app.web.stream import events
from app.web.visitors import check_bearer, check_origin, check_rate

ClientId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,128}$")]
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
    """A link to go on elsewhere."""

    client_id: ClientId


class LinkOut(BaseModel):
    """The address, which is for the patient alone, and until when it opens."""

    url: str
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
async def about(
    site_key: FromPath[str], request: VisitorRequest, desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> dict[str, Any]:
    """What a visitor sees before the first word: name, phone, disclosure and consent."""
    clinic = await pool(clinic_of_site, desk.database, site_key)
    check_origin(request, desk, clinic)
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
    limiter: NamedDependency[RateLimiter],
) -> dict[str, Any]:
    """A new conversation and its token."""
    clinic = await pool(clinic_of_site, desk.database, data.site_key)
    check_origin(request, desk, clinic)
    check_rate(request, desk, limiter, clinic, None)
    opened = await pool(
        _or_phone, clinic, lambda: open_conversation(desk, clinic, data.client_id, data.consent, data.language)
    )
    return asdict(opened)


@post("/conversations/{conversation_id:str}/messages", status_code=200, operation_id="sendMessage")
async def send(
    conversation_id: FromPath[str],
    data: JSONBody[MessageIn],
    request: VisitorRequest,
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
    limiter: NamedDependency[RateLimiter],
) -> Response[dict[str, Any]] | Stream:
    """The reply to one message: streamed, or the `done` object at once for `Accept: application/json`."""
    clinic = await _enter(conversation_id, request, desk, pool, limiter)
    words = Words(conversation_id, data.client_id, data.text)

    def turn(emit: Callable[[str, dict[str, Any]], None]) -> dict[str, Any]:
        with timed_turn():
            return _or_phone(clinic, lambda: receive_message(desk, clinic, words, emit))

    if "application/json" in request.headers.get("accept", ""):
        return Response(await pool(turn, lambda _kind, _data: None))
    told = events(pool, turn)
    first = await anext(told)  # a refusal has its HTTP status, not a 200 with an error in it
    return Stream(_again(first, told), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


@post("/conversations/{conversation_id:str}/contact", operation_id="sendContact")
async def contact(
    conversation_id: FromPath[str],
    data: JSONBody[ContactIn],
    request: VisitorRequest,
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
    limiter: NamedDependency[RateLimiter],
) -> dict[str, Any]:
    """A request without talk: every field at once."""
    clinic = await _enter(conversation_id, request, desk, pool, limiter)
    submit = partial(submit_contact, desk, clinic, conversation_id, data.client_id, data.action, data.slots)
    return await pool(_or_phone, clinic, submit)


@post("/conversations/{conversation_id:str}/resume-link", operation_id="makeResumeLink")
async def resume_link(
    conversation_id: FromPath[str],
    data: JSONBody[LinkIn],
    request: VisitorRequest,
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
    limiter: NamedDependency[RateLimiter],
) -> LinkOut:
    """A link with which the visitor goes on with this conversation on another device."""
    clinic = await _enter(conversation_id, request, desk, pool, limiter)
    actor = Actor("patient", conversation_id)
    make = partial(make_resume_link, desk, clinic, conversation_id, data.client_id, actor)
    link = await pool(_or_phone, clinic, make)
    return LinkOut(url=link.url, expires_at=link.expires_at)


@post("/conversations/resume", operation_id="resumeConversation", security=[{}])
async def resume(
    data: JSONBody[ResumeIn],
    request: VisitorRequest,
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
    limiter: NamedDependency[RateLimiter],
) -> dict[str, Any]:
    """The conversation of a link and a token for it. Asking again with the same link gives the same conversation."""
    clinic = await pool(clinic_of_site, desk.database, data.site_key)
    check_origin(request, desk, clinic)
    check_rate(request, desk, limiter, clinic, None)
    return asdict(await pool(_or_phone, clinic, partial(resume_conversation, desk, clinic, data.token, data.consent)))


@get("/conversations/{conversation_id:str}", operation_id="readConversation")
async def read(
    conversation_id: FromPath[str], request: VisitorRequest, desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> dict[str, Any]:
    """The visitor's own transcript."""
    clinic = await _enter(conversation_id, request, desk, pool, None)
    return await pool(transcript, desk.database, clinic.id, conversation_id)


@post("/conversations/{conversation_id:str}/feedback", operation_id="leaveFeedback")
async def feedback(
    conversation_id: FromPath[str],
    data: JSONBody[FeedbackIn],
    request: VisitorRequest,
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
    limiter: NamedDependency[RateLimiter],
) -> FeedbackOut:
    """Whether a reply helped; said again, the last word counts."""
    clinic = await _enter(conversation_id, request, desk, pool, limiter)
    leave = partial(leave_feedback, desk, clinic, conversation_id, data.message_id, data.helpful)
    noted = await pool(_or_phone, clinic, leave)
    return FeedbackOut(message_id=data.message_id, feedback=noted)


@delete("/conversations/{conversation_id:str}", status_code=200, operation_id="endConversation")
async def end(
    conversation_id: FromPath[str], request: VisitorRequest, desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> dict[str, Any]:
    """Ends the conversation and deletes its words, unless a request was submitted."""
    clinic = await _enter(conversation_id, request, desk, pool, None)
    return await pool(_or_phone, clinic, partial(end_conversation, desk, clinic, conversation_id))


async def _again(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for event in rest:
        yield event


async def _enter(
    conversation_id: str, request: VisitorRequest, desk: Desk, pool: Pool, limiter: RateLimiter | None
) -> ClinicFacts:
    """Token first (a stranger learns nothing), then origin, then limits."""
    check_bearer(request, desk, conversation_id)
    clinic = await pool(clinic_of_conversation, desk.database, conversation_id)
    check_origin(request, desk, clinic)
    if limiter is not None:
        check_rate(request, desk, limiter, clinic, conversation_id)
    return clinic


def _or_phone(clinic: ClinicFacts, work: Callable[[], T]) -> T:
    """When storage fails, the patient still gets the clinic's phone."""
    try:
        return work()
    except Unavailable as problem:
        raise Unavailable(problem.message, f"Please call {clinic.name} at {clinic.phone}.") from problem


router = Router(
    path="/api/v1",
    route_handlers=[about, open_, resume, send, contact, resume_link, read, feedback, end],
    tags=["visitor"],
    security=[{"visitor": []}],
)

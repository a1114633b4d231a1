"""Two lists over the API: questions that no paper answers, and who did what."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter
from pydantic import BaseModel, ConfigDict, Field

from app.desk import Desk
from app.store.queries.audit import acts
from app.usecases.close_unanswered import close_unanswered
from app.usecases.read_unanswered import read_unanswered
from app.web.guards import may
from app.web.policy import Act
from app.web.pool import Pool
from app.web.staff_access import actor_on, clinic_on, sight_on


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class UnansweredOut(_Out):
    """A question in the patient's words, or that they are hidden for the role."""

    id: str
    question: str
    asked_at: datetime


class QuestionGroupOut(_Out):
    """Questions that mean the same: the most typical wording, how often it was asked, the other wordings, and the ids
    of the questions themselves, oldest first."""

    id: str
    question: str
    count: int
    first_asked: datetime
    last_asked: datetime
    wordings: list[str]
    ids: list[str]


class UnansweredListOut(BaseModel):
    """`unanswered` newest first, `groups` the most asked first."""

    unanswered: list[UnansweredOut]
    groups: list[QuestionGroupOut]


class CloseIn(BaseModel):
    """Questions that staff have dealt with, by id."""

    model_config = ConfigDict(extra="forbid")

    client_id: Annotated[str, Field(min_length=8, max_length=128, pattern=r"^[A-Za-z0-9_-]+$")]
    ids: Annotated[list[Annotated[str, Field(max_length=100)]], Field(min_length=1, max_length=500)]


class ClosedOut(BaseModel):
    """How many questions left the list."""

    closed: int


class ActOut(_Out):
    """One audit row."""

    seq: int
    at: datetime
    actor_kind: str
    actor_id: str | None
    verb: str
    target_kind: str
    target_id: str


class AuditOut(BaseModel):
    """Newest first."""

    audit: list[ActOut]


@get("/unanswered", guards=[may(Act.READ_UNANSWERED)])
async def list_unanswered(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> UnansweredListOut:
    """The newest 500, one by one and in groups."""
    clinic_id, actor = clinic_on(request).clinic_id, actor_on(request)
    found, groups = await pool(read_unanswered, desk, clinic_id, actor, sight_on(request))
    return UnansweredListOut(
        unanswered=[UnansweredOut.model_validate(one) for one in found],
        groups=[QuestionGroupOut.model_validate(group) for group in groups],
    )


@post("/unanswered/done", guards=[may(Act.CLOSE_UNANSWERED)], status_code=200)
async def close_questions(
    request: Request[Any, Any, Any],
    data: JSONBody[CloseIn],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> ClosedOut:
    """Takes questions off the list; asked again, they come up again."""
    clinic_id, actor = clinic_on(request).clinic_id, actor_on(request)
    return ClosedOut(closed=await pool(close_unanswered, desk, clinic_id, data.ids, actor, data.client_id))


@get("/audit", guards=[may(Act.READ_AUDIT)])
async def list_audit(
    request: Request[Any, Any, Any],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
    before: Annotated[int | None, QueryParameter(ge=1, le=2**63 - 1)] = None,
) -> AuditOut:
    """Up to 200 acts; `before` is the `seq` to go on behind."""
    found = await pool(acts, desk.database, clinic_on(request).clinic_id, before)
    return AuditOut(audit=[ActOut.model_validate(one) for one in found])

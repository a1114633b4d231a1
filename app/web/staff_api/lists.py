"""Two plain lists over the API: questions that no paper answers, and who did what."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from pydantic import BaseModel, ConfigDict

from app.desk import Desk
from app.store.queries.audit import acts
from app.store.queries.unanswered import unanswered
from app.web.guards import may
from app.web.policy import Act
from app.web.pool import Pool
from app.web.staff_access import clinic_on


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class UnansweredOut(_Out):
    """A question in the patient's words."""

    id: str
    question: str
    asked_at: datetime


class UnansweredListOut(BaseModel):
    """Newest first."""

    unanswered: list[UnansweredOut]


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
    """The newest 500."""
    found = await pool(unanswered, desk.database, clinic_on(request).clinic_id)
    return UnansweredListOut(unanswered=[UnansweredOut.model_validate(one) for one in found])


@get("/audit", guards=[may(Act.READ_AUDIT)])
async def list_audit(
    request: Request[Any, Any, Any],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
    before: Annotated[int | None, QueryParameter(ge=1)] = None,
) -> AuditOut:
    """Up to 200 acts; `before` is the `seq` to go on behind."""
    found = await pool(acts, desk.database, clinic_on(request).clinic_id, before)
    return AuditOut(audit=[ActOut.model_validate(one) for one in found])

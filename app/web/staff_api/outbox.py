"""The clinic's notices that are on their way or stuck, over the API."""

from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from pydantic import BaseModel, ConfigDict

from app.desk import Desk
from app.store.queries.outbox import clinic_outbox, outbox
from app.usecases.retry_outbox import retry_outbox
from app.web.guards import may
from app.web.policy import Act
from app.web.pool import Pool
from app.web.staff_access import actor_on, clinic_on


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class WaitingOut(_Out):
    """One notice that is not delivered. `next_try` is null while it is being sent, and for a dead one; where
    `route_down_since` is set, only one notice at a time finds out whether the way works again."""

    id: str
    lead_id: str
    channel: str
    destination: str
    kind: str
    state: str
    attempts: int
    last_error: str | None
    created_at: datetime
    age_s: float
    next_try: datetime | None
    sending: bool
    route_down_since: datetime | None


class OutageOut(_Out):
    """A trouble that people were alerted to: `kind` is dead, held or late."""

    kind: str
    error: str
    opened_at: datetime


class OutboxOut(BaseModel):
    """How the clinic's notices stand."""

    pending: int
    held: int
    dead: int
    oldest_seconds: float
    outages: list[OutageOut]
    notices: list[WaitingOut]


class RetriedAllOut(BaseModel):
    """Those that are due now."""

    retried: list[str]


@get("/outbox", guards=[may(Act.READ_LEADS)])
async def show_outbox(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> OutboxOut:
    """Notices that are not delivered, oldest first."""
    clinic_id, now = clinic_on(request).clinic_id, desk.clock()
    facts = await pool(clinic_outbox, desk.database, clinic_id, now)
    lines = await pool(outbox, desk.database, now, clinic_id)
    return OutboxOut(
        pending=facts.pending,
        held=facts.held,
        dead=facts.dead,
        oldest_seconds=facts.oldest_seconds,
        outages=[OutageOut.model_validate(one) for one in facts.outages],
        notices=[WaitingOut.model_validate(line) for line in lines],
    )


@post("/outbox/retry", guards=[may(Act.RETRY_NOTICES)], status_code=202)
async def retry_all(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> RetriedAllOut:
    """Sends every dead and held notice of the clinic again."""
    found = await pool(retry_outbox, desk, clinic_on(request).clinic_id, actor_on(request))
    return RetriedAllOut(retried=found)

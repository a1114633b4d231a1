"""Removing one patient's data over the API."""

from typing import Annotated, Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from pydantic import BaseModel, ConfigDict, Field

from app.desk import Desk
from app.usecases.expunge_lead import expunge_lead
from app.web.guards import may
from app.web.policy import Act
from app.web.pool import Pool
from app.web.staff_access import actor_on, clinic_on


class ExpungeIn(BaseModel):
    """The reference of the request, typed once more, so that nobody removes another patient by mistake."""

    model_config = ConfigDict(extra="forbid")

    reference: Annotated[str, Field(min_length=1, max_length=20)]


class ReceiptOut(BaseModel):
    """What was removed: ids, and rows by table. `sha256` is of the other fields; the audit keeps it."""

    at: str
    clinic_id: str
    dry_run: bool
    conversations: list[str]
    leads: list[str]
    removed: dict[str, int]
    files: int
    log_emptied: bool
    copies_beside: list[str]
    backups_hold_it_until: str
    sha256: str


@post("/leads/{lead_id:str}/expunge", guards=[may(Act.EXPUNGE)], status_code=200)
async def expunge(
    request: Request[Any, Any, Any],
    lead_id: FromPath[str],
    data: JSONBody[ExpungeIn],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> ReceiptOut:
    """Removes the lead, its conversation and all that came of it, for good. A second time there is nothing: 404."""
    clinic_id, actor = clinic_on(request).clinic_id, actor_on(request)
    return ReceiptOut.model_validate(await pool(expunge_lead, desk, clinic_id, lead_id, data.reference, actor))

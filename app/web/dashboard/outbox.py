"""Everything that could not be sent, again by one click."""

from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from app.desk import Desk
from app.usecases.retry_outbox import retry_outbox
from app.web.guards import may
from app.web.policy import Act
from app.web.pool import Pool
from app.web.staff_access import actor_on, clinic_on


@post("/outbox/retry", guards=[may(Act.RETRY_NOTICES)])
async def retry_all_form(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Redirect:
    """Due now; back to the leads, whose banner says how it goes on."""
    clinic = clinic_on(request)
    await pool(retry_outbox, desk, clinic.clinic_id, actor_on(request))
    return Redirect(f"/dashboard/{clinic.site_key}/leads", status_code=303)

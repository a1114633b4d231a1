"""Questions that no paper answers: what to write into the next paper."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from app.desk import Desk
from app.store.queries.unanswered import unanswered
from app.web.dashboard.shell import clinic_page
from app.web.guards import may
from app.web.policy import Act
from app.web.pool import Pool
from app.web.staff_access import clinic_on


@get("/unanswered", guards=[may(Act.READ_UNANSWERED)])
async def unanswered_page(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[str]:
    """Newest first."""
    found = await pool(unanswered, desk.database, clinic_on(request).clinic_id)
    return await clinic_page(request, "unanswered.html", "unanswered", {"questions": found})

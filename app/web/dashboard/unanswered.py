"""Questions that no paper answers: what to write into the next paper."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from app.desk import Desk
from app.usecases.close_unanswered import close_unanswered
from app.usecases.read_unanswered import read_question_groups
from app.web.dashboard.shell import clinic_page
from app.web.guards import may
from app.web.policy import Act
from app.web.pool import Pool
from app.web.staff_access import actor_on, clinic_on, sight_on


@get("/unanswered", guards=[may(Act.READ_UNANSWERED)])
async def unanswered_page(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[str]:
    """By meaning, the most asked first."""
    clinic_id, actor = clinic_on(request).clinic_id, actor_on(request)
    found = await pool(read_question_groups, desk, clinic_id, actor, sight_on(request))
    return await clinic_page(request, "unanswered.html", "unanswered", {"groups": found})


@post("/unanswered/done", guards=[may(Act.CLOSE_UNANSWERED)])
async def done_form(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Redirect:
    """The questions as the page showed them; one that came in since then stays."""
    clinic, form = clinic_on(request), await request.form()
    ids = [str(one) for one in form.getall("ids", [])]
    await pool(close_unanswered, desk, clinic.clinic_id, ids, actor_on(request))
    return Redirect(f"/dashboard/{clinic.site_key}/unanswered", status_code=303)

"""Removing one patient's data from the page of their request."""

import json
from typing import Any

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.desk import Desk
from app.usecases.expunge_lead import expunge_lead
from app.web.dashboard.shell import clinic_page
from app.web.guards import may
from app.web.policy import Act
from app.web.pool import Pool
from app.web.staff_access import actor_on, clinic_on


@post("/leads/{lead_id:str}/expunge", guards=[may(Act.EXPUNGE)], status_code=200)
async def expunge_form(
    request: Request[Any, Any, Any], lead_id: FromPath[str], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[str]:
    """The receipt, shown this once."""
    form, clinic_id = await request.form(), clinic_on(request).clinic_id
    reference = str(form.get("reference", ""))
    receipt = await pool(expunge_lead, desk, clinic_id, lead_id, reference, actor_on(request))
    context = {"receipt": receipt, "text": json.dumps(receipt, indent=1)}
    return await clinic_page(request, "expunged.html", "leads", context)

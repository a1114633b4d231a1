"""The leads: the list, one lead with everything about it, and sending a notice again."""

import secrets
from typing import Annotated, Any, Literal

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect

from app.desk import Desk
from app.store.audit import Actor
from app.store.queries.leads import HIDDEN, lead_of_notice
from app.usecases.open_lead import OpenedLead, open_lead
from app.usecases.read_leads import Which, read_leads
from app.usecases.resume_link import Link
from app.usecases.retry_notice import retry_notice
from app.usecases.share_resume_link import share_resume_link
from app.web.dashboard import words
from app.web.dashboard.fields import fields_of, labels_of, title_of
from app.web.dashboard.shell import clinic_page
from app.web.guards import may
from app.web.policy import Act
from app.web.pool import Pool
from app.web.staff_access import actor_on, clinic_on, sight_on


@get("/leads", guards=[may(Act.READ_LEADS)])
async def leads_page(
    request: Request[Any, Any, Any],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
    page: Annotated[int, QueryParameter(ge=1, le=100_000)] = 1,
    unsent: FromQuery[bool] = False,
    newest: FromQuery[bool] = False,
    tray: FromQuery[Literal["patients", "others"]] = "patients",
) -> Response[str]:
    """Urgent ones first, then by score, or the newest first; `unsent` only those whose notice waits for a person, of
    both trays."""
    which = Which(page, unsent, newest, "all" if unsent else tray)
    clinic_id, actor = clinic_on(request).clinic_id, actor_on(request)
    listed = await pool(read_leads, desk, clinic_id, which, actor, sight_on(request))
    context = {
        "found": listed.found,
        "actions": listed.actions,
        "unsent": unsent,
        "newest": newest,
        "tray": which.tray,
        "title_of": title_of,
        "labels_of": labels_of,
        "outcome_words": words.OUTCOME_WORDS,
    }
    return await clinic_page(request, "leads.html", "leads", context)


@get("/leads/{lead_id:str}", guards=[may(Act.READ_LEADS)])
async def lead_page(
    request: Request[Any, Any, Any], lead_id: FromPath[str], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[str]:
    """One lead; that it was read is kept in the audit."""
    opened = await pool(open_lead, desk, *_whose(request, lead_id), sight_on(request))
    return await _lead_page(request, opened, None)


@post("/leads/{lead_id:str}/resume-link", guards=[may(Act.SHARE_LINKS)], status_code=200)
async def link_form(
    request: Request[Any, Any, Any], lead_id: FromPath[str], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[str]:
    """The lead with a link to hand to the patient. It is shown this once: nobody can read it again."""
    clinic_id, _, actor = _whose(request, lead_id)
    link = await pool(share_resume_link, desk, clinic_id, lead_id, secrets.token_hex(16), actor)
    return await _lead_page(request, await pool(open_lead, desk, clinic_id, lead_id, actor, sight_on(request)), link)


def _whose(request: Request[Any, Any, Any], lead_id: str) -> tuple[str, str, Actor]:
    return clinic_on(request).clinic_id, lead_id, actor_on(request)


async def _lead_page(request: Request[Any, Any, Any], opened: OpenedLead, link: Link | None) -> Response[str]:
    lead = opened.lead
    named = next((slot for slot in lead.slots if slot.name == "patient_name"), None)
    context = {
        "lead": lead,
        "name": "Name hidden for your role" if named and named.status == HIDDEN else named and named.value,
        "title": title_of(opened.action, lead.action),
        "fields": fields_of(lead, opened.action),
        "summary": opened.summary,
        "link": link,
        "may_go_on": lead.submitted_at is None and lead.ended_at is None,
        "notice_words": words.NOTICE_WORDS,
        "kind_words": words.KIND_WORDS,
    }
    return await clinic_page(request, "lead.html", "leads", context)


@post("/notices/{notice_id:str}/retry", guards=[may(Act.RETRY_NOTICES)])
async def retry_form(
    request: Request[Any, Any, Any], notice_id: FromPath[str], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Redirect:
    """Due now; back to the lead, which shows it."""
    clinic = clinic_on(request)
    lead_id = await pool(lead_of_notice, desk.database, clinic.clinic_id, notice_id)
    await pool(retry_notice, desk, clinic.clinic_id, notice_id, actor_on(request))
    return Redirect(f"/dashboard/{clinic.site_key}/leads/{lead_id}#notices", status_code=303)

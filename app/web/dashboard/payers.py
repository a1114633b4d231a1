"""The payers: what patients are told today, what waits with what it changes, and publishing it."""

from itertools import groupby
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from app.desk import Desk
from app.errors import Conflict, Invalid, Refused
from app.store.queries.payer_review import Review, RowView
from app.usecases.change_payer_row import Changes, change_payer_row, remove_payer_row
from app.usecases.publish_payer_rows import Approval, publish_payer_rows
from app.usecases.review_payers import review_payers
from app.web.dashboard import words
from app.web.dashboard.shell import clinic_page
from app.web.guards import may
from app.web.policy import Act, allowed
from app.web.pool import Pool
from app.web.staff_access import actor_on, clinic_on, desk_of, pool_of


@get("/payers", guards=[may(Act.READ_PAYERS)])
async def payers_page(request: Request[Any, Any, Any]) -> Response[str]:
    """Waiting rows first, then today's rows by payer."""
    return await _page(request)


@post("/payers/publish", guards=[may(Act.CHANGE_PAYERS)])
async def publish_form(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[Any]:
    """Publishes the ticked rows of one paper."""
    clinic, form = clinic_on(request), await request.form()
    rows = tuple(str(one) for one in form.getall("rows", []))
    approval = Approval(str(form.get("document_id", "")), rows, version_id=str(form.get("version_id", "")) or None)
    try:
        done = await pool(publish_payer_rows, desk, clinic.clinic_id, approval, actor_on(request))
    except Conflict as refusal:
        return await _page(request, refusal)
    if not rows and not done.removed:
        return await _page(request, Invalid("No row is ticked.", "Tick the rows that are right, then publish."))
    return _back(clinic.site_key)


@post("/payers/{row_id:str}/change", guards=[may(Act.CHANGE_PAYERS)])
async def change_form(
    request: Request[Any, Any, Any], row_id: FromPath[str], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[Any]:
    """Mends the status or the plan of a row that waits."""
    clinic, form = clinic_on(request), await request.form()
    changes = Changes(str(form.get("status", "")), str(form.get("plan", "")))
    try:
        await pool(change_payer_row, desk, clinic.clinic_id, row_id, changes, actor_on(request))
    except Invalid as refusal:
        return await _page(request, refusal)
    return _back(clinic.site_key, row_id)


@post("/payers/{row_id:str}/remove", guards=[may(Act.CHANGE_PAYERS)])
async def remove_form(
    request: Request[Any, Any, Any], row_id: FromPath[str], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Redirect:
    """Rejects a row that waits, or takes a published one out."""
    clinic = clinic_on(request)
    await pool(remove_payer_row, desk, clinic.clinic_id, row_id, actor_on(request))
    return _back(clinic.site_key)


def _back(site_key: str, place: str = "") -> Redirect:
    return Redirect(f"/dashboard/{site_key}/payers" + (f"#{place}" if place else ""), status_code=303)


async def _page(request: Request[Any, Any, Any], refused: Refused | None = None) -> Response[str]:
    clinic = clinic_on(request)
    review = await pool_of(request)(review_payers, desk_of(request), clinic.clinic_id)
    context = {
        "review": review,
        "first_of": {one.document_id: one for one in reversed(review.documents) if one.waiting}.get,
        "long_day": words.long_day,
        "payers": _by_payer(review),
        "refused": refused,
        "statuses": words.STATUS_WORDS,
        "mark_of": words.status_mark,
        "field_words": words.FIELD_WORDS,
        "value_words": words.payer_value,
        "details": words.payer_details,
        "may_change": allowed(clinic.role, Act.CHANGE_PAYERS),
    }
    return await clinic_page(request, "payers.html", "payers", context, status=refused.status if refused else 200)


def _by_payer(review: Review) -> list[tuple[str, list[RowView]]]:
    """Today's rows under each payer's name; sentences about all payers last, under no name."""
    rows = [row for paper in review.documents for row in paper.unchanged]
    rows.sort(key=lambda row: (row.facts.general, row.facts.payer.casefold()))
    return [(group[0].facts.payer, group) for _, found in groupby(rows, _payer) if (group := list(found))]


def _payer(row: RowView) -> str:
    return row.facts.payer.casefold()

"""The papers: what is there and how far reading has come, uploading, deleting."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app.desk import Desk
from app.errors import FrontdeskError, Invalid, Refused
from app.store.queries.papers import papers
from app.usecases.accept_document import accept_document
from app.usecases.date_document import Dates, date_document
from app.usecases.delete_document import delete_document
from app.usecases.read_page import read_page
from app.usecases.review_payers import count_waiting
from app.web.dashboard import words
from app.web.dashboard.shell import bare_page, clinic_page, teller
from app.web.guards import may
from app.web.policy import Act, allowed
from app.web.pool import Pool
from app.web.staff_access import actor_on, clinic_on, desk_of, person_on, pool_of

RECEIPT = ("chunks", "vectors", "vectors_pending", "payer_rows", "files")
ENDINGS = ".pdf,.docx,.xlsx,.csv,.html,.htm,.md,.txt"


@get("/papers", guards=[may(Act.READ_PAPERS)])
async def papers_page(
    request: Request[Any, Any, Any],
    removed: Annotated[str | None, QueryParameter(pattern=r"^(\d{1,7}-){4}\d{1,7}$")] = None,
) -> Response[str]:
    """The form and the list; `removed` are the numbers of a deletion's receipt."""
    return await _page(request, receipt=dict(zip(RECEIPT, removed.split("-"), strict=True)) if removed else None)


@get("/papers/list", guards=[may(Act.READ_PAPERS)])
async def papers_list(request: Request[Any, Any, Any]) -> Response[str]:
    """The list alone, which the page's script fetches while papers are being read."""
    return bare_page("_papers.html", await _list(request))


@post("/papers", guards=[may(Act.CHANGE_PAPERS)])
async def upload_form(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[Any]:
    """Takes each file; one that is refused does not stop the others."""
    clinic, refused = clinic_on(request), list[FrontdeskError]()
    told: list[str] = []
    form = await request.form()
    files = [one for one in form.getall("files", []) if isinstance(one, UploadFile)]
    named = [one for one in files if one.filename]
    for file in named:
        try:
            starts = _day(form.get("effective_from"))
            dates = Dates(starts) if starts else None
            content, actor = await file.read(), actor_on(request)
            accepted = await pool(accept_document, desk, clinic.clinic_id, file.filename, content, actor, dates=dates)
        except Refused as refusal:
            refused.append(refusal)
        else:
            told += [accepted.warning] if accepted.warning else []
    if not named:
        refused.append(Invalid("Choose at least one file first."))
    if refused or told:
        return await _page(request, refused, told=told)
    return Redirect(f"/dashboard/{clinic.site_key}/papers", status_code=303)


@post("/papers/page", guards=[may(Act.CHANGE_PAPERS)])
async def page_form(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[Any]:
    """Reads a page of a website as a paper."""
    clinic, url = clinic_on(request), str((await request.form()).get("url", ""))
    try:
        accepted = await pool(read_page, desk, clinic.clinic_id, url, actor_on(request))
    except Refused as problem:
        return await _page(request, [problem])
    if accepted.warning:
        return await _page(request, told=[accepted.warning])
    return Redirect(f"/dashboard/{clinic.site_key}/papers", status_code=303)


@post("/papers/{document_id:str}/dates", guards=[may(Act.CHANGE_PAPERS)])
async def dates_form(
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> Response[Any]:
    """Sets or clears the days between which a paper holds; an empty field is no limit."""
    clinic, form = clinic_on(request), await request.form()
    try:
        dates = Dates(_day(form.get("effective_from")), _day(form.get("effective_to")))
        of = str(form.get("version", "")) or None
        await pool(date_document, desk, clinic.clinic_id, document_id, dates, actor_on(request), version_id=of)
    except Invalid as refusal:
        return await _page(request, [refusal])
    return Redirect(f"/dashboard/{clinic.site_key}/papers", status_code=303)


def _day(value: object) -> date | None:
    text = str(value or "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(f"{text!r} is not a day.", "Choose a day like 2026-12-31, or leave the field empty.") from None


@post("/papers/{document_id:str}/delete", guards=[may(Act.CHANGE_PAPERS)])
async def delete_form(
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> Redirect:
    """No patient is answered from it from now on; `version` means one that waits, and only that one goes."""
    clinic, of = clinic_on(request), str((await request.form()).get("version", "")) or None
    done = await pool(delete_document, desk, clinic.clinic_id, document_id, actor_on(request), version_id=of)
    removed = "-".join(str(getattr(done, name)) for name in RECEIPT)
    return Redirect(f"/dashboard/{clinic.site_key}/papers?removed={removed}", status_code=303)


async def _page(
    request: Request[Any, Any, Any],
    refused: Sequence[FrontdeskError] = (),
    receipt: dict[str, str] | None = None,
    told: Sequence[str] = (),
) -> Response[str]:
    limit = f"{desk_of(request).settings.upload_max_mb:g}"
    hours = desk_of(request).settings.page_reread_h
    context = {
        **await _list(request),
        "endings": ENDINGS,
        "reread_h": f"{hours:g}" if hours else "",
        "limit_mb": limit,
        "refused": refused,
        "told": told,
        "receipt": receipt,
    }
    status = (refused[0].status if isinstance(refused[0], Refused) else 502) if refused else 200
    return await clinic_page(request, "papers.html", "papers", context, status=status)


async def _list(request: Request[Any, Any, Any]) -> dict[str, Any]:
    clinic = clinic_on(request)
    return {
        "papers": await pool_of(request)(papers, desk_of(request).database, clinic.clinic_id, desk_of(request).clock()),
        "payers_waiting": await pool_of(request)(count_waiting, desk_of(request), clinic.clinic_id),
        "long_day": words.long_day,
        "base": f"/dashboard/{clinic.site_key}",
        "paper_words": words.PAPER_WORDS,
        "size": words.size,
        "when": teller(request),
        "may_change": allowed(clinic.role, Act.CHANGE_PAPERS),
        "csrf_token": person_on(request).csrf_token,
    }

"""The language model: whether it helps, where words go, what was used of it, and exactly what left."""

import re
from collections.abc import Iterator
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from app.desk import Desk
from app.errors import Invalid
from app.store.queries.clinics import clinic_of_site
from app.usecases.ask_for_exam import ask_for_exam
from app.usecases.model_failures import explained, result_words
from app.usecases.model_status import ModelStatus, model_status
from app.usecases.read_egress import open_egress, read_egress
from app.usecases.switch_model import switch_model
from app.usecases.try_model import Tried, try_model
from app.web.dashboard import words
from app.web.dashboard.shell import clinic_page
from app.web.guards import may
from app.web.policy import Act
from app.web.pool import Pool
from app.web.staff_access import actor_on, clinic_on, desk_of, pool_of, sight_on

TOKEN = re.compile(r"(\[[A-Z]+(?:_[A-Z]+)*_\d+[a-z]{0,2}\])")
"""What stands for a patient's own words, as app/llm/redaction.py writes it."""


@get("/model", guards=[may(Act.READ_MODEL)])
async def model_page(request: Request[Any, Any, Any]) -> Response[str]:
    """How it stands for this clinic."""
    return await _page(request)


@post("/model", guards=[may(Act.CHANGE_MODEL)])
async def switch_form(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[Any]:
    """On or off, from the next message on; back to the page, which says so."""
    clinic, wanted = clinic_on(request), str((await request.form()).get("on", ""))
    try:
        if wanted not in ("true", "false"):
            raise Invalid(f"{wanted!r} is neither on nor off.", "Use the button on this page.")
        await pool(switch_model, desk, clinic.site_key, wanted == "true", actor_on(request))
    except Invalid as refusal:
        return await _page(request, refused=refusal)
    return Redirect(f"/dashboard/{clinic.site_key}/model", status_code=303)


@post("/model/try", guards=[may(Act.CHANGE_MODEL)], status_code=200)
async def try_form(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[str]:
    """The page with what came back of one call with made-up words."""
    clinic = await pool(clinic_of_site, desk.database, clinic_on(request).site_key)
    try:
        return await _page(request, tried=await pool(try_model, desk, clinic, actor_on(request)))
    except Invalid as refusal:
        return await _page(request, refused=refusal)


@post("/model/exam", guards=[may(Act.CHANGE_MODEL)])
async def exam_form(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[Any]:
    """Soon; back to the page, which says so."""
    clinic = clinic_on(request)
    try:
        await pool(ask_for_exam, desk, clinic.site_key, actor_on(request))
    except Invalid as refusal:
        return await _page(request, refused=refusal)
    return Redirect(f"/dashboard/{clinic.site_key}/model#exam-title", status_code=303)


@get("/egress", guards=[may(Act.READ_EGRESS)])
async def egress_page(
    request: Request[Any, Any, Any],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
    before: Annotated[str | None, QueryParameter(max_length=100)] = None,
) -> Response[str]:
    """What left, newest first."""
    found = await pool(read_egress, desk, clinic_on(request).clinic_id, before, actor_on(request))
    context = {"found": found, "before": before, **_words()}
    return await clinic_page(request, "egress.html", "model", context)


@get("/egress/{egress_id:str}", guards=[may(Act.READ_EGRESS)])
async def egress_detail(
    request: Request[Any, Any, Any], egress_id: FromPath[str], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> Response[str]:
    """Exactly what left; that it was read is kept in the audit."""
    clinic_id, actor = clinic_on(request).clinic_id, actor_on(request)
    opened = await pool(open_egress, desk, clinic_id, egress_id, actor, sight_on(request))
    context = {"opened": opened, "line": opened.line, "pieces": pieces, **_words()}
    return await clinic_page(request, "sent.html", "model", context)


async def _page(
    request: Request[Any, Any, Any], refused: Invalid | None = None, tried: Tried | None = None
) -> Response[str]:
    found: ModelStatus = await pool_of(request)(_status, desk_of(request), clinic_on(request).site_key)
    why = explained(found.resting.failure) if found.resting and found.resting.failure else None
    trouble = explained(found.trouble.failure) if found.trouble and found.trouble.failure else None
    context: dict[str, Any] = {"found": found, "why": why, "trouble": trouble, "refused": refused, "tried": tried}
    context |= {"number": words.number, "dollars": words.dollars}
    return await clinic_page(request, "model.html", "model", context, status=refused.status if refused else 200)


def _status(desk: Desk, site_key: str) -> ModelStatus:
    return model_status(desk, clinic_of_site(desk.database, site_key))


def _words() -> dict[str, Any]:
    return {
        "purposes": words.PURPOSE_WORDS,
        "roles": words.ROLE_WORDS,
        "result_words": result_words,
        "number": words.number,
    }


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether it stands for a patient's own words."""
    for number, part in enumerate(TOKEN.split(text)):
        if part:
            yield part, number % 2 == 1

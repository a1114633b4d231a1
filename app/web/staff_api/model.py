"""The language model over the API: how it stands for the clinic, its switch, and what left for it."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter
from pydantic import BaseModel, ConfigDict

from app.desk import Desk
from app.store.queries.clinics import clinic_of_site
from app.usecases.ask_for_exam import ask_for_exam
from app.usecases.model_failures import explained
from app.usecases.model_status import ModelState, ModelStatus, Resting, model_status
from app.usecases.read_egress import open_egress, read_egress
from app.usecases.switch_model import switch_model
from app.usecases.try_model import try_model
from app.web.guards import may
from app.web.policy import Act
from app.web.pool import Pool
from app.web.staff_access import actor_on, clinic_on, sight_on


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class UseOut(_Out):
    """Calls and tokens; `usd` is null where the install names no prices."""

    calls: int
    failed: int
    prompt_tokens: int
    completion_tokens: int
    usd: float | None


class RestingOut(BaseModel):
    """Since when and why the model's server is left alone, or has given nothing of use."""

    since: datetime
    failure: str | None
    why: str | None


class ExamOut(_Out):
    """How the model did in the practice messages; only one that `passed` is asked to understand patients."""

    exam: str
    right: int
    asked: int
    passed: bool
    taken_at: datetime


class ModelOut(BaseModel):
    """`state`: none (the install has no model), off, used_up (today's tokens are), resting, well. `on` is the clinic's
    switch; `baa` what the settings name as the agreement in force, `unagreed` that none is named and words leave the
    machine; `trouble`: the last call gave nothing of use; `last_days` are the last 30 with today; `exam_waits`: the
    practice messages are about to be answered."""

    state: ModelState
    on: bool
    host: str
    model: str
    local: bool
    baa: str
    unagreed: bool
    redacted: bool
    resting: RestingOut | None
    trouble: RestingOut | None
    day: date
    today: UseOut
    last_days: UseOut
    tokens_per_day: int
    exam: ExamOut | None
    exam_waits: bool


class SwitchIn(BaseModel):
    """The clinic's switch."""

    model_config = ConfigDict(extra="forbid")

    on: bool


class TriedOut(_Out):
    """What came back of one call with made-up words. Where not `ok`: `failure`, `what` happened and a `remedy`. `said`
    is what the model answered, also before a failure; `egress_id` what left, null when nothing did."""

    ok: bool
    said: str
    seconds: float
    failure: str | None
    what: str
    remedy: str
    egress_id: str | None


class EgressOut(_Out):
    """One request that left. `result` is ok, what it failed with, or "" while it runs or when the desk stopped in
    between; `lead_id` is what came of its conversation."""

    id: str
    conversation_id: str | None
    lead_id: str | None
    purpose: str
    host: str
    model: str
    local: bool
    redacted: bool
    sent_at: datetime
    ended_at: datetime | None
    seconds: float | None
    result: str
    prompt_tokens: int
    completion_tokens: int
    tokens_estimated: bool


class EgressListOut(BaseModel):
    """Newest first; `older` is the `before` of the next page."""

    egress: list[EgressOut]
    older: str | None


class SentMessageOut(_Out):
    """One message of a request."""

    role: str
    text: str


class SentOut(EgressOut):
    """One request with what left: `messages` to read, `body` to the byte."""

    messages: list[SentMessageOut]
    body: str


@get("/model", guards=[may(Act.READ_MODEL)])
async def show_model(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> ModelOut:
    """How the language model stands for the clinic. Nobody outside is asked for it."""
    return model_out(await pool(_status, desk, clinic_on(request).site_key))


@put("/model", guards=[may(Act.CHANGE_MODEL)])
async def switch(
    request: Request[Any, Any, Any], data: JSONBody[SwitchIn], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> ModelOut:
    """On or off, from the next message on; 422 for on where the install has no model."""
    clinic = await pool(switch_model, desk, clinic_on(request).site_key, data.on, actor_on(request))
    return model_out(await pool(model_status, desk, clinic))


@post("/model/try", guards=[may(Act.CHANGE_MODEL)], status_code=200)
async def trial(request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]) -> TriedOut:
    """One call with made-up words, also while the clinic has the model off; 422 where the install has none."""
    clinic = await pool(clinic_of_site, desk.database, clinic_on(request).site_key)
    return TriedOut.model_validate(await pool(try_model, desk, clinic, actor_on(request)))


@post("/model/exam", guards=[may(Act.CHANGE_MODEL)], status_code=202)
async def exam_again(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> ModelOut:
    """The model answers the practice messages again, soon; 422 where the install has none or the clinic has it off."""
    clinic = await pool(ask_for_exam, desk, clinic_on(request).site_key, actor_on(request))
    return model_out(await pool(model_status, desk, clinic))


@get("/egress", guards=[may(Act.READ_EGRESS)])
async def list_egress(
    request: Request[Any, Any, Any],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
    before: Annotated[str | None, QueryParameter(max_length=100)] = None,
) -> EgressListOut:
    """Up to 50 requests that left; `before` is the id to go on behind."""
    page = await pool(read_egress, desk, clinic_on(request).clinic_id, before, actor_on(request))
    return EgressListOut(egress=[EgressOut.model_validate(line) for line in page.lines], older=page.older)


@get("/egress/{egress_id:str}", guards=[may(Act.READ_EGRESS)])
async def show_egress(
    request: Request[Any, Any, Any], egress_id: FromPath[str], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> SentOut:
    """Exactly what left; that it was read is kept in the audit."""
    clinic_id, actor = clinic_on(request).clinic_id, actor_on(request)
    opened = await pool(open_egress, desk, clinic_id, egress_id, actor, sight_on(request))
    line = EgressOut.model_validate(opened.line).model_dump()
    messages = [SentMessageOut.model_validate(one) for one in opened.messages]
    return SentOut(**line, messages=messages, body=opened.body)


def _status(desk: Desk, site_key: str) -> ModelStatus:
    return model_status(desk, clinic_of_site(desk.database, site_key))


def model_out(found: ModelStatus) -> ModelOut:
    """As it goes out."""
    made = {"resting": _since(found.resting), "trouble": _since(found.trouble)}
    facts = {name: getattr(found, name) for name in ModelOut.model_fields if name not in (*made, "exam")}
    facts |= {name: UseOut.model_validate(getattr(found, name)) for name in ("today", "last_days")}
    exam = ExamOut.model_validate(found.exam) if found.exam else None
    return ModelOut(**facts | made, exam=exam)


def _since(known: Resting | None) -> RestingOut | None:
    if known is None:
        return None
    return RestingOut(**asdict(known), why=explained(known.failure).what if known.failure else None)

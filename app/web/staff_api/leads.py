"""The clinic's leads and their notices over the API."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from pydantic import BaseModel, ConfigDict, Field

from app.delivery.summary import as_text
from app.desk import Desk
from app.store.queries.leads import HIDDEN
from app.usecases.open_lead import OpenedLead, open_lead
from app.usecases.read_leads import Which, read_leads
from app.usecases.retry_notice import retry_notice
from app.usecases.share_resume_link import share_resume_link
from app.web.guards import may
from app.web.policy import Act
from app.web.pool import Pool
from app.web.staff_access import actor_on, clinic_on, sight_on

ClientId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{8,128}$")]


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class LeadLineOut(_Out):
    """One lead of the list; `notices` are the states of its notices; `sent` counts how often the patient sent it;
    `hidden` names what the role may not see."""

    id: str
    reference: str
    action: str
    status: str
    created_at: datetime
    name: str | None
    missing: list[str]
    outcome: str | None
    score: int
    urgency: int
    notices: list[str]
    sent: int
    hidden: list[str]


class LeadsOut(_Out):
    """`more` when page + 1 has some."""

    leads: list[LeadLineOut]
    page: int
    more: bool


class LineOut(_Out):
    """One message; `author` is patient, desk or staff."""

    author: str
    text: str
    at: datetime


class NoticeOut(_Out):
    """One message to one destination."""

    id: str
    channel: str
    destination: str
    kind: str
    state: str
    attempts: int
    last_error: str | None
    created_at: datetime
    finished_at: datetime | None


class ReasonOut(_Out):
    """Why an outcome fits: the rule's name, what it says to staff, and who says so from when."""

    outcome: str
    rule: str
    staff_text: str
    source: str
    dated: date | None


class PointOut(_Out):
    """A summand of the score, or of the urgency."""

    points: int
    reason: str
    urgency: bool


class TwinOut(_Out):
    """Another lead that says the same."""

    id: str
    reference: str
    submitted_at: datetime | None


class LeadOut(_Out):
    """`slots` are the filled ones in normal form, `said` the patient's words for them, `settled` those that the
    patient declined or did not know. `outcome` is null for what was left before there were rules, `rules_version` 0 for
    the shipped rules. `summary` is the text that the e-mail's is a part of; `payer` what the rows said of the
    insurance; `changes` what came after it was sent; `repeat_of` the lead that said the same before, `repeats` those
    that say it again. `hidden` names the fields, and `words` for what the patient typed, that the role may not see."""

    id: str
    reference: str
    action: str
    status: str
    created_at: datetime
    conversation_id: str
    slots: dict[str, Any]
    said: dict[str, str]
    settled: dict[str, str]
    missing: list[str]
    summary: str
    caller: str
    language: str
    payer: dict[str, Any] | None
    promised: list[dict[str, Any]]
    changes: list[dict[str, Any]]
    updated_at: datetime
    submitted_at: datetime | None
    urgent_at: datetime | None
    outcome: str | None
    reasons: list[ReasonOut]
    score: int
    urgency: int
    points: list[PointOut]
    patient_text: dict[str, str]
    rules_version: int | None
    transcript: list[LineOut]
    notices: list[NoticeOut]
    hidden: list[str]
    repeat_of: TwinOut | None
    repeats: list[TwinOut]


class LinkIn(BaseModel):
    """The same `client_id` again gives the same link."""

    model_config = ConfigDict(extra="forbid")
    client_id: ClientId


class LinkOut(_Out):
    """The address, which is for the patient alone, and until when it opens."""

    url: str
    expires_at: datetime


class RetriedOut(BaseModel):
    """The notice is due now."""

    notice_id: str
    state: str


@get("/leads", guards=[may(Act.READ_LEADS)])
async def list_leads(
    request: Request[Any, Any, Any],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
    page: Annotated[int, QueryParameter(ge=1, le=100_000)] = 1,
    order: FromQuery[Literal["queue", "newest"]] = "queue",
    tray: FromQuery[Literal["all", "patients", "others"]] = "all",
) -> LeadsOut:
    """Fifty leads a page: urgent ones first, then by score; or the newest first. Vendors, job seekers and wrong numbers
    lie in the tray of `others`."""
    which = Which(page, newest=order == "newest", tray=tray)
    clinic_id, actor = clinic_on(request).clinic_id, actor_on(request)
    return LeadsOut.model_validate((await pool(read_leads, desk, clinic_id, which, actor, sight_on(request))).found)


@get("/leads/{lead_id:str}", guards=[may(Act.READ_LEADS)])
async def show_lead(
    request: Request[Any, Any, Any], lead_id: FromPath[str], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> LeadOut:
    """One lead; that it was read is kept in the audit."""
    clinic_id, actor = clinic_on(request).clinic_id, actor_on(request)
    return _out(await pool(open_lead, desk, clinic_id, lead_id, actor, sight_on(request)))


@post("/leads/{lead_id:str}/resume-link", guards=[may(Act.SHARE_LINKS)])
async def share_link(
    request: Request[Any, Any, Any],
    lead_id: FromPath[str],
    data: JSONBody[LinkIn],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> LinkOut:
    """A link with which the patient goes on where they stopped."""
    clinic_id, actor = clinic_on(request).clinic_id, actor_on(request)
    return LinkOut.model_validate(await pool(share_resume_link, desk, clinic_id, lead_id, data.client_id, actor))


@post("/notices/{notice_id:str}/retry", guards=[may(Act.RETRY_NOTICES)], status_code=202)
async def retry(
    request: Request[Any, Any, Any], notice_id: FromPath[str], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> RetriedOut:
    """Sends a dead or held notice again."""
    await pool(retry_notice, desk, clinic_on(request).clinic_id, notice_id, actor_on(request))
    return RetriedOut(notice_id=notice_id, state="pending")


def _out(opened: OpenedLead) -> LeadOut:
    found = opened.lead
    decided = found.decision
    filled = [slot for slot in found.slots if slot.status == "filled"]
    return LeadOut(
        id=found.id,
        reference=found.reference,
        action=found.action,
        status=found.status,
        created_at=found.created_at,
        conversation_id=found.conversation_id,
        slots={slot.name: slot.value for slot in filled},
        said={slot.name: slot.said for slot in filled},
        settled={slot.name: slot.status for slot in found.slots if slot.status not in ("filled", HIDDEN)},
        missing=list(found.missing),
        summary=as_text(opened.summary),
        caller=found.caller,
        language=found.language,
        payer=dict(found.payer) if found.payer else None,
        promised=[dict(one) for one in found.promised],
        changes=[dict(one) for one in found.changes],
        updated_at=found.updated_at,
        submitted_at=found.submitted_at,
        urgent_at=found.urgent_at,
        outcome=decided.outcome if decided else None,
        reasons=[ReasonOut.model_validate(reason) for reason in decided.reasons] if decided else [],
        score=decided.score if decided else 0,
        urgency=decided.urgency if decided else 0,
        points=[PointOut.model_validate(point) for point in decided.points] if decided else [],
        patient_text=dict(decided.patient_text) if decided else {},
        rules_version=decided.rules_version if decided else None,
        transcript=[LineOut.model_validate(line) for line in found.transcript],
        notices=[NoticeOut.model_validate(notice) for notice in found.notices],
        hidden=[slot.name for slot in found.slots if slot.status == HIDDEN] + ["words"] * found.words_hidden,
        repeat_of=TwinOut.model_validate(found.repeat_of) if found.repeat_of else None,
        repeats=[TwinOut.model_validate(twin) for twin in found.repeats],
    )

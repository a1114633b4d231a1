"""The clinic's payer rows over the API: what is published, what waits, and publishing it."""

from datetime import date
from typing import Annotated, Any, Literal

from litestar import Request, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from pydantic import BaseModel, ConfigDict, Field

from app.desk import Desk
from app.errors import NotFound
from app.store.queries.payer_review import FieldChange, Review, RowView
from app.usecases.change_payer_row import Changes, change_payer_row, remove_payer_row
from app.usecases.publish_payer_rows import Approval, publish_payer_rows
from app.usecases.review_payers import review_payers
from app.web.guards import may
from app.web.policy import Act
from app.web.pool import Pool
from app.web.staff_access import actor_on, clinic_on

Status = Literal["in_network", "out_of_network", "not_accepted", "secondary_only", "conditional"]
ClientId = Annotated[str, Field(min_length=8, max_length=128, pattern=r"^[A-Za-z0-9_-]+$")]


class PayerRowOut(BaseModel):
    """One row. `state` is proposed, published or withdrawn (its paper was replaced: no answer comes from it). `quote`
    is verbatim text of the paper `document`. `edited` names the fields that staff changed. `holds` (today, later,
    ended) says whether the days of row and paper include today."""

    id: str
    state: str
    holds: str
    payer: str
    plan: str | None
    all_plans: bool
    except_plans: list[str]
    general: bool
    location: str | None
    status: str
    referral: str | None
    prior_authorization: str | None
    visit_limit: str | None
    note: str | None
    effective_from: date | None
    effective_to: date | None
    document_id: str
    document: str
    page: int | None
    heading: list[str]
    lead: str
    quote: str
    edited: list[str]


class FieldChangeOut(BaseModel):
    """One fact before and now."""

    field: str
    old: Any
    new: Any


class ChangedRowOut(BaseModel):
    """The row `id` is proposed in place of `before`."""

    id: str
    before: PayerRowOut
    fields: list[FieldChangeOut]


class DifferenceOut(BaseModel):
    """What waits in one version of a paper: ids of proposed rows that are new, rows that changed, rows that the paper
    has no more, and how many published rows it says again. `starts` is the day on which the version takes over, null
    for the one in use."""

    document_id: str
    document: str
    version_id: str
    starts: date | None
    waiting: int
    added: list[str]
    changed: list[ChangedRowOut]
    removed: list[PayerRowOut]
    unchanged: int


class ConflictOut(BaseModel):
    """Ids of rows that contradict each other. `status`: one payer and plan stands differently in them; `general`: the
    first is a sentence about all payers, the others are not accepted."""

    kind: str
    rows: list[str]


class PayersOut(BaseModel):
    """Patients are answered from `published` only."""

    published: list[PayerRowOut]
    proposed: list[PayerRowOut]
    difference: list[DifferenceOut]
    conflicts: list[ConflictOut]


class PublishIn(BaseModel):
    """`rows` are the ids to publish; without it, all that wait in the paper, or in its version `version_id`."""

    model_config = ConfigDict(extra="forbid")

    client_id: ClientId
    document_id: Annotated[str, Field(max_length=100)]
    rows: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=5000)] | None = None
    version_id: Annotated[str, Field(max_length=100)] | None = None


class PublishedOut(BaseModel):
    """How many rows are answered from now on, how many older ones are gone, and how many still wait."""

    document_id: str
    published: int
    removed: int
    waiting: int


class RowChangeIn(BaseModel):
    """`plan` "" means the payer as a whole."""

    model_config = ConfigDict(extra="forbid")

    status: Status | None = None
    plan: Annotated[str, Field(max_length=200)] | None = None


@get("/payers", guards=[may(Act.READ_PAYERS)])
async def list_payers(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> PayersOut:
    """Everything about the clinic's payer rows."""
    return _payers(await pool(review_payers, desk, clinic_on(request).clinic_id))


@post("/payers/publish", guards=[may(Act.CHANGE_PAYERS)], status_code=200)
async def publish_payers(
    request: Request[Any, Any, Any],
    data: JSONBody[PublishIn],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> PublishedOut:
    """Patients are answered from these rows from now on."""
    approval = Approval(
        data.document_id, None if data.rows is None else tuple(data.rows), data.client_id, data.version_id
    )
    done = await pool(publish_payer_rows, desk, clinic_on(request).clinic_id, approval, actor_on(request))
    return PublishedOut(
        document_id=data.document_id, published=done.published, removed=done.removed, waiting=done.waiting
    )


@patch("/payers/{row_id:str}", guards=[may(Act.CHANGE_PAYERS)])
async def change_payer(
    request: Request[Any, Any, Any],
    row_id: FromPath[str],
    data: JSONBody[RowChangeIn],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> PayerRowOut:
    """Mends a row that waits."""
    clinic_id = clinic_on(request).clinic_id
    await pool(change_payer_row, desk, clinic_id, row_id, Changes(data.status, data.plan), actor_on(request))
    proposed = _payers(await pool(review_payers, desk, clinic_id)).proposed
    row = next((row for row in proposed if row.id == row_id), None)
    if row is None:  # its paper was replaced between the two steps
        raise NotFound(f"There is no payer_row {row_id!r}.")
    return row


@delete("/payers/{row_id:str}", guards=[may(Act.CHANGE_PAYERS)])
async def remove_payer(
    request: Request[Any, Any, Any], row_id: FromPath[str], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> None:
    """Rejects a row that waits, or takes a published one out of the answers."""
    await pool(remove_payer_row, desk, clinic_on(request).clinic_id, row_id, actor_on(request))


def _payers(review: Review) -> PayersOut:
    papers = review.documents
    return PayersOut(
        published=[_row(row) for paper in papers for row in paper.unchanged],
        proposed=[_row(row) for paper in papers for row in (*paper.added, *(one.row for one in paper.changed))],
        difference=[
            DifferenceOut(
                document_id=paper.document_id,
                document=paper.document,
                version_id=paper.version_id,
                starts=paper.starts,
                waiting=paper.waiting,
                added=[row.id for row in paper.added],
                changed=[
                    ChangedRowOut(id=one.row.id, before=_row(one.before), fields=[_field(f) for f in one.fields])
                    for one in paper.changed
                ],
                removed=[_row(row) for row in paper.removed],
                unchanged=len(paper.unchanged),
            )
            for paper in papers
        ],
        conflicts=[ConflictOut(kind=one.kind, rows=[row.id for row in one.rows]) for one in review.conflicts],
    )


def _field(change: FieldChange) -> FieldChangeOut:
    return FieldChangeOut(field=change.name, old=change.old, new=change.new)


def _row(row: RowView) -> PayerRowOut:
    facts = {name: getattr(row.facts, name) for name in PayerRowOut.model_fields if hasattr(row.facts, name)}
    place = {name: getattr(row, name) for name in PayerRowOut.model_fields if name not in facts}
    lists = ("except_plans", "heading", "edited")
    values = facts | place
    return PayerRowOut.model_validate(values | {name: list(values[name]) for name in lists})

"""The clinic's papers over the API."""

from datetime import date, datetime
from typing import Annotated, Any

from litestar import Request, delete, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, MultipartBody
from pydantic import BaseModel, ConfigDict, Field

from app.desk import Desk
from app.store.queries.papers import Paper, paper, papers
from app.usecases.accept_document import accept_document
from app.usecases.delete_document import delete_document
from app.web.guards import may
from app.web.policy import Act
from app.web.pool import Pool
from app.web.staff_access import actor_on, clinic_on


class DocumentOut(BaseModel):
    """A paper by its newest version. `live` says whether patients are answered from it (or an older version)."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    status: str
    live: bool
    chunks: int
    pages: int | None
    warnings: list[str]
    error: str | None
    progress: float
    effective_from: date | None
    effective_to: date | None
    size_bytes: int
    uploaded_at: datetime


class DocumentsOut(BaseModel):
    """Every paper of the clinic, by name."""

    documents: list[DocumentOut]


class UploadIn(BaseModel):
    """The multipart form."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    file: Annotated[UploadFile, Field(description="The paper")]


class AcceptedOut(BaseModel):
    """`status` is `queued` until the paper is being read; identical bytes are answered with what is there."""

    document_id: str
    status: str


class ReceiptOut(BaseModel):
    """What a deletion removed, in numbers. `vectors_pending` are copies in the search index that go as soon as it can
    be used; no answer comes from them."""

    model_config = ConfigDict(from_attributes=True)

    document_id: str
    document: str
    versions: int
    chunks: int
    vectors: int
    vectors_pending: int
    payer_rows: int
    files: int


def _out(found: Paper) -> DocumentOut:
    return DocumentOut.model_validate({**_fields(found), "live": found.answering_since is not None})


def _fields(found: Paper) -> dict[str, Any]:
    return {name: getattr(found, name) for name in DocumentOut.model_fields if name != "live"}


@get("/documents", guards=[may(Act.READ_PAPERS)])
async def list_documents(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> DocumentsOut:
    """Every paper that is not deleted."""
    found = await pool(papers, desk.database, clinic_on(request).clinic_id)
    return DocumentsOut(documents=[_out(one) for one in found])


@get("/documents/{document_id:str}", guards=[may(Act.READ_PAPERS)])
async def show_document(
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> DocumentOut:
    """One paper."""
    return _out(await pool(paper, desk.database, clinic_on(request).clinic_id, document_id))


@post("/documents", guards=[may(Act.CHANGE_PAPERS)], status_code=202)
async def upload_document(
    request: Request[Any, Any, Any],
    data: MultipartBody[UploadIn],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> AcceptedOut:
    """Takes a paper; it is read in the background."""
    content = await data.file.read()
    clinic_id, actor = clinic_on(request).clinic_id, actor_on(request)
    accepted = await pool(accept_document, desk, clinic_id, data.file.filename, content, actor)
    return AcceptedOut(document_id=accepted.document_id, status=accepted.status)


@delete("/documents/{document_id:str}", guards=[may(Act.CHANGE_PAPERS)], status_code=200)
async def remove_document(
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> ReceiptOut:
    """No patient is answered from it from now on."""
    done = await pool(delete_document, desk, clinic_on(request).clinic_id, document_id, actor_on(request))
    return ReceiptOut.model_validate(done)

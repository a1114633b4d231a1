"""The clinic's papers over the API."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from litestar import Request, delete, get, patch, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath, JSONBody, QueryParameter
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.desk import Desk
from app.errors import Invalid
from app.store.queries.papers import Paper, paper, papers
from app.usecases.accept_document import accept_document
from app.usecases.date_document import Dates, date_document
from app.usecases.delete_document import delete_document
from app.usecases.read_page import read_page
from app.web.guards import may
from app.web.policy import Act
from app.web.pool import Pool
from app.web.staff_access import actor_on, clinic_on


class WaitingVersionOut(BaseModel):
    """A version that patients are answered from from the day `starts` on; `replaces` says whether another one is in use
    until then."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    starts: date
    effective_to: date | None
    uploaded_at: datetime
    chunks: int
    replaces: bool


class DocumentOut(BaseModel):
    """A paper by its newest version. `live` says whether patients are answered from it (or an older version); `waiting`
    are the versions that are ready for a later day."""

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
    dated: date | None
    source_url: str | None
    last_read_at: datetime | None
    reading_problem: str | None
    size_bytes: int
    uploaded_at: datetime
    waiting: list[WaitingVersionOut]


class DocumentsOut(BaseModel):
    """Every paper of the clinic, by name."""

    documents: list[DocumentOut]


class PageIn(BaseModel):
    """A web page to read as a paper, now and again every day."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, Field(max_length=2000)]


class DatesIn(BaseModel):
    """The days between which the paper holds, both included; null clears one, a missing one stays as it is. `version`
    is the id of a waiting version; without it the newest is meant."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[str, Field(max_length=100)] | None = None

    effective_from: date | None = None
    effective_to: date | None = None


class AcceptedOut(BaseModel):
    """`status` is `queued` until the paper is being read; identical bytes are answered with what is there, and
    `warning` says so."""

    document_id: str
    status: str
    warning: str | None = None


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


@dataclass
class TakesEither(Operation):
    """The description of a request that is a file or the address of a page."""

    def __post_init__(self) -> None:
        """Names both bodies."""
        file = Schema(
            type=OpenAPIType.OBJECT, properties={"file": Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)}
        )
        page = Schema(
            type=OpenAPIType.OBJECT, properties={"url": Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.URI)}
        )
        content = {
            "multipart/form-data": OpenAPIMediaType(schema=file),
            "application/json": OpenAPIMediaType(schema=page),
        }
        self.request_body = RequestBody(content=content, required=True)


def _out(found: Paper) -> DocumentOut:
    return DocumentOut.model_validate({**_fields(found), "live": found.answering_since is not None})


def _fields(found: Paper) -> dict[str, Any]:
    return {name: getattr(found, name) for name in DocumentOut.model_fields if name != "live"}


@get("/documents", guards=[may(Act.READ_PAPERS)])
async def list_documents(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> DocumentsOut:
    """Every paper that is not deleted."""
    found = await pool(papers, desk.database, clinic_on(request).clinic_id, desk.clock())
    return DocumentsOut(documents=[_out(one) for one in found])


@get("/documents/{document_id:str}", guards=[may(Act.READ_PAPERS)])
async def show_document(
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> DocumentOut:
    """One paper."""
    return _out(await pool(paper, desk.database, clinic_on(request).clinic_id, document_id, desk.clock()))


@post("/documents", guards=[may(Act.CHANGE_PAPERS)], status_code=202, operation_class=TakesEither)
async def upload_document(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], pool: NamedDependency[Pool]
) -> AcceptedOut:
    """Takes a paper (multipart, field `file`; it is read in the background) or a web page (JSON, field `url`)."""
    clinic_id, actor = clinic_on(request).clinic_id, actor_on(request)
    if request.content_type[0] == "application/json":
        page = _page_in(await request.body())
        accepted = await pool(read_page, desk, clinic_id, page.url, actor)
    else:
        file = (await request.form()).get("file")
        if not isinstance(file, UploadFile):
            raise Invalid("There is no file in the field 'file'.", 'Send a file, or JSON like {"url": "https://..."}.')
        accepted = await pool(accept_document, desk, clinic_id, file.filename, await file.read(), actor)
    return AcceptedOut(document_id=accepted.document_id, status=accepted.status, warning=accepted.warning)


def _page_in(body: bytes) -> PageIn:
    try:
        return PageIn.model_validate_json(body)
    except ValidationError as problem:
        where = ".".join(str(part) for part in problem.errors()[0]["loc"]) or "the body"
        raise Invalid(f"{where}: {problem.errors()[0]['msg']}.", 'Send JSON like {"url": "https://..."}.') from None


@patch("/documents/{document_id:str}", guards=[may(Act.CHANGE_PAPERS)])
async def change_document(
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    data: JSONBody[DatesIn],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
) -> DocumentOut:
    """Sets or clears the days between which it holds; outside them no patient is answered from it."""
    clinic_id, dates = clinic_on(request).clinic_id, Dates(data.effective_from, data.effective_to)
    names = {"effective_from": "starts", "effective_to": "ends"}
    given = [names[field] for field in data.model_fields_set if field in names]
    if given:
        actor, of = actor_on(request), data.version
        await pool(date_document, desk, clinic_id, document_id, dates, actor, given=given, version_id=of)
    return _out(await pool(paper, desk.database, clinic_id, document_id, desk.clock()))


@delete("/documents/{document_id:str}", guards=[may(Act.CHANGE_PAPERS)], status_code=200)
async def remove_document(
    request: Request[Any, Any, Any],
    document_id: FromPath[str],
    desk: NamedDependency[Desk],
    pool: NamedDependency[Pool],
    version: Annotated[str | None, QueryParameter(max_length=100)] = None,
) -> ReceiptOut:
    """No patient is answered from it from now on. With `version`, the id of a waiting one, only that one goes."""
    clinic_id, actor = clinic_on(request).clinic_id, actor_on(request)
    done = await pool(delete_document, desk, clinic_id, document_id, actor, version_id=version)
    return ReceiptOut.model_validate(done)

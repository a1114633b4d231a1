"""read_page: a page of a website becomes a paper, and is read again as long as it is one.

A page that is gone or does not answer keeps its last version; the manager is told, the patients notice nothing."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, select

from app.delivery.outbound_http import Outbound, Reply, check_url
from app.desk import Desk
from app.errors import FrontdeskError, Invalid, NotFound, Transient, describe
from app.store.audit import DESK, Actor, record
from app.store.tables import Document
from app.usecases.accept_document import Accepted, Source, accept_document, clean_name

log = logging.getLogger("frontdesk.papers")

GONE = {404, 410}
NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class _Known:
    document_id: str
    url: str
    etag: str | None
    last_modified: str | None


def read_page(desk: Desk, clinic_id: str, url: str, actor: Actor) -> Accepted:
    """Takes a page as a paper, or reads it anew. Raises Invalid, also when it does not answer, NotFound, TooLarge."""
    url = check_url(url).geturl()
    try:
        reply = _outbound(desk).get(url)
    except Transient as problem:
        raise Invalid(problem.message, "Check the address, or try again later.") from problem
    _check(reply)
    return _accept(desk, clinic_id, url, reply, actor)


def reread_pages(desk: Desk) -> None:
    """Reads every page whose time has come; with an interval of 0 none is."""
    hours = desk.settings.page_reread_h
    if not hours:
        return
    with desk.database.read() as session:
        due = select(Document).where(
            col(Document.source_url).is_not(None),
            col(Document.deleted_at).is_(None),
            col(Document.last_read_at) <= desk.clock() - timedelta(hours=hours),
        )
        found = [(row.clinic_id, _known(row)) for row in session.exec(due)]
    for clinic_id, known in found:
        try:
            _reread(desk, clinic_id, known)
        except Exception as problem:  # one clinic's page must not end the reading of the others'
            log.error("a page could not be read again: %s", describe(problem))


def _known(row: Document) -> _Known:
    return _Known(row.id, str(row.source_url), row.etag, row.last_modified)


def _reread(desk: Desk, clinic_id: str, known: _Known) -> None:
    asked = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    try:
        reply = _outbound(desk).get(known.url, {name: value for name, value in asked.items() if value})
        if reply.status == NOT_MODIFIED:
            desk.database.write(lambda s: _note(s, desk, known.document_id, None))
            return
        _check(reply)
        _accept(desk, clinic_id, known.url, reply, DESK, known.document_id)
        desk.database.write(lambda s: _note(s, desk, known.document_id, None))
    except FrontdeskError as problem:
        said = problem.message
        desk.database.write(lambda s: _note(s, desk, known.document_id, said))


def _outbound(desk: Desk) -> Outbound:
    settings = desk.settings
    return Outbound(settings.fetch_timeout_s, int(settings.upload_max_mb * 1024 * 1024), settings.fetch_private)


def _check(reply: Reply) -> None:
    if reply.status in GONE:
        raise NotFound(f"The page {reply.url!r} is gone: its server says {reply.status}.", "Check the address.")
    if reply.status != 200:
        raise Invalid(f"The page {reply.url!r} cannot be read: its server says {reply.status}.", "Check the address.")


def _accept(
    desk: Desk, clinic_id: str, url: str, reply: Reply, actor: Actor, document_id: str | None = None
) -> Accepted:
    headers = reply.headers
    kind = headers.get("content-type", "").partition(";")[0].strip().lower() or None
    source = Source(url, kind, headers.get("etag"), headers.get("last-modified"))
    return accept_document(desk, clinic_id, page_name(url), reply.body, actor, source=source, document_id=document_id)


def page_name(url: str) -> str:
    """What a page is called among the papers: its address without scheme and query."""
    parts = check_url(url)
    return clean_name(f"{parts.netloc}{parts.path}".rstrip("/").replace("/", " › "))


def _note(session: Session, desk: Desk, document_id: str, problem: str | None) -> None:
    """What came of reading a page that brought nothing new; said once in the audit, not with every try."""
    document = session.get_one(Document, document_id)
    if document.deleted_at is not None:
        return
    if problem and document.reading_problem is None:
        record(session, desk.clock(), DESK, "page_not_read", ("document", document_id), document.clinic_id)
    document.last_read_at, document.reading_problem = desk.clock(), problem
    session.add(document)

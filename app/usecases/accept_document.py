"""accept_document: a paper comes in. Its bytes are on disk and its version, job and audit row are committed before
anyone is told so; reading it is the job's work."""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from sqlalchemy import true
from sqlmodel import Session, col, select

from app.clock import day_in, new_id
from app.desk import Desk
from app.errors import Invalid, NotFound, TooLarge
from app.jobs.queue import enqueue
from app.store.audit import Actor, record
from app.store.tables import Clinic, Document, DocumentVersion
from app.store.versions import day_of_taking_over, live_versions, without_a_turn
from app.usecases.date_document import Dates
from app.usecases.paper_files import keep_bytes

LONGEST_NAME = 200
WAITING = ("queued", "reading")


@dataclass(frozen=True, slots=True)
class Accepted:
    """`status` is that of the version: `queued` when it is new, else how far the identical one has come. `warning` is
    a sentence for the manager when nothing was done because the same file is there already."""

    document_id: str
    version_id: str
    status: str
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The web page that a paper was read from, and what its server said of it."""

    url: str
    media_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class _Paper:
    clinic_id: str
    version_id: str
    name: str
    sha256: str
    size_bytes: int
    at: datetime
    dates: Dates | None
    source: Source | None
    document_id: str | None


def accept_document(
    desk: Desk,
    clinic_id: str,
    filename: str,
    data: bytes,
    actor: Actor,
    *,
    dates: Dates | None = None,
    source: Source | None = None,
    document_id: str | None = None,
) -> Accepted:
    """Takes a paper. The same name (or page) again is a new version of it; the same bytes that are live or on the way
    are answered with what is there. `dates` are days that staff give; the paper's own words do not change them.
    `document_id` is the page that is read anew: one that was deleted meanwhile does not come back. Raises Invalid (no
    name, empty), TooLarge, NotFound, Unavailable."""
    name = clean_name(filename) if source is None else filename
    _check_size(desk, name, data)
    digest = hashlib.sha256(data).hexdigest()
    given = dates.checked() if dates else None
    paper = _Paper(clinic_id, new_id("ver"), name, digest, len(data), desk.clock(), given, source, document_id)
    keep_bytes(desk, clinic_id, paper.version_id, data)
    try:
        accepted = desk.database.write(lambda s: _add(s, paper, actor))
    except BaseException:
        desk.uploads.remove(clinic_id, paper.version_id)
        raise
    if accepted.version_id != paper.version_id:
        desk.uploads.remove(clinic_id, paper.version_id)
    desk.wake()
    return accepted


def clean_name(filename: str) -> str:
    """The file's own name: no folders, no control characters, at most 200 characters with its ending kept;
    empty when nothing but dots is left."""
    base = PurePosixPath(filename.replace("\\", "/")).name
    plain = "".join(c for c in unicodedata.normalize("NFC", base) if unicodedata.category(c)[0] != "C")
    plain = " ".join(plain.split())
    if len(plain) > LONGEST_NAME:
        ending = PurePosixPath(plain).suffix[:20]
        plain = plain[: LONGEST_NAME - len(ending)] + ending
    return plain if plain.strip(".") else ""


def _check_size(desk: Desk, name: str, data: bytes) -> None:
    limit = desk.settings.upload_max_mb
    if not name:
        raise Invalid("The file has no name.", "Give it a name and upload it again.")
    if not data:
        raise Invalid(f"The file {name!r} is empty.", "Choose a file with text in it.")
    if len(data) > limit * 1024 * 1024:
        size = len(data) / 1024 / 1024
        raise TooLarge(f"The file {name!r} has {size:.1f} MB; the limit is {limit:g} MB.", "Split it into parts.")


def _add(session: Session, paper: _Paper, actor: Actor) -> Accepted:
    known = _document_named(session, paper)
    if paper.document_id and (known is None or known.id != paper.document_id):
        raise NotFound(f"There is no document {paper.document_id!r}.")
    same = _identical(session, paper, known)
    if same is not None:
        return _known(session, paper, same, actor)
    document = known or Document(clinic_id=paper.clinic_id, name=paper.name, created_at=paper.at)
    _remember(document, paper)
    session.add(document)
    session.flush()
    document_id = document.id
    version = DocumentVersion(
        id=paper.version_id,
        clinic_id=paper.clinic_id,
        document_id=document_id,
        sha256=paper.sha256,
        size_bytes=paper.size_bytes,
        media_type=paper.source.media_type if paper.source else None,
        created_at=paper.at,
    )
    _set_dates(session, paper, version)
    session.add(version)
    enqueue(session, "index", {"version_id": version.id}, paper.clinic_id, paper.at)
    record(session, paper.at, actor, "uploaded", ("document_version", version.id), paper.clinic_id)
    return Accepted(document_id, version.id, version.status)


def _known(session: Session, paper: _Paper, same: DocumentVersion, actor: Actor) -> Accepted:
    """The answer to a file that is there already, under this name or another. Days that came with it count."""
    document = session.get_one(Document, same.document_id)
    own = document.source_url == paper.source.url if paper.source else document.name == paper.name
    if own and paper.source:
        _remember(document, paper)
        session.add(document)
    if own and paper.dates and (same.effective_from, same.effective_to) != (paper.dates.starts, paper.dates.ends):
        _set_dates(session, paper, same)
        clinic = session.get_one(Clinic, paper.clinic_id)
        if same.live:
            same.takes_over = day_of_taking_over(same, clinic.timezone)
        clinic.knowledge_version += 1
        session.add_all([same, clinic])
        record(session, paper.at, actor, "document_dated", ("document", document.id), paper.clinic_id)
    said = (
        f"{paper.name!r} is there already, unchanged. Nothing was done."
        if own
        else f"{paper.name!r} is the same file as {document.name!r}. It was not added a second time."
    )
    return Accepted(document.id, same.id, same.status, said)


def _set_dates(session: Session, paper: _Paper, version: DocumentVersion) -> None:
    """The days that staff gave with the file; a page that is read anew keeps those that they gave it before."""
    given = paper.dates
    if given is None and paper.source:
        before = select(DocumentVersion).where(
            DocumentVersion.document_id == version.document_id,
            col(DocumentVersion.live).is_(True),
            col(DocumentVersion.dates_by_hand).is_(True),
        )
        old = session.exec(before.order_by(col(DocumentVersion.created_at).desc())).first()
        given = Dates(old.effective_from, old.effective_to) if old else None
    if given:
        version.effective_from, version.effective_to = given.starts, given.ends
        version.dates_by_hand = True


def _document_named(session: Session, paper: _Paper) -> Document | None:
    """The paper with this name (or from this page), if there is one."""
    of_page = Document.source_url == paper.source.url if paper.source else col(Document.source_url).is_(None)
    named = select(Document).where(Document.clinic_id == paper.clinic_id, of_page, col(Document.deleted_at).is_(None))
    return session.exec(named if paper.source else named.where(Document.name == paper.name)).first()


def _remember(document: Document, paper: _Paper) -> None:
    """What the page's server said, for the next time it is read."""
    if paper.source:
        document.source_url, document.etag = paper.source.url, paper.source.etag
        document.last_modified, document.last_read_at = paper.source.last_modified, paper.at
        document.reading_problem = None


def _identical(session: Session, paper: _Paper, known: Document | None) -> DocumentVersion | None:
    """A version with the same bytes that is live or waiting, unless something newer is about to take its place. A paper
    that is there already is compared with itself alone: what it said before must not stay because another paper says
    what it says now."""
    mine = col(DocumentVersion.document_id) == known.id if known else true()
    twins = session.exec(
        select(DocumentVersion).where(
            DocumentVersion.clinic_id == paper.clinic_id, DocumentVersion.sha256 == paper.sha256, mine
        )
    )
    for twin in twins:
        if (
            (twin.live or twin.status in WAITING)
            and not _overtaken(session, twin)
            and _has_a_turn(session, paper, twin)
        ):
            return twin
    return None


def _has_a_turn(session: Session, paper: _Paper, version: DocumentVersion) -> bool:
    """Not so for a version that another took over from: what it says is given again, and counts anew."""
    today = day_in(session.get_one(Clinic, paper.clinic_id).timezone, paper.at)
    over = without_a_turn(live_versions(session, version.document_id), today)
    return version.id not in {one.id for one in over}


def _overtaken(session: Session, version: DocumentVersion) -> bool:
    newer = select(DocumentVersion.id).where(
        DocumentVersion.document_id == version.document_id,
        DocumentVersion.id != version.id,
        DocumentVersion.created_at >= version.created_at,
        col(DocumentVersion.status).in_(WAITING),
    )
    return session.exec(newer).first() is not None

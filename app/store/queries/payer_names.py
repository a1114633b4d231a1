"""The payers that a clinic's own papers name, so that patients' words for them are recognised."""

import re

from sqlmodel import Session, col, select

from app.store.queries.payers import published_payers
from app.store.session import Database
from app.store.tables import ChunkRow, DocumentVersion

PAYER_COLUMN = re.compile(r"\b(payers?|insur\w*|carriers?|health plans?|aseguradora\w*|seguros?)\b", re.IGNORECASE)
LONGEST = 60


def payer_names(database: Database, clinic_id: str) -> dict[str, str]:
    """Name in lower case to name, from the published payer rows. Until a manager has published some: from the first
    column of live table rows whose header says payer or insurance."""
    with database.read() as session:
        found = published_payers(session, clinic_id) or _in_tables(session, clinic_id)
    names: dict[str, str] = {}
    for name in found:
        if 1 < len(name) <= LONGEST:
            names.setdefault(name.lower(), name)
    return names


def _in_tables(session: Session, clinic_id: str) -> list[str]:
    rows = (
        select(ChunkRow.cells)
        .join(DocumentVersion, col(ChunkRow.version_id) == col(DocumentVersion.id))
        .where(ChunkRow.clinic_id == clinic_id, ChunkRow.kind == "row", col(DocumentVersion.live).is_(True))
    )
    return [value for cells in session.exec(rows) for header, value in cells[:1] if PAYER_COLUMN.search(header)]

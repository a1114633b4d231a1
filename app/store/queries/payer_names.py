"""The payers that a clinic's own papers name, so that patients' words for them are recognised."""

import re

from sqlmodel import col, select

from app.store.session import Database
from app.store.tables import ChunkRow, DocumentVersion

PAYER_COLUMN = re.compile(r"\b(payers?|insur\w*|carriers?|health plans?|aseguradora\w*|seguros?)\b", re.IGNORECASE)
LONGEST = 60


def payer_names(database: Database, clinic_id: str) -> dict[str, str]:
    """Name in lower case to name, from the first column of live table rows whose header says payer or insurance."""
    rows = (
        select(ChunkRow.cells)
        .join(DocumentVersion, col(ChunkRow.version_id) == col(DocumentVersion.id))
        .where(ChunkRow.clinic_id == clinic_id, ChunkRow.kind == "row", col(DocumentVersion.live).is_(True))
    )
    names: dict[str, str] = {}
    with database.read() as session:
        for cells in session.exec(rows):
            for header, value in cells[:1]:
                if PAYER_COLUMN.search(header) and 1 < len(value) <= LONGEST:
                    names.setdefault(value.lower(), value)
    return names

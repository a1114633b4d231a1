"""Fills a desk with clinics of many chunks without reading files: rows and vectors as index_document leaves them."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from sqlmodel import Session

from app.clock import new_id
from app.control.commands import run
from app.desk import Desk
from app.store.queries.clinics import clinic_of_site
from app.store.tables import ChunkRow, Clinic, Document, DocumentVersion
from ingestion.parser_process import ParserProcess
from knowledge.embedders import Vectors
from knowledge.types import Chunk
from scripts.benchmarks import papers


def some_chunks(folder: Path, number: int) -> list[Chunk]:
    """`number` chunks of as many invented papers as it takes; the papers differ in their figures."""
    parser, found = ParserProcess(), []
    try:
        for file in papers.make(folder, 2 + number // 25):
            found += parser.parse(file, file.name).chunks
    finally:
        parser.close()
    assert len(found) >= number, (len(found), number)
    return found[:number]


def add_clinic(desk: Desk, name: str, chunks: Sequence[Chunk], vectors: Vectors) -> str:
    """A clinic with one live paper; `vectors` has one row per chunk. Returns the clinic's id."""
    values = {"name": name, "phone": "555-0100", "timezone": "America/New_York"}
    made = run(desk, "clinic_create", values | {"coordinator_email": "desk@clinic.example"}, lambda _: None)
    clinic_id = clinic_of_site(desk.database, str(made["site_key"])).id
    ids = [new_id("chunk") for _ in chunks]
    desk.database.write(lambda session: _rows(session, desk, clinic_id, ids, chunks))
    desk.index._vectors.upsert(clinic_id, ids, vectors)
    return clinic_id


def _rows(session: Session, desk: Desk, clinic_id: str, ids: Sequence[str], chunks: Sequence[Chunk]) -> None:
    now = desk.clock() - timedelta(minutes=1)
    document = Document(clinic_id=clinic_id, name="rules.md", created_at=now)
    version = DocumentVersion(
        clinic_id=clinic_id, document_id=document.id, status="ready", live=True, sha256="0" * 64, size_bytes=1
    )
    version.created_at = version.ready_at = now
    version.chunks = len(chunks)
    session.add(document)
    session.flush()
    session.add(version)
    session.flush()
    for key, chunk in zip(ids, chunks, strict=True):
        values = {"heading": list(chunk.heading), "cells": [list(pair) for pair in chunk.cells]}
        values |= {"ordinal": chunk.ordinal, "kind": chunk.kind.value, "text": chunk.text, "page": chunk.page}
        session.add(ChunkRow(id=key, clinic_id=clinic_id, version_id=version.id, lead=chunk.lead, **values))
    session.get_one(Clinic, clinic_id).knowledge_version += 1

"""Payer lists for tests: rows are given as drafts, so that what is tested is what happens to them after the reading."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from app.bootstrap import Running
from app.clock import new_id
from app.desk import Desk
from app.jobs import queue
from app.store.audit import COMMAND
from app.store.queries.clinics import ClinicFacts, clinic_of_site
from app.usecases.accept_document import Accepted, accept_document
from app.usecases.date_document import Dates
from app.usecases.index_document import index_document
from app.usecases.publish_payer_rows import Approval, publish_payer_rows
from ingestion.types import Parsed, PayerRowDraft
from knowledge.types import Chunk, ChunkKind
from tests.desk import make_clinic


def row(payer: str, plan: str | None = None, status: str = "in_network", **more: object) -> PayerRowDraft:
    """A draft whose quote is its own words."""
    quote = " | ".join(str(part) for part in (payer, plan, status, more.get("visit_limit")) if part)
    values = {"payer": payer, "plan": plan, "status": status, "quote": quote, "ordinal": 0, "page": 1, **more}
    return PayerRowDraft(**values)  # type: ignore[arg-type]


def general(text: str) -> PayerRowDraft:
    """A sentence about all payers."""
    return PayerRowDraft("", "in_network", text, 0, general=True)


class Reader:
    """Stands in for the parser process: the bytes name the drafts to return."""

    def __init__(self, drafts: Sequence[PayerRowDraft]) -> None:
        self.drafts = tuple(drafts)

    def parse(self, path: Path, name: str) -> Parsed:
        """One chunk for each row."""
        chunks = tuple(Chunk(i, ChunkKind.ROW, draft.quote) for i, draft in enumerate(self.drafts))
        return Parsed("text/csv", chunks, payer_rows=self.drafts)


class NoIndex:
    """The index rests: rows need no vectors."""

    ready = False

    def add(self, *_: object) -> None:
        """Nothing."""


def publish_paper(
    desk: Desk,
    clinic_id: str,
    drafts: Sequence[PayerRowDraft],
    name: str = "payers.csv",
    *,
    minutes: int = 0,
    dates: Dates | None = None,
) -> Accepted:
    """Uploads a paper that holds these rows and makes it live, as the worker would."""
    clock = lambda: desk.clock() + timedelta(minutes=minutes)  # noqa: E731
    at_work = replace(desk, clock=clock, parser=Reader(drafts), index=NoIndex())  # type: ignore[arg-type]
    data = json.dumps([str(draft) for draft in drafts] or ["no rows"]).encode()
    accepted = accept_document(at_work, clinic_id, name, data, COMMAND, dates=dates)
    job = desk.database.write(lambda s: queue.claim(s, ["index"], "test", clock(), timedelta(minutes=5)))
    assert job is not None
    assert job.payload["version_id"] == accepted.version_id, "another paper waits to be read"
    then = index_document(at_work, job)
    desk.database.write(lambda s: queue.finish(s, job, clock(), then))
    return accepted


def make_clinic_with_payers(running: Running, payers: Sequence[Mapping[str, Any]]) -> ClinicFacts:
    """A clinic that has published only these payer rows, given as the arguments of `row`."""
    clinic = make_clinic(running, f"Harbor Walk Therapy {new_id('x')}")
    paper = publish_paper(running.desk, clinic.id, [row(**one) for one in payers])
    publish_payer_rows(running.desk, clinic.id, Approval(paper.document_id, None, None), COMMAND)
    return clinic_of_site(running.desk.database, clinic.site_key)

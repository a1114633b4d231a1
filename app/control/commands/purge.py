"""purge: papers leave without a trace, or what was kept for its time does, now; the receipt says what was removed."""

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from sqlmodel import col, select

from app.desk import Desk
from app.errors import Invalid
from app.store.audit import COMMAND
from app.store.queries.clinics import clinic_of_site
from app.store.tables import Document, Job
from app.usecases.delete_document import delete_document
from app.usecases.purge_expired import purge_expired

Report = Callable[[dict[str, Any]], None]
PATIENCE_S = 60.0


def purge(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """Of papers: {"purged": [a paper's `Receipt`], "pending_jobs": n}. The text is unreachable when this returns;
    `pending_jobs` counts what still has to remove vectors and bytes (0 unless the index is in trouble). With `classes`
    the receipt of `purge_expired`."""
    if arguments.get("classes"):
        return _expired(desk, arguments)
    clinic = clinic_of_site(desk.database, arguments["clinic"])
    with desk.database.read() as session:
        rows = select(Document).where(Document.clinic_id == clinic.id, col(Document.deleted_at).is_(None))
        documents = [(row.id, row.name) for row in session.exec(rows.order_by(Document.name))]
    wanted = documents if arguments["all"] else [d for d in documents if d[1] in arguments["documents"]]
    if unknown := set(arguments["documents"]) - {name for _, name in documents}:
        raise Invalid(f"The clinic has no paper {sorted(unknown)[0]!r}.", "See the names on its papers page.")
    receipt = []
    for number, (document_id, name) in enumerate(wanted):
        report({"file": name, "number": number, "files": len(wanted), "done": 0, "total": 1})
        receipt.append(asdict(delete_document(desk, clinic.id, document_id, COMMAND)))
    desk.wake()
    return {"purged": receipt, "pending_jobs": _wait(desk, clinic.id)}


def _expired(desk: Desk, arguments: dict[str, Any]) -> dict[str, Any]:
    names = [] if "all" in arguments["classes"] else arguments["classes"]
    clinic_id = clinic_of_site(desk.database, arguments["clinic"]).id if arguments.get("clinic") else None
    return purge_expired(desk, COMMAND, names, clinic_id, dry_run=bool(arguments.get("dry_run")))


def _wait(desk: Desk, clinic_id: str) -> int:
    """Waits for the jobs that remove vectors and bytes. Returns how many are left."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        with desk.database.read() as session:
            pending = select(Job.id).where(Job.clinic_id == clinic_id, Job.kind == "unindex", Job.state == "pending")
            left = len(session.exec(pending).all())
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.05)

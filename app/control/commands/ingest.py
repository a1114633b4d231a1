"""ingest: files and folders become papers of a clinic, one after the other."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from app.desk import Desk
from app.errors import FrontdeskError, Invalid
from app.store.audit import COMMAND
from app.store.queries.clinics import ClinicFacts, clinic_of_site
from app.store.queries.payers import payer_row_counts
from app.store.tables import DocumentVersion
from app.usecases.accept_document import accept_document
from app.usecases.publish_payer_rows import Approval, publish_payer_rows

Report = Callable[[dict[str, Any]], None]
LOOK_AGAIN_S = 0.05
FINISHED = ("ready", "failed", "deleted", "replaced")


def ingest(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """{"files": [{"file", "status", "chunks", "payer_rows", "payer_rows_waiting", "warnings", "error"}], "payers"}:
    `payers` is the page where a manager publishes what waits. With `publish`, the rows of these files are published
    here. One file's trouble does not stop the others."""
    clinic = clinic_of_site(desk.database, arguments["clinic"])
    files = list(_files([Path(path) for path in arguments["paths"]]))
    publish = bool(arguments.get("publish"))
    results = []
    for number, path in enumerate(files):
        place = {"file": path.name, "number": number, "files": len(files)}
        results.append(_one(desk, clinic, path, partial(_report, report, place), publish=publish))
    return {"files": results, "payers": f"{desk.settings.url}/dashboard/{clinic.site_key}/payers"}


def _report(report: Report, place: dict[str, Any], done: int, total: int) -> None:
    report(place | {"done": done, "total": total})


def _files(paths: list[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
        elif path.exists():
            yield path
        else:
            raise Invalid(f"There is no file {str(path)!r}.", "Check the path.")


def _one(
    desk: Desk, clinic: ClinicFacts, path: Path, progress: Callable[[int, int], None], *, publish: bool
) -> dict[str, Any]:
    progress(0, 0)
    try:
        accepted = accept_document(desk, clinic.id, path.name, path.read_bytes(), COMMAND)
    except (FrontdeskError, OSError) as problem:
        return _result(path, "failed", error=str(problem))
    desk.wake()
    while True:
        with desk.database.read() as session:
            version = session.get_one(DocumentVersion, accepted.version_id)
            progress(version.progress_done, version.progress_total)
            if version.status in FINISHED:
                found = _result(path, version.status, version.chunks, list(version.warnings), version.error)
                break
        time.sleep(LOOK_AGAIN_S)
    if publish and found["status"] == "ready":
        publish_payer_rows(desk, clinic.id, Approval(accepted.document_id), COMMAND)
    rows, waiting = payer_row_counts(desk.database, accepted.version_id)
    return found | {"payer_rows": rows, "payer_rows_waiting": waiting}


def _result(
    path: Path, status: str, chunks: int = 0, warnings: list[str] | None = None, error: str | None = None
) -> dict[str, Any]:
    return {
        "file": path.name,
        "status": status,
        "chunks": chunks,
        "payer_rows": 0,
        "payer_rows_waiting": 0,
        "warnings": warnings or [],
        "error": error,
    }

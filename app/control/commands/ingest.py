"""ingest: files and folders become papers of a clinic, one after the other."""

import time
from collections.abc import Callable, Iterator
from datetime import date
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
from app.usecases.date_document import Dates
from app.usecases.publish_payer_rows import Approval, publish_payer_rows
from app.usecases.read_page import read_page

Report = Callable[[dict[str, Any]], None]
LOOK_AGAIN_S = 0.05
FINISHED = ("ready", "failed", "deleted", "replaced")


def ingest(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """{"files": [{"file", "status", "chunks", "payer_rows", "payer_rows_waiting", "warnings", "error"}], "payers"}:
    `payers` is the page where a manager publishes what waits. With `publish`, the rows of these files are published
    here. One file's trouble does not stop the others."""
    clinic = clinic_of_site(desk.database, arguments["clinic"])
    pages = [path for path in arguments["paths"] if is_page(path)]
    files = list(_files([Path(path) for path in arguments["paths"] if not is_page(path)]))
    publish = bool(arguments.get("publish"))
    dates = _dates(arguments)
    if pages and dates:
        raise Invalid("Days are given to files only.", "Read the page first, then set its days on the papers page.")
    results = []
    for number, source in enumerate([*files, *pages]):
        place = {"file": _called(source), "number": number, "files": len(files) + len(pages)}
        results.append(_one(desk, clinic, source, partial(_report, report, place), dates=dates, publish=publish))
    return {"files": results, "payers": f"{desk.settings.url}/dashboard/{clinic.site_key}/payers"}


def is_page(path: str) -> bool:
    """Whether what was given is the address of a web page."""
    return path.startswith(("http://", "https://"))


def _called(source: Path | str) -> str:
    return source.name if isinstance(source, Path) else source


def _dates(arguments: dict[str, Any]) -> Dates | None:
    days = [arguments.get(name) for name in ("effective_from", "effective_to")]
    return Dates(*(date.fromisoformat(day) if day else None for day in days)).checked() if any(days) else None


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
    desk: Desk,
    clinic: ClinicFacts,
    source: Path | str,
    progress: Callable[[int, int], None],
    *,
    dates: Dates | None,
    publish: bool,
) -> dict[str, Any]:
    progress(0, 0)
    try:
        if isinstance(source, Path):
            data = source.read_bytes()
            accepted = accept_document(desk, clinic.id, source.name, data, COMMAND, dates=dates)
        else:
            accepted = read_page(desk, clinic.id, source, COMMAND)
    except (FrontdeskError, OSError) as problem:
        return _result(source, "failed", error=str(problem))
    desk.wake()
    told = [accepted.warning] if accepted.warning else []
    while True:
        with desk.database.read() as session:
            version = session.get(DocumentVersion, accepted.version_id)
            if version is None:  # a page that says what it said before
                return _result(source, "ready", warnings=["The page says what it said before. Nothing was done."])
            progress(version.progress_done, version.progress_total)
            if version.status in FINISHED:
                found = _result(source, version.status, version.chunks, [*told, *version.warnings], version.error)
                break
        time.sleep(LOOK_AGAIN_S)
    if publish and found["status"] == "ready":
        publish_payer_rows(desk, clinic.id, Approval(accepted.document_id), COMMAND)
    rows, waiting = payer_row_counts(desk.database, accepted.version_id)
    return found | {"payer_rows": rows, "payer_rows_waiting": waiting}


def _result(
    source: Path | str, status: str, chunks: int = 0, warnings: list[str] | None = None, error: str | None = None
) -> dict[str, Any]:
    return {
        "file": _called(source),
        "status": status,
        "chunks": chunks,
        "payer_rows": 0,
        "payer_rows_waiting": 0,
        "warnings": warnings or [],
        "error": error,
    }

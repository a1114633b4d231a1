"""audit verify, audit export."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.desk import Desk
from app.errors import Invalid
from app.store.anchor import Line, anchor_of
from app.store.audit import COMMAND
from app.store.audit_verify import Verdict, verify
from app.store.queries.audit_export import exported
from app.store.queries.clinics import clinic_of_site
from app.usecases.note_export import note_export

Report = Callable[[dict[str, Any]], None]


def audit_verify(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """{"ok", "entries", "first_bad": {"seq", "problem", "message"} or null, "anchored", "restores", "anchors",
    "missing_guards", "anchor": what is wrong with the anchor itself, or null}. `anchor` names a copy that was kept
    elsewhere."""
    given = arguments.get("anchor")
    anchor = anchor_of(desk.settings, desk.keys, Path(given) if given else None)
    lines: tuple[Line, ...] = ()
    problem = None if anchor.path.exists() else "There is no anchor: only the chain itself was checked."
    try:
        lines = anchor.lines()
    except Invalid as forged:
        problem = forged.message
    with desk.database.read() as session:
        found = verify(session, lines)
    return {"ok": _is_good(found) and problem is None, **asdict(found), "anchor": problem}


def _is_good(found: Verdict) -> bool:
    return found.first_bad is None and not found.missing_guards


def audit_export(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:  # noqa: ARG001
    """{"entries": [...], "anchor": the newest line or null}: the entries behind `after`, up to 5,000; none when there
    are no more. The first call is noted in the audit."""
    site_key, after = arguments.get("clinic"), int(arguments["after"])
    clinic = clinic_of_site(desk.database, site_key) if site_key else None
    if not after:
        note_export(desk, COMMAND, clinic.id if clinic else None)
    entries = exported(desk.database, after, clinic.id if clinic else None)
    last = anchor_of(desk.settings, desk.keys).last()
    return {"entries": entries, "anchor": asdict(last) if last else None}

"""purge_expired: what was kept for its time goes, class by class; a receipt says what."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from app.desk import Desk
from app.errors import Invalid
from app.store.audit import Actor, record
from app.store.scrub import scrub
from app.store.session import Database
from app.usecases.mail_files import remove_mail_files
from app.usecases.receipts import sealed
from app.usecases.retention import CLASSES, RetentionClass

ONCE = 50
"""What goes in one commit: patients' messages wait behind it."""


def purge_expired(
    desk: Desk, actor: Actor, names: Sequence[str] = (), clinic_id: str | None = None, *, dry_run: bool = False
) -> dict[str, Any]:
    """{"at", "clinic_id", "dry_run", "classes": [{"class", "before", "due", "removed": {table: rows}, "files"}],
    "sha256"}; `due` counts what is over its time. All classes, or the named ones; of one clinic, or of all. Raises
    Invalid for a class that there is none of, or that is no clinic's."""
    now = desk.clock()
    found = [_class(desk, actor, one, clinic_id, now, dry_run) for one in _wanted(names, clinic_id)]
    receipt = sealed({"at": now.isoformat(), "clinic_id": clinic_id, "dry_run": dry_run, "classes": found})
    if any(one["removed"] for one in found):
        target = ("receipt", receipt["sha256"])
        desk.database.write(lambda s: record(s, desk.clock(), actor, "purge_receipt", target, clinic_id))
        scrub(desk.database)
    return receipt


def _wanted(names: Sequence[str], clinic_id: str | None) -> list[RetentionClass]:
    known = {one.name: one for one in CLASSES if one.of_clinic or clinic_id is None}
    for name in names:
        if name not in known:
            whose = " of a clinic" if clinic_id else ""
            raise Invalid(f"There is no retention class {name!r}{whose}.", f"Use: {', '.join(known)}.")
    return [known[name] for name in names] or list(known.values())


def _class(
    desk: Desk, actor: Actor, one: RetentionClass, clinic_id: str | None, now: datetime, dry_run: bool
) -> dict[str, Any]:
    before = now - one.keep(desk.settings)
    due, counts, files = _count(desk.database, one, before, clinic_id), Counter[str](), 0
    while due and not dry_run:
        rows, notice_ids, taken = desk.database.write(lambda s: _some(s, actor, one, before, clinic_id, now))
        counts.update(rows)
        files += remove_mail_files(desk.settings, notice_ids)
        if taken < ONCE:
            break
    return {"class": one.name, "before": before.isoformat(), "due": due, "removed": dict(counts), "files": files}


def _some(
    session: Session, actor: Actor, one: RetentionClass, before: datetime, clinic_id: str | None, now: datetime
) -> tuple[dict[str, int], tuple[str, ...], int]:
    """(rows by table, notices, how many of the class) that went in this commit, with an audit row for each clinic."""
    query = one.due(before).limit(ONCE)
    if clinic_id is not None:
        query = query.where(query.selected_columns[1] == clinic_id)
    found: list[Any] = list(session.connection().execute(query))
    if not found:
        return {}, (), 0
    gone = one.remove(session, [key for key, _ in found], now)
    for clinic, number in Counter(clinic for _, clinic in found).items():
        record(session, now, actor, "purged", (one.name, str(number)), clinic)
    return dict(gone.rows), gone.notice_ids, len(found)


def _count(database: Database, one: RetentionClass, before: datetime, clinic_id: str | None) -> int:
    query = one.due(before)
    if clinic_id is not None:
        query = query.where(query.selected_columns[1] == clinic_id)
    with database.read() as session:
        return session.connection().execute(select(func.count()).select_from(query.subquery())).scalar_one()

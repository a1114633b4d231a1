"""outbox list, outbox retry."""

from collections.abc import Callable
from typing import Any

from sqlmodel import col, select

from app.desk import Desk
from app.store.audit import COMMAND
from app.store.tables import Notice
from app.usecases.retry_notice import retry_notice

Report = Callable[[dict[str, Any]], None]


def outbox_list(desk: Desk, arguments: dict[str, Any], report: Report) -> list[dict[str, Any]]:  # noqa: ARG001
    """Notices that are not delivered yet, or all of them, oldest first; ids and states, nothing a patient said."""
    wanted = select(Notice).order_by(col(Notice.created_at))
    if not arguments.get("all"):
        wanted = wanted.where(col(Notice.state).in_(["pending", "held", "dead"]))
    with desk.database.read() as session:
        return [
            {
                "id": notice.id,
                "clinic_id": notice.clinic_id,
                "lead_id": notice.lead_id,
                "state": notice.state,
                "attempts": notice.attempts,
                "last_error": notice.last_error,
                "created_at": notice.created_at.isoformat(),
            }
            for notice in session.exec(wanted)
        ]


def outbox_retry(desk: Desk, arguments: dict[str, Any], report: Report) -> dict[str, Any]:
    """Makes dead and held notices due now: the named ones, or all."""
    stuck = [notice for notice in outbox_list(desk, {}, report) if notice["state"] in ("dead", "held")]
    named = arguments.get("ids") or [notice["id"] for notice in stuck]
    for notice in stuck:
        if notice["id"] in named:
            retry_notice(desk, notice["clinic_id"], notice["id"], COMMAND)
    return {"retried": [notice["id"] for notice in stuck if notice["id"] in named]}

"""note_export: that the audit was handed out is in the audit."""

from app.desk import Desk
from app.store.audit import Actor, record


def note_export(desk: Desk, actor: Actor, clinic_id: str | None) -> None:
    """Of one clinic, or of the whole install. It is the last entry that the export shows."""
    target = ("clinic", clinic_id) if clinic_id else ("audit", "all")
    desk.database.write(lambda s: record(s, desk.clock(), actor, "audit_export", target, clinic_id))

"""anchor_audit: how far the audit has come is written to the anchor, beside the database."""

import logging
from collections.abc import Sequence

from sqlmodel import Session, col, select

from app.desk import Desk
from app.store.anchor import Event, anchor_of
from app.store.audit import DESK, Actor, record
from app.store.tables import AuditEntry

log = logging.getLogger("frontdesk.audit")


def anchor_audit(desk: Desk, event: Event = "kept") -> bool:
    """Adds a line when the audit has grown since the last one. Returns whether it did. An audit that is shorter than
    its anchor gets none: `audit verify` says what happened. Raises OSError."""
    anchor = anchor_of(desk.settings, desk.keys)
    last, newest = anchor.last(), newest_entry(desk)
    if last is None:
        desk.database.write(lambda s: record(s, desk.clock(), DESK, "anchor_started", ("anchor", "audit"), None))
        event, newest = "started", newest_entry(desk)
    elif newest[0] < last.seq:
        log.error("the audit ends at entry %d, but its anchor knows entry %d: run audit verify", newest[0], last.seq)
        return False
    elif newest[0] == last.seq:
        return False
    anchor.add(event, desk.clock(), *newest, {})
    return True


def anchor_restore(desk: Desk, backup: str, actor: Actor) -> None:
    """To be called once the database of a backup stands in the place of the one before, and its server runs not yet.
    The restore is on record in the audit, and the anchor remembers that the entries behind it were replaced: so
    verifying can tell it from an end that was cut off. `backup` is its id. Raises OSError."""
    anchor = anchor_of(desk.settings, desk.keys)
    last = anchor.last()
    desk.database.write(lambda s: record(s, desk.clock(), actor, "backup_restored", ("backup", backup), None))
    anchor.add("restored", desk.clock(), *newest_entry(desk), {"replaced": last.seq if last else 0})


def anchor_expunged(desk: Desk, conversation_ids: Sequence[str]) -> None:
    """Remembers outside the database what must not come back with an older copy of it. Raises OSError."""
    details = {"conversations": list(conversation_ids)}
    anchor_of(desk.settings, desk.keys).add("expunged", desk.clock(), *newest_entry(desk), details)


def newest_entry(desk: Desk) -> tuple[int, str]:
    """(seq, hash) of the last entry, durable by now; (0, "") for an empty audit."""
    with desk.database.read() as session:
        found = _newest(session)
    return (found.seq or 0, found.hash) if found else (0, "")


def _newest(session: Session) -> AuditEntry | None:
    return session.exec(select(AuditEntry).order_by(col(AuditEntry.seq).desc()).limit(1)).first()

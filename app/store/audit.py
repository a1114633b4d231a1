"""Leaves an audit row in the caller's transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from app.store.tables import AuditEntry


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a patient (conversation id), a staff member (staff id), a command or the desk itself."""

    kind: Literal["patient", "staff", "command", "desk"]
    id: str | None = None


DESK = Actor("desk")
COMMAND = Actor("command")


def record(
    session: Session, at: datetime, actor: Actor, verb: str, target: tuple[str, str], clinic_id: str | None
) -> None:
    """`target` is (kind, id). Give ids and kinds only: nothing that a patient said may enter the audit."""
    kind, target_id = target
    session.add(
        AuditEntry(
            at=at,
            clinic_id=clinic_id,
            actor_kind=actor.kind,
            actor_id=actor.id,
            verb=verb,
            target_kind=kind,
            target_id=target_id,
        )
    )

"""Leaves an audit row in the caller's transaction, chained to the one before (audit_chain.py)."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import insert, select
from sqlmodel import Session

from app.store.audit_chain import FIRST, entry_hash
from app.store.rows import run_apart
from app.store.tables import AuditEntry

_KIND = re.compile(r"[a-z][a-z0-9_]{0,63}")
_ID = re.compile(r"[A-Za-z0-9_./:-]{1,160}")
_ENTRIES: Any = AuditEntry.__table__  # type: ignore[attr-defined]  # SQLModel does not tell mypy of it
_INSERT = insert(_ENTRIES)
_NEWEST = select(_ENTRIES.c.seq, _ENTRIES.c.hash).order_by(_ENTRIES.c.seq.desc()).limit(1)
_LAST = "audit_last"


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
    """`target` is (kind, id). Give ids and kinds only: nothing that a patient said may enter the audit. What does not
    look like an id is a ValueError, so that a sentence cannot slip in.

    The entry is written on the transaction's own connection at once. There is one writer, so the last entry cannot
    change meanwhile: the session remembers it, and ends with the caller's savepoint. When that is rolled back the entry
    goes with it and the next one is chained to the one before."""
    kind, target_id = target
    if not _KIND.fullmatch(verb) or not _KIND.fullmatch(kind) or not _ID.fullmatch(target_id):
        raise ValueError("an audit entry takes lower-case kinds and an id, and no words")
    last = session.info.get(_LAST) or run_apart(session, _NEWEST).first()
    seq, prev_hash = (last[0] + 1, last[1]) if last else (1, FIRST)
    facts = {"clinic_id": clinic_id, "actor_kind": actor.kind, "actor_id": actor.id, "verb": verb}
    facts |= {"target_kind": kind, "target_id": target_id}
    sealed = {"prev_hash": prev_hash, "hash": entry_hash(prev_hash, seq, at, facts)}
    run_apart(session, _INSERT, seq=seq, at=at, **facts, **sealed)
    session.info[_LAST] = (seq, sealed["hash"])

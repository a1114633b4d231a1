"""Takes conversations out of the database with everything that hangs on them, in the caller's transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, cast, delete, or_, select, update
from sqlmodel import Session, SQLModel, col

from app.store.tables import Idempotency, Job, Lead, Message, Notice

OWNERS = {"conversation_id": "conversation", "lead_id": "lead", "notice_id": "notice", "message_id": "message"}
"""The column by which a row hangs on another one, and that one's table. A table with such a column is erased with it,
whoever adds it."""


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows went, by table, and the notices whose files in the local mailbox must go, too."""

    rows: Mapping[str, int]
    notice_ids: tuple[str, ...]


def erase_conversations(session: Session, conversation_ids: Collection[str]) -> Erased:
    """Rows, words, fields, notices with their jobs, questions, links: all that hang on these conversations."""
    session.flush()
    ids = _owned(session, conversation_ids)
    counts: dict[str, int] = {"job": _jobs(session, ids["notice_id"])}
    _let_go(session, ids["lead_id"])
    for table in reversed(SQLModel.metadata.sorted_tables):
        hangs = [table.c[name].in_(ids[name]) for name in OWNERS if name in table.c]
        own = [table.c.id.in_(ids[name]) for name, owner in OWNERS.items() if owner == table.name]
        if hangs or own:
            counts[table.name] = session.connection().execute(delete(table).where(or_(*hangs, *own))).rowcount
    session.expire_all()  # works share a session: what another one has loaded of these must not live on
    return Erased({name: number for name, number in counts.items() if number}, tuple(ids["notice_id"]))


def erase_requests(
    session: Session, clinic_id: str, conversation_ids: Collection[str], references: Collection[str]
) -> int:
    """Remembered results of creating requests that name one of these. Looks at every row of the clinic."""
    said = cast(Idempotency.result, String)
    named = [col(Idempotency.scope).contains(one) for one in conversation_ids]
    named += [said.contains(one) for one in (*conversation_ids, *references)]
    if not named:
        return 0
    rows = delete(Idempotency).where(col(Idempotency.clinic_id) == clinic_id, or_(*named))
    gone: int = session.connection().execute(rows).rowcount
    session.expire_all()
    return gone


def _owned(session: Session, conversation_ids: Collection[str]) -> dict[str, list[str]]:
    talks = list(conversation_ids)
    leads = list(session.execute(select(col(Lead.id)).where(col(Lead.conversation_id).in_(talks))).scalars())
    notices = list(session.execute(select(col(Notice.id)).where(col(Notice.lead_id).in_(leads))).scalars())
    messages = list(session.execute(select(col(Message.id)).where(col(Message.conversation_id).in_(talks))).scalars())
    return {"conversation_id": talks, "lead_id": leads, "notice_id": notices, "message_id": messages}


def _jobs(session: Session, notice_ids: list[str]) -> int:
    named: Any = col(Job.payload)["notice_id"].as_string()
    gone: int = session.connection().execute(delete(Job).where(named.in_(notice_ids))).rowcount
    return gone


def _let_go(session: Session, lead_ids: list[str]) -> None:
    """A request that said the same again stands for itself from now on."""
    repeats = update(Lead).where(col(Lead.repeat_of).in_(lead_ids)).values(repeat_of=None)
    session.connection().execute(repeats)

"""Checks the audit: the chain entry by entry, its guards in the database, and the anchor beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, text
from sqlmodel import Session

from app.store.anchor import Line, in_force
from app.store.audit_chain import FIELDS, FIRST, entry_hash
from app.store.tables import AuditEntry

GUARDS = ("audit_entry_in_order", "audit_entry_no_delete", "audit_entry_no_update")
_ENTRIES: Any = AuditEntry.__table__  # type: ignore[attr-defined]  # SQLModel does not tell mypy of it


@dataclass(frozen=True, slots=True)
class Bad:
    """The first entry that is wrong. `problem`: edited, removed, reordered, inserted, rewritten (it fits the chain, but
    not the anchor) or cut_short."""

    seq: int
    problem: str
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found. `anchored` is the last entry that the anchor vouches for, 0 without an anchor; `restores` how
    often a backup took the place of the database; `anchors` how often an anchor was begun: more than once means that
    one was lost, or taken away."""

    entries: int
    first_bad: Bad | None
    anchored: int
    restores: int
    anchors: int
    missing_guards: tuple[str, ...]


def verify(session: Session, lines: Sequence[Line]) -> Verdict:
    """Reads every entry once; `lines` are those of the anchor, checked."""
    due = {line.seq: line for line in in_force(lines)}
    connection = session.connection()
    entries, last, bad = 0, (0, FIRST), None
    for row in connection.execution_options(yield_per=1000).execute(select(_ENTRIES).order_by(_ENTRIES.c.seq)):
        bad = _wrong(session, row, last, due.get(row.seq))
        if bad is not None:
            break
        entries, last = entries + 1, (row.seq, row.hash)
    guards = set(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars())
    return Verdict(
        entries=entries,
        first_bad=bad or _cut_short(last[0], due),
        anchored=max(due, default=0),
        anchors=connection.execute(_begun()).scalar_one(),
        restores=sum(line.event == "restored" for line in lines),
        missing_guards=tuple(name for name in GUARDS if name not in guards),
    )


def _begun() -> Any:
    return select(func.count()).where(_ENTRIES.c.verb == "anchor_started")


def _wrong(session: Session, row: Any, last: tuple[int, str], line: Line | None) -> Bad | None:
    made = entry_hash(row.prev_hash, row.seq, row.at, {name: getattr(row, name) for name in FIELDS})
    if row.prev_hash != last[1]:
        return _out_of_chain(session, row, last[0], genuine=made == row.hash)
    if made != row.hash:
        return Bad(row.seq, "edited", f"Entry {row.seq} is not as it was written.")
    if line is not None and line.hash != row.hash:
        known = f"line {line.number}, {line.at}"
        return Bad(
            row.seq, "rewritten", f"The anchor knows another entry {row.seq} ({known}): the chain was made anew."
        )
    return None


def _out_of_chain(session: Session, row: Any, before: int, *, genuine: bool) -> Bad:
    """The entry does not go on from the one before it: one of the two is wrong, or something between them is gone."""
    known = session.connection().execute(select(_ENTRIES.c.seq).where(_ENTRIES.c.hash == row.prev_hash)).first()
    if not genuine and (known is not None or row.prev_hash == FIRST):
        return Bad(row.seq, "reordered", f"Entry {row.seq} stood elsewhere in the chain.")
    if not genuine:
        return Bad(row.seq, "inserted", f"Entry {row.seq} was not written by the desk.")
    if row.seq > before + 1:
        return Bad(before + 1, "removed", f"Between the entries {before} and {row.seq} at least one was taken out.")
    if known is not None or row.prev_hash == FIRST:
        return Bad(before, "inserted", f"Entry {before} was not written by the desk: entry {row.seq} does not know it.")
    return Bad(before, "edited", f"Entry {before} is not the one that entry {row.seq} was chained to.")


def _cut_short(last: int, due: Mapping[int, Line]) -> Bad | None:
    gone = sorted(seq for seq in due if seq > last)
    if not gone:
        return None
    seen = f"The anchor knows entry {gone[-1]} ({due[gone[-1]].at}); the database ends at {last}"
    return Bad(last + 1, "cut_short", f"{seen}: its end was cut off, or an older copy was put in place by hand.")

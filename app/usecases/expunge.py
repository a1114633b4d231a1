"""expunge: one patient's conversations are removed everywhere, for good; a receipt says what, and can be checked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select

from app.desk import Desk
from app.errors import Invalid, NotFound
from app.store.access import row_of
from app.store.anchor import anchor_of
from app.store.audit import DESK, Actor, record
from app.store.erase import erase_conversations, erase_requests
from app.store.scrub import scrub
from app.store.tables import Conversation, Lead
from app.store.upgrade_copies import FOLDER as UPGRADE_COPIES
from app.usecases.anchor_audit import anchor_expunged
from app.usecases.mail_files import remove_mail_files
from app.usecases.receipts import sealed
from app.word_caches import forget_words

ONCE = 50
"""Conversations that go in one commit."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose data: by reference, lead id or conversation id, any number of each. A lead stands for its conversation, and
    a conversation for all that came of it; what else the same person may have said is not looked for. With `repeats`
    also the conversations whose request said the same again. With `everybody` every patient of the clinic: it leaves,
    or its time with the desk is over."""

    references: Sequence[str] = ()
    lead_ids: Sequence[str] = ()
    conversation_ids: Sequence[str] = ()
    repeats: bool = False
    everybody: bool = False


def expunge(desk: Desk, clinic_id: str, wanted: Wanted, actor: Actor, *, dry_run: bool = False) -> dict[str, Any]:
    """{"at", "clinic_id", "dry_run", "conversations": [ids], "leads": [ids], "removed": {table: rows}, "files",
    "log_emptied", "copies_beside": [names in the data folder], "backups_hold_it_until", "sha256"}. What waits is sent
    no more. Raises NotFound, and removes nothing, when one of the named is not this clinic's; Invalid when none
    is named."""
    now = desk.clock()
    with desk.database.read() as session:
        talks = _talks(session, clinic_id, wanted)
        leads = list(session.exec(select(Lead.id).where(col(Lead.conversation_id).in_(talks))))
    facts = {"at": now.isoformat(), "clinic_id": clinic_id, "dry_run": dry_run}
    facts |= {"conversations": talks, "leads": leads}
    if dry_run:
        return facts
    anchor_expunged(desk, talks)  # before the rows: from now on no older copy may bring them back
    rows, files = _remove_all(desk, clinic_id, talks, actor)
    until = now + timedelta(days=desk.settings.retain_backups_d)
    facts |= {"removed": rows, "files": files, "log_emptied": scrub(desk.database)}
    facts["copies_beside"] = _copies(desk)
    receipt = sealed({**facts, "backups_hold_it_until": until.date().isoformat()})
    target = ("receipt", receipt["sha256"])
    desk.database.write(lambda s: record(s, desk.clock(), actor, "expunge_receipt", target, clinic_id))
    return receipt


def expunge_again(desk: Desk) -> int:
    """What was expunged and came back with an older copy of the database goes once more. Returns how many
    conversations that were."""
    lines = anchor_of(desk.settings, desk.keys).lines()
    ids = [one for line in lines for one in line.details.get("conversations", ())]
    with desk.database.read() as session:
        rows = select(Conversation.id, Conversation.clinic_id).where(col(Conversation.id).in_(ids))
        back = list(session.exec(rows))
    for conversation_id, clinic_id in back:
        _remove(desk, clinic_id, [conversation_id], DESK, "expunged_again")
    if back:
        scrub(desk.database)
    return len(back)


def _copies(desk: Desk) -> list[str]:
    """Older copies of the database beside it, which an upgrade or a restore left."""
    folder = desk.settings.data_dir
    kept = [*(folder / UPGRADE_COPIES).glob("*.db"), *folder.glob("before-restore-*")]
    return sorted(str(path.relative_to(folder)) for path in kept)


def _talks(session: Session, clinic_id: str, wanted: Wanted) -> list[str]:
    if wanted.everybody:
        every = select(Conversation.id).where(Conversation.clinic_id == clinic_id)
        return list(session.exec(every.order_by(col(Conversation.created_at))))
    found = [row_of(session, Conversation, clinic_id, one).id for one in wanted.conversation_ids]
    found += [row_of(session, Lead, clinic_id, one).conversation_id for one in wanted.lead_ids]
    for reference in wanted.references:
        mine = select(Lead).where(Lead.clinic_id == clinic_id, Lead.reference == reference.strip().upper())
        lead = session.exec(mine).first()
        if lead is None:
            raise NotFound(f"There is no request with the reference {reference!r}.", "See the references in the inbox.")
        found.append(lead.conversation_id)
    if not found:
        raise Invalid("Nobody is named.", "Give a reference, a lead id or a conversation id.")
    return list(dict.fromkeys([*found, *(_repeats(session, found) if wanted.repeats else ())]))


def _repeats(session: Session, talks: list[str]) -> list[str]:
    """Conversations of the requests that these repeat, and of all that repeat those."""
    leads = session.exec(select(Lead).where(col(Lead.conversation_id).in_(talks))).all()
    firsts = [lead.repeat_of or lead.id for lead in leads]
    same = col(Lead.id).in_(firsts) | col(Lead.repeat_of).in_(firsts)
    return list(session.exec(select(Lead.conversation_id).where(same).order_by(col(Lead.created_at))))


def _remove_all(desk: Desk, clinic_id: str, talks: list[str], actor: Actor) -> tuple[dict[str, int], int]:
    """As `_remove`, some in each commit: patients' messages to other clinics wait behind it."""
    rows, files = Counter[str](), 0
    for first in range(0, len(talks), ONCE):
        gone, their_files = _remove(desk, clinic_id, talks[first : first + ONCE], actor, "expunged")
        rows.update(gone)
        files += their_files
    return dict(rows), files


def _remove(desk: Desk, clinic_id: str, talks: list[str], actor: Actor, verb: str) -> tuple[dict[str, int], int]:
    """(rows by table, files of the local mailbox) that went."""

    def work(session: Session) -> tuple[dict[str, int], tuple[str, ...]]:
        references = list(session.exec(select(Lead.reference).where(col(Lead.conversation_id).in_(talks))))
        requests = erase_requests(session, clinic_id, talks, references)
        gone = erase_conversations(session, talks)
        for conversation_id in talks:
            record(session, desk.clock(), actor, verb, ("conversation", conversation_id), clinic_id)
        return dict(Counter(gone.rows) + Counter({"idempotency": requests})), gone.notice_ids

    rows, notice_ids = desk.database.write(work)
    forget_words()
    return rows, remove_mail_files(desk.settings, notice_ids)

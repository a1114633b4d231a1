"""close_abandoned: a conversation that fell silent with a way to reach the patient becomes an incomplete lead. Staff
hear of it once, whatever comes later."""

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from app.desk import Desk
from app.dialogue.lanes import NOT_PATIENTS
from app.dialogue.state import ActionStatus, State
from app.errors import describe
from app.store import audit
from app.store.queries.clinics import clinic_of_id
from app.store.tables import SILENT, Conversation, Lead
from app.usecases.keep_lead import add_lead, new_lead, unsent_lead
from app.usecases.lead_draft import draft_lead
from app.usecases.tell_staff import tell_staff

log = logging.getLogger("frontdesk.turn")
ONCE = 10
"""Conversations looked at in one commit: patients' turns wait for it."""


def close_abandoned(desk: Desk) -> int:
    """Looks at every conversation that has been idle for ABANDON_AFTER_S. Returns how many became incomplete leads."""
    made = 0
    while found := _silent(desk):
        made += desk.database.write(partial(_sweep, desk, found))
    if made:
        desk.wake("deliver")
    return made


def _silent(desk: Desk) -> list[str]:
    """The ids of some that have been silent for long; looked for without keeping the one writer."""
    with desk.database.read() as session:
        return list(session.exec(silent(desk.clock(), desk.settings.abandon_after_s).limit(ONCE)))


def silent(now: datetime, after_s: float) -> Any:
    """The query for their ids, longest silent first. One whose turn is running is not silent: the turn's own commit may
    be about to send the request."""
    return (
        select(Conversation.id)
        .where(Conversation.last_message_at < now - timedelta(seconds=after_s), text(SILENT))
        .where(col(Conversation.lease_until).is_(None) | (col(Conversation.lease_until) <= now))
        .order_by(col(Conversation.last_message_at))
    )


def _sweep(desk: Desk, ids: list[str], session: Session) -> int:
    """How many became leads, of those that are silent still."""
    now = desk.clock()
    still = silent(now, desk.settings.abandon_after_s).where(col(Conversation.id).in_(ids))
    found = session.exec(select(Conversation).where(col(Conversation.id).in_(still.order_by(None)))).all()
    return sum(_close(session, desk, conversation, now) for conversation in found)


def _close(session: Session, desk: Desk, conversation: Conversation, now: datetime) -> bool:
    conversation.swept_at = now
    session.add(conversation)
    lead = unsent_lead(session, conversation.id) or _begun_before(session, desk, conversation, now)
    if lead is None or lead.status != "in_progress":
        return False
    lead.status, lead.updated_at = "incomplete", now
    session.add(lead)
    audit.record(session, now, audit.DESK, "submit_incomplete", ("lead", lead.id), lead.clinic_id)
    if lead.caller in NOT_PATIENTS and lead.slots.get("contact") is None:
        return False
    return tell_staff(session, clinic_of_id(session, lead.clinic_id), lead, "incomplete", now)


def _begun_before(session: Session, desk: Desk, conversation: Conversation, now: datetime) -> Lead | None:
    """The lead of a conversation that an earlier release began, which kept contacts in the state alone; and of one
    whose writer is no patient, which is kept in a tray of its own although nobody can be called back. One that cannot
    be read must not keep the others waiting."""
    mine = select(Lead.id).where(Lead.conversation_id == conversation.id)
    if session.exec(mine).first() is not None:
        return None
    try:
        clinic, state = clinic_of_id(session, conversation.clinic_id), State.from_json(conversation.state)
        draft = draft_lead(state, state, (), desk.catalogue(clinic, state))
    except Exception as problem:
        log.error("%s could not be looked at: %s", conversation.id, describe(problem))
        return None
    over = state.status in (ActionStatus.COMPLETED, ActionStatus.CANCELLED)
    kept = draft.reachable and not over
    if not kept and state.caller not in NOT_PATIENTS:
        return None
    lead = add_lead(session, new_lead(session, clinic, conversation.id, draft, now), now)
    return session.get_one(Lead, lead.id)

"""close_abandoned: an idle conversation with a way to reach the patient becomes an incomplete lead, once."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app.actions.shipped import VERSION
from app.desk import Desk
from app.dialogue.action import COORDINATOR
from app.dialogue.decide import CALLBACK, missing
from app.dialogue.state import ActionStatus, State
from app.store.queries.actions import action_now
from app.store.queries.clinics import ClinicFacts, clinic_of_id
from app.store.tables import Conversation, Lead
from app.usecases.submit_action import Submission, submit_action

ONCE = 50
"""Conversations looked at in one commit."""


def close_abandoned(desk: Desk) -> int:
    """Looks at conversations that have been idle for ABANDON_AFTER_S. Returns how many leads were made."""
    made = desk.database.write(lambda session: _sweep(session, desk, desk.clock()))
    if made:
        desk.wake()
    return made


def _sweep(session: Session, desk: Desk, now: datetime) -> int:
    idle = now - timedelta(seconds=desk.settings.abandon_after_s)
    waiting = (
        select(Conversation)
        .where(Conversation.last_message_at < idle, col(Conversation.swept_at).is_(None))
        .where(col(Conversation.ended_at).is_(None))
        .limit(ONCE)
    )
    made = 0
    for conversation in session.exec(waiting).all():
        conversation.swept_at = now
        session.add(conversation)
        made += _close(session, desk, clinic_of_id(session, conversation.clinic_id), conversation, now)
    return made


def _close(session: Session, desk: Desk, clinic: ClinicFacts, conversation: Conversation, now: datetime) -> bool:
    state = State.from_json(conversation.state)
    if "contact" not in state.filled() or state.status in (ActionStatus.COMPLETED, ActionStatus.CANCELLED):
        return False
    if session.exec(select(Lead.id).where(Lead.conversation_id == conversation.id)).first() is not None:
        return False
    action = desk.catalogue.began_with(clinic, state, session) or action_now(session, clinic.id, CALLBACK)
    submission = Submission(
        conversation_id=conversation.id,
        action=action.name if action else CALLBACK,
        action_version=action.version if action else VERSION,
        kind="incomplete",
        slots=state.slots,
        missing=tuple(missing(state, action)) if action else (),
        destinations=action.destinations if action else (COORDINATOR,),
    )
    submit_action(session, clinic, submission, now)
    return True

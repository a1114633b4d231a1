"""resume_turns: words that a crash left without a reply get one."""

import logging
from datetime import timedelta

from app.desk import Desk
from app.errors import describe
from app.store.queries.clinics import ClinicFacts, clinic_of_id
from app.store.turns import unanswered_conversations
from app.usecases.receive_message import resume_turn

log = logging.getLogger("frontdesk.turn")
GRACE = timedelta(seconds=2)
"""Younger words belong to a request that is just about to lease its turn."""


def resume_turns(desk: Desk) -> int:
    """Runs the turn of every conversation that waits and that no turn is working on. Returns how many ran."""
    with desk.database.read() as session:
        waiting = unanswered_conversations(session, desk.clock(), GRACE)
        clinics = {clinic_id: clinic_of_id(session, clinic_id) for clinic_id, _ in waiting}
    return sum(_resume(desk, clinics[clinic_id], conversation_id) for clinic_id, conversation_id in waiting)


def _resume(desk: Desk, clinic: ClinicFacts, conversation_id: str) -> bool:
    """One that cannot be answered must not keep the others waiting."""
    try:
        return resume_turn(desk, clinic, conversation_id)
    except Exception as problem:
        log.error("the turn of %s could not be resumed: %s", conversation_id, describe(problem))
        return False

"""leave_feedback: a visitor says whether a reply helped."""

from typing import Literal

from sqlmodel import Session

from app.desk import Desk
from app.errors import NotFound
from app.store import audit
from app.store.access import row_of
from app.store.queries.clinics import ClinicFacts
from app.store.tables import Message


def leave_feedback(
    desk: Desk, clinic: ClinicFacts, conversation_id: str, message_id: str, helpful: bool
) -> Literal["helpful", "not_helpful"]:
    """Notes it on the desk's message. Raises NotFound for a message that is not the desk's in this conversation."""
    noted: Literal["helpful", "not_helpful"] = "helpful" if helpful else "not_helpful"

    def work(session: Session) -> None:
        message = row_of(session, Message, clinic.id, message_id)
        if message.conversation_id != conversation_id or message.author != "desk":
            raise NotFound(f"There is no message {message_id!r}.")  # in the words of the door: it must not tell why
        message.feedback = noted
        session.add(message)
        actor = audit.Actor("patient", conversation_id)
        audit.record(session, desk.clock(), actor, "feedback", ("message", message_id), clinic.id)

    desk.database.write(work)
    return noted

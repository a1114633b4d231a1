"""leave_feedback: a visitor says whether a reply helped."""

from typing import Any, Literal

from sqlmodel import Session

from app.desk import Desk
from app.errors import NotFound
from app.store import audit
from app.store.access import row_of
from app.store.idempotency import Request, once
from app.store.queries.clinics import ClinicFacts
from app.store.tables import Message
from app.store.turns import check_open


def leave_feedback(
    desk: Desk, clinic: ClinicFacts, conversation_id: str, client_id: str, message_id: str, helpful: bool
) -> Literal["helpful", "not_helpful"]:
    """Notes it on the desk's message; an old request that comes again changes nothing. Raises NotFound for a message
    that is not the desk's in this conversation."""
    noted: Literal["helpful", "not_helpful"] = "helpful" if helpful else "not_helpful"
    body = {"message_id": message_id, "helpful": helpful}
    request = Request(clinic.id, f"feedback:{conversation_id}", client_id, body)

    def create(session: Session) -> dict[str, Any]:
        message = row_of(session, Message, clinic.id, message_id)
        if message.conversation_id != conversation_id or message.author != "desk":
            raise NotFound(f"There is no message {message_id!r}.")  # in the words of the door: it must not tell why
        message.feedback = noted
        session.add(message)
        actor = audit.Actor("patient", conversation_id)
        audit.record(session, desk.clock(), actor, "feedback", ("message", message_id), clinic.id)
        return {}

    def work(session: Session) -> None:
        check_open(session, clinic.id, conversation_id)
        once(session, request, desk.clock(), lambda: create(session))

    desk.database.write(work)
    return noted

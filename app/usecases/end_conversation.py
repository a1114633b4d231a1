"""end_conversation: the visitor clears the chat."""

from typing import Any

from sqlmodel import Session, select

from app.desk import Desk
from app.dialogue.state import State
from app.store import audit
from app.store.queries.clinics import ClinicFacts
from app.store.tables import Lead, Message, UnansweredQuestion
from app.store.turns import open_conversation_row


def end_conversation(desk: Desk, clinic: ClinicFacts, conversation_id: str) -> dict[str, Any]:
    """{"deleted": bool, "message": str}. Words and fields are deleted, unless a request was submitted from this
    conversation: then the clinic needs them, staff see that deletion was asked for, and the visitor is told so."""

    def work(session: Session) -> tuple[bool, str]:
        conversation = open_conversation_row(session, clinic.id, conversation_id)
        language = State.from_json(conversation.state).language
        now = desk.clock()
        submitted = session.exec(select(Lead.id).where(Lead.conversation_id == conversation_id)).first() is not None
        if submitted:
            conversation.deletion_asked_at = now
        else:
            _forget(session, conversation_id)
            conversation.state = State(language=language).to_json()
        conversation.ended_at = now
        session.add(conversation)
        actor, verb = audit.Actor("patient", conversation_id), "ask_deletion" if submitted else "end_conversation"
        audit.record(session, now, actor, verb, ("conversation", conversation_id), clinic.id)
        return not submitted, language

    deleted, language = desk.database.write(work)
    key = "chat_deleted" if deleted else "chat_kept"
    return {"deleted": deleted, "message": desk.wording(language).say(key, clinic=clinic.name, phone=clinic.phone)}


def _forget(session: Session, conversation_id: str) -> None:
    for question in session.exec(
        select(UnansweredQuestion).where(UnansweredQuestion.conversation_id == conversation_id)
    ):
        session.delete(question)
    for message in session.exec(select(Message).where(Message.conversation_id == conversation_id)):
        session.delete(message)

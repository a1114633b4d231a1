"""end_conversation: the visitor clears the chat."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from app.desk import Desk
from app.dialogue.state import State, language_in
from app.store import audit
from app.store.queries.clinics import ClinicFacts
from app.store.tables import Egress, Lead, Message, Notice, ResumeLink, UnansweredQuestion
from app.store.turns import open_conversation_row
from app.usecases.keep_lead import empty


def end_conversation(desk: Desk, clinic: ClinicFacts, conversation_id: str) -> dict[str, Any]:
    """{"deleted": bool, "message": str}. Words and fields are deleted, unless a request was sent from this
    conversation, or someone may need help: then the clinic needs them, staff see that deletion was asked for, and the
    visitor is told so."""

    def work(session: Session) -> tuple[bool, str]:
        conversation = open_conversation_row(session, clinic.id, conversation_id)
        language = language_in(conversation.state)
        now = desk.clock()
        leads = session.exec(select(Lead).where(Lead.conversation_id == conversation_id)).all()
        submitted = any(lead.submitted_at or lead.urgent_at for lead in leads)
        if submitted:
            conversation.deletion_asked_at = now
        else:
            _forget(session, conversation_id)
            for lead in leads:
                _withdraw(session, lead, now)
            conversation.state = State(language=language).to_json()
        for link in session.exec(select(ResumeLink).where(ResumeLink.conversation_id == conversation_id)):
            session.delete(link)
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
    session.connection().execute(delete(Egress).where(col(Egress.conversation_id) == conversation_id))


def _withdraw(session: Session, lead: Lead, now: datetime) -> None:
    """A lead that nobody was told of leaves no trace; of one that staff have a notice of, its reference stays."""
    told = session.exec(select(Notice).where(Notice.lead_id == lead.id)).all()
    if not told:
        session.delete(lead)
        return
    empty(lead)
    lead.status, lead.updated_at = "cancelled", now
    session.add(lead)

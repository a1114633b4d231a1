"""What was said in a conversation, for the visitor who holds its token."""

from typing import Any

from sqlalchemy import bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel, col, select

from app.dialogue.state import language_in
from app.store.queries.clinics import ClinicFacts, facts_of
from app.store.session import Database
from app.store.tables import Clinic, Conversation, Message
from app.store.turns import no_conversation, open_conversation_row

_WHOSE = (
    select_columns(
        SQLModel.metadata.tables["clinic"],
        col(Conversation.ended_at).label("talk_ended_at"),
        col(Conversation.state).label("talk_state"),
    )
    .join(Conversation, col(Conversation.clinic_id) == col(Clinic.id))
    .where(col(Conversation.id) == bindparam("conversation_id"))
)


def clinic_of_conversation(database: Database, conversation_id: str) -> tuple[ClinicFacts, str]:
    """The clinic that a conversation belongs to, and the patient's language; the caller has checked its token. Raises
    NotFound."""
    found = database.look(_WHOSE, conversation_id=conversation_id).first()
    if found is None or found.talk_ended_at is not None:
        raise no_conversation()
    return facts_of(found), language_in(found.talk_state)


def transcript(database: Database, clinic_id: str, conversation_id: str) -> dict[str, Any]:
    """{conversation_id, language, messages: [{id, author, text, at, answers, emergency, handoff, reference}], action},
    oldest first."""
    with database.read() as session:
        conversation = open_conversation_row(session, clinic_id, conversation_id)
        messages = messages_of(session, conversation_id)
        done = next((message["done"] for message in reversed(messages) if message["done"]), None)
        return {
            "conversation_id": conversation_id,
            "language": language_in(conversation.state),
            "messages": [_shown(message) for message in messages],
            "action": done["action"] if done else None,
        }


def messages_of(session: Session, conversation_id: str) -> list[dict[str, Any]]:
    """Every message, oldest first, as {id, author, text, at, client_id, done}."""
    rows = select(Message).where(Message.conversation_id == conversation_id).order_by(col(Message.seq))
    return [
        {
            "id": row.id,
            "author": row.author,
            "text": row.text,
            "at": row.created_at.isoformat(),
            "client_id": row.client_id,
            "answered": row.turn_id is not None,
            "done": row.done,
        }
        for row in session.exec(rows)
    ]


def _shown(message: dict[str, Any]) -> dict[str, Any]:
    done = message.pop("done") or {}
    return message | {
        "answers": done.get("answers", []),
        "emergency": done.get("emergency", False),
        "handoff": done.get("handoff", False),
        "reference": done.get("reference"),
    }

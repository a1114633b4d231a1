"""What is looked for again and again costs the same however much was said before."""

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from app.store.schema import upgrade
from app.store.session import Database
from app.store.tables import Clinic, Conversation, Message
from app.store.turns import unanswered_conversations
from tests.steps import steps

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BEFORE = NOON - timedelta(hours=1)


def talk(session: Session, answered: bool) -> str:
    """One question, with or without its reply."""
    made = Conversation(clinic_id="clinic_1", consent_version="1", created_at=BEFORE, last_message_at=BEFORE)
    session.add(made)
    session.flush()
    facts: dict[str, Any] = {"clinic_id": "clinic_1", "conversation_id": made.id, "created_at": BEFORE}
    reply = Message(seq=2, author="desk", text="hello", **facts) if answered else None
    session.add(Message(seq=1, author="patient", text="hello", turn_id=reply and reply.id, **facts))
    session.add_all([reply] if reply else [])
    return made.id


def test_looking_for_words_without_a_reply_does_not_read_all_that_was_ever_said(tmp_path: Path) -> None:
    """It is done every five seconds, and conversations are kept for months."""
    database = Database(tmp_path / "frontdesk.db", secrets.token_bytes(32))
    upgrade(database.engine)
    database.open()
    facts = {"site_key": "a", "name": "A", "phone": "1", "timezone": "UTC", "coordinator_email": "a@a.example"}
    database.write(lambda s: s.add(Clinic(id="clinic_1", created_at=NOON, **facts)))
    waiting = database.write(lambda s: talk(s, answered=False))
    found: list[Any] = []

    def look(session: Session) -> None:
        found.append(unanswered_conversations(session, NOON, timedelta(seconds=2)))

    few = steps(database, look)
    database.write(lambda s: [talk(s, answered=True) for _ in range(500)] and None)
    many = steps(database, look)
    database.close()
    assert found == [[("clinic_1", waiting)]] * 2
    assert 0 < few <= many <= few + 100

"""What a patient typed shortly before: signs of an emergency may be spread over several messages."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app.store.tables import Message

MOST_MESSAGES = 8
LONGEST_AGO = timedelta(hours=1)
MOST_CHARACTERS = 2000


def earlier_words(session: Session, conversation_id: str, before_seq: int, now: datetime) -> tuple[str, ...]:
    """The patient's last messages before number `before_seq`, oldest first: few, of the last hour, and none from before
    an emergency text was told. That text took care of them; they must not raise it again."""
    rows = session.exec(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq < before_seq)
        .where(Message.created_at > now - LONGEST_AGO)
        .order_by(col(Message.seq).desc())
        .limit(2 * MOST_MESSAGES)
    )
    said: list[str] = []
    room = MOST_CHARACTERS
    for row in rows:
        if row.author == "desk" and (row.done or {}).get("emergency"):
            break
        if row.author == "patient" and len(said) < MOST_MESSAGES and len(row.text) <= room:
            said.append(row.text)
            room -= len(row.text)
    return tuple(reversed(said))

"""What a patient typed shortly before: signs of an emergency may be spread over several messages."""

from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from app.store.rows import run
from app.store.tables import Message

MOST_MESSAGES = 8
LONGEST_AGO = timedelta(hours=1)
MOST_CHARACTERS = 2000
_BEFORE = (
    select_columns(
        col(Message.author), col(Message.text), col(Message.done)["emergency"].as_boolean().label("emergency")
    )
    .where(col(Message.conversation_id) == bindparam("conversation_id"), col(Message.seq) < bindparam("seq"))
    .where(col(Message.created_at) > bindparam("since"))
    .order_by(col(Message.seq).desc())
    .limit(2 * MOST_MESSAGES)
)


def earlier_words(session: Session, conversation_id: str, before_seq: int, now: datetime) -> tuple[str, ...]:
    """The patient's last messages before number `before_seq`, oldest first: few, of the last hour, and none from before
    an emergency text was told. That text took care of them; they must not raise it again."""
    since = now - LONGEST_AGO
    rows = run(session, _BEFORE, conversation_id=conversation_id, seq=before_seq, since=since)
    said: list[str] = []
    room = MOST_CHARACTERS
    for row in rows:
        if row.author == "desk" and row.emergency:
            break
        if row.author == "patient" and len(said) < MOST_MESSAGES and len(row.text) <= room:
            said.append(row.text)
            room -= len(row.text)
    return tuple(reversed(said))

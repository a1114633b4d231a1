"""The rows of one turn: words are saved, the conversation is leased, the reply is found again."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, text
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from app.dialogue.state import State
from app.errors import Invalid, NotFound, describe
from app.store.access import row_of
from app.store.earlier_words import earlier_words
from app.store.rows import run
from app.store.tables import WAITING, Conversation, Lead, Message, Notice

log = logging.getLogger("frontdesk.turn")
_IS_OPEN = select_columns(col(Conversation.id)).where(
    col(Conversation.id) == bindparam("conversation_id"),
    col(Conversation.clinic_id) == bindparam("clinic_id"),
    col(Conversation.ended_at).is_(None),
)


@dataclass(frozen=True, slots=True)
class SavedMessage:
    """A patient's message on disk. `known` says that it was there before; `done` is its reply, if it has one."""

    conversation_id: str
    message_id: str
    known: bool
    done: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to answer: all unanswered words of a conversation, and where it stood before them; `state` is None when
    this code cannot read what is stored."""

    conversation_id: str
    holder: str
    message_ids: tuple[str, ...]
    text: str
    state: State | None
    earlier: tuple[str, ...] = ()
    """What the patient typed shortly before, oldest first."""


def no_conversation() -> NotFound:
    """The same words for one that never was, has ended, or is another visitor's: nobody learns which."""
    return NotFound("There is no such conversation, or it has ended.", "Start a new conversation.")


def open_conversation_row(session: Session, clinic_id: str, conversation_id: str) -> Conversation:
    """The conversation, if it is this clinic's and has not ended. Raises NotFound."""
    try:
        conversation = row_of(session, Conversation, clinic_id, conversation_id)
    except NotFound:
        raise no_conversation() from None
    if conversation.ended_at is not None:
        raise no_conversation()
    return conversation


def check_open(session: Session, clinic_id: str, conversation_id: str) -> None:
    """Raises NotFound where `open_conversation_row` would; the row, with all its state, is not loaded."""
    if run(session, _IS_OPEN, clinic_id=clinic_id, conversation_id=conversation_id).first() is None:
        raise no_conversation()


def next_seq(session: Session, conversation_id: str) -> int:
    """The number of the conversation's next message, from 1."""
    last = select(func.max(Message.seq)).where(Message.conversation_id == conversation_id)
    return (session.exec(last).one() or 0) + 1


def save_message(
    session: Session, clinic_id: str, conversation_id: str, client_id: str, text: str, now: datetime
) -> SavedMessage:
    """Adds the patient's words, or finds them by their client id. Raises Invalid when the id came with other words."""
    conversation = open_conversation_row(session, clinic_id, conversation_id)
    known = session.exec(
        select(Message).where(Message.conversation_id == conversation_id, Message.client_id == client_id)
    ).first()
    if known is not None:
        if known.text != text:
            raise Invalid(f"The client_id {client_id!r} was already used for another message.", "Use a new client_id.")
        return SavedMessage(conversation_id, known.id, True, done_of(session, known.id))
    message = Message(
        clinic_id=clinic_id,
        conversation_id=conversation_id,
        seq=next_seq(session, conversation_id),
        author="patient",
        text=text,
        client_id=client_id,
        created_at=now,
    )
    conversation.last_message_at, conversation.swept_at = now, None
    session.add_all([message, conversation])
    session.flush()
    return SavedMessage(conversation_id, message.id, False, None)


def take_lease(
    session: Session, clinic_id: str, conversation_id: str, holder: str, now: datetime, length: timedelta
) -> Lease | None:
    """Leases the conversation when it has unanswered words and no turn is running."""
    conversation = open_conversation_row(session, clinic_id, conversation_id)
    if conversation.lease_until is not None and conversation.lease_until > now:
        return None
    waiting = session.exec(_unanswered(conversation_id)).all()
    if not waiting:
        return None
    conversation.lease_holder, conversation.lease_until = holder, now + length
    session.add(conversation)
    text = "\n".join(message.text for message in waiting)
    ids = tuple(message.id for message in waiting)
    earlier = earlier_words(session, conversation_id, waiting[0].seq, now)
    return Lease(conversation_id, holder, ids, text, _state(session, conversation), earlier)


def _state(session: Session, conversation: Conversation) -> State | None:
    """Never raises: the words that came with it must be kept, and answered."""
    try:
        return State.from_json(conversation.state).with_(told=_is_told(session, conversation.id))
    except (ValueError, TypeError, LookupError, AttributeError) as problem:
        log.error("the state of %s cannot be read: %s", conversation.id, describe(problem))
        return None


def _is_told(session: Session, conversation_id: str) -> bool:
    """Whether a notice went out about what the patient has not sent yet: then "nothing was sent" would be a lie."""
    about = select(Notice.id).join(Lead, col(Lead.id) == col(Notice.lead_id))
    unsent = about.where(Lead.conversation_id == conversation_id, col(Lead.submitted_at).is_(None))
    return session.exec(unsent).first() is not None


def done_of(session: Session, message_id: str) -> dict[str, Any] | None:
    """The reply to a patient's message, as the visitor's API gave it."""
    message = session.get(Message, message_id)
    if message is None or message.turn_id is None:
        return None
    return session.get_one(Message, message.turn_id).done


def release_turns(session: Session) -> None:
    """At start: leases of an earlier process are void."""
    for conversation in session.exec(select(Conversation).where(col(Conversation.lease_until).is_not(None))):
        conversation.lease_holder, conversation.lease_until = None, None
        session.add(conversation)


def unanswered_conversations(session: Session, now: datetime, older_than: timedelta) -> list[tuple[str, str]]:
    """(clinic id, conversation id) of conversations whose words have waited and that no turn is working on."""
    rows = session.exec(
        select(Conversation.clinic_id, Conversation.id)
        .join(Message, col(Message.conversation_id) == col(Conversation.id))
        .where(text(WAITING), Message.created_at < now - older_than)
        .where(col(Conversation.ended_at).is_(None))
        .where(col(Conversation.lease_until).is_(None) | (col(Conversation.lease_until) <= now))
        .distinct()
    )
    return [(clinic_id, conversation_id) for clinic_id, conversation_id in rows]


def _unanswered(conversation_id: str) -> Any:
    return (
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.author == "patient", col(Message.turn_id).is_(None))
        .order_by(col(Message.seq))
    )

"""The rows of one turn: words are saved, the conversation is leased, the reply is found again."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, text, update
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.dialogue.state import State
from app.errors import Invalid, NotFound, describe
from app.store.access import row_of
from app.store.earlier_words import earlier_words
from app.store.rows import insert_row, run
from app.store.tables import WAITING, Conversation, Lead, Message, Notice

log = logging.getLogger("frontdesk.turn")
_OPEN = (
    col(Conversation.id) == bindparam("conversation_id"),
    col(Conversation.clinic_id) == bindparam("clinic_id"),
    col(Conversation.ended_at).is_(None),
)
_IS_OPEN = select_columns(col(Conversation.id)).where(*_OPEN)
_STANDS = select_columns(col(Conversation.lease_until), col(Conversation.state)).where(*_OPEN)
_HOLDER = select_columns(col(Conversation.lease_holder)).where(*_OPEN)
_THIS = update(Conversation).where(col(Conversation.id) == bindparam("conversation_id"))
_HEARD = _THIS.values(last_message_at=bindparam("now"), swept_at=None)
_LEASE = _THIS.values(lease_holder=bindparam("holder"), lease_until=bindparam("until"))
_ANSWERED = _THIS.values(lease_holder=None, lease_until=None, last_message_at=bindparam("now"))
_MOVED_ON = _ANSWERED.values(state=bindparam("state_now"))
_TURN_OF = update(Message).where(col(Message.id) == bindparam("message_id")).values(turn_id=bindparam("reply_id"))
_LAST_SEQ = select_columns(func.max(col(Message.seq))).where(
    col(Message.conversation_id) == bindparam("conversation_id")
)
_KNOWN = select_columns(col(Message.id), col(Message.text)).where(
    col(Message.conversation_id) == bindparam("conversation_id"), col(Message.client_id) == bindparam("client_id")
)
_WITHOUT_REPLY = (
    select_columns(col(Message.id), col(Message.seq), col(Message.text))
    .where(col(Message.conversation_id) == bindparam("conversation_id"), text(WAITING))
    .order_by(col(Message.seq))
)
_TOLD = (
    select_columns(col(Notice.id))
    .join(Lead, col(Lead.id) == col(Notice.lead_id))
    .where(col(Lead.conversation_id) == bindparam("conversation_id"), col(Lead.submitted_at).is_(None))
    .limit(1)
)
_reply = aliased(Message)
_REPLY_TO = (
    select_columns(col(_reply.done))
    .join(Message, col(Message.turn_id) == col(_reply.id))
    .where(col(Message.id) == bindparam("message_id"))
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
    return (run(session, _LAST_SEQ, conversation_id=conversation_id).first()[0] or 0) + 1


def save_message(
    session: Session, clinic_id: str, conversation_id: str, client_id: str, text: str, now: datetime
) -> SavedMessage:
    """Adds the patient's words, or finds them by their client id. Raises Invalid when the id came with other words."""
    check_open(session, clinic_id, conversation_id)
    known = run(session, _KNOWN, conversation_id=conversation_id, client_id=client_id).first()
    if known is not None:
        if known.text != text:
            raise Invalid(f"The client_id {client_id!r} was already used for another message.", "Use a new client_id.")
        return SavedMessage(conversation_id, known.id, True, done_of(session, known.id))
    message = insert_row(
        session,
        Message,
        clinic_id=clinic_id,
        conversation_id=conversation_id,
        seq=next_seq(session, conversation_id),
        author="patient",
        text=text,
        client_id=client_id,
        created_at=now,
    )
    run(session, _HEARD, conversation_id=conversation_id, now=now)
    return SavedMessage(conversation_id, message["id"], False, None)


def take_lease(
    session: Session, clinic_id: str, conversation_id: str, holder: str, now: datetime, length: timedelta
) -> Lease | None:
    """Leases the conversation when it has unanswered words and no turn is running."""
    stands = run(session, _STANDS, clinic_id=clinic_id, conversation_id=conversation_id).first()
    if stands is None:
        raise no_conversation()
    if stands.lease_until is not None and stands.lease_until > now:
        return None
    waiting = run(session, _WITHOUT_REPLY, conversation_id=conversation_id).all()
    if not waiting:
        return None
    run(session, _LEASE, conversation_id=conversation_id, holder=holder, until=now + length)
    text = "\n".join(message.text for message in waiting)
    ids = tuple(message.id for message in waiting)
    earlier = earlier_words(session, conversation_id, waiting[0].seq, now)
    return Lease(conversation_id, holder, ids, text, _state(session, conversation_id, stands.state), earlier)


def holds(session: Session, clinic_id: str, lease: Lease) -> bool:
    """Whether the lease is still its holder's. Raises NotFound when the conversation has ended."""
    row = run(session, _HOLDER, clinic_id=clinic_id, conversation_id=lease.conversation_id).first()
    if row is None:
        raise no_conversation()
    return bool(row.lease_holder == lease.holder)


def give_back(session: Session, lease: Lease, reply_id: str, state: State, now: datetime) -> None:
    """Ends the turn: its words are answered by `reply_id`, and the conversation stands at `state`. A state that this
    code could not read is left for the one that wrote it."""
    for message_id in lease.message_ids:
        run(session, _TURN_OF, message_id=message_id, reply_id=reply_id)
    if lease.state is None:
        run(session, _ANSWERED, conversation_id=lease.conversation_id, now=now)
    else:
        run(session, _MOVED_ON, conversation_id=lease.conversation_id, now=now, state_now=state.to_json())


def _state(session: Session, conversation_id: str, stored: Mapping[str, Any]) -> State | None:
    """Never raises: the words that came with it must be kept, and answered."""
    try:
        return State.from_json(stored).with_(told=_is_told(session, conversation_id))
    except (ValueError, TypeError, LookupError, AttributeError) as problem:
        log.error("the state of %s cannot be read: %s", conversation_id, describe(problem))
        return None


def _is_told(session: Session, conversation_id: str) -> bool:
    """Whether a notice went out about what the patient has not sent yet: then "nothing was sent" would be a lie."""
    return run(session, _TOLD, conversation_id=conversation_id).first() is not None


def done_of(session: Session, message_id: str) -> dict[str, Any] | None:
    """The reply to a patient's message, as the visitor's API gave it."""
    reply = run(session, _REPLY_TO, message_id=message_id).first()
    return reply.done if reply else None


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

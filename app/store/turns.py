"""The rows of one turn: words are saved, the conversation is leased, the reply is found again."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, exists, func, text, update
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
_THIS = update(Conversation).where(col(Conversation.id) == bindparam("conversation_id"))
_HEARD = _THIS.values(last_message_at=bindparam("now"), swept_at=None)
_LEASE = _THIS.values(lease_holder=bindparam("holder"), lease_until=bindparam("until"))
_HEARD_AND_LEASED = _HEARD.values(lease_holder=bindparam("holder"), lease_until=bindparam("until"))
_ANSWERED = _THIS.values(lease_holder=None, lease_until=None, last_message_at=bindparam("now"))
_MOVED_ON = _ANSWERED.values(state=bindparam("state_now"))
_TURN_OF = update(Message).where(col(Message.id) == bindparam("message_id")).values(turn_id=bindparam("reply_id"))
_WITHOUT_REPLY = (
    select_columns(col(Message.id), col(Message.seq), col(Message.text))
    .where(col(Message.conversation_id) == bindparam("conversation_id"), text(WAITING))
    .order_by(col(Message.seq))
)
_LAST_SEQ = (
    select_columns(func.coalesce(func.max(col(Message.seq)), 0))
    .where(col(Message.conversation_id) == bindparam("conversation_id"))
    .correlate(None)
    .scalar_subquery()
    .label("last_seq")
)
_TOLD = (
    exists()
    .where(col(Notice.lead_id) == col(Lead.id))
    .where(col(Lead.conversation_id) == bindparam("conversation_id"), col(Lead.submitted_at).is_(None))
    .correlate(None)
    .label("told")
)
_HOLDER = select_columns(col(Conversation.lease_holder), _LAST_SEQ).where(*_OPEN)
_STANDS = select_columns(col(Conversation.lease_until), col(Conversation.state), _TOLD).where(*_OPEN)
_known = aliased(Message)
_STANDS_WITH = _STANDS.add_columns(
    _LAST_SEQ,
    _WITHOUT_REPLY.with_only_columns(col(Message.id)).order_by(None).correlate(None).exists().label("others_wait"),
    col(_known.id).label("known_id"),
    col(_known.text).label("known_text"),
).outerjoin(
    _known, (col(_known.conversation_id) == col(Conversation.id)) & (col(_known.client_id) == bindparam("client_id"))
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


class _Words(NamedTuple):
    """A message that waits for its reply."""

    id: str
    seq: int
    text: str


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


def save_message(
    session: Session, clinic_id: str, conversation_id: str, client_id: str, text: str, now: datetime
) -> SavedMessage:
    """Adds the patient's words, or finds them by their client id. Raises Invalid when the id came with other words."""
    stands = _stands_with(session, clinic_id, conversation_id, client_id)
    saved, _ = _saved(session, clinic_id, conversation_id, stands, client_id, text, now)
    if not saved.known:
        run(session, _HEARD, conversation_id=conversation_id, now=now)
    return saved


def save_and_lease(
    session: Session,
    clinic_id: str,
    conversation_id: str,
    client_id: str,
    text: str,
    holder: str,
    now: datetime,
    length: timedelta,
) -> tuple[SavedMessage, Lease | None]:
    """`save_message`, then `take_lease` where there is no reply yet, in as few statements as that takes."""
    stands = _stands_with(session, clinic_id, conversation_id, client_id)
    saved, message = _saved(session, clinic_id, conversation_id, stands, client_id, text, now)
    if saved.done is not None:
        return saved, None
    waiting = [message] if message is not None and not stands.others_wait else None
    lease = _lease(session, conversation_id, stands, waiting, holder, now)
    named = {"conversation_id": conversation_id, "holder": holder, "until": now + length}
    if message is not None and lease is not None:
        run(session, _HEARD_AND_LEASED, now=now, **named)
    elif message is not None:
        run(session, _HEARD, conversation_id=conversation_id, now=now)
    elif lease is not None:
        run(session, _LEASE, **named)
    return saved, lease


def take_lease(
    session: Session, clinic_id: str, conversation_id: str, holder: str, now: datetime, length: timedelta
) -> Lease | None:
    """Leases the conversation when it has unanswered words and no turn is running."""
    stands = run(session, _STANDS, clinic_id=clinic_id, conversation_id=conversation_id).first()
    if stands is None:
        raise no_conversation()
    lease = _lease(session, conversation_id, stands, None, holder, now)
    if lease is not None:
        run(session, _LEASE, conversation_id=conversation_id, holder=holder, until=now + length)
    return lease


def _stands_with(session: Session, clinic_id: str, conversation_id: str, client_id: str) -> Any:
    named = {"clinic_id": clinic_id, "conversation_id": conversation_id, "client_id": client_id}
    stands = run(session, _STANDS_WITH, **named).first()
    if stands is None:
        raise no_conversation()
    return stands


def _saved(
    session: Session, clinic_id: str, conversation_id: str, stands: Any, client_id: str, text: str, now: datetime
) -> tuple[SavedMessage, _Words | None]:
    """The message, and its words if they are new."""
    if stands.known_id is not None:
        if stands.known_text != text:
            raise Invalid(f"The client_id {client_id!r} was already used for another message.", "Use a new client_id.")
        return SavedMessage(conversation_id, stands.known_id, True, done_of(session, stands.known_id)), None
    seq = stands.last_seq + 1
    message = insert_row(
        session,
        Message,
        clinic_id=clinic_id,
        conversation_id=conversation_id,
        seq=seq,
        author="patient",
        text=text,
        client_id=client_id,
        created_at=now,
    )
    return SavedMessage(conversation_id, message["id"], False, None), _Words(message["id"], seq, text)


def _lease(
    session: Session, conversation_id: str, stands: Any, waiting: Sequence[Any] | None, holder: str, now: datetime
) -> Lease | None:
    """The lease that the caller notes; None while a turn is running, or without words. `waiting` None: look them up."""
    if stands.lease_until is not None and stands.lease_until > now:
        return None
    if waiting is None:
        waiting = run(session, _WITHOUT_REPLY, conversation_id=conversation_id).all()
    if not waiting:
        return None
    text = "\n".join(message.text for message in waiting)
    ids = tuple(message.id for message in waiting)
    earlier = earlier_words(session, conversation_id, waiting[0].seq, now)
    return Lease(conversation_id, holder, ids, text, _state(conversation_id, stands), earlier)


def last_seq_while_held(session: Session, clinic_id: str, lease: Lease) -> int | None:
    """The number of the conversation's last message if the lease is still its holder's, else None. Raises NotFound when
    the conversation has ended."""
    row = run(session, _HOLDER, clinic_id=clinic_id, conversation_id=lease.conversation_id).first()
    if row is None:
        raise no_conversation()
    return int(row.last_seq) if row.lease_holder == lease.holder else None


def give_back(session: Session, lease: Lease, reply_id: str, state: State, now: datetime) -> None:
    """Ends the turn: its words are answered by `reply_id`, and the conversation stands at `state`. A state that this
    code could not read is left for the one that wrote it."""
    for message_id in lease.message_ids:
        run(session, _TURN_OF, message_id=message_id, reply_id=reply_id)
    if lease.state is None:
        run(session, _ANSWERED, conversation_id=lease.conversation_id, now=now)
    else:
        run(session, _MOVED_ON, conversation_id=lease.conversation_id, now=now, state_now=state.to_json())


def _state(conversation_id: str, stands: Any) -> State | None:
    """Never raises: the words that came with it must be kept, and answered. `told`: a notice went out about what the
    patient has not sent yet, so "nothing was sent" would be a lie."""
    try:
        return State.from_json(stands.state).with_(told=bool(stands.told))
    except (ValueError, TypeError, LookupError, AttributeError) as problem:
        log.error("the state of %s cannot be read: %s", conversation_id, describe(problem))
        return None


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

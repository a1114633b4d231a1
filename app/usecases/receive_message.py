"""receive_message: the way of one patient message. T1 saves the words and leases the turn, `take_turn` decides,
T2 commits the reply with everything it caused. A crash between the two loses nothing: the turn is run again."""

import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from app.clock import new_id
from app.desk import Desk
from app.dialogue.private import mask
from app.dialogue.state import State
from app.errors import Conflict, Invalid, Unavailable
from app.store.queries.clinics import ClinicFacts
from app.store.turns import Lease, SavedMessage, done_of, save_and_lease, take_lease
from app.usecases.record_turn import record_turn
from app.usecases.reply_stream import Emit, ReplyStream
from app.usecases.take_turn import Said, failed_turn, take_turn
from app.usecases.visible_text import visible_text

TURN_LEASE = timedelta(seconds=60)
LOOK_AGAIN_S = 0.05
MAX_CHARACTERS = 4000


@dataclass(frozen=True, slots=True)
class Words:
    """What the visitor sent. `client_id` makes sending it again harmless."""

    conversation_id: str
    client_id: str
    text: str


def receive_message(desk: Desk, clinic: ClinicFacts, words: Words, emit: Emit) -> dict[str, Any]:
    """The contract's `done` object. Raises Invalid, NotFound, Conflict (this message is being answered right now)
    or Unavailable."""
    words = Words(words.conversation_id, words.client_id, _clean(words.text))
    saved, lease = desk.database.write(lambda session: _save_and_lease(session, desk, clinic, words))
    if saved.known and saved.done is None and lease is None:  # before any event: it is answered with its own status
        raise Conflict("This message is being answered right now.", "Wait for the reply, or send it again in a moment.")
    if lease is None and saved.done is None and desk.guests is not None:
        desk.guests.hurry(words.conversation_id)  # what was typed now may be an emergency
    emit("saved", {"message_id": saved.message_id})
    if saved.done is not None:
        return saved.done
    return _answer(desk, clinic, saved, lease, emit)


def resume_turn(desk: Desk, clinic: ClinicFacts, conversation_id: str) -> bool:
    """Answers words that have no reply, in the desk's own words: nobody reads along, and others
    wait behind them. False when there was nothing to do."""
    lease = desk.database.write(lambda session: _lease(session, desk, clinic, conversation_id))
    if lease is None:
        return False
    _run(replace(desk, guests=None), clinic, lease, lambda _kind, _data: None)
    return True


def _clean(text: str) -> str:
    """Social security and card numbers are masked before anything is stored; everything that can be seen stays as it
    was typed."""
    text, _ = mask(visible_text(text))
    if not text.strip():
        raise Invalid("The message is empty.")
    if len(text) > MAX_CHARACTERS:
        raise Invalid(f"The message has {len(text)} characters; {MAX_CHARACTERS} fit.", "Send it in parts.")
    return text


def _save_and_lease(
    session: Session, desk: Desk, clinic: ClinicFacts, words: Words
) -> tuple[SavedMessage, Lease | None]:
    said, now = (words.conversation_id, words.client_id, words.text), desk.clock()
    return save_and_lease(session, clinic.id, *said, new_id("turn"), now, TURN_LEASE)


def _lease(session: Session, desk: Desk, clinic: ClinicFacts, conversation_id: str) -> Lease | None:
    return take_lease(session, clinic.id, conversation_id, new_id("turn"), desk.clock(), TURN_LEASE)


def _answer(desk: Desk, clinic: ClinicFacts, saved: SavedMessage, lease: Lease | None, emit: Emit) -> dict[str, Any]:
    """Runs turns, or waits for the one that is running, until this message has its reply."""
    patience = time.monotonic() + TURN_LEASE.total_seconds() + 15
    while time.monotonic() < patience:
        if lease is not None:
            done = _run(desk, clinic, lease, emit)
            if done is not None and saved.message_id in lease.message_ids:
                return done
        else:
            time.sleep(LOOK_AGAIN_S)
        with desk.database.read() as session:
            found = done_of(session, saved.message_id)
        if found is not None:
            return found
        lease = desk.database.write(lambda session: _lease(session, desk, clinic, saved.conversation_id))
    raise Unavailable("The reply takes too long. Your message is saved.", f"Call the clinic at {clinic.phone}.")


def _run(desk: Desk, clinic: ClinicFacts, lease: Lease, emit: Emit) -> dict[str, Any] | None:
    """The turn's `done` object; None when the lease was lost meanwhile and another turn answers."""
    stream = ReplyStream(emit)
    state = lease.state or State(language=clinic.languages[0])
    answer = failed_turn if lease.state is None else take_turn
    said = Said(lease.text, state, desk.clock(), lease.earlier, lease.conversation_id)
    turn = answer(desk, clinic, said, stream)
    ended = desk.database.write(lambda session: record_turn(session, desk, clinic, lease, turn))
    if ended is None:
        return None
    if ended.late_text:
        stream.say(ended.late_text)
    if ended.notice:  # a needless call would have every thread of the worker ask the database
        desk.wake("deliver")
    return ended.done

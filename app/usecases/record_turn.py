"""record_turn (T2): the reply, the new state, and the lead, notice and audit that it caused, in one commit."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from sqlmodel import Session

from app.answering.base import Answer
from app.desk import Desk
from app.dialogue import emergency
from app.dialogue.state import ActionStatus, SlotStatus, State
from app.qualification.outcomes import Outcome
from app.store import audit
from app.store.queries.clinics import ClinicFacts
from app.store.tables import Message, QuestionKind, UnansweredQuestion
from app.store.turns import Lease, next_seq, open_conversation_row
from app.usecases.keep_lead import keep_lead
from app.usecases.paragraphs import REFERENCE_MARK
from app.usecases.said_before import contact_index
from app.usecases.submit_action import Submission, Submitted, submit_action
from app.usecases.take_turn import Turn


@dataclass(frozen=True, slots=True)
class Recorded:
    """The contract's `done` object, the part of the reply that could only be said after saving, and whether a notice
    waits for the worker."""

    done: dict[str, Any]
    late_text: str
    notice: bool


def record_turn(session: Session, desk: Desk, clinic: ClinicFacts, lease: Lease, turn: Turn) -> Recorded | None:
    """None, and nothing recorded, when the lease was lost: then another turn answers these words."""
    now = desk.clock()
    conversation = open_conversation_row(session, clinic.id, lease.conversation_id)
    if conversation.lease_holder != lease.holder:
        return None
    submitted = _submit(session, desk, clinic, lease, turn, now)
    waiting = submitted is not None or _keep(session, clinic, lease, turn, now)
    parts = [part.replace(REFERENCE_MARK, submitted.reference) if submitted else part for part in turn.parts]
    late = [said for said, part in zip(parts, turn.parts, strict=True) if REFERENCE_MARK in part]
    reply = Message(
        clinic_id=clinic.id,
        conversation_id=conversation.id,
        seq=next_seq(session, conversation.id),
        author="desk",
        text="\n\n".join(parts),
        created_at=now,
    )
    reply.done = _done(reply, turn, submitted)
    session.add(reply)
    for message_id in lease.message_ids:
        message = session.get_one(Message, message_id)
        message.turn_id = reply.id
        session.add(message)
    for question in turn.refused():
        session.add(_for_staff(clinic, conversation.id, "no_paper", question, now))
    for question in turn.disputed():
        session.add(_for_staff(clinic, conversation.id, "papers_disagree", question, now))
    if lease.state is not None:  # one that this code cannot read is left for the one that wrote it
        conversation.state = turn.state.to_json()
    conversation.lease_holder, conversation.lease_until, conversation.last_message_at = None, None, now
    session.add(conversation)
    actor = audit.Actor("patient", conversation.id)
    audit.record(session, now, actor, "message", ("message", reply.id), clinic.id)
    if turn.emergency:
        audit.record(session, now, audit.DESK, "raise_emergency", ("red_flags", emergency.version()), clinic.id)
    if turn.disputed():
        audit.record(session, now, audit.DESK, "papers_disagree", ("conversation", conversation.id), clinic.id)
    return Recorded(reply.done, "\n\n".join(late), notice=waiting)


def _for_staff(
    clinic: ClinicFacts, conversation_id: str, kind: QuestionKind, question: str, now: datetime
) -> UnansweredQuestion:
    return UnansweredQuestion(
        clinic_id=clinic.id, conversation_id=conversation_id, kind=kind, question=question, created_at=now
    )


def _submit(
    session: Session, desk: Desk, clinic: ClinicFacts, lease: Lease, turn: Turn, now: datetime
) -> Submitted | None:
    """A completed action becomes a lead; so does an emergency, with whatever contact is known by then."""
    if turn.draft is None or (turn.completed is None and not _is_news(lease, turn)):
        return None
    kind: Literal["complete", "incomplete", "urgent"] = "urgent"
    if turn.completed is not None:
        kind = "incomplete" if turn.draft.unreachable else "complete"
    index = contact_index(desk, clinic, turn.draft)
    submission = Submission(lease.conversation_id, kind, turn.draft, contact_index=index)
    return submit_action(session, clinic, submission, now)


def _is_news(lease: Lease, turn: Turn) -> bool:
    """An emergency that staff have not been told of: the first one, and one that calls for another number than what
    the patient told before."""
    before = lease.state if lease.state is not None and lease.state.emergency else None
    return turn.emergency is not None and (before is None or turn.emergency not in ("urgent", before.raised))


def _keep(session: Session, clinic: ClinicFacts, lease: Lease, turn: Turn, now: datetime) -> bool:
    return turn.draft is not None and keep_lead(session, clinic, lease.conversation_id, turn.draft, now)


def _done(reply: Message, turn: Turn, submitted: Submitted | None) -> dict[str, Any]:
    state = turn.state
    referral = submitted if turn.completed else None
    return {
        "message_id": reply.id,
        "reply": reply.text,
        "answers": [answer_facts(answer) for answer in turn.answers],
        "action": _action(state),
        "outcome": _outcome(turn),
        "referral_id": referral.lead_id if referral else None,
        "reference": referral.reference if referral else None,
        "emergency": turn.emergency is not None,
        "handoff": turn.handoff,
    }


def _outcome(turn: Turn) -> str | None:
    """Of what was sent with this turn; before that nothing is decided."""
    if turn.emergency:
        return Outcome.URGENT.value
    decided = turn.draft.qualification if turn.draft and turn.completed else None
    return decided.qualified.outcome.value if decided else None


def answer_facts(answer: Answer) -> dict[str, Any]:
    """An item of `answers` as in the contract."""
    citations = [
        {**asdict(citation), "effective": citation.effective.isoformat() if citation.effective else None}
        for citation in answer.citations
    ]
    return {
        "kind": answer.kind.value,
        "question": answer.question,
        "text": answer.text,
        "citations": citations,
        "payer": asdict(answer.payer) if answer.payer else None,
        "disagreement": answer.disagreement,
    }


def _action(state: State) -> dict[str, Any] | None:
    if state.action is None:
        return None
    asking = state.asking if state.status is ActionStatus.COLLECTING else None
    slots = {name: slot.value for name, slot in state.slots.items() if slot.status is SlotStatus.FILLED}
    return {"name": state.action, "status": state.status, "slots": slots, "asking": asking}

"""record_turn (T2): the reply, the new state, and the lead, notice and audit that it caused, in one commit."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from sqlmodel import Session

from app.answering.base import Answer
from app.clock import new_id
from app.desk import Desk
from app.dialogue import emergency
from app.dialogue.state import ActionStatus, SlotStatus, State
from app.qualification.outcomes import Outcome
from app.store import audit
from app.store.queries.clinics import ClinicFacts
from app.store.rows import insert_row
from app.store.tables import Message, QuestionKind, UnansweredQuestion
from app.store.turns import Lease, give_back, last_seq_while_held
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
    now, talk = desk.clock(), lease.conversation_id
    last_seq = last_seq_while_held(session, clinic.id, lease)
    if last_seq is None:
        return None
    submitted = _submit(session, desk, clinic, lease, turn, now)
    waiting = submitted is not None or _keep(session, clinic, lease, turn, now)
    parts = [part.replace(REFERENCE_MARK, submitted.reference) if submitted else part for part in turn.parts]
    late = [said for said, part in zip(parts, turn.parts, strict=True) if REFERENCE_MARK in part]
    reply_id, text = new_id("msg"), "\n\n".join(parts)
    done = _done(reply_id, text, turn, submitted)
    insert_row(
        session,
        Message,
        id=reply_id,
        clinic_id=clinic.id,
        conversation_id=talk,
        seq=last_seq + 1,
        author="desk",
        text=text,
        done=done,
        created_at=now,
    )
    for question in turn.refused():
        _for_staff(session, clinic, talk, "no_paper", question, now)
    for question in turn.disputed():
        _for_staff(session, clinic, talk, "papers_disagree", question, now)
    give_back(session, lease, reply_id, turn.state, now)
    actor = audit.Actor("patient", talk)
    audit.record(session, now, actor, "message", ("message", reply_id), clinic.id)
    if turn.emergency:
        audit.record(session, now, audit.DESK, "raise_emergency", ("red_flags", emergency.version()), clinic.id)
    if turn.disputed():
        audit.record(session, now, audit.DESK, "papers_disagree", ("conversation", talk), clinic.id)
    return Recorded(done, "\n\n".join(late), notice=waiting)


def _for_staff(
    session: Session, clinic: ClinicFacts, talk: str, kind: QuestionKind, question: str, now: datetime
) -> None:
    insert_row(
        session,
        UnansweredQuestion,
        clinic_id=clinic.id,
        conversation_id=talk,
        kind=kind,
        question=question,
        created_at=now,
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


def _done(reply_id: str, text: str, turn: Turn, submitted: Submitted | None) -> dict[str, Any]:
    state = turn.state
    referral = submitted if turn.completed else None
    return {
        "message_id": reply_id,
        "reply": text,
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

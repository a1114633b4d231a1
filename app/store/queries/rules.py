"""Rules of a clinic by version, and the leads that were decided by them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from app.qualification.outcomes import PRECEDENCE
from app.store.session import Database
from app.store.tables import Lead, RuleVersion, Staff


@dataclass(frozen=True, slots=True)
class RuleVersionView:
    """One version. `by` is a staff member's e-mail address, or who else made it: command or desk."""

    number: int
    data: Mapping[str, Any]
    created_at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class DecidedLead:
    """What rules made of a lead, and the facts that they looked at."""

    id: str
    reference: str
    action: str
    created_at: datetime
    outcome: str
    reasons: tuple[Mapping[str, Any], ...]
    score: int
    urgency: int
    facts: Mapping[str, Any]


def newest_rules(session: Session, clinic_id: str) -> RuleVersion | None:
    """The version in force; None while the shipped rules hold."""
    mine = select(RuleVersion).where(RuleVersion.clinic_id == clinic_id)
    return session.exec(mine.order_by(col(RuleVersion.number).desc()).limit(1)).first()


def rules_data(database: Database, clinic_id: str) -> Mapping[str, Any] | None:
    """What the version in force says; None for the shipped rules."""
    with database.read() as session:
        found = newest_rules(session, clinic_id)
        return found.data if found else None


def rule_versions(database: Database, clinic_id: str) -> list[RuleVersionView]:
    """Every version, the newest first."""
    mine = select(RuleVersion).where(RuleVersion.clinic_id == clinic_id).order_by(col(RuleVersion.number).desc())
    with database.read() as session:
        found = session.exec(mine).all()
        ids = {one.actor_id for one in found if one.actor_kind == "staff"}
        emails = dict(session.exec(select(Staff.id, Staff.email).where(col(Staff.id).in_(ids))).all())
    return [
        RuleVersionView(one.number, one.data, one.created_at, emails.get(one.actor_id or "", one.actor_kind))
        for one in found
    ]


def decided_leads(database: Database, clinic_id: str, limit: int) -> tuple[list[DecidedLead], bool]:
    """The newest leads that have an outcome, and whether there are older ones."""
    mine = select(Lead).where(Lead.clinic_id == clinic_id, col(Lead.outcome).is_not(None))
    with database.read() as session:
        found = session.exec(mine.order_by(col(Lead.created_at).desc(), col(Lead.id)).limit(limit + 1)).all()
    return [
        DecidedLead(
            id=lead.id,
            reference=lead.reference,
            action=lead.action,
            created_at=lead.created_at,
            outcome=str(lead.outcome),
            reasons=tuple(lead.reasons),
            score=lead.score,
            urgency=lead.urgency,
            facts=lead.facts,
        )
        for lead in found[:limit]
    ], len(found) > limit


def queue_order() -> tuple[Any, ...]:
    """Urgent ones first, then by urgency, score and age; who is no patient comes last."""
    urgent, no_patient = PRECEDENCE[0].value, PRECEDENCE[1].value
    return (
        ((col(Lead.outcome) == urgent) | (col(Lead.status) == "urgent")).desc(),
        (col(Lead.outcome).is_not_distinct_from(no_patient)).asc(),
        col(Lead.urgency).desc(),
        col(Lead.score).desc(),
        col(Lead.created_at).desc(),
        col(Lead.id),
    )

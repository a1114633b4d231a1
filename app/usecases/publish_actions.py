"""publish_actions: new versions of a clinic's actions, all of a file or none. Talks under way keep theirs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.desk import Desk
from app.errors import Conflict
from app.store.audit import Actor, record
from app.store.queries.clinics import ClinicFacts
from app.store.tables import ActionVersion, Clinic
from app.usecases.check_actions import Plan, plans


def publish_actions(
    desk: Desk,
    clinic: ClinicFacts,
    documents: Sequence[Mapping[str, Any]],
    actor: Actor,
    *,
    based_on: int | None = None,
) -> list[Plan]:
    """What was done; an action that says what it said before gets no new version. `based_on` is the version that the
    writer saw. Raises NotAnAction, and Conflict when somebody else published in the meantime."""

    def work(session: Session) -> list[Plan]:
        found = plans(session, clinic, documents)
        for plan in found:
            before = plan.number - plan.changed
            if based_on is not None and based_on != before:
                raise Conflict(
                    f"The action {plan.name!r} is at version {before} by now, not {based_on}.",
                    "Look at that version, and publish your change upon it.",
                    code="changed_meanwhile",
                )
            if plan.changed:
                add_version(session, clinic.id, plan.name, plan.number, actor, desk.clock(), plan.body, plan.enabled)
                record(session, desk.clock(), actor, "published", ("action", f"{plan.name}/{plan.number}"), clinic.id)
        return found

    return desk.database.write(work)


def add_version(
    session: Session,
    clinic_id: str,
    name: str,
    number: int,
    actor: Actor,
    now: datetime,
    body: dict[str, Any] | None,
    enabled: bool,
) -> None:
    """Adds the row and makes the clinic's catalogue read it; the caller leaves the audit row and commits."""
    session.add(
        ActionVersion(
            clinic_id=clinic_id,
            name=name,
            number=number,
            enabled=enabled,
            body=body,
            made_by_kind=actor.kind,
            made_by=actor.id,
            created_at=now,
        )
    )
    clinic = session.get_one(Clinic, clinic_id)
    clinic.actions_version += 1
    session.add(clinic)

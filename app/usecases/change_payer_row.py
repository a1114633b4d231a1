"""change_payer_row and remove_payer_row: staff mend what was read wrongly, or take a row out."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.desk import Desk
from app.errors import Invalid, NotFound
from app.qualification.payer_changes import facts_of
from app.qualification.payers import PayerStatus
from app.store.access import row_of
from app.store.audit import Actor, record
from app.store.tables import Clinic, PayerListRow
from app.store.versions import live_versions

LONGEST_PLAN = 200


@dataclass(frozen=True, slots=True)
class Changes:
    """What staff set: a status, a plan ("" for the payer as a whole); None leaves it as it is."""

    status: str | None = None
    plan: str | None = None


def change_payer_row(desk: Desk, clinic_id: str, row_id: str, changes: Changes, actor: Actor) -> None:
    """Changes a row that waits; a published one stays what the manager approved. Raises NotFound, Invalid."""
    wanted = _checked(changes)

    def work(session: Session) -> None:
        row = row_of(session, PayerListRow, clinic_id, row_id)
        if row.state != "proposed":
            raise Invalid(
                f"The payer row {row_id!r} is {row.state}: only rows that wait can be changed.",
                "Take the row out, or upload the corrected paper.",
            )
        _apply(row, wanted)
        session.add(row)
        record(session, desk.clock(), actor, "changed", ("payer_row", row_id), clinic_id)

    desk.database.write(work)


def remove_payer_row(desk: Desk, clinic_id: str, row_id: str, actor: Actor) -> None:
    """Rejects a row that waits, or takes a published one out of the answers at once. Raises NotFound."""

    def work(session: Session) -> None:
        row = row_of(session, PayerListRow, clinic_id, row_id)
        if row.state == "withdrawn":
            raise NotFound(f"There is no payer_row {row_id!r}.")
        _ask_again(session, row)
        session.delete(row)
        clinic = session.get_one(Clinic, clinic_id)
        clinic.knowledge_version += row.state == "published"
        session.add(clinic)
        record(session, desk.clock(), actor, "removed", ("payer_row", row_id), clinic_id)

    desk.database.write(work)


def _ask_again(session: Session, row: PayerListRow) -> None:
    """A later version that says the same was published because this row was; now it has to be looked at."""
    if row.state != "published":
        return
    turns = [version.id for version in live_versions(session, row.document_id)]
    later = turns[turns.index(row.version_id) + 1 :] if row.version_id in turns else []
    same = select(PayerListRow).where(col(PayerListRow.version_id).in_(later), PayerListRow.state == "published")
    for other in session.exec(same):
        if facts_of(other) == facts_of(row):
            other.state, other.published_at = "proposed", None
            session.add(other)


def _checked(changes: Changes) -> dict[str, str | None]:
    wanted: dict[str, str | None] = {}
    if changes.status is not None:
        known = [status.value for status in PayerStatus if status is not PayerStatus.NOT_LISTED]
        if changes.status not in known:
            raise Invalid(f"{changes.status!r} is no status of a payer row.", f"Use one of {', '.join(known)}.")
        wanted["status"] = changes.status
    if changes.plan is not None:
        plan = " ".join(changes.plan.split())
        if len(plan) > LONGEST_PLAN or not plan.isprintable():
            raise Invalid(f"The plan {plan[:40]!r} is too long or has unreadable characters.", "Up to 200 letters.")
        wanted["plan"] = plan or None
    if not wanted:
        raise Invalid("Nothing to change was given.", "Give a status or a plan.")
    return wanted


def _apply(row: PayerListRow, wanted: Mapping[str, str | None]) -> None:
    """Keeps what the paper was read as, once; back to that, nothing is changed any more."""
    values: dict[str, object] = dict(wanted)
    if wanted.get("plan") and row.all_plans:
        values["all_plans"] = False
    read_as = dict(row.read_as)
    for name, value in values.items():
        read_as.setdefault(name, getattr(row, name))
        setattr(row, name, value)
        if read_as[name] == value:
            del read_as[name]
    row.read_as = read_as

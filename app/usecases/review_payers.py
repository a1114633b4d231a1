"""review_payers: what a manager looks at before publishing, on the clinic's calendar day."""

from datetime import date

from app.clock import day_in
from app.desk import Desk
from app.store.queries.clinics import clinic_of_id
from app.store.queries.payer_review import Review, payer_review, payers_waiting


def review_payers(desk: Desk, clinic_id: str) -> Review:
    """Published rows, waiting ones with what they change, and contradictions."""
    return payer_review(desk.database, clinic_id, _today(desk, clinic_id))


def count_waiting(desk: Desk, clinic_id: str) -> dict[str, int]:
    """Document id to how many of its rows wait for the manager."""
    return payers_waiting(desk.database, clinic_id, _today(desk, clinic_id))


def _today(desk: Desk, clinic_id: str) -> date:
    with desk.database.read() as session:
        return day_in(clinic_of_id(session, clinic_id).timezone, desk.clock())

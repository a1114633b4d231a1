"""review_payers: what a manager looks at before publishing, on the clinic's calendar day."""

from zoneinfo import ZoneInfo

from app.desk import Desk
from app.store.queries.clinics import clinic_of_id
from app.store.queries.payers import Review, payer_review


def review_payers(desk: Desk, clinic_id: str) -> Review:
    """Published rows, waiting ones with what they change, and contradictions."""
    with desk.database.read() as session:
        timezone = clinic_of_id(session, clinic_id).timezone
    return payer_review(desk.database, clinic_id, desk.clock().astimezone(ZoneInfo(timezone)).date())

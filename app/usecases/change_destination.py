"""change_destination: which fields a destination may carry from now on."""

from collections.abc import Sequence

from sqlmodel import Session

from app.desk import Desk
from app.errors import Invalid
from app.store import audit
from app.store.queries.clinics import ClinicFacts
from app.store.queries.destinations import DestinationFacts, active_destination, destination_facts
from app.usecases.allowed_fields import checked_fields


def change_destination(
    desk: Desk, clinic: ClinicFacts, destination_id: str, fields: Sequence[str] | None, actor: audit.Actor
) -> DestinationFacts:
    """`fields` None: an e-mail carries what the clinic allows for e-mail. What waits is sent by this. Raises NotFound,
    and Invalid for a field that the clinic does not have."""
    allowed = None if fields is None else checked_fields(desk, clinic, fields)

    def work(session: Session) -> DestinationFacts:
        row = active_destination(session, clinic.id, destination_id)
        if allowed is None and row.channel != "email":
            raise Invalid("Only an e-mail follows the clinic's own list.", "Name the fields; none for a link only.")
        row.fields = allowed
        session.add(row)
        audit.record(session, desk.clock(), actor, "change_destination", ("destination", row.id), clinic.id)
        return destination_facts(row, clinic.coordinator_email)

    return desk.database.write(work)

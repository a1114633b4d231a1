"""add_destination: one more place that hears of a clinic's leads."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, select

from app.delivery.transports.webhook import new_secret
from app.desk import Desk
from app.errors import Invalid
from app.store import audit
from app.store.access import row_of
from app.store.idempotency import Request, once
from app.store.queries.clinics import ClinicFacts
from app.store.queries.destinations import DestinationFacts, active_destinations, destination_facts
from app.store.tables import Channel, Destination
from app.usecases.allowed_fields import checked_fields
from app.usecases.destination_address import checked_address

MOST = 20


@dataclass(frozen=True, slots=True)
class NewDestination:
    """What a destination is made of. `fields` None: an e-mail carries what the clinic allows for e-mail, anything else
    a link only. `client_id` makes a repeated request harmless."""

    channel: Channel
    address: str = field(repr=False)
    fields: Sequence[str] | None = None
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """The destination, and of a webhook the secret that signs: it is shown this once."""

    destination: DestinationFacts
    secret: str | None = field(default=None, repr=False)


def add_destination(desk: Desk, clinic: ClinicFacts, new: NewDestination, actor: audit.Actor) -> Added:
    """The new destination; one that was removed before comes back under its old id. Raises Invalid for an address or
    a field that cannot be right, and for one that is there already."""
    address = checked_address(desk.settings, new.channel, new.address)
    fields = checked_fields(desk, clinic, new.fields) if new.fields is not None else None
    if fields is None and new.channel != "email":
        fields = []
    now = desk.clock()

    def create(session: Session) -> dict[str, str]:
        row = _row(session, clinic.id, new.channel, address)
        if row is None:
            row = Destination(clinic_id=clinic.id, channel=new.channel, address=address, created_at=now)
        row.fields, row.active, row.hears_all = fields, True, True
        row.secrets = [{"secret": new_secret(), "until": None}] if new.channel == "webhook" else []
        session.add(row)
        audit.record(session, now, actor, "add_destination", ("destination", row.id), clinic.id)
        return {"id": row.id}

    def work(session: Session) -> Added:
        if new.client_id is None:
            made = create(session)
        else:
            body = {"channel": new.channel, "address": address, "fields": fields}
            request = Request(clinic.id, "add_destination", new.client_id, body)
            made = once(session, request, now, lambda: create(session))
        row = row_of(session, Destination, clinic.id, made["id"])
        signing = str(row.secrets[0]["secret"]) if len(row.secrets) == 1 else None
        return Added(destination_facts(row, clinic.coordinator_email), signing)

    return desk.database.write(work)


def _row(session: Session, clinic_id: str, channel: Channel, address: str) -> Destination | None:
    """The row that this address had before. Raises Invalid when it is in use, or too many are."""
    mine = select(Destination).where(Destination.clinic_id == clinic_id, Destination.channel == channel)
    row = session.exec(mine.where(Destination.address == address)).first()
    if row is not None and row.active and row.hears_all:
        raise Invalid(f"{row.shown} is a destination already.", "Change its fields instead.")
    if len(active_destinations(session, clinic_id)) >= MOST:
        raise Invalid(f"The clinic has {MOST} destinations, and more are not allowed.", "Remove one first.")
    return row

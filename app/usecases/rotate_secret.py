"""rotate_secret: a webhook gets a new secret, and the old one goes on signing beside it until the other side has it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from app.delivery.transports.webhook import new_secret
from app.desk import Desk
from app.errors import Invalid
from app.store import audit
from app.store.idempotency import Request, once
from app.store.queries.clinics import ClinicFacts
from app.store.queries.destinations import active_destination
from app.store.tables import Destination

MOST = 4
"""Secrets that sign at a time; each makes the header longer."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """The new secret, shown this once, and until when the one before signs too; None when it ended at once."""

    destination_id: str
    secret: str = field(repr=False)
    old_secret_until: datetime | None


def rotate_secret(
    desk: Desk,
    clinic: ClinicFacts,
    destination_id: str,
    actor: audit.Actor,
    *,
    at_once: bool = False,
    client_id: str | None = None,
) -> Rotated:
    """With `at_once` no older secret signs any more: for one that got into wrong hands. `client_id` makes a repeated
    request harmless. Raises NotFound, and Invalid for a destination that is no webhook."""
    now = desk.clock()
    until = None if at_once else now + timedelta(hours=desk.settings.webhook_secret_overlap_h)

    def turn(row: Destination, session: Session) -> dict[str, Any]:
        row.secrets = [{"secret": new_secret(), "until": None}, *_still(row, now, until)][:MOST]
        session.add(row)
        audit.record(session, now, actor, "rotate_secret", ("destination", row.id), clinic.id)
        return {"until": until.isoformat() if until else None}

    def work(session: Session) -> Rotated:
        row = active_destination(session, clinic.id, destination_id)
        if row.channel != "webhook":
            raise Invalid("Only a webhook has a secret.", "For Slack, make a new webhook URL there and add that.")
        if client_id is None:
            made = turn(row, session)
        else:
            request = Request(clinic.id, "rotate_secret", client_id, {"id": row.id, "at_once": at_once})
            made = once(session, request, now, lambda: turn(row, session))
        ends = datetime.fromisoformat(made["until"]) if made["until"] else None
        return Rotated(row.id, str(row.secrets[0]["secret"]), ends)

    return desk.database.write(work)


def _still(row: Destination, now: datetime, until: datetime | None) -> list[dict[str, Any]]:
    """What goes on signing: the one in force until then, older ones as long as was said when they were replaced."""
    if until is None or until <= now:
        return []
    ends = [(one, datetime.fromisoformat(one["until"]) if one["until"] else until) for one in row.secrets]
    return [{**one, "until": min(end, until).isoformat()} for one, end in ends if end > now]

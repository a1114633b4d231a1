"""said_before: whether a request that is being sent says nothing that the same patient did not send shortly before, by
the chat, the form or another server, under whatever client id."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from app.desk import Desk
from app.store.queries.clinics import ClinicFacts
from app.store.rows import run
from app.store.tables import Lead
from app.usecases.lead_draft import LeadDraft

NAME = "patient_name"
WINDOW = timedelta(hours=24)
"""Later, the same words are a reminder: nobody has called."""
_ANY = (
    select_columns(col(Lead.id))
    .where(col(Lead.clinic_id) == bindparam("clinic_id"), col(Lead.contact_index) == bindparam("index"))
    .limit(1)
)


def contact_index(desk: Desk, clinic: ClinicFacts, draft: LeadDraft) -> str | None:
    """A blind index: HMAC-SHA256 of the clinic and the ways to reach the patient in normal form. None without one."""
    ways = sorted(str(draft.slots[name].value).strip().casefold() for name in draft.reached_by)
    if not ways:
        return None
    text = "\n".join((clinic.id, *ways))
    return hmac.new(desk.keys.derive("contact-index"), text.encode(), hashlib.sha256).hexdigest()


def said_before(session: Session, lead: Lead, now: datetime) -> Lead | None:
    """The first request of the same clinic, action, contact and kind of caller, sent in the last 24 hours, that holds
    every field of `lead` with the same value."""
    if lead.contact_index is None or not run(session, _ANY, clinic_id=lead.clinic_id, index=lead.contact_index).first():
        return None
    same = (
        select(Lead)
        .where(Lead.clinic_id == lead.clinic_id, Lead.contact_index == lead.contact_index, Lead.action == lead.action)
        .where(col(Lead.id) != lead.id, col(Lead.repeat_of).is_(None), col(Lead.submitted_at) > now - WINDOW)
        .where(col(Lead.status).in_(("complete", "incomplete")), Lead.caller == lead.caller)
        .order_by(col(Lead.submitted_at))
    )
    told = _told(lead)
    return next((first for first in session.exec(same) if _holds(_told(first), told)), None)


def _holds(before: Mapping[str, str], told: Mapping[str, str]) -> bool:
    """A parent may ask for a second child by the same phone: without a name, or with another, it is another request."""
    return before.get(NAME) == told.get(NAME) and told.items() <= before.items()


def _told(lead: Lead) -> Mapping[str, str]:
    """The fields that were filled, as they compare."""
    filled = {name: slot.get("value") for name, slot in lead.slots.items() if slot.get("status") == "filled"}
    return {name: _folded(value) for name, value in filled.items()}


def _folded(value: Any) -> str:
    if isinstance(value, str):
        return " ".join(value.casefold().split())
    if isinstance(value, Mapping):
        return repr(sorted((str(key), _folded(one)) for key, one in value.items()))
    return repr([_folded(one) for one in value]) if isinstance(value, list) else repr(value)

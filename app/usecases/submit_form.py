"""submit_form: the chat page's plain form, for visitors without scripts. Its hidden token makes sending it twice
harmless."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from sqlmodel import Session

from app.desk import Desk
from app.dialogue.action import Action
from app.dialogue.decide import CALLBACK
from app.dialogue.phrasing import ClinicWords, disclosure, disclosure_version
from app.dialogue.state import State
from app.errors import Invalid, NotFound
from app.store import audit
from app.store.idempotency import Request, known, once
from app.store.queries.clinics import ClinicFacts
from app.store.tables import Conversation
from app.usecases.submit_action import submit_action
from app.usecases.submit_contact import holds_removed, read_contact, submission_of

REFERRAL, TOKEN = "referral", "form_token"
FORM_LASTS = timedelta(days=2)
"""Shorter than its result is kept (72 hours at the least), so that an old form is refused, not taken for a new one."""


def form_token(desk: Desk, clinic: ClinicFacts) -> str:
    """A signed random id, good for one form of this clinic for two days."""
    return _signer(desk, "form").dumps([clinic.id, secrets.token_urlsafe(16), int(desk.clock().timestamp())])


def form_action(desk: Desk, clinic: ClinicFacts) -> Action:
    """What the form asks for: a referral, or where the clinic takes none this way, a call."""
    catalogue = desk.catalogue(clinic)
    action = catalogue.action(REFERRAL) or catalogue.action(CALLBACK)
    if action is None:  # the callback cannot be switched off
        raise LookupError(f"clinic {clinic.id!r} has no callback")
    return action


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the visitor is shown: the reference, and "911", "988" or "urgent" where the fields tell of an emergency,
    and whether a number was not kept."""

    reference: str
    emergency: str | None = None
    removed: bool = False


def earlier_receipt(desk: Desk, clinic: ClinicFacts, values: Mapping[str, str]) -> Receipt | None:
    """What this very form was given when it came before. Raises Invalid for a bad or old token, and for one that came
    with other words."""
    request, old = _request(desk, clinic, values)
    with desk.database.read() as session:
        result = known(session, request)
    if result is None and old:
        raise stale_form()
    return _receipt(result) if result else None


def submit_form(desk: Desk, clinic: ClinicFacts, values: Mapping[str, str], language: str) -> Receipt:
    """Takes the request. Raises Invalid for a bad token or a field that must not be sent."""
    request, old = _request(desk, clinic, values)
    if old:
        raise stale_form()
    action = desk.catalogue(clinic).action(values.get("action", ""))
    if action is None:
        raise Invalid(f"There is no action {values.get('action', '')!r}.", "Open the page again.")
    slots = {spec.name: values[spec.name] for spec in action.slots if values.get(spec.name, "").strip()}
    kind, draft = read_contact(desk, clinic, action, slots)
    now, wording, removed = desk.clock(), desk.wording(language), holds_removed(slots)

    def create(session: Session) -> dict[str, Any]:
        conversation = Conversation(
            clinic_id=clinic.id,
            channel="form",
            consent_version=values["consent"],
            disclosure=disclosure(wording, ClinicWords(clinic.name, clinic.phone)),
            disclosure_version=disclosure_version(wording),
            state=State(language=language).to_json(),
            created_at=now,
            last_message_at=now,
            swept_at=now,
        )
        session.add(conversation)
        session.flush()
        actor = audit.Actor("patient", conversation.id)
        audit.record(session, now, actor, "open_conversation", ("conversation", conversation.id), clinic.id)
        made = submit_action(session, clinic, submission_of(desk, clinic, conversation.id, draft, kind), now)
        return {"reference": made.reference, "emergency": kind, "removed": removed}

    result = desk.database.write(lambda session: once(session, request, now, lambda: create(session)))
    desk.wake("deliver")
    return _receipt(result)


def _receipt(result: Mapping[str, Any]) -> Receipt:
    return Receipt(str(result["reference"]), result.get("emergency"), bool(result.get("removed")))


def signed_receipt(desk: Desk, receipt: Receipt) -> str:
    """For the address of the receipt."""
    return _signer(desk, "receipt").dumps([receipt.reference, receipt.emergency, receipt.removed])


def receipt_of(desk: Desk, signed: str) -> Receipt:
    """The receipt in an address. Raises NotFound when it was not signed here."""
    try:
        said = _signer(desk, "receipt").loads(signed)
    except BadSignature:
        raise NotFound("There is no such receipt.") from None
    return Receipt(*said) if isinstance(said, list) else Receipt(str(said))  # earlier releases signed the reference


def stale_form() -> Invalid:
    """For a form whose token is not ours, or too old."""
    return Invalid("This form is out of date.", "Open the page again and send it once more.", code="stale_form")


def _request(desk: Desk, clinic: ClinicFacts, values: Mapping[str, str]) -> tuple[Request, bool]:
    """The request, and whether its form is too old to be taken as a new one. Everything that was typed belongs to it,
    whatever the action asks for today."""
    try:
        clinic_id, token_id, since = _signer(desk, "form").loads(values.get(TOKEN, ""))
        age = desk.clock().timestamp() - float(since)
    except (BadSignature, ValueError, TypeError):
        raise stale_form() from None
    if clinic_id != clinic.id:
        raise Invalid("This form belongs to another clinic.", "Open this clinic's page and fill it in there.")
    typed = {name: text for name, text in values.items() if name != TOKEN}
    return Request(clinic.id, "form", str(token_id), typed), age > FORM_LASTS.total_seconds()


def _signer(desk: Desk, purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(desk.keys.derive("form-token"), salt=purpose)

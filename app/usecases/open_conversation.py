"""open_conversation: consent is noted, and a visitor gets a conversation and its token."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from app.desk import Desk
from app.dialogue.phrasing import ClinicWords, disclosure, disclosure_version, suggestions
from app.dialogue.phrasing import consent as consent_of
from app.dialogue.phrasing import greeting as first_words
from app.dialogue.state import State
from app.dialogue.wording import Wording
from app.errors import Invalid
from app.store import audit
from app.store.idempotency import Request, once
from app.store.queries.clinics import ClinicFacts
from app.store.tables import Conversation
from app.usecases.unguessable import is_unguessable
from app.usecases.visitor_token import issue_token


@dataclass(frozen=True, slots=True)
class Opened:
    """A conversation, and the words it begins with."""

    conversation_id: str
    token: str
    greeting: str
    disclosure: str
    suggestions: list[str]
    language: str


def open_conversation(
    desk: Desk, clinic: ClinicFacts, client_id: str, consent: str, language: str | None, network: str = ""
) -> Opened:
    """The same `client_id` again gives the same conversation, with its token: so an id that others could guess counts
    for the caller's `network` only. Raises Invalid without the consent's current version."""
    wording = desk.wording(_language(clinic, language))
    check_consent(desk, clinic, consent, wording.language)
    now = desk.clock()
    request = Request(
        clinic.id, _scope(desk, client_id, network), client_id, {"consent": consent, "language": language}
    )

    def work(session: Session) -> dict[str, Any]:
        return once(session, request, now, lambda: _create(session, clinic, consent, wording, now))

    made = desk.database.write(work)
    return opened(desk, clinic, made["conversation_id"], wording.language, datetime.fromisoformat(made["created_at"]))


def opened(desk: Desk, clinic: ClinicFacts, conversation_id: str, language: str, since: datetime) -> Opened:
    """The conversation with the words of its clinic, and a token that is good for a day from `since` on."""
    wording, words = desk.wording(language), ClinicWords(clinic.name, clinic.phone)
    catalogue = desk.catalogue(clinic)
    return Opened(
        conversation_id=conversation_id,
        token=issue_token(desk, conversation_id, since),
        greeting=first_words(wording, words, catalogue),
        disclosure=disclosure(wording, words),
        suggestions=suggestions(wording, catalogue),
        language=wording.language,
    )


def check_consent(desk: Desk, clinic: ClinicFacts, consent: str, language: str) -> None:
    """Raises Invalid unless `consent` is the version in force."""
    if consent != consent_of(desk.wording(language), ClinicWords(clinic.name, clinic.phone))[0]:
        raise Invalid(
            f"The consent version {consent!r} is not the one in force.",
            "Show the consent text of GET /api/v1/clinics/SITE_KEY and send its version.",
        )


def _scope(desk: Desk, client_id: str, network: str) -> str:
    """From elsewhere, a guessable id is another id. Networks are kept as keyed hashes."""
    if not network or is_unguessable(client_id):
        return "conversation"
    place = hmac.new(desk.keys.derive("conversation-network"), network.encode(), hashlib.sha256)
    return f"conversation:{place.hexdigest()[:32]}"


def _language(clinic: ClinicFacts, wanted: str | None) -> str:
    return wanted if wanted in clinic.languages else clinic.languages[0]


def _create(session: Session, clinic: ClinicFacts, consent: str, wording: Wording, now: datetime) -> dict[str, Any]:
    conversation = Conversation(
        clinic_id=clinic.id,
        consent_version=consent,
        disclosure=disclosure(wording, ClinicWords(clinic.name, clinic.phone)),
        disclosure_version=disclosure_version(wording),
        state=State(language=wording.language).to_json(),
        created_at=now,
        last_message_at=now,
    )
    session.add(conversation)
    actor = audit.Actor("patient", conversation.id)
    audit.record(session, now, actor, "open_conversation", ("conversation", conversation.id), clinic.id)
    return {"conversation_id": conversation.id, "created_at": now.isoformat()}

"""A link with which a patient goes on with the same conversation elsewhere. It names nobody and nothing: the token is
random to everyone but this install, is kept as a hash, ends by itself, and ends with the conversation."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, select

from app.desk import Desk
from app.dialogue.state import language_in
from app.errors import NotFound
from app.store import audit
from app.store.idempotency import Request, once
from app.store.queries.clinics import ClinicFacts
from app.store.tables import Conversation, ResumeLink
from app.store.turns import open_conversation_row
from app.usecases.open_conversation import Opened, check_consent, opened

LASTS = timedelta(days=7)
_GONE = "This link has ended."
_REMEDY = "Start a new chat, or call the clinic."


@dataclass(frozen=True, slots=True)
class Link:
    """The address to open, and until when it does."""

    url: str
    expires_at: datetime


def make_resume_link(desk: Desk, clinic: ClinicFacts, conversation_id: str, client_id: str, actor: audit.Actor) -> Link:
    """The same `client_id` gives the same link. The token stands behind the `#`: browsers keep that part to
    themselves, so it is in no server's log and in no referrer. Raises NotFound for a conversation that has ended."""
    token, now = _token(desk, conversation_id, client_id), desk.clock()

    def work(session: Session) -> tuple[datetime, str]:
        language = language_in(open_conversation_row(session, clinic.id, conversation_id).state)
        for old in session.exec(select(ResumeLink).where(ResumeLink.expires_at <= now)):
            session.delete(old)
        known = session.get(ResumeLink, _digest(token))
        if known is not None:
            return known.expires_at, language
        link = ResumeLink(
            id=_digest(token),
            clinic_id=clinic.id,
            conversation_id=conversation_id,
            created_at=now,
            expires_at=now + LASTS,
        )
        session.add(link)
        audit.record(session, now, actor, "make_resume_link", ("conversation", conversation_id), clinic.id)
        return link.expires_at, language

    expires_at, language = desk.database.write(work)
    return Link(f"{desk.settings.url}/chat/{clinic.site_key}?lang={language}#resume={token}", expires_at)


def resume_conversation(desk: Desk, clinic: ClinicFacts, token: str, consent: str, client_id: str) -> Opened:
    """The conversation of a link, with a visitor's token of its own; the same `client_id` gives the same token. Raises
    NotFound, in the same words whatever is wrong: unknown, another clinic's, too old, or ended; Invalid without the
    consent's current version."""
    now = desk.clock()
    check_consent(desk, clinic, consent, clinic.languages[0])
    request = Request(clinic.id, "resume", client_id, {"token": _digest(token), "consent": consent})

    def work(session: Session) -> tuple[str, str, str]:
        link = session.get(ResumeLink, _digest(token))
        if link is None or link.clinic_id != clinic.id or link.expires_at <= now:
            raise NotFound(_GONE, _REMEDY)
        conversation = session.get(Conversation, link.conversation_id)
        if conversation is None or conversation.ended_at is not None:
            raise NotFound(_GONE, _REMEDY)
        since = once(session, request, now, lambda: create(session, conversation.id))["since"]
        return conversation.id, language_in(conversation.state), since

    def create(session: Session, conversation_id: str) -> dict[str, str]:
        actor = audit.Actor("patient", conversation_id)
        audit.record(session, now, actor, "resume_conversation", ("conversation", conversation_id), clinic.id)
        return {"since": now.isoformat()}

    conversation_id, language, since = desk.database.write(work)
    return opened(desk, clinic, conversation_id, language, datetime.fromisoformat(since))


def _token(desk: Desk, conversation_id: str, client_id: str) -> str:
    """256 bits that only this install can make: a keyed hash, so that the same request again gives the same link
    without the token being kept anywhere."""
    key = desk.keys.derive("resume-link")
    made = hmac.new(key, f"{conversation_id}\n{client_id}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

"""renew_token: a talk that goes on longer than its token gets another one."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.desk import Desk
from app.store import audit
from app.store.idempotency import Request, once
from app.store.queries.clinics import ClinicFacts
from app.store.turns import check_open
from app.usecases.visitor_token import expiry, issue_token


@dataclass(frozen=True, slots=True)
class Renewed:
    """The token, and when it ends."""

    token: str
    expires_at: datetime


def renew_token(desk: Desk, clinic: ClinicFacts, conversation_id: str, client_id: str) -> Renewed:
    """A token that is good from now on; the caller has checked the one before it. The same `client_id` gives the same
    token. Raises NotFound for a conversation that has ended."""
    now = desk.clock()
    request = Request(clinic.id, f"token:{conversation_id}", client_id, None)

    def work(session: Session) -> datetime:
        check_open(session, clinic.id, conversation_id)
        return datetime.fromisoformat(once(session, request, now, lambda: create(session))["since"])

    def create(session: Session) -> dict[str, str]:
        actor = audit.Actor("patient", conversation_id)
        audit.record(session, now, actor, "renew_token", ("conversation", conversation_id), clinic.id)
        return {"since": now.isoformat()}

    since = desk.database.write(work)
    return Renewed(issue_token(desk, conversation_id, since), expiry(since))

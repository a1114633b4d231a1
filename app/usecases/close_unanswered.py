"""close_unanswered: staff say that questions are dealt with; asked again, they come up again."""

from collections.abc import Sequence

from sqlmodel import Session

from app.desk import Desk
from app.store.access import row_of
from app.store.audit import Actor, record
from app.store.idempotency import Request, once
from app.store.tables import UnansweredQuestion


def close_unanswered(desk: Desk, clinic_id: str, ids: Sequence[str], actor: Actor, client_id: str | None = None) -> int:
    """Takes the questions off the list and returns how many there still were. Raises NotFound, and closes none, when
    one is not this clinic's; Invalid for a `client_id` that was used with other ids."""
    now = desk.clock()

    def close(session: Session) -> int:
        rows = [row_of(session, UnansweredQuestion, clinic_id, one) for one in dict.fromkeys(ids)]
        still = [row for row in rows if row.done_at is None]
        for row in still:
            row.done_at = now
            session.add(row)
            record(session, now, actor, "closed", ("unanswered_question", row.id), clinic_id)
        return len(still)

    def work(session: Session) -> int:
        if client_id is None:
            return close(session)
        request = Request(clinic_id, "close_unanswered", client_id, sorted(ids))
        return int(once(session, request, now, lambda: {"closed": close(session)})["closed"])

    return desk.database.write(work)

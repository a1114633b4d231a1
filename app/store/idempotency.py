"""The same creating request again returns the first result and creates nothing."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from app.errors import Invalid
from app.store.rows import insert_row, run
from app.store.tables import Idempotency

_STORED = select(col(Idempotency.body_sha256), col(Idempotency.result)).where(
    col(Idempotency.clinic_id) == bindparam("clinic_id"),
    col(Idempotency.scope) == bindparam("scope"),
    col(Idempotency.client_id) == bindparam("client_id"),
)


@dataclass(frozen=True, slots=True)
class Request:
    """A creating request: `scope` says what it creates and under what, `body` is everything that must be equal."""

    clinic_id: str
    scope: str
    client_id: str
    body: Any

    def digest(self) -> str:
        """SHA-256 of the body in a canonical form."""
        text = json.dumps(self.body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def known(session: Session, request: Request) -> dict[str, Any] | None:
    """The stored result of `request`, None for a new one. Raises Invalid when the client id was used with another
    body."""
    named = {"clinic_id": request.clinic_id, "scope": request.scope, "client_id": request.client_id}
    stored = run(session, _STORED, **named).first()
    if stored is None:
        return None
    if stored.body_sha256 != request.digest():
        raise Invalid(
            f"The client_id {request.client_id!r} was already used with another body.",
            "Use a new client_id for a new request.",
        )
    result: dict[str, Any] = stored.result
    return result


def once(session: Session, request: Request, now: datetime, create: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The stored result of `request`, or that of `create()`, stored in this transaction. Writes are one after the
    other, so of two equal requests at the same time the second finds the first's result. Raises Invalid when the
    client id was used with another body."""
    stored = known(session, request)
    if stored is not None:
        return stored
    result = create()
    insert_row(
        session,
        Idempotency,
        clinic_id=request.clinic_id,
        scope=request.scope,
        client_id=request.client_id,
        body_sha256=request.digest(),
        result=result,
        created_at=now,
    )
    return result

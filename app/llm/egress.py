"""The record of what left for a language model: the row is on disk before the first byte goes out, and its result
after. Without the row nothing is sent."""

import logging
import time
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from app.clock import Clock, day_in
from app.errors import FrontdeskError, NotFound, describe
from app.llm import budget
from app.llm.base import Failure, ModelFailed, Purpose
from app.llm.budget import Usage
from app.llm.health import Tally
from app.store.queries.clinics import ClinicFacts
from app.store.session import Database
from app.store.tables import Egress
from app.store.turns import check_open

log = logging.getLogger("frontdesk.model")
OK = "ok"


@dataclass(frozen=True, slots=True)
class Whereto:
    """The server, as the record shows it."""

    host: str
    model: str
    local: bool
    redacted: bool


@dataclass(slots=True)
class Request:
    """One request on its way: `leaving` is called with its body before it is sent, `ended` once after."""

    database: Database
    clock: Clock
    whereto: Whereto
    clinic: ClinicFacts
    conversation_id: str | None
    purpose: Purpose
    max_tokens: int
    tokens_per_day: int
    tally: Tally
    sent: int = 0
    """Bytes; 0: nothing left."""
    _id: str = ""
    _day: date = date.min
    _reserved: int = 0
    _began: float = 0.0

    def leaving(self, body: bytes) -> None:
        """Raises ModelFailed BUDGET when the day's tokens do not suffice, and UNRECORDED when the row cannot be
        written, or may not: the conversation was deleted meanwhile. Then nothing may be sent."""
        self._day = day_in(self.clinic.timezone, self.clock())
        self._reserved = budget.estimate(len(body)) + self.max_tokens
        try:
            found = self.database.write(lambda session: self._begin(session, body))
        except NotFound:
            raise ModelFailed(Failure.UNRECORDED) from None
        except FrontdeskError as problem:
            log.error("what would be sent to the model could not be recorded: %s", describe(problem))
            raise ModelFailed(Failure.UNRECORDED) from None
        if found is None:
            self.tally.spent[self.clinic.id] = self._day
            raise ModelFailed(Failure.BUDGET)
        self._id, self.sent = found, len(body)
        self._began = time.monotonic()
        self.tally.left()

    def ended(self, result: str, usage: Usage) -> None:
        """Fills the row in and settles the tokens. A failing disk costs the figures, not the patient's reply."""
        if not self._id:
            return
        self.tally.ended(self.purpose, result, usage, time.monotonic() - self._began)
        try:
            self.database.write(lambda session: self._finish(session, result, usage))
        except FrontdeskError as problem:
            log.error("the end of a model's reply could not be recorded: %s", describe(problem))

    def _begin(self, session: Session, body: bytes) -> str | None:
        if self.conversation_id is not None:
            check_open(session, self.clinic.id, self.conversation_id)
        if not budget.reserve(session, self.clinic.id, self._day, self._reserved, self.tokens_per_day):
            return None
        row = Egress(
            clinic_id=self.clinic.id,
            conversation_id=self.conversation_id,
            purpose=self.purpose,
            host=self.whereto.host,
            model=self.whereto.model,
            local=self.whereto.local,
            redacted=self.whereto.redacted,
            body=body.decode(),
            sent_at=self.clock(),
        )
        session.add(row)
        return row.id

    def _finish(self, session: Session, result: str, usage: Usage) -> None:
        budget.settle(session, self.clinic.id, self._day, self._reserved, usage, failed=result != OK)
        row = session.get(Egress, self._id)
        if row is None:  # expunged meanwhile
            return
        row.result, row.ended_at = result, self.clock()
        row.prompt_tokens, row.completion_tokens = usage.prompt, usage.completion
        row.tokens_estimated = usage.estimated
        session.add(row)

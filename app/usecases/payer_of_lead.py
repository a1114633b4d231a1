"""with_payer: what the clinic's payer rows say about the insurance that a patient gave, for staff, with its source."""

import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Self

from app.clock import day_in
from app.desk import Desk
from app.dialogue.slots import NO_INSURANCE
from app.dialogue.state import SlotStatus
from app.errors import describe
from app.qualification.lookup import lookup
from app.qualification.naming import find
from app.qualification.payers import PayerRow, Verdict
from app.store.queries.clinics import ClinicFacts
from app.usecases.lead_draft import LeadDraft

log = logging.getLogger("frontdesk.turn")
CARRIER = "insurance_carrier"


@dataclass(frozen=True, slots=True)
class PayerWord:
    """What the rows said on the day `on`. `status` is a PayerStatus value, `unclear` when the rows differ by plan, by
    place or against each other, so that a person has to look. `payer` and `plan` are those of the row `row_id`, which
    stands in `document` on `page`; `effective` is its own first day, else the paper's date; `conditions` are (which,
    words) of it."""

    asked: str
    status: str
    on: str
    payer: str | None = None
    plan: str | None = None
    row_id: str | None = None
    document: str | None = None
    page: int | None = None
    effective: str | None = None
    quote: str = ""
    conditions: tuple[tuple[str, str], ...] = ()

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Reads what the lead keeps."""
        pairs = tuple((str(name), str(text)) for name, text in stored["conditions"])
        return cls(**{**stored, "conditions": pairs})


def with_payer(desk: Desk, clinic: ClinicFacts, draft: LeadDraft, *, completed: bool) -> LeadDraft:
    """The draft with the verdict, looked up when the insurance was given or changed, and once more when the request is
    sent. Never raises: a request does not wait for what can be looked up later."""
    carrier = draft.slots.get(CARRIER)
    if carrier is None or not (completed or CARRIER in draft.changed()):
        return draft
    if carrier.status is not SlotStatus.FILLED or carrier.value == NO_INSURANCE:
        return replace(draft, payer={})
    try:
        today = day_in(clinic.timezone, desk.clock())
        word = payer_word(desk, clinic, [carrier.said, str(carrier.value)], today)
    except Exception as problem:
        log.error("the insurance could not be looked up: %s", describe(problem))
        return draft
    return replace(draft, payer=asdict(word) if word else {})


def payer_word(desk: Desk, clinic: ClinicFacts, told: list[str], today: date) -> PayerWord | None:
    """`told` are the patient's words and their normal form; the first that names a payer counts. None when the clinic
    has published no rows, or no payer is named."""
    rows = desk.rules.payer_rows(clinic, today)
    named = next((found for text in told if (found := find(text, rows))), ()) if rows else ()
    if not named:
        return None
    verdict = lookup(named[0], rows, today)
    return _word(verdict, today)


def _word(verdict: Verdict, today: date) -> PayerWord:
    unclear = bool(verdict.choices) or verdict.conflict
    row = next(iter(verdict.rows), None)
    word = PayerWord(verdict.asked, "unclear" if unclear else verdict.status.value, today.isoformat())
    if row is None:
        return word
    dated = row.effective_from or row.as_of
    return replace(
        word,
        payer=row.payer,
        plan=row.plan,
        row_id=row.id,
        document=row.document,
        page=row.page,
        effective=dated.isoformat() if dated else None,
        quote=row.quote,
        conditions=() if unclear else _conditions(row),
    )


def _conditions(row: PayerRow) -> tuple[tuple[str, str], ...]:
    facts = {
        "referral": row.referral,
        "prior_authorization": row.prior_authorization,
        "visit_limit": row.visit_limit,
        "note": row.note,
    }
    return tuple((name, text) for name, text in facts.items() if text)

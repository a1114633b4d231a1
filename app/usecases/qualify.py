"""qualify: what the clinic's rules make of a request: one outcome with its reasons, and what the patient reads of it.
Reads, writes nothing."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app.clock import day_in
from app.desk import Desk
from app.dialogue.slots import NO_INSURANCE, SELF_REFERRED
from app.dialogue.state import Caller, SlotStatus, SlotValue
from app.errors import describe
from app.qualification.facts import Told, facts_of
from app.qualification.insurances import held
from app.qualification.lookup import lookup
from app.qualification.naming import find
from app.qualification.outcomes import Outcome, Qualified, Reason
from app.qualification.payers import PayerStatus, Verdict
from app.qualification.rules import qualify as decided
from app.qualification.rules import wants_price
from app.rulebooks import RuleBook
from app.store.queries.clinics import ClinicFacts
from app.store.tables import Lead
from app.usecases.self_pay_price import self_pay_price

log = logging.getLogger("frontdesk.rules")


@dataclass(frozen=True, slots=True)
class Case:
    """A request to be decided. `asked` are the fields that the action asks for."""

    action: str
    slots: Mapping[str, SlotValue]
    asked: frozenset[str]
    missing: tuple[str, ...] = ()
    caller: Caller = Caller.PATIENT
    finished: bool = True
    emergency: bool = False
    to_a_person: bool = False
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Qualification:
    """What is stored with the lead. `said` is what the patient reads of the outcome, "" for nothing."""

    qualified: Qualified
    facts: Mapping[str, Any]
    rules_version: int | None
    said: str = ""

    def columns(self) -> dict[str, Any]:
        """The lead's columns that hold it."""
        found = self.qualified
        return {
            "outcome": found.outcome.value,
            "score": found.score,
            "urgency": found.urgency,
            "reasons": [reason.to_json() for reason in found.reasons],
            "points": [point.to_json() for point in found.points],
            "patient_text": dict(found.patient_text),
            "facts": dict(self.facts),
            "rules_version": self.rules_version,
        }

    def put_on(self, lead: Lead) -> None:
        """Sets the lead's columns; the caller saves them."""
        for name, value in self.columns().items():
            setattr(lead, name, value)


def qualify(desk: Desk, clinic: ClinicFacts, case: Case) -> Qualification:
    """Never raises: a request that cannot be decided goes to a person."""
    try:
        return _qualify(desk, clinic, case)
    except Exception as problem:
        log.error("a request could not be decided: %s", describe(problem))
        outcome = Outcome.URGENT if case.emergency else Outcome.NEEDS_HUMAN
        reason = Reason(outcome, "could-not-decide", "The rules could not be applied; a person must look.")
        return Qualification(Qualified(outcome, (reason,)), {}, None)


def _qualify(desk: Desk, clinic: ClinicFacts, case: Case) -> Qualification:
    book = desk.rules(clinic)
    facts = facts_of(_told(desk, clinic, case))
    found = decided(facts, book.rules)
    found = replace(found, patient_text={code: _named(text, clinic) for code, text in found.patient_text.items()})
    return Qualification(found, facts, book.version, "" if case.emergency else _said(desk, clinic, case, found, book))


def _said(desk: Desk, clinic: ClinicFacts, case: Case, found: Qualified, book: RuleBook) -> str:
    """The sentence in the patient's language, and the price of paying alone where a published paper states it."""
    text = found.patient_text.get(case.language) or found.patient_text.get("en", "")
    wanted = case.finished and wants_price(found, book.rules)
    price = self_pay_price(desk, clinic, case.language) if wanted else ""
    return "\n\n".join(part for part in (text, price) if part)


def _named(text: str, clinic: ClinicFacts) -> str:
    """Not `format`: a patient's own braces may stand in the text by now."""
    return text.replace("{clinic}", clinic.name).replace("{phone}", clinic.phone)


def _told(desk: Desk, clinic: ClinicFacts, case: Case) -> Told:
    values = {name: slot.value for name, slot in case.slots.items() if slot.status is SlotStatus.FILLED}
    said = {name: slot.said for name, slot in case.slots.items() if slot.status is SlotStatus.FILLED}
    today = day_in(clinic.timezone, desk.clock())
    carrier = values.get("insurance_carrier")
    insurance = "" if carrier in (None, NO_INSURANCE) else str(carrier)
    verdict, insurances, listed = _payer(desk, clinic, insurance, said.get("insurance_carrier", ""), today)
    provider = values.get("referring_provider")
    return Told(
        action=case.action,
        caller=case.caller.value,
        asked=case.asked | case.slots.keys(),
        values=values,
        said=said,
        today=today,
        missing=case.missing,
        finished=case.finished,
        emergency=case.emergency,
        to_a_person=case.to_a_person,
        zips=clinic.service_zips,
        self_referred=None if provider is None else provider == SELF_REFERRED,
        self_pay=carrier == NO_INSURANCE,
        verdict=verdict,
        insurances=insurances,
        listed=listed,
    )


def _payer(desk: Desk, clinic: ClinicFacts, insurance: str, said: str, today: date) -> tuple[Verdict | None, int, bool]:
    """What the published rows say; how many insurances were named; whether there are rows. The patient's own words
    name the plan; where they name nobody, the field's value does."""
    rows = desk.rules.payer_rows(clinic, today)
    if not insurance:
        return None, 0, bool(rows)
    named = held(said, find(said, rows)) or find(insurance, rows)
    if not rows:
        return None, len(named) or 1, False
    if not named:
        return Verdict(insurance, PayerStatus.NOT_LISTED, insurance), 1, True
    meant = next((one for one in named if insurance.casefold() in one.name.casefold()), named[0])
    return lookup(meant, rows, today), len(named), True

"""An invented payer list for tests; `row` makes one line of a list."""

from datetime import date
from typing import Any

from app.qualification.lookup import lookup
from app.qualification.naming import find
from app.qualification.payers import PayerRow, PayerStatus, Verdict

TODAY = date(2026, 6, 1)
IN, OUT, NO = PayerStatus.IN_NETWORK, PayerStatus.OUT_OF_NETWORK, PayerStatus.NOT_ACCEPTED
SECONDARY, IF, UNLISTED = PayerStatus.SECONDARY_ONLY, PayerStatus.CONDITIONAL, PayerStatus.NOT_LISTED


def row(payer: str, plan: str | None = None, status: PayerStatus = IN, **more: Any) -> PayerRow:
    """A row that is told apart by what it says."""
    document = more.pop("document", "payers.pdf")
    quote = " | ".join([payer, plan or "", status.value])
    key = f"{document}/{quote}/{more}"
    return PayerRow(key, payer, status, document, quote, plan=plan, **more)


LIST = (
    row("Aetna", "PPO, Choice POS II", IN),
    row("Aetna", "Medicare Advantage", NO),
    row("Cigna", "Open Access Plus (OAP)", IN),
    row("Cigna", "HMO, SureFit", NO),
    row("Crestline Teachers' Trust (CTT)", None, IN),
    row("Blue Cross of Idaho", "PPO", IN),
    row("Regence BlueShield of Idaho", "All commercial", OUT),
    row("Humana", "Gold Plus HMO", NO),
    row("Idaho Medicaid", None, SECONDARY),
    row("Medicare", "Part B", IN),
    row("Oscar", None, NO, all_plans=True),
    row("Tricare West", "Prime", IF),
    row("UnitedHealthcare", None, IN, all_plans=True, except_plans=("Navigate",)),
    row("VA Community Care", "Region 4", IN),
    row("Moda Health", None, IN, effective_from=date(2027, 1, 1)),
    row("Molina", None, IN, effective_to=date(2025, 12, 31)),
    row("Workers' compensation", "Any", NO),
)


def ask(text: str, rows: tuple[PayerRow, ...] = LIST, today: date = TODAY) -> Verdict:
    """The verdict on the one payer that `text` names."""
    [mention] = find(text, rows)
    return lookup(mention, rows, today)

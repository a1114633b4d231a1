"""What a payer list says, as the look-up reads it: rows in, a verdict out. Says yes or no only where a row does."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class PayerStatus(StrEnum):
    """How a clinic stands to a payer; the values are part of the HTTP contract."""

    IN_NETWORK = "in_network"
    OUT_OF_NETWORK = "out_of_network"
    NOT_ACCEPTED = "not_accepted"
    SECONDARY_ONLY = "secondary_only"
    CONDITIONAL = "conditional"
    NOT_LISTED = "not_listed"


@dataclass(frozen=True, slots=True)
class PayerRow:
    """One published row. `plan` None means the payer as a whole, `all_plans` that the paper says so; `general` marks a
    sentence that names no payer. Dates are the clinic's calendar days, both ends included. `quote` is verbatim text of
    the paper `document`."""

    id: str
    payer: str
    status: PayerStatus
    document: str
    quote: str
    plan: str | None = None
    all_plans: bool = False
    except_plans: tuple[str, ...] = ()
    general: bool = False
    location: str | None = None
    referral: str | None = None
    prior_authorization: str | None = None
    visit_limit: str | None = None
    note: str | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    page: int | None = None
    heading: tuple[str, ...] = ()
    lead: str = ""
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the list says about `asked`, the patient's words for a payer.

    `rows` are the rows that say it, the deciding one first; empty when not listed. `choices` are the plausible plans,
    payers or locations to ask back about; then nothing is decided, `status` is NOT_LISTED and `rows` are those that
    differ. `conflict`: rows that hold for the same thing disagree, which staff should see. `coming` are rows of the
    same thing that begin on a later day, `related` rows that speak of this payer's other plans or of one it is mistaken
    for, `general` sentences that name no payer: none of the three decides anything. `known` tells that some row, of
    whatever day or plan, names the payer. `partly`: no plan was named, and the rows speak of some of the
    payer's plans only.
    """

    asked: str
    status: PayerStatus
    payer: str | None = None
    plan: str | None = None
    rows: tuple[PayerRow, ...] = field(default=())
    choices: tuple[str, ...] = field(default=())
    conflict: bool = False
    coming: tuple[PayerRow, ...] = field(default=())
    related: tuple[PayerRow, ...] = field(default=())
    general: tuple[PayerRow, ...] = field(default=())
    known: bool = False
    partly: bool = False

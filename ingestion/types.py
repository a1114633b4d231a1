"""What comes out of a paper, and how a paper refuses."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from knowledge.types import Chunk

PayerStatus = Literal["in_network", "out_of_network", "not_accepted", "secondary_only", "conditional"]


class Unreadable(Exception):
    """The paper cannot be read; trying again will not help. The message is a sentence for the clinic manager."""


class ParserBroke(Exception):
    """The parser itself failed (it could not start, or was killed from outside); trying again may help."""


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """Bounds of one parse: wall time in seconds, address space in MiB, pages, and size of the file in bytes."""

    seconds: float = 60.0
    memory_mib: int = 1536
    pages: int = 500
    bytes: int = 20 * 1024 * 1024
    chunks: int = 20_000


@dataclass(frozen=True, slots=True)
class PayerRowDraft:
    """What a paper says about one payer or one of its plans, as typed fields; a manager publishes it or not.

    `plan` None means the payer as a whole; `all_plans` that the paper says so ("all plans"), `except_plans` which it
    takes out. `general` marks a sentence that names no payer ("we take most major insurance"); `payer` is then "".
    `referral`, `prior_authorization`, `visit_limit` and `note` are the paper's own words. Dates are calendar days, both
    ends included. `quote` is verbatim text of the chunk with the number `ordinal`; `lead` what it stands under.
    """

    payer: str
    status: PayerStatus
    quote: str
    ordinal: int
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


@dataclass(frozen=True, slots=True)
class Parsed:
    """A paper as chunks in reading order. `pages` is None where the format has none; `warnings` are sentences
    for the manager, such as "Page 3 has no text.". `effective_from` and `effective_to` are the calendar days between
    which the paper says that it holds, both included; None where it does not say. `dated` is the day of its last
    revision by its own words, else by the file's properties: good to be shown, no reason to hold the paper back."""

    media_type: str
    chunks: tuple[Chunk, ...]
    pages: int | None = None
    title: str | None = None
    warnings: tuple[str, ...] = field(default=())
    payer_rows: tuple[PayerRowDraft, ...] = field(default=())
    effective_from: date | None = None
    effective_to: date | None = None
    dated: date | None = None

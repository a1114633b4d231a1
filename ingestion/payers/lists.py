"""Items of a list as drafts: the words before the list, or its heading, give the status; an item's own words win."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ingestion.payers.items import Item, read_item
from ingestion.payers.marks import notes_of
from ingestion.payers.names import mentions, plain
from ingestion.payers.remarks import is_demand
from ingestion.payers.remarks import words as remark
from ingestion.payers.status import CONDITIONAL, IN, NOT, OUT, lead_status, negates, own_status
from ingestion.types import PayerRowDraft, PayerStatus
from knowledge.types import Chunk

_ABOUT = re.compile(
    r"(?i)\b(?:insurances?|insurers?|payers?|carriers?|health plans?|networks?|in-network|out-of-network"
    r"|seguros?|aseguradoras?|"
    r"planes|plans)\b"
)

# Services that no insurance pays for: the list after it names services.
_NOT_PAYERS = re.compile(r"(?i)\b(?:to|by|with|through|al?|por) (?:your |any |el |su )?(?:insurance|seguro)s?\b")


def read_list(
    chunk: Chunk, items: Sequence[str], status: PayerStatus | None, lead: str, location: str | None = None
) -> list[PayerRowDraft]:
    """The drafts of a list's items. `lead` are the words that the status came from, where it is known."""
    known = sum(bool(mentions(item)) for item in items)
    about = bool(_ABOUT.search(_NOT_PAYERS.sub(" ", lead)))
    if not known and not (about and status is not None):
        return []
    is_payers = known * 2 >= len(items) or (about and status is not None)
    drafts: list[PayerRowDraft] = []
    for item in items:
        label = _label(item)
        if label is not None:
            status, label_says = label
            if not label_says:
                continue
        drafts += _of_item(chunk, _after_label(item), item, status, known_list=is_payers, location=location)
    return drafts


def _label(item: str) -> tuple[PayerStatus | None, bool] | None:
    """An item that is a label over the next ones ("Out of network:"), with whether names follow in it."""
    head, colon, rest = item.partition(":")
    if not colon or mentions(head) or len(head.split()) > 9:
        return None
    status = lead_status(head)
    return (status, bool(rest.strip())) if status is not None else None


def _after_label(item: str) -> str:
    return item.partition(":")[2].strip() if _label(item) else item


def _of_item(
    chunk: Chunk, words: str, quote: str, status: PayerStatus | None, *, known_list: bool, location: str | None
) -> Iterator[PayerRowDraft]:
    for item in read_item(words, known_list=known_list and status is not None):
        primary = re.search(r"(?i)\b(?:as )?(?:your |a |the )?primary(?: insurance| payer)?\b", words)
        if primary and status in {NOT, OUT} and not item.note:
            item = replace(item, note=primary[0])
        if status is None and item.status == CONDITIONAL and (not own_status(words) or is_demand(words)):
            continue
        if status in {OUT, NOT} and item.status == CONDITIONAL and remark("unless").search(words):
            item = replace(item, status=status)
        found = item.status or (CONDITIONAL if item.hedged and status == IN else status)
        if found is None or (found == IN and negates(_own(words))):
            continue
        noted = notes_of(quote, chunk.notes)
        yield from drafts_of(item, found, chunk, quote, noted, location)


_EXCEPTION = re.compile(
    r"(?i)\b(?:except|excluding|(?<=\ball )but|(?<=\bplans )but|but not|not including|does not include|no (?=[A-Z]{3}))"
)


def _own(words: str) -> str:
    """The words of an item without its exceptions, which negate only what they take out."""
    return _EXCEPTION.split(plain(words))[0]


def drafts_of(
    item: Item, status: PayerStatus, chunk: Chunk, quote: str, notes: Sequence[str] = (), location: str | None = None
) -> Iterator[PayerRowDraft]:
    """One draft per plan of an item, or one for the payer as a whole."""
    said = [item.note, *notes]
    draft = PayerRowDraft(
        item.payer, status, quote, chunk.ordinal, all_plans=item.all_plans, except_plans=item.excepts,
        general=item.general, referral=item.referral, prior_authorization=item.prior_authorization,
        visit_limit=item.visit_limit, location=item.location or location, note="; ".join(filter(None, said)) or None,
        effective_from=item.start, effective_to=item.end, page=chunk.page, heading=chunk.heading, lead=chunk.lead,
    )  # fmt: skip
    yield from (replace(draft, plan=plan) for plan in item.plans) if item.plans else (draft,)

"""preview_rules: which stored leads other rules would have decided differently. Nothing is stored or decided again."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from app.desk import Desk
from app.qualification.again import decide_again
from app.qualification.outcomes import Qualified
from app.store.queries.clinics import ClinicFacts
from app.store.queries.rules import DecidedLead, decided_leads
from app.usecases.save_rules import rules_for

MOST_LEADS = 1000


@dataclass(frozen=True, slots=True)
class Change:
    """A lead with its outcome and first reason for staff as stored (`old`), and as these rules have them (`new`)."""

    lead_id: str
    reference: str
    old: str
    new: str
    old_reason: str
    new_reason: str


@dataclass(frozen=True, slots=True)
class Preview:
    """`looked_at` of the newest leads were decided again, `older` tells that there are more; `without_facts` could not
    be. `counts` are (old, new, how many), the most first; `rescored` is how many would stand elsewhere in the queue."""

    looked_at: int
    older: bool
    without_facts: int
    counts: tuple[tuple[str, str, int], ...]
    rescored: int
    changes: tuple[Change, ...]


def preview_rules(desk: Desk, clinic: ClinicFacts, data: Any) -> Preview:
    """Raises Invalid, naming what is wrong with the rules."""
    rules = rules_for(desk, clinic, data)
    leads, older = decided_leads(desk.database, clinic.id, MOST_LEADS)
    decided = [(lead, decide_again(lead.facts, rules)) for lead in leads if lead.facts]
    changes = tuple(_change(lead, new) for lead, new in decided if lead.outcome != new.outcome.value)
    counts = Counter((change.old, change.new) for change in changes)
    rescored = sum((lead.score, lead.urgency) != (new.score, new.urgency) for lead, new in decided)
    return Preview(
        looked_at=len(decided),
        older=older,
        without_facts=len(leads) - len(decided),
        counts=tuple((old, new, number) for (old, new), number in counts.most_common()),
        rescored=rescored,
        changes=changes,
    )


def _change(lead: DecidedLead, new: Qualified) -> Change:
    return Change(
        lead_id=lead.id,
        reference=lead.reference,
        old=lead.outcome,
        new=new.outcome.value,
        old_reason=next((str(reason["staff_text"]) for reason in lead.reasons), ""),
        new_reason=next((reason.staff_text for reason in new.reasons), ""),
    )

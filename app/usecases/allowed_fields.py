"""Which fields a message may carry: names of the clinic's slots, all of them, or none, which makes it a link."""

from collections.abc import Sequence

from app.actions.on_demand import on_demand
from app.actions.shipped import shipped_actions
from app.desk import Desk
from app.errors import Invalid
from app.store.queries.clinics import ClinicFacts

ALL = "*"
BESIDE_SLOTS = ("note", "question")
"""What a patient added without naming a field, and what they asked in vain."""


def checked_fields(desk: Desk, clinic: ClinicFacts | None, fields: Sequence[str]) -> list[str]:
    """The names, each once. Raises Invalid for one that no action of the clinic has; a misspelled name would silently
    keep a field back."""
    known = field_names(desk, clinic)
    if strange := [name for name in fields if name != ALL and name not in known]:
        remedy = f"Use names of fields ({', '.join(known)}), * for all, or none for a link only."
        raise Invalid(f"{strange[0]!r} is not a field of this clinic.", remedy)
    return [ALL] if ALL in fields else list(dict.fromkeys(fields))


def field_names(desk: Desk, clinic: ClinicFacts | None) -> list[str]:
    """All that may be named, in order; of a clinic that does not exist yet the shipped actions'."""
    actions = [*(desk.catalogue(clinic).actions if clinic else ()), *shipped_actions()]
    return sorted({spec.name for action in actions for spec in action.slots} | set(on_demand()) | set(BESIDE_SLOTS))

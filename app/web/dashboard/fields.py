"""A lead's fields in the order in which a coordinator reads them, with their labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.dialogue.action import Action
from app.store.queries.leads import HIDDEN, LeadDetail, SlotView
from app.usecases.summarise_lead import reach
from app.web.dashboard.words import phone, windows

STAFF_LABELS = {
    "patient_name": "Patient’s name",
    "preferred_times": "Preferred times",
    "provider_specialty": "Specialty",
}
"""Where the action's own label speaks to the patient."""
UNSAID = {"declined": "Did not want to say", "unknown": "Did not know", HIDDEN: "Hidden for your role"}


@dataclass(frozen=True, slots=True)
class Field:
    """`lines` is what to show, one or more; `said` the patient's own words where they differ; `href` a tel: or
    mailto: link. Without `filled` the only line says why there is no value."""

    label: str
    lines: tuple[str, ...]
    said: str = ""
    href: str | None = None
    filled: bool = True


def fields_of(lead: LeadDetail, action: Action | None) -> list[Field]:
    """In the order of the action that the lead was made with, then whatever else was said."""
    by_name = {slot.name: slot for slot in lead.slots}
    order = [spec.name for spec in action.slots] if action else []
    names = [name for name in order if name in by_name] + [name for name in by_name if name not in order]
    return [_field(by_name[name], label(action, name)) for name in names]


def labels_of(action: Action | None, names: Sequence[str]) -> list[str]:
    """Labels of slots, for the list of what is missing."""
    return [label(action, name) for name in names]


def title_of(action: Action | None, name: str) -> str:
    """`Referral`, `Callback`: the action's name for people; None is one that nobody knows any more."""
    title = action.title.get("en") if action else None
    return _plain(title or name)


def label(action: Action | None, name: str) -> str:
    """What a slot is called on the page."""
    spec = action.slot(name) if action else None
    own = spec.label.get("en") if spec else None
    return STAFF_LABELS.get(name) or own or _plain(name)


def _plain(name: str) -> str:
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _field(slot: SlotView, name: str) -> Field:
    if slot.status != "filled":
        return Field(name, (UNSAID.get(slot.status, "Not given"),), filled=False)
    lines = _lines(slot.value)
    same = _bare(slot.said) in {_bare(line) for line in lines}
    return Field(name, lines, "" if same else slot.said.strip(), _href(slot))


def _bare(text: str) -> str:
    """Letters and digits: other case, dots or dashes are no other words."""
    return "".join(c for c in text.casefold() if c.isalnum())


def _lines(value: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(windows(value))
    return (phone(value),) if isinstance(value, str) else (str(value),)


def _href(slot: SlotView) -> str | None:
    return reach(slot.value) if slot.name.startswith(("contact", "phone", "email")) else None

"""read_leads: a page of the clinic's leads, as far as the reader may see them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.desk import Desk
from app.dialogue.action import Action
from app.store.audit import Actor
from app.store.queries.actions import actions_made_with
from app.store.queries.leads import LeadPage, Tray, leads
from app.usecases.log_read import log_read
from app.usecases.sight import Sight, kinds_in, seen


@dataclass(frozen=True, slots=True)
class Which:
    """`page` counts from 1; `in_trouble` only those with a notice that waits for a person."""

    page: int = 1
    in_trouble: bool = False
    newest: bool = False
    tray: Tray = "all"


@dataclass(frozen=True, slots=True)
class LeadsRead:
    """`actions` are those that the leads were made with, by name and version; None for one that is not known any
    more."""

    found: LeadPage
    actions: Mapping[tuple[str, str], Action | None]


def read_leads(desk: Desk, clinic_id: str, which: Which, actor: Actor, sight: Sight) -> LeadsRead:
    """The page as `sight` shows it. That somebody read it is on record first."""
    log_read(desk, actor, "lead_list_read", ("clinic", clinic_id), clinic_id)
    page = leads(
        desk.database,
        clinic_id,
        which.page,
        in_trouble=which.in_trouble,
        newest=which.newest,
        tray=which.tray,
    )
    made_with = [(lead.action, lead.action_version) for lead in page.leads]
    actions = actions_made_with(desk.database, clinic_id, made_with)
    shown = (seen(lead, sight, kinds_in(actions[lead.action, lead.action_version])) for lead in page.leads)
    return LeadsRead(replace(page, leads=tuple(shown)), actions)

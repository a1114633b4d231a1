"""with_outcome: what the clinic's rules make of what a conversation left, at every turn from the first way to reach the
patient on, so that there is an outcome whenever the patient falls silent."""

from dataclasses import replace

from app.desk import Desk
from app.dialogue.action import Catalogue
from app.dialogue.asking import applying
from app.dialogue.state import ActionStatus, State
from app.store.queries.clinics import ClinicFacts
from app.usecases.lead_draft import LeadDraft
from app.usecases.paragraphs import REFERENCE_MARK
from app.usecases.qualify import Case, qualify


def with_outcome(desk: Desk, clinic: ClinicFacts, draft: LeadDraft, state: State, catalogue: Catalogue) -> LeadDraft:
    """The draft with its outcome. What an unfinished request was not asked yet is not held against it."""
    sent = state.status is ActionStatus.COMPLETED
    if not (sent or draft.reachable or state.raised):
        return draft
    action = catalogue.action(draft.action) if sent else None
    asked = applying(action, state.slots, state.caller) if action else frozenset()
    case = Case(
        action=draft.action,
        slots=draft.slots,
        asked=asked,
        missing=draft.missing,
        caller=state.caller,
        finished=sent and not draft.unreachable,
        emergency=bool(state.raised),
        to_a_person=state.handoff,
        language=draft.language,
    )
    return replace(draft, qualification=qualify(desk, clinic, case))


def said_with_outcome(parts: list[str], draft: LeadDraft) -> list[str]:
    """The reply, with the outcome's sentence right behind the one that has the reference."""
    said = draft.qualification.said if draft.qualification else ""
    return [f"{part}\n\n{said}" if said and REFERENCE_MARK in part else part for part in parts]

"""choose_plan: the reply to a choice that was asked back becomes the whole question."""

from collections.abc import Sequence

from app.clock import day_in
from app.desk import Desk
from app.dialogue.action import Catalogue
from app.dialogue.commands import AskQuestion, Command, SetSlot, Unclear
from app.dialogue.decide import in_order
from app.dialogue.state import State
from app.qualification.choosing import completed, is_vague
from app.store.queries.clinics import ClinicFacts

_OWN = ("carrier", "member_id", "contact")


def chosen_question(desk: Desk, clinic: ClinicFacts, question: str, reply: str) -> str:
    """`question`, the one asked back about, with what `reply` chooses; unchanged when the patient cannot tell either,
    "" when the reply is about something else."""
    if not question:
        return ""
    today = day_in(clinic.timezone, desk.clock())
    found = completed(question, reply, desk.rules.payer_rows(clinic, today))
    return found or (question if is_vague(reply) else "")


def with_choice(commands: Sequence[Command], question: str, state: State, catalogue: Catalogue) -> list[Command]:
    """`commands` with the chosen question in the place of what the bare reply seemed to mean."""
    asked = catalogue.spec(state.asking, state.action) if state.asking else None

    def stays(command: Command) -> bool:
        if isinstance(command, SetSlot) and asked and command.name == asked.name:
            return asked.type in _OWN
        return not isinstance(command, AskQuestion | Unclear)

    return in_order([*(command for command in commands if stays(command)), AskQuestion(question)])

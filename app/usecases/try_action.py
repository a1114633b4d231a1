"""try_action: plays messages through the turn engine with an action that is not published. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.actions.problems import NotAnAction
from app.actions.reading import action_from
from app.catalogues import Catalogues
from app.desk import Desk
from app.dialogue.action import Action, Catalogue
from app.dialogue.state import SlotStatus, State
from app.errors import Invalid
from app.store.queries.clinics import ClinicFacts
from app.store.queries.destinations import destinations_of
from app.usecases.check_actions import check_actions
from app.usecases.paragraphs import REFERENCE_MARK
from app.usecases.reply_stream import ReplyStream
from app.usecases.take_turn import Said, take_turn
from app.usecases.tell_staff import hearers, not_yet_known

MOST_MESSAGES = 60
LONGEST_MESSAGE = 4000
REFERENCE = "SAMPLE7"


@dataclass(frozen=True, slots=True)
class Tried:
    """One message and what came of it. `slots` are the filled ones in normal form, `settled` those that were declined
    or not known. `notices` are the addresses that would get word of a completed action."""

    said: str
    reply: str
    action: str | None
    status: str | None
    asking: str | None
    slots: dict[str, Any]
    settled: dict[str, str]
    completed: bool
    notices: list[str]


class _WithDraft(Catalogues):
    """The clinic's catalogue with the draft in its place."""

    def __init__(self, real: Catalogues, draft: Action) -> None:
        self._real, self._draft = real, draft

    def __call__(self, clinic: ClinicFacts, state: State | None = None) -> Catalogue:  # noqa: ARG002
        today = self._real(clinic)
        if today.action(self._draft.name):
            actions = [self._draft if one.name == self._draft.name else one for one in today.actions]
        else:
            actions = [*today.actions, self._draft]
        return replace(today, actions=actions)


def try_action(
    desk: Desk, clinic: ClinicFacts, document: Any, messages: Sequence[str], language: str | None = None
) -> list[Tried]:
    """One entry for each message. Raises NotAnAction for a draft that could not be published, and Invalid."""
    _, problems = check_actions(desk, clinic, [document])
    if problems:
        raise NotAnAction(problems)
    if len(messages) > MOST_MESSAGES or any(len(text) > LONGEST_MESSAGE for text in messages):
        raise Invalid(
            f"{len(messages)} messages, or one of them, are too many or too long to try.",
            f"Give up to {MOST_MESSAGES} of up to {LONGEST_MESSAGE:,} characters.",
        )
    drafted = replace(desk, catalogue=_WithDraft(desk.catalogue, action_from(document, "draft")))
    state = State(language=language if language in clinic.languages else clinic.languages[0])
    tried = []
    for text in messages:
        turn = take_turn(drafted, clinic, Said(text, state, desk.clock()), ReplyStream())
        state = turn.state
        reply = "\n\n".join(turn.parts).replace(REFERENCE_MARK, REFERENCE)
        sent = drafted.catalogue(clinic).action(turn.completed)
        told = _told(desk, clinic, sent.destinations) if sent else []
        tried.append(_tried(text, reply, state, told, completed=turn.completed is not None))
    return tried


def _told(desk: Desk, clinic: ClinicFacts, named: Sequence[str]) -> list[str]:
    with desk.database.read() as session:
        known = destinations_of(session, clinic.id)
        places = [*known, *not_yet_known(known, clinic.id, named, desk.clock())]
        return [one.shown for one in hearers([one for one in places if one.active], named)]


def _tried(said: str, reply: str, state: State, notices: list[str], *, completed: bool) -> Tried:
    others = {n: slot.status.value for n, slot in state.slots.items() if slot.status is not SlotStatus.FILLED}
    status = state.status.value if state.status else None
    return Tried(said, reply, state.action, status, state.asking, state.filled(), others, completed, notices)

"""take_turn: what the patient said becomes a new state and a reply. Reads papers, writes nothing."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from app.answering.base import Answer, AnswerKind
from app.desk import Desk
from app.dialogue import emergency
from app.dialogue.action import Action, Catalogue
from app.dialogue.decide import CALLBACK, decide
from app.dialogue.moves import Answer as AnswerMove
from app.dialogue.moves import Complete, Emergency, HandOff, Move, Question
from app.dialogue.phrasing import ClinicWords, error, offer_after_refusal, phrase
from app.dialogue.state import ActionStatus, State
from app.errors import describe
from app.qualification.payers import PayerStatus
from app.store.queries.clinics import ClinicFacts
from app.usecases.answer_question import answer_question
from app.usecases.choose_plan import chosen_question, with_choice
from app.usecases.paragraphs import REFERENCE_MARK, Paragraphs
from app.usecases.talk import remembered, talk_before

log = logging.getLogger("frontdesk.turn")


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn, decided. `parts` are the paragraphs of the reply; one may hold REFERENCE_MARK, known after saving.
    `action` is what the conversation is about, in the version that it began with; without one, the callback.
    `completed` names the action to submit; `handoff` says that a person is offered in this turn."""

    state: State
    parts: list[str]
    answers: list[Answer] = field(default_factory=list)
    action: Action | None = None
    completed: str | None = None
    emergency: str | None = None
    handoff: bool = False

    def refused(self) -> list[str]:
        """The questions that no paper answers, those about insurers that no list names among them."""
        return [answer.question for answer in self.answers if _claims_nothing(answer)]

    def disputed(self) -> list[str]:
        """The questions that two papers answer differently."""
        return [answer.question for answer in self.answers if answer.disagreement]


def _claims_nothing(answer: Answer) -> bool:
    unlisted = answer.payer is not None and answer.payer.status is PayerStatus.NOT_LISTED
    return answer.kind is AnswerKind.REFUSAL or unlisted


@dataclass(frozen=True, slots=True)
class Said:
    """The patient's unanswered words and where the conversation stood before them."""

    text: str
    state: State
    now: datetime


def take_turn(desk: Desk, clinic: ClinicFacts, said: Said, emit: Callable[[str, list[Answer]], None]) -> Turn:
    """Decides the turn; `emit` gets each paragraph, with its answers, as soon as it is known to be grounded. Never
    raises: when anything inside fails, the reply says so and offers the clinic's phone."""
    try:
        return _turn(desk, clinic, said, emit)
    except Exception as problem:
        log.error("a turn failed: %s", describe(problem))
        sorry = error(desk.wording(said.state.language), ClinicWords(clinic.name, clinic.phone))
        emit(sorry, [])
        return Turn(said.state.with_(handoff=True), [sorry], handoff=True)


def _turn(desk: Desk, clinic: ClinicFacts, said: Said, emit: Callable[[str, list[Answer]], None]) -> Turn:
    catalogue = desk.catalogue(clinic, said.state)
    hit = emergency.screen(said.text)
    if hit is None:
        state, moves = _decide(desk, clinic, catalogue, said)
        return _say(desk, clinic, catalogue, state, moves, emit)
    paused = replace(said, state=said.state.with_(emergency=True))
    try:  # what was typed beside it is kept, but nothing may stand before the emergency text
        state, _ = _decide(desk, clinic, catalogue, paused)
    except Exception as problem:
        log.error("a turn failed beside an emergency: %s", describe(problem))
        state = paused.state
    return _say(desk, clinic, catalogue, state, [Emergency(hit.number)], emit)


def _decide(desk: Desk, clinic: ClinicFacts, catalogue: Catalogue, said: Said) -> tuple[State, list[Move]]:
    commands = desk.understanding.understand(said.text, said.state, catalogue)
    chosen = chosen_question(desk, clinic, said.state.choosing, said.text)
    if chosen:
        commands = with_choice(commands, chosen, said.state, catalogue)
    today = said.now.astimezone(ZoneInfo(clinic.timezone)).date()
    return decide(said.state.with_(choosing=chosen), commands, catalogue, today)


def _say(
    desk: Desk,
    clinic: ClinicFacts,
    catalogue: Catalogue,
    state: State,
    moves: list[Move],
    emit: Callable[[str, list[Answer]], None],
) -> Turn:
    wording, words = desk.wording(state.language), ClinicWords(clinic.name, clinic.phone)
    said = Paragraphs(emit, wording, words)
    for move in moves:
        if isinstance(move, AnswerMove):
            talk, again = talk_before(move, state), move.question == state.choosing
            said.answer(answer_question(desk, clinic, move.question, state.language, again=again, talk=talk))
            state = remembered(state, move.question, talk)
            continue
        text = phrase(move, state, catalogue, wording, words, REFERENCE_MARK)
        said.tell(text, [Answer(AnswerKind.EMERGENCY, "", text)] if isinstance(move, Emergency) else [])
    said.defer()
    parts, answers = said.parts, said.answers
    asked_back = next((answer.question for answer in answers if answer.kind is AnswerKind.CLARIFY), "")
    state = state.with_(choosing=asked_back)
    if offered := _call_about(state, moves, answers):
        state = state.with_(offered=CALLBACK, offered_about=offered)
        parts.append(offer_after_refusal(wording))
        emit(parts[-1], [])
    completed = next((move.action for move in moves if isinstance(move, Complete)), None)
    screened = next((move.kind for move in moves if isinstance(move, Emergency)), None)
    handoff = any(isinstance(move, HandOff) for move in moves) or any(answer.disagreement for answer in answers)
    about = catalogue.action(state.action or CALLBACK)
    return Turn(state, parts, answers, about, completed, screened, handoff)


def _call_about(state: State, moves: list[Move], answers: list[Answer]) -> str:
    """The question that a call is offered for: one that no paper answers, where the desk asks nothing else."""
    busy = state.status in (ActionStatus.COLLECTING, ActionStatus.CONFIRMING) or state.emergency
    if busy or any(isinstance(move, Question) for move in moves):
        return ""
    return next((answer.question for answer in answers if answer.kind is AnswerKind.REFUSAL), "")

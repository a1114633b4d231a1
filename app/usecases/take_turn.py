"""take_turn: what the patient said becomes a new state and a reply. Reads papers, writes nothing."""

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.answering.base import Answer, AnswerKind
from app.clock import day_in
from app.desk import Desk
from app.dialogue.action import Catalogue
from app.dialogue.commands import Command
from app.dialogue.decide import CALLBACK, decide
from app.dialogue.emergency import Hit
from app.dialogue.moves import Answer as AnswerMove
from app.dialogue.moves import Complete, Emergency, HandOff, Move, Question
from app.dialogue.phrasing import ClinicWords, error, offer_after_refusal, phrase, unscreened
from app.dialogue.state import ActionStatus, State
from app.errors import describe
from app.llm.base import Guest
from app.qualification.payers import PayerStatus
from app.store.queries.clinics import ClinicFacts
from app.understanding.model import second_reading
from app.usecases.answer_question import decide_answer
from app.usecases.choose_plan import chosen_question, with_choice
from app.usecases.fences import with_fences
from app.usecases.guest_of_turn import guest_of_turn
from app.usecases.lead_draft import LeadDraft, draft_lead, salvage
from app.usecases.outcome_of_lead import said_with_outcome, with_outcome
from app.usecases.paragraphs import REFERENCE_MARK, Paragraphs
from app.usecases.payer_of_lead import with_payer
from app.usecases.reply_stream import ReplyStream
from app.usecases.screening import kind_of, screened
from app.usecases.take_exam import understands
from app.usecases.talk import remembered, talk_before
from app.usecases.word_answer import worded_by

log = logging.getLogger("frontdesk.turn")
MOST_UNREAD = 5
"""Messages of failed turns that are read again; they stay in the transcript in any case."""
MOST_WORDED = 3
"""Answers of one turn that a model words; a message of many questions must not use up a clinic's day."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn, decided. `parts` are the paragraphs of the reply; one may hold REFERENCE_MARK, known after saving.
    `completed` names the action to submit; `handoff` says that a person is offered in this turn; `draft` is what staff
    should know now, None when nothing could be made out."""

    state: State
    parts: list[str]
    answers: list[Answer] = field(default_factory=list)
    completed: str | None = None
    emergency: str | None = None
    handoff: bool = False
    draft: LeadDraft | None = None

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
    """The patient's unanswered words, where the conversation stood before them, and what they typed shortly before.
    `conversation_id` is None where nothing is stored, as in a trial."""

    text: str
    state: State
    now: datetime
    earlier: tuple[str, ...] = ()
    conversation_id: str | None = None


def take_turn(desk: Desk, clinic: ClinicFacts, said: Said, stream: ReplyStream) -> Turn:
    """Decides the turn; `stream` gets what is said, with its sources, as soon as it is known to be grounded. Never
    raises: when anything inside fails, the reply says so and offers the clinic's phone. Words whose turn failed are
    read once more, before the new ones."""
    for text in dict.fromkeys(("\n".join((*said.state.unread, said.text)), said.text)):
        try:
            return _turn(desk, clinic, replace(said, text=text, state=said.state.with_(unread=())), stream)
        except Exception as problem:
            log.error("a turn failed: %s", describe(problem))
            desk = replace(desk, guests=None)  # its time is up
    return failed_turn(desk, clinic, said, stream)


def failed_turn(desk: Desk, clinic: ClinicFacts, said: Said, stream: ReplyStream) -> Turn:
    """The reply when the desk itself broke; an emergency is told nevertheless. What was typed is kept for the next
    turn, and a number or an address in it for staff."""
    hit = screened(said.text, said.earlier).hit
    try:
        if hit is not None:
            return _interrupt(desk, clinic, said, hit, stream)
        sorry = error(desk.wording(said.state.language), ClinicWords(clinic.name, clinic.phone))
    except Exception as problem:  # the sentences are what broke
        log.error("no words for a failure: %s", describe(problem))
        sorry = f"{hit.number}! {clinic.name}: {clinic.phone}" if hit else f"{clinic.name}: {clinic.phone}"
    stream.say(sorry)
    state = said.state.with_(handoff=True, unread=(*said.state.unread, said.text)[-MOST_UNREAD:])
    return Turn(state, [sorry], handoff=True, draft=salvage(desk.actions, said.state, said.text))


def _turn(desk: Desk, clinic: ClinicFacts, said: Said, stream: ReplyStream) -> Turn:
    screen = screened(said.text, said.earlier)
    if screen.hit is not None:
        return _interrupt(desk, clinic, said, screen.hit, stream)
    if screen.failed:
        return _unscreened(desk, clinic, said, stream)
    return _usual(desk, clinic, said, stream)


def _unscreened(desk: Desk, clinic: ClinicFacts, said: Said, stream: ReplyStream) -> Turn:
    """The turn goes on, but says first that nobody looked for an emergency, and whom to call."""
    warning = unscreened(desk.wording(said.state.language), ClinicWords(clinic.name, clinic.phone))
    stream.say(warning)
    turn = _usual(replace(desk, guests=None), clinic, said, stream)  # an emergency's words go to no model
    return replace(turn, parts=[warning, *turn.parts], handoff=True)


def _usual(desk: Desk, clinic: ClinicFacts, said: Said, stream: ReplyStream) -> Turn:
    catalogue = desk.catalogue(clinic, said.state)
    commands = desk.understanding.understand(said.text, said.state, catalogue)
    guest = guest_of_turn(desk, clinic, catalogue, said.conversation_id, said.state, commands)
    if guest is not None and understands(desk):
        commands = second_reading(guest, commands, said.text, said.state, catalogue)
    state, moves = _decide(desk, clinic, catalogue, said, commands)
    turn = _say(desk, clinic, catalogue, state, moves, stream, guest)
    draft = draft_lead(said.state, turn.state, moves, catalogue, said.text)
    draft = with_payer(desk, clinic, draft, completed=turn.completed is not None)
    draft = with_outcome(desk, clinic, draft, turn.state, catalogue)
    return replace(turn, draft=draft, parts=said_with_outcome(turn.parts, draft) if turn.completed else turn.parts)


def _interrupt(desk: Desk, clinic: ClinicFacts, said: Said, hit: Hit, stream: ReplyStream) -> Turn:
    """The emergency text. What was typed beside it is kept, but nothing may stand before that text, or in its way."""
    flag = kind_of(hit)
    moves: list[Move] = [Emergency(flag)]
    # it is no reply to what was asked: "swollen" is nobody's name
    paused = replace(said, state=said.state.with_(emergency=True, raised=flag, asking=None))
    try:
        catalogue = desk.catalogue(clinic, said.state)
        commands = desk.understanding.understand(said.text, paused.state, catalogue)
        state, _ = _decide(desk, clinic, catalogue, paused, commands)
        told = draft_lead(said.state, state, moves, catalogue)
        draft: LeadDraft | None = with_outcome(desk, clinic, told, state, catalogue)
    except Exception as problem:
        log.error("a turn failed beside an emergency: %s", describe(problem))
        catalogue, state = desk.actions, paused.state
        draft = salvage(desk.actions, said.state, said.text)
    return replace(_say(desk, clinic, catalogue, state, moves, stream), draft=draft)


def _decide(
    desk: Desk, clinic: ClinicFacts, catalogue: Catalogue, said: Said, commands: list[Command]
) -> tuple[State, list[Move]]:
    commands = with_fences(commands, said.text)
    chosen = chosen_question(desk, clinic, said.state.choosing, said.text)
    if chosen:
        commands = with_choice(commands, chosen, said.state, catalogue)
    today = day_in(clinic.timezone, said.now)
    return decide(said.state.with_(choosing=chosen), commands, catalogue, today)


def _say(
    desk: Desk,
    clinic: ClinicFacts,
    catalogue: Catalogue,
    state: State,
    moves: list[Move],
    stream: ReplyStream,
    guest: Guest | None = None,
) -> Turn:
    wording, words = desk.wording(state.language), ClinicWords(clinic.name, clinic.phone)
    said = Paragraphs(stream, wording, words)
    for move in moves:
        if isinstance(move, AnswerMove):
            talk, again = talk_before(move, state), move.question == state.choosing
            decided = decide_answer(desk, clinic, move.question, state.language, again=again, talk=talk)
            wordable = guest if len(said.answers) < MOST_WORDED else None
            said.answer(decided.answer, worded_by(wordable, decided, state.language))
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
        stream.say(parts[-1])
    completed = next((move.action for move in moves if isinstance(move, Complete)), None)
    screened = next((move.kind for move in moves if isinstance(move, Emergency)), None)
    handoff = any(isinstance(move, HandOff) for move in moves) or any(answer.disagreement for answer in answers)
    return Turn(state, parts, answers, completed, screened, handoff)


def _call_about(state: State, moves: list[Move], answers: list[Answer]) -> str:
    """The question that a call is offered for: one that no paper answers, where the desk asks nothing else."""
    busy = state.status in (ActionStatus.COLLECTING, ActionStatus.CONFIRMING) or state.emergency
    if busy or any(isinstance(move, Question) for move in moves):
        return ""
    return next((answer.question for answer in answers if answer.kind is AnswerKind.REFUSAL), "")

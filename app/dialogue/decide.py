"""The slot-filling engine: what a message means becomes a new state and what the desk does next. Pure."""

from collections.abc import Sequence
from datetime import date

from app.dialogue import commands as c
from app.dialogue import lanes
from app.dialogue import moves as m
from app.dialogue.action import Action, Catalogue
from app.dialogue.asking import applying
from app.dialogue.settle import Turn
from app.dialogue.state import ActionStatus, Caller, State

CALLBACK = "callback"
_OPEN = (ActionStatus.COLLECTING, ActionStatus.CONFIRMING)
_ORDER: tuple[tuple[type, ...], ...] = (
    (c.UseLanguage, c.ResumeIntake, c.StartOver, c.Identify),
    (c.StartAction,),
    (c.CorrectSlot, c.SetSlot, c.KeepSlot),
    (c.SkipSlot,),
    (c.AskQuestion, c.AskWhy, c.SmallTalk, c.RequestHuman, c.CancelAction),
    (c.Affirm, c.Deny),
    (c.Unclear,),
)


def decide(
    state: State, commands: Sequence[c.Command], catalogue: Catalogue, today: date
) -> tuple[State, list[m.Move]]:
    """The state after the message and the desk's moves in reading order, with at most one question, the last.

    Changes are applied before yes and no, so that a "yes" beside a change confirms the changed value. In an emergency
    fields are kept and questions answered, but nothing is asked or submitted.
    """
    turn = Turn(state, catalogue, today)
    ordered = in_order(commands)
    for command in ordered:
        _apply(turn, command)
    _into_lane(turn, ordered)
    turn.state = turn.state.with_(offered=None, offered_about="")
    question = _next_question(turn)
    first_read_back = turn.state.status is ActionStatus.CONFIRMING is not turn.before.status
    if not first_read_back:  # which says it all anyway; a later one does not show what changed
        turn.say_noted()
    return turn.state, _in_reading_order([*turn.moves, *question])


def in_order(commands: Sequence[c.Command]) -> list[c.Command]:
    """Canonical order: changes before questions, questions before yes and no; equal kinds keep their order."""
    return sorted(
        commands, key=lambda command: next(place for place, kinds in enumerate(_ORDER) if isinstance(command, kinds))
    )


def _apply(turn: Turn, command: c.Command) -> None:
    match command:
        case c.SetSlot(name, said):
            turn.give(name, said)
        case c.CorrectSlot(name, said, how):
            turn.give(name, said, how)
        case c.KeepSlot(name):
            turn.keep(name or turn.state.asking)
        case c.SkipSlot(name, why):
            turn.skip(name or turn.state.asking, why)
        case c.AskQuestion(text, said, leans):
            turn.moves.append(m.Answer(text, said, leans))
        case c.StartAction(name):
            _start(turn, name)
        case c.CancelAction():
            _cancel(turn)
        case c.RequestHuman():
            _hand_off(turn)
        case c.Affirm():
            turn.affirmed = True
            _affirm(turn)
        case c.Deny():
            turn.denied = True
        case c.AskWhy():
            _explain(turn)
        case c.SmallTalk(kind):
            turn.moves.append(m.Friendly(kind))
        case c.StartOver():
            turn.forget()
        case c.ResumeIntake():
            turn.state = turn.state.with_(emergency=False)
        case c.Identify(caller):
            turn.state = turn.state.with_(caller=lanes.believed(turn.state, caller))
        case c.UseLanguage(code):
            if code in turn.catalogue.languages:
                turn.state = turn.state.with_(language=code)
        case c.Unclear():
            turn.not_understood()


def _start(turn: Turn, name: str) -> None:
    under_way = turn.state.action == name and turn.state.status in _OPEN
    action = turn.catalogue.action(name)
    if action and not under_way:
        turn.state = lanes.for_action(turn.state, name)
        turn.state = turn.state.with_(
            action=name, action_version=action.version, status=ActionStatus.COLLECTING, asking=None
        )
        if not turn.state.emergency:
            turn.moves.append(m.Started(name))


def _into_lane(turn: Turn, commands: Sequence[c.Command]) -> None:
    """Says a caller who is no new patient what the desk can do, once, and takes down what they want."""
    caller = turn.state.caller
    if caller is turn.before.caller or turn.state.emergency:
        return
    wanted = next((command.said for command in commands if isinstance(command, c.Identify)), "")
    name = lanes.action_for(caller)
    if name and wanted and turn.state.status not in _OPEN:
        _start(turn, name)
        if name == CALLBACK:
            turn.give("reason", wanted)
            turn.noted = [slot for slot in turn.noted if slot != "reason"]
    elif caller in lanes.NOT_PATIENTS and name is None and turn.state.status in _OPEN:
        turn.state = turn.state.with_(action=None, status=None, asking=None)
    begun = any(isinstance(move, m.Started) for move in turn.moves) and lanes.speaks_for_itself(turn.state.action)
    word = None if begun and caller is Caller.EXISTING_PATIENT else lanes.first_word(caller)
    if word:  # which says what the desk is about to do as well
        turn.moves = [word, *(move for move in turn.moves if not isinstance(move, m.Started))]


def _explain(turn: Turn) -> None:
    spec = turn.catalogue.spec(turn.before.asking, turn.before.action) if turn.before.asking else None
    if spec:
        turn.moves.append(m.Why(spec.name) if spec.declinable else m.StillNeeded(spec.name))


def _cancel(turn: Turn) -> None:
    if turn.state.action and turn.state.status in _OPEN:
        turn.moves.append(m.Cancelled(turn.state.action))
        turn.state = turn.state.with_(status=ActionStatus.CANCELLED, asking=None)
    elif turn.state.status is ActionStatus.COMPLETED:  # it is with the clinic: only people can stop it there
        turn.moves.append(m.PassedOn(words=True))
    else:
        turn.offer = True


def _hand_off(turn: Turn) -> None:
    turn.hand_off()
    if turn.state.status not in _OPEN:
        _start(turn, CALLBACK)


def _affirm(turn: Turn) -> None:
    """Submits only what was read back or changed in this very message, and only when all of it could be read."""
    if turn.before.offered and turn.state.status not in _OPEN:
        _start(turn, turn.before.offered)
        turn.give("reason", turn.before.offered_about)
        return
    action = turn.catalogue.action(turn.state.action)
    confirming = (
        action is not None and turn.before.status is ActionStatus.CONFIRMING and turn.before.action == action.name
    )
    if not confirming or action is None or turn.state.status not in _OPEN or turn.state.emergency:
        return
    if turn.rejected or turn.restated or pending(turn.state, action):
        return
    turn.moves.append(m.Complete(action.name))
    turn.state = turn.state.with_(status=ActionStatus.COMPLETED, asking=None)


def pending(state: State, action: Action) -> str | None:
    """The next slot to ask for: the first that applies and is not settled."""
    asked = applying(action, state.slots, state.caller)
    return next((s.name for s in action.slots if s.name in asked and s.name not in state.slots), None)


def missing(state: State, action: Action) -> list[str]:
    """Required slots without a value that apply: what an incomplete lead lacks."""
    filled, asked = state.filled(), applying(action, state.slots, state.caller)
    return [s.name for s in action.slots if s.required and s.name in asked and s.name not in filled]


def _next_question(turn: Turn) -> list[m.Move]:
    action = turn.catalogue.action(turn.state.action)
    if turn.state.emergency:
        turn.state = turn.state.with_(asking=None)
        return [] if turn.moves or turn.noted else [m.StillPaused()]
    if action is None or turn.state.status not in _OPEN:
        return _without_action(turn)
    unclear: list[m.Move] = [m.Rephrase()] if turn.unclear and not turn.moves else []
    if slot := pending(turn.state, action):
        turn.state = turn.state.with_(status=ActionStatus.COLLECTING, asking=slot)
        return [*unclear, m.Ask(slot)]
    if not action.confirmation.ask and not turn.rejected:
        turn.state = turn.state.with_(status=ActionStatus.COMPLETED, asking=None)
        return [m.Complete(action.name)]
    turn.state = turn.state.with_(status=ActionStatus.CONFIRMING, asking=None)
    was_confirming = turn.before.status is ActionStatus.CONFIRMING and turn.before.action == action.name
    if turn.denied and was_confirming and not turn.changed:
        return [*unclear, m.AskChange()]
    return [*unclear, m.Confirm()]


def _without_action(turn: Turn) -> list[m.Move]:
    turn.state = turn.state.with_(asking=None)
    finished = any(isinstance(move, m.Complete | m.Cancelled) for move in turn.moves)
    sent = turn.before.status is turn.state.status is ActionStatus.COMPLETED
    if sent and (turn.changed or (turn.unclear and not turn.moves)):
        return [m.PassedOn(words=not turn.changed)]
    if turn.denied and not turn.moves:
        return [m.Friendly("fine")]
    if turn.offer or ((turn.changed or turn.affirmed) and not finished):
        return [m.Offer()]
    return [] if turn.moves else [m.Rephrase()]


_READING = (
    m.Emergency,
    m.Friendly,
    m.Restarted,
    m.Lane,
    m.Cancelled,
    m.Noted,
    m.Skipped,
    m.Reject,
    m.StillNeeded,
    m.Why,
    m.Answer,
    m.PassedOn,
    m.HandOff,
    m.Rephrase,
)


def _in_reading_order(moves: Sequence[m.Move]) -> list[m.Move]:
    last = len(_READING)
    return sorted(moves, key=lambda move: next((n for n, kind in enumerate(_READING) if isinstance(move, kind)), last))

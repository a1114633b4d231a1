"""Rules and a language model have read the same message: one list of commands is made of both.

What rules know for certain stays. The model may add what the text bears out, give another value where rules took free
words for one, and take away what rules only guessed, if it reads those very words as something else. It never brings
about a submission that the rules alone would not make: a yes is what the rules (`agreeing.py`) read as one.
"""

from collections.abc import Sequence

from app.dialogue import commands as c
from app.dialogue.action import Catalogue
from app.dialogue.decide import decide, in_order
from app.dialogue.lanes import NOT_PATIENTS, action_for
from app.dialogue.moves import Complete
from app.dialogue.state import State
from app.understanding.evidence import speaks_of, telling
from app.understanding.plausible import could_be_named, is_payer
from app.understanding.proposals import Proposal
from app.understanding.told import Span, Told, tokens
from app.understanding.vouching import Vouched, Vouching
from app.understanding.wished_times import ANY_DAY, looks_like_times

_OF_A_FIELD = (c.SetSlot, c.CorrectSlot, c.KeepSlot, c.SkipSlot)
_GUESSED = ("person_name", "reason", "text", "provider", "specialty", "preferred_times", "carrier")
"""Types for which rules take whatever words answer the question."""
_TOLD = ("reason", "text", "provider")
"""Types of which more words say more: a shorter value is none the better for it."""
_ENDS = (c.CancelAction, c.StartOver)
_CONTROLS = (c.RequestHuman, c.AskWhy, *_ENDS)
_ONCE = (c.StartAction, c.CancelAction, c.StartOver, c.RequestHuman, c.AskWhy, c.Identify, c.Affirm, c.Deny)
LEANS = 1.0
"""From which on a question says nothing without the one before it: the model may complete it in a better way."""


def combined(
    rules: Sequence[c.Command], read: Sequence[Proposal], text: str, state: State, catalogue: Catalogue
) -> list[c.Command]:
    """The commands of the message in canonical order; those of the rules where the model adds nothing."""
    vouching = Vouching(text, rules, state, catalogue)
    vouched = [one for proposal in read if (one := vouching.vouched(proposal))]
    vouched = [one for one in vouched if not _outweighed(one.command, rules, vouching)]
    if not vouched:
        return list(rules)
    kept = [command for command in rules if not _read_otherwise(command, vouched, vouching)]
    commands: list[c.Command] = [*kept]
    for one in vouched:
        _add(commands, _leaning_as(one.command, rules))
    if any(not isinstance(command, c.Unclear | c.UseLanguage) for command in commands):
        commands = [command for command in commands if not isinstance(command, c.Unclear)]
    return _submits_no_more(in_order(_identified(commands, rules)), rules, state, catalogue)


def _outweighed(command: c.Command, rules: Sequence[c.Command], vouching: Vouching) -> bool:
    """True for what stands against something that rules know better."""
    given = [one for one in rules if isinstance(one, _OF_A_FIELD)]
    match command:
        case c.SetSlot(name) | c.CorrectSlot(name) | c.KeepSlot(name) | c.SkipSlot(name):
            own = [one for one in given if one.name in (name, None)]
            return any(not _replaceable(one, command, vouching) for one in own)
        case c.CancelAction() | c.StartOver():
            return bool(given) or any(isinstance(one, (c.Affirm, c.AskQuestion, *_ENDS)) for one in rules)
        case c.StartAction():
            begun = any(isinstance(one, (c.StartAction, *_ENDS)) or _wants(one) for one in rules)
            return begun or _answers(rules, vouching)
        case c.Affirm() | c.Deny():
            return bool(given) or any(isinstance(one, c.Affirm | c.Deny | c.CancelAction) for one in rules)
        case c.SmallTalk():
            sure = [one for one in rules if not _doubtful(one, vouching)]
            return any(not isinstance(one, c.Unclear | c.UseLanguage) for one in sure)
        case c.AskQuestion(text):
            whole = [one for one in rules if isinstance(one, c.AskQuestion) and one.leans < LEANS]
            return any(_same(one, text) for one in whole) or any(_offers(one) for one in rules)
    return isinstance(command, _ONCE) and any(isinstance(one, type(command)) for one in rules)


def _wants(command: c.Command) -> bool:
    """Whether it tells who is asking and what for: their lane takes that down."""
    return isinstance(command, c.Identify) and bool(command.said)


def _offers(command: c.Command) -> bool:
    """Whether it tells that the writer wants nothing that a patient wants: their questions are none for the papers."""
    return isinstance(command, c.Identify) and command.caller in NOT_PATIENTS


def _answers(rules: Sequence[c.Command], vouching: Vouching) -> bool:
    """Whether the field that was asked for is answered: then nothing else is started."""
    asked = vouching.state.asking
    return asked is not None and any(isinstance(one, _OF_A_FIELD) and one.name in (asked, None) for one in rules)


def _replaceable(known: c.Command, new: c.Command, vouching: Vouching) -> bool:
    """Whether the model's word on a field may stand for the rules': another value for a guessed one, or the value
    where rules only saw that the old one is wrong."""
    if not isinstance(new, c.SetSlot | c.CorrectSlot):
        return False
    if isinstance(known, c.CorrectSlot) and not known.said:
        return bool(new.said)
    if isinstance(known, c.SetSlot | c.CorrectSlot) and not vouching.readable(known):
        return True
    if not isinstance(known, c.SetSlot) or tokens(known.said) == tokens(new.said):
        return False
    spec = vouching.catalogue.spec(known.name, vouching.state.action)
    told_more = set(tokens(new.said)) < set(tokens(known.said)) and spec is not None and spec.type in _TOLD
    return not told_more and _guessed(known, vouching) and vouching.told.find(known.said) is not None


def _guessed(command: c.Command, vouching: Vouching) -> bool:
    """Whether rules took free words for a value that nothing in their form bears out."""
    spec = vouching.catalogue.spec(command.name, vouching.state.action) if isinstance(command, c.SetSlot) else None
    if spec is None or not isinstance(command, c.SetSlot) or spec.type not in _GUESSED:
        return False
    if spec.type == "carrier":
        return not is_payer(command.said, vouching.catalogue)
    if spec.type == "preferred_times":
        return not looks_like_times(command.said)
    return True


def _doubtful(command: c.Command, vouching: Vouching) -> bool:
    """Whether rules took free words that do not look like a name for the answer to what was asked, or for a reason that
    was not."""
    if not isinstance(command, c.SetSlot) or not _guessed(command, vouching):
        return False
    spec = vouching.catalogue.spec(command.name, vouching.state.action)
    free = command.name == vouching.state.asking or (spec is not None and spec.type in ("reason", "text"))
    return free and not could_be_named(command.said, vouching.catalogue)


def _read_otherwise(command: c.Command, vouched: Sequence[Vouched], vouching: Vouching) -> bool:
    """True for a guess of the rules whose words the model reads as something else, and for what it replaces."""
    others = [one for one in vouched if not _about(one.command, command)]
    if isinstance(command, c.AskQuestion):
        asked = [one.command.text for one in vouched if isinstance(one.command, c.AskQuestion)]
        if command.leans >= LEANS and any(_same(command, text) for text in asked):
            return True
        plain = "?" not in vouching.told.text and not speaks_of("ask", command.said or command.text)
        by = [one for one in others if plain or isinstance(one.command, (*_CONTROLS, c.Identify, c.StartAction))]
        return _covered(command.said or command.text, by, vouching.told)
    if not isinstance(command, c.SetSlot | c.CorrectSlot):
        return False
    if len(others) < len(vouched):
        return True
    instead = (*_CONTROLS, c.AskQuestion, c.SmallTalk, c.SkipSlot, c.CorrectSlot)
    by = [one for one in others if isinstance(one.command, instead)]
    return _doubtful(command, vouching) and _covered(command.said, by, vouching.told)


def _about(one: c.Command, other: c.Command) -> bool:
    """Whether both are about the same field."""
    return isinstance(one, _OF_A_FIELD) and isinstance(other, _OF_A_FIELD) and one.name == other.name


def _covered(said: str, by: Sequence[Vouched], told: Told) -> bool:
    """Whether every word of `said` stands in words that the model reads as these commands."""
    span = told.find(said)
    places = told.words_in(span) if span else []
    return bool(places) and all(any(_inside(place, one.span) for one in by) for place in places)


def _inside(place: Span, span: Span) -> bool:
    return span[0] <= place[0] and place[1] <= span[1]


def _same(known: c.AskQuestion, text: str) -> bool:
    """Whether two questions are about the same: one has no telling word that the other lacks."""
    new = telling(text)
    return any(old <= new or new <= old for old in (telling(known.text), telling(known.said)) if old and new)


def _leaning_as(command: c.Command, rules: Sequence[c.Command]) -> c.Command:
    """A question that takes the place of one which leans on an earlier one still tells how it was put."""
    if not isinstance(command, c.AskQuestion):
        return command
    leaning = [one for one in rules if isinstance(one, c.AskQuestion) and one.leans >= LEANS]
    known = next((one for one in leaning if _same(one, command.text)), None)
    return c.AskQuestion(command.text, known.said, known.leans) if known else command


def _add(commands: list[c.Command], command: c.Command) -> None:
    """Adds a command that is not there yet; the first word on a field, and of what is said once, counts."""
    for known in commands:
        if known == command or _about(known, command):
            return
        if isinstance(command, _ONCE) and isinstance(known, type(command)):
            return
        if isinstance(command, c.AskQuestion) and isinstance(known, c.AskQuestion) and _same(known, command.text):
            return
    commands.append(command)


def _identified(commands: list[c.Command], rules: Sequence[c.Command]) -> list[c.Command]:
    """Who is asking, where only the model says so, wants what the other commands say, if they say anything more than
    what takes it down in their lane."""
    if any(isinstance(one, c.Identify) for one in rules):
        return commands
    lanes = [action_for(one.caller) for one in commands if _wants(one) and isinstance(one, c.Identify)]
    commands = [one for one in commands if not (isinstance(one, c.StartAction) and one.name in lanes)]
    wants = any(isinstance(one, c.AskQuestion | c.StartAction | c.RequestHuman) for one in commands)
    return [c.Identify(one.caller) if isinstance(one, c.Identify) and wants else one for one in commands]


def _submits_no_more(
    commands: list[c.Command], rules: Sequence[c.Command], state: State, catalogue: Catalogue
) -> list[c.Command]:
    """The commands, unless they would submit what the rules' alone would not: then those of the rules. Where both
    submit, but not the same values, it is read back once more instead."""
    after, moves = decide(state, commands, catalogue, ANY_DAY)
    if not any(isinstance(move, Complete) for move in moves):
        return commands
    by_rules, their_moves = decide(state, rules, catalogue, ANY_DAY)
    submitted = any(isinstance(move, Complete) for move in their_moves)
    if submitted and by_rules.filled() != after.filled():
        again: list[c.Command] = [command for command in commands if not isinstance(command, c.Affirm)]
        _, moves = decide(state, again, catalogue, ANY_DAY)
        return list(rules) if any(isinstance(move, Complete) for move in moves) else again
    return commands if submitted else list(rules)

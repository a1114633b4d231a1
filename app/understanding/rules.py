"""Understanding without a model: words, forms and likeness turn a message into commands; it never decides."""

import re

from app.dialogue import commands as c
from app.dialogue.action import Catalogue
from app.dialogue.decide import decide, in_order
from app.dialogue.language import detect
from app.dialogue.slots.fold import straight
from app.dialogue.state import Caller, State
from app.understanding.callers import caller_now, identified
from app.understanding.clauses import split
from app.understanding.labelled import form_in_lines
from app.understanding.name_parts import name_joined
from app.understanding.openings import asides_removed
from app.understanding.reading import Reading
from app.understanding.repairs import repaired, unsays_a_yes
from app.understanding.whose import without_former_doctors, without_others
from app.understanding.wished_times import ANY_DAY

_ID_FOR_I_WOULD = re.compile(r"\b([Ii])d (?=(?:rather|like|prefer|love|say|be|have|need|want)\b)")
_FREE = ("reason", "text")
_GIVES = (c.SetSlot, c.CorrectSlot, c.SkipSlot, c.KeepSlot, c.StartAction)


class RulesUnderstanding:
    """Needs nothing but the shipped word lists."""

    def understand(self, text: str, state: State, catalogue: Catalogue) -> list[c.Command]:
        """Commands in canonical order; never raises for any text. `Unclear` alone when nothing was understood."""
        commands = identified(_read_all(text, state, catalogue), straight(text), state)
        code = detect(text)
        if code and code != state.language and code in catalogue.languages:
            commands.append(c.UseLanguage(code))
        return in_order(_once(commands))


def _read_all(text: str, state: State, catalogue: Catalogue) -> list[c.Command]:
    """Where somebody takes back their own words, the second part is read as if the first had been noted."""
    asked = catalogue.spec(state.asking, state.action) if state.asking else None
    text = without_former_doctors(_with_own_contact(text, state, catalogue))
    text = name_joined(text) if asked and asked.type == "person_name" else text
    pieces = repaired(text)
    first = _read(pieces[0], state, catalogue) if len(pieces) > 1 else []
    gives = any(isinstance(command, _GIVES) or command in (c.Affirm(), c.Deny()) for command in first)
    if not gives or (asked and asked.type in _FREE and _only_gives(first, asked.name)):
        return _read(text, state, catalogue)
    commands = first
    for piece in pieces[1:]:
        settled = [command for command in commands if isinstance(command, _GIVES)]
        noted, _ = decide(state, in_order(settled), catalogue, ANY_DAY)
        more = _read(piece, noted, catalogue)
        if unsays_a_yes(piece) or more == [c.Unclear()]:
            commands = [command for command in commands if not isinstance(command, c.Affirm | c.Deny)]
        commands = [*commands, *(command for command in more if not isinstance(command, c.Unclear))]
    return commands


def _with_own_contact(text: str, state: State, catalogue: Catalogue) -> str:
    """The message with one way to reach its writer. An office gives its own number and the patient's."""
    if caller_now(text, state) is Caller.PROVIDER_OFFICE:
        return text
    action = catalogue.action(state.action)
    types = {spec.type for spec in action.slots} if action else {"contact"}
    return without_others(text, apart="contact" not in types)


def _only_gives(commands: list[c.Command], name: str) -> bool:
    """True when nothing but the free words asked for was given: they are kept as they stand."""
    return all(isinstance(command, c.SetSlot) and command.name == name for command in commands)


def _read(text: str, state: State, catalogue: Catalogue) -> list[c.Command]:
    text = form_in_lines(text)
    text = asides_removed(_ID_FOR_I_WOULD.sub(r"\1'd ", text))
    clauses = [clause for line in text.splitlines() for clause in split(straight(line))]
    reading = Reading(straight(text), state, catalogue, clauses)
    reading.lines = [line for written in text.splitlines() if (line := straight(written).strip(" .,;"))]
    for clause in clauses:
        reading.read(clause)
    return reading.finish()


def _once(commands: list[c.Command]) -> list[c.Command]:
    return list(dict.fromkeys(commands))

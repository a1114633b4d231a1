"""fences: what gets a fixed sentence is answered with it however it was put, amid a form too, and fills no field."""

import re
from collections.abc import Sequence

from app.answering.fixed import Fixed, recognise
from app.dialogue.commands import AskQuestion, Command, CorrectSlot, RequestHuman, SetSlot, Unclear
from app.understanding.person import asks_for_person

_SENTENCE = re.compile(r"(?:\b(?:dra?|mrs?|ms|sra?|st|jr)\.|[^.!?\n])+[.!?]*", re.IGNORECASE)
_FENCED = (Fixed.ASSISTANT, Fixed.MEDICAL, Fixed.COVERAGE)
_MOST_OF_IT = 0.7


def with_fences(commands: Sequence[Command], text: str) -> list[Command]:
    """The commands of a message; a sentence of it that asks what the desk is, for advice, or for a promise, and that
    nobody took for a question, becomes one."""
    kept = list(commands)
    for sentence in (hit[0].strip() for hit in _SENTENCE.finditer(text)):
        kind = recognise(sentence)
        if kind in _FENCED:
            kept = _as_question(kept, sentence, kind, text.replace(sentence, " "))
    return kept


def _as_question(commands: list[Command], sentence: str, kind: Fixed, rest: str) -> list[Command]:
    asked = any(isinstance(one, AskQuestion) and recognise(one.text) is kind for one in commands)
    kept = [one for one in commands if not _misread(one, sentence, kind, rest)]
    return kept if asked else [*_unasked(kept, sentence), AskQuestion(sentence)]


def _unasked(commands: list[Command], sentence: str) -> list[Command]:
    """Without the question that a part of the sentence was taken for."""
    return [one for one in commands if not (isinstance(one, AskQuestion) and _bare(one.text) in _bare(sentence))]


def _misread(command: Command, sentence: str, kind: Fixed, rest: str) -> bool:
    if isinstance(command, Unclear):
        return True
    if isinstance(command, RequestHuman):
        return kind is Fixed.ASSISTANT and not asks_for_person(rest)
    if isinstance(command, SetSlot | CorrectSlot):
        said, whole = _bare(command.said), _bare(sentence)
        return said in whole and (kind is Fixed.ASSISTANT or len(said) >= _MOST_OF_IT * len(whole))
    return False


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))

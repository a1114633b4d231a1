"""A second reading of a message, by a language model. Rules have read it first: the model may add to that and better
it where the patient's own words bear it out, and costs nothing but the wait when it is wrong, late or gone."""

import logging
from collections.abc import Sequence
from typing import Any

from app.dialogue import commands as c
from app.dialogue.action import Catalogue
from app.dialogue.state import State
from app.errors import describe
from app.llm.base import Guest, ModelFailed, Purpose
from app.understanding import replies
from app.understanding.agreeing import is_yes
from app.understanding.briefing import prompts
from app.understanding.combining import combined
from app.understanding.proposals import SCHEMA, proposals
from app.understanding.told import Told
from app.understanding.vouching import CERTAIN

log = logging.getLogger("frontdesk.understanding")
MOST_TOKENS = 700
LONGEST = 4000
"""Characters of a message that a model is asked about."""


def second_reading(
    guest: Guest,
    commands: list[c.Command],
    text: str,
    state: State,
    catalogue: Catalogue,
    purpose: Purpose = "understand",
) -> list[c.Command]:
    """The commands of the message in canonical order: those of the rules (`commands`), bettered by what the model
    reads. Never raises; whatever fails leaves the rules' commands as they are. Nothing is asked about a message that
    rules have understood for certain, nor while an emergency is on."""
    if not worth_asking(commands, text, state, catalogue):
        return commands
    try:
        answer = guest.complete(purpose, prompts(text, state, catalogue), SCHEMA, max_tokens=MOST_TOKENS)
    except ModelFailed:
        return commands
    return understood(answer, commands, text, state, catalogue)


def understood(
    answer: Any, commands: list[c.Command], text: str, state: State, catalogue: Catalogue
) -> list[c.Command]:
    """The same for an answer that has come: any JSON value."""
    try:
        return combined(commands, proposals(answer), text, state, catalogue)
    except Exception as problem:  # what a model says must not be able to end a turn
        log.error("a model's reading could not be used: %s", describe(problem))
        return commands


def worth_asking(commands: Sequence[c.Command], text: str, state: State, catalogue: Catalogue) -> bool:
    """False for a message that leaves nothing to understand: a yes, a no, thanks, or only values that are known by
    their form (a phone number need not leave the house to be a phone number)."""
    if state.emergency or not text.strip() or len(text) > LONGEST:
        return False
    if is_yes(text) or replies.is_no(text) or replies.smalltalk(text):
        return False
    told = Told(text)
    known = [place for command in commands for place in _sure(command, told, state, catalogue)]
    return not set(told.all_words()) <= set(known)


def _sure(command: c.Command, told: Told, state: State, catalogue: Catalogue) -> list[tuple[int, int]]:
    if not isinstance(command, c.SetSlot | c.CorrectSlot):
        return []
    spec = catalogue.spec(command.name, state.action)
    span = told.find(command.said)
    return told.words_in(span) if span and spec is not None and spec.type in CERTAIN else []

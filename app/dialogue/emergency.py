"""Red-flag screening: runs before everything else, on rules alone, and cannot be switched off."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.dialogue.emergency_rules import Level, Number, RedFlags, red_flags
from app.dialogue.signs import Message
from app.dialogue.spotting import Words

_SHORT = 14
"""Words of a message that may go on with the one before: "my chest", "it hurts a lot"."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A danger of `kind`, the number to call, and the version of the rules that found it. `urgent` is for what a doctor
    must see today although no ambulance is needed."""

    kind: str
    number: Number
    version: str
    level: Level = "emergency"


def version() -> str:
    """The version of the rule file, for the record of a conversation. Raises Misconfigured when it cannot be used."""
    return red_flags().version


def screen(text: str, earlier: Sequence[str] = ()) -> Hit | None:
    """The first rule that the message meets, in the order of the file; None for everyday talk. Signs from `earlier`
    messages of the patient, oldest first, count too, but one sign of a rule must be in this message."""
    rules = red_flags()
    words = rules.vocabulary.read(text)
    now = _signs(rules, words)
    if earlier and len(words.said) <= _SHORT:
        last = rules.vocabulary.read(earlier[-1])
        if len(last.said) <= _SHORT:
            now |= _signs(rules, last + words, since=len(last.said))
    if not now:  # as nearly always: then nobody need read again what was said before
        return None
    before = {sign for said in earlier for sign in _signs(rules, rules.vocabulary.read(said))}
    for rule in rules.rules:
        if any(now.issuperset(one) or (now & set(one) and (now | before).issuperset(one)) for one in rule.any):
            return Hit(rule.kind, rule.number, rules.version, rule.level)
    return None


def _signs(rules: RedFlags, words: Words, since: int = 0) -> set[str]:
    spans = rules.vocabulary.spot(words)
    message = Message(words, spans, rules.speech, since)
    begun = {id(line): (sign, line) for name in spans for sign, line in rules.begun_by.get(name, ())}
    found: set[str] = set()
    for sign, line in begun.values():
        if sign not in found and message.shows(line):
            found.add(sign)
    return found

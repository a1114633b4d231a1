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
    read = [rules.vocabulary.read(message) for message in (*earlier, text)]
    now = _signs(rules, read[-1])
    if len(read) > 1 and max(len(read[-1].said), len(read[-2].said)) <= _SHORT:
        now |= _signs(rules, read[-2] + read[-1], since=len(read[-2].said))
    if not now:
        return None
    before = {sign for message in read[:-1] for sign in _signs(rules, message)}
    for rule in rules.rules:
        if any(now.issuperset(one) or (now & set(one) and (now | before).issuperset(one)) for one in rule.any):
            return Hit(rule.kind, rule.number, rules.version, rule.level)
    return None


def _signs(rules: RedFlags, words: Words, since: int = 0) -> set[str]:
    message = Message(words, rules.vocabulary.spot(words), rules.speech, since)
    return {name for name, lines in rules.signs.items() if any(message.shows(line) for line in lines)}

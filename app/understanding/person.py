"""Tells when a person is asked for: "let me speak to somebody", "agent", "put me through to the front desk"."""

import re

from app.dialogue.slots.names import RELATION
from app.understanding.lexicon import any_of, pattern, words
from app.understanding.replies import bare

_SPEAK = r"(?:talk|talking|speak|speaking|chat|discuss this|hablar|platicar|conversar|comunicarme)"
_MORE = r"(?:(?:directly|now|live|right now|ahora|directamente) )?"
_WHICH = r"(?:(?!(?:my|his|her|their|our|your own)\b)[a-z'-]+ ){0,3}?"
_FORMS = re.compile(
    rf"\b{_SPEAK} {_MORE}(?:to|with|w/|con) {_WHICH}{any_of(words('staff'))}|"
    rf"\b(?:connect|transfer|forward|patch|put|switch) me (?:back |over |through |on )?(?:to|with)\b|"
    rf"\b(?:pas[ae]me|comuniqueme|comunicame|conecteme|conectame|transfier[ae]me) (?:a|con)\b|"
    rf"\b(?:get|give|find|need|want|prefer|like|quiero|necesito|prefiero) (?:me |us )?(?:to (?:have|get) )?(?:a |"
    rf"an |some |the |un |una )?"
    rf"(?:real |live |actual |human |vivo )*{any_of(words('human_bare'))}(?! (?:of|that|who|in|at|from|names?|"
    rf"doctor|clinic|form|to|que|para|can|could|please call|call|me))|"
    rf"\b(?:someone|somebody|anyone|anybody|person|human|alguien|persona) (?:that |who |con quien |"
    rf"con la que )?(?:i|we|yo)? ?(?:can|could|may|might|pueda|puedo) "
    rf"(?:please )?(?:{_SPEAK})|\b(?:someone|somebody|person|human|alguien) (?:to|con quien|para) {_SPEAK}"
)
_ALONE = re.compile(
    rf"^(?:(?:hi|hello|hey|ok|no|a|an|the|un|una|real|live|actual|human|please|just|get me|give me|i want|i need|"
    rf"quiero|por favor)[\s,.!]+)*"
    rf"{any_of(words('human_bare'))}(?:[\s,.!]+(?:{any_of(words('human_bare'))}|please|now|asap|ahora|por favor))*$"
)
_ABOUT_THE_DESK = re.compile(
    r"\b(?:are|r) (?:you|u)\b|\bis this\b|\beres\b|\bes usted\b|\bestoy hablando\b|\bam i\b|\bare we\b|\bi (?:was|"
    r"am|m) (?:already )?talking\b"
)
_NOT_WANTED = re.compile(
    r"\b(?:don'?t|do not|did ?n'?t|rather not|no need|without|not (?:ready|want|need)|no (?:quiero|necesito|deseo)|"
    r"sin)\b(?: \w+){0,4}? "
    rf"(?:to )?{_SPEAK}|\b(?:do|does|did|should|must) (?:i|we|he|she|my \w+) (?:need|have|want|get)?|"
    rf"\bno (?:quiero|necesito) (?:un|una|a)\b"
)


_BY_NAME = re.compile(
    rf"\b(?:rather|(?:prefer|want|wanted|like|love) to|(?:can|could|may) i|let me|prefiero|quiero|quisiera|puedo|"
    rf"podria)(?: just| please)? "
    rf"{_SPEAK} {_MORE}(?:to|with|con) (?!(?:{RELATION}|my|his|her|their|our|your|the|a|an|dra?|doctora?|you|him|"
    rf"them|us|me|it|insurance|"
    r"mi|su|el|la|un|una|ustedes|usted|spanish|espanol|friends|family)\b)(?P<name>[a-z]{3,})"
    r"(?= (?:about|again|instead|please|directly|at|in|from|over|on|who|por|sobre|de|en|que)\b|[ ,.!]*$)"
)


def person_named(text: str) -> str:
    """Whom somebody wants to speak to, folded, where it is a name: "I'd rather talk to Desmond"; "" for nobody."""
    hit = _BY_NAME.search(bare(text))
    return hit["name"] if hit and not _NOT_WANTED.search(bare(text)) else ""


def asks_for_person(text: str) -> bool:
    """True when a person is asked for. "Are you a human?" is a question about the desk, not this."""
    said = bare(text)
    if _ABOUT_THE_DESK.search(said) or _NOT_WANTED.search(said):
        return False
    return bool(pattern("human").search(said) or _FORMS.search(said) or _ALONE.match(said))

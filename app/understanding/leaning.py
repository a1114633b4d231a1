"""How much a question leaves unsaid: "how much is it?" means nothing without what was said before."""

import re

from app.dialogue.slots.fold import fold
from app.understanding.clauses import ASKING
from app.understanding.slang import spelled_out

POINTING = (
    r"it|its|that|this|these|those|them|they|their|he|she|him|her|hers|his|one|ones|"
    r"eso|esto|ese|esa|esos|esas|ellos|ellas|el mismo|la misma|lo mismo"
)
_PERSON = re.compile(r"\b(?:he|she|him|her|hers|his|they|them|their)\b")
_NAMES_PERSONS = re.compile(r"^who\b|\b(?:therapists?|doctors?|dr|someone|anyone|people|patients?|pt|pts)\b")
_POINTS = re.compile(rf"\b(?:{POINTING})\b")
# "Is that ...", "it hurts that I": words that point at nothing said before.
_POINTS_AT_NOTHING = re.compile(
    r"\b(?:is|was) it (?:ok|okay|possible|true|normal|alright|all right|better|necessary)\b|"
    r"\bthat (?:i|you|we|is|are|my|the)\b|"
    r"\bthis (?:week|month|year|morning|afternoon|evening|chat|clinic|place|office)\b|\b(?:one|both) of\b|\bone[- ]\w+|"
    r"\bit(?:'s| is| takes?)\b.*\b(?:to|for)\b.*\bto\b|\bdoes it take to\b|"
    # "That class" names what it means.
    r"\b(?:that|this|these|those) (?!(?:is|are|was|do|does|did|can|will|would|should|needs?|requires?|costs?|takes?|"
    r"includes?|works?|happens?|too|also|for|with|in|on|by|at|if|and|or|free|available|covered|way|one|ones)\b)[a-z]\w+"
)
_JOINS = r"(?:(?:and|also|or|but|ok|okay|so|then|y|pero|tambien|entonces)\b[\s,]*)+"
_TAKES_UP = re.compile(
    rf"^(?:{_JOINS})?(?:(?:what|how) about\b|what if\b|(?:the )?same\b|if (?:so|not)\b|"
    r"que (?:tal|hay de|pasa con)\b|lo mismo\b)"
)
_JOINED = re.compile(rf"^{_JOINS}(?=\S)")
_SMALL = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be been by can could did do does for from had has have how i if in into is me may my of on "
        "or our should so such the there to us was we were what when where which who why will with would you your much "
        "many long often soon late early cost price need get go come take make still really please thanks thank hi "
        "hello ok okay any some just also about day days time times de la el los las un una que como cuando donde "
        "cuanto cuanta cuantos cuesta por para es son hay tienen puedo se y o",
    )
)
# With so many words of content a question is about what it names, whatever it also points at.
FEW, SOME = 3, 5
# "How much?", "which days?": the words of a question that names nothing at all.
BARE = 3


def points(text: str, before: str = "") -> bool:
    """True when a word of the question stands for something said before; "she" only where `before` is about people."""
    folded = _POINTS_AT_NOTHING.sub(" ", fold(spelled_out(text)))
    if before and not _NAMES_PERSONS.search(fold(before)):
        folded = _PERSON.sub(" ", folded)
    return bool(_POINTS.search(folded))


def goes_on(text: str) -> bool:
    """True for a question that takes up the one before it: "and on Saturdays?", "what about kids?"; not for a whole one
    that is merely joined to it."""
    folded = fold(text).lstrip("¿ ")
    joined = _JOINED.match(folded)
    return bool(_TAKES_UP.match(folded) or (joined and not ASKING.match(folded[joined.end() :])))


def content(text: str) -> list[str]:
    """The words of the question that name something."""
    folded = re.sub(rf"\b(?:{POINTING})\b", " ", fold(spelled_out(text)))
    return [word for word in re.findall(r"[a-z0-9][\w'-]*", folded) if word not in _SMALL]


def leaning(text: str) -> float:
    """From 0, a question that stands alone, to 1, one that says nothing alone."""
    named = len(set(content(text)))
    if points(text) or goes_on(text):
        return 1.0 if named <= FEW else 0.3 if named <= SOME else 0.0
    if not named:
        return 1.0 if len(text.split()) <= BARE else 0.3
    return 0.5 if named == 1 else 0.0

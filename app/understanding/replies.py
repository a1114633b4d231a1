"""Short replies: yes, no, skip, "no idea", cancel, "a person, please", hello and thanks, in all languages at once."""

import re
from functools import cache
from typing import Literal

from app.dialogue.slots.fold import fold
from app.understanding.lexicon import any_of, pattern, words

Smalltalk = Literal["greeting", "thanks", "goodbye"]
_POLITE = re.compile(r"\b(?:please|thank(?:s| you)(?: (?:so|very) much| a lot)?|por favor|gracias|ma'am|sir)\b")
_LONGEST = 9


@cache
def _whole(key: str) -> re.Pattern[str]:
    one = any_of(words(key))
    return re.compile(rf"^(?:{one}[\s,.!;-]*)+$")


@cache
def _leading(key: str) -> re.Pattern[str]:
    one = any_of(words(key))
    return re.compile(
        rf"^(?:{one})(?:\s*[,.!;:-]+\s*|\s*$|\s+(?=(?:but|and|that|it|i|my|please|wait|except|thanks|pero|y|mi|es)\b))"
    )


def bare(text: str) -> str:
    """Folded, without courtesies and outer punctuation."""
    return " ".join(_POLITE.sub(" ", fold(text)).strip(" ,.!?;:-").split()).strip(" ,.!?;:-")


def is_yes(text: str) -> bool:
    """True when the whole text says yes, however often."""
    return bool(_whole("yes").match(bare(text)))


def is_no(text: str) -> bool:
    """True when the whole text says no."""
    return bool(_whole("no").match(bare(text)))


def leading(text: str) -> tuple[Literal["yes", "no"] | None, str]:
    """A yes or no that opens the text, and the text after it. "no Fridays" opens with neither."""
    folded = fold(text)
    for key in ("yes", "no"):
        hit = _leading(key).match(folded)
        if hit and len(folded) == len(text):
            return ("yes" if key == "yes" else "no"), text[hit.end() :].strip(" ,.!;:-")
    return None, text


_YES_FIRST = re.compile(r"^(?:yes|yeah|yep|yup|yea|sure|okay|ok|perfect|si|claro|correct)\b(?! (?:the|my|that the)\b)")


def opens_with_yes(text: str) -> bool:
    """True for "yep thats rite": a yes and a few words that say nothing else, whatever their spelling."""
    return bool(_YES_FIRST.match(bare(text))) and len(text.split()) <= _LONGEST


def is_cancel(text: str) -> bool:
    """True for "cancel", "never mind, forget it"; not for "cancel my appointment on Friday"."""
    said = _strip_openers(bare(text))
    return bool(_whole("cancel").match(said)) or bool(
        re.match(any_of(words("cancel")) + r"\W+(?:this|it|that|everything|todo)\b", said)
    )


def is_start_over(text: str) -> bool:
    """True for "let's start over"."""
    said = bare(text)
    return len(said.split()) <= _LONGEST and bool(pattern("start_over").search(said))


def wants_human(text: str) -> bool:
    """True when a person is asked for. "Are you a human?" is a question about the desk, not this."""
    said = bare(text)
    return bool(pattern("human").search(said)) and not re.search(
        r"\b(?:are|r) (?:you|u)\b|\bis this\b|\beres\b|\bes usted\b|\bestoy hablando\b|\bam i\b", said
    )


def resumes(text: str) -> bool:
    """True when somebody wants to go on after an emergency text."""
    said = bare(text)
    return len(said.split()) <= 12 and bool(pattern("resume").search(said))


def refusal(text: str) -> Literal["declined", "unknown"] | None:
    """How a field is withheld by this short text; None for anything longer or else."""
    said = bare(text)
    if not said or len(said.split()) > 14:
        return None
    if pattern("declined").search(said):
        return "declined"
    return "unknown" if pattern("unknown").search(said) else None


def any_time(text: str) -> bool:
    """True when every time suits."""
    return bool(pattern("any_time").search(bare(text)))


_WHY = re.compile(
    r"\bwhy (?:do|does|would|should|is|are|must|did|you)\b.*\b(?:need|needs|ask|asking|asked|want|wants|have to|matter|"
    r"matters|important|required|necessary|know)\b|\bwhat (?:do|would) (?:you|they|u) (?:need|want) (?:it|that|this|"
    r"my [\w ]+)"
    r" for\b|^is (?:that|this|it) (?:really |absolutely )?(?:necessary|required|needed|mandatory)\b|"
    r"^do i (?:really )?(?:have to|need to) (?:give|tell|answer|say|share|provide)\b|^what(?:'s| is) (?:that|this|"
    r"it) for\b|"
    r"^(?:what|why) does it matter\b|\b(?:por|para) que (?:lo |la |me )?(?:necesita|quiere|pide|pregunta|piden|"
    r"necesitan)\w*"
)


def asks_why(text: str) -> bool:
    """True when the reason for a question is asked ("why do you need that?")."""
    return len(text.split()) <= 14 and bool(_WHY.search(bare(text)))


def smalltalk(text: str) -> Smalltalk | None:
    """A greeting, thanks or goodbye that is the whole text."""
    said = fold(text).strip(" ,.!?;:-")
    for kind in ("goodbye", "thanks", "greeting"):
        if _all_of(said, kind):
            return kind
    return None


def _all_of(said: str, kind: str) -> bool:
    kinds = (
        words(kind)
        + (words("thanks") + words("greeting") + ("no",) if kind == "goodbye" else ())
        + ("ok", "okay", "great", "perfect", "very much")
    )
    return bool(pattern(kind).search(said)) and bool(re.match(rf"^(?:{any_of(kinds)}[\s,.!;-]*)+$", said))


def _strip_openers(said: str) -> str:
    return re.sub(
        r"^(?:(?:ok|okay|no|actually|sorry|wait|please|i want to|i'd like to|let's|lets|can you|just|"
        r"you know what|quiero|por favor)\b[\s,]*)+",
        "",
        said,
    )

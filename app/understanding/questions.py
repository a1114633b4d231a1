"""Tells questions from statements and makes each question able to stand alone."""

import re

from app.dialogue.slots.fold import fold
from app.understanding.clauses import ASKING, Clause

_LEAD = re.compile(
    r"^(?:(?:hi|hello|hey|hola|ok|okay|and|but|also|so|well|quick question|one (?:more )?(?:question|"
    r"thing)|question|before (?:that|i answer)|first|oh|um|uh|wait|actually|sorry|"
    r"i was wondering|i wonder|just wondering|wondering|y|pero|buenos d[ií]as|buenas tardes|disculpe|"
    r"una pregunta)\b[\s,:.!-]*)+",
    re.IGNORECASE,
)
_INDIRECT = re.compile(
    r"^(?:(?:can|could) you (?:please )?tell me|(?:i(?:'d| would) like|i want|i need) to (?:know|ask|"
    r"find out|check)|(?:do you|would you) (?:happen to )?know|let me ask|"
    r"i(?:'m| am) (?:wondering|curious|asking)|just (?:checking|curious)|wondering|quiero saber|"
    r"quisiera saber|me puede decir|necesito saber)\b",
    re.IGNORECASE,
)
_TAGS = re.compile(
    r"^(?:is that (?:ok|okay|right|correct|good|all)|ok|okay|right|correct|does that (?:work|help)|"
    r"you know|verdad|si|got it|deal)$"
)
_ACCEPTS = re.compile(
    r"\b(?:take|accept|cover(?:ed|s)?|in[- ]network|participate|work with|bill|aceptan|toman|"
    r"cubre[n]?|en la red|trabajan con)\b"
)
_PRONOUN = re.compile(
    r"\b(?:it|that|this|them|my (?:insurance|plan|carrier|coverage)|mi seguro|ese|eso)\b", re.IGNORECASE
)


def is_tag(clause: Clause) -> bool:
    """True for "is that ok?": it asks for reassurance, not for a fact, and answers nothing."""
    return clause.marked and bool(_TAGS.match(fold(_LEAD.sub("", clause.text)).strip(" ?.!,")))


def is_question(clause: Clause) -> bool:
    """True for text that asks the clinic something, with or without a question mark."""
    bare = _LEAD.sub("", clause.text).strip()
    if _TAGS.match(fold(bare).strip(" ?.!,")):
        return False
    if _INDIRECT.match(bare):
        return True
    return bool(ASKING.match(bare)) or (clause.marked and len(bare) > 3)


def about_acceptance(text: str) -> bool:
    """True when a question asks whether an insurance is taken."""
    return bool(_ACCEPTS.search(fold(text)))


def standalone(text: str, carrier: str | None) -> str:
    """The question without joining words and greetings, ending in "?"; "do you take it" names the carrier meant."""
    bare = _LEAD.sub("", text).strip(" ,;-") or text.strip()
    if carrier and about_acceptance(bare) and (pronoun := _PRONOUN.search(bare)):
        owned = pronoun[0].lower().startswith(("my", "mi "))
        named = f"{pronoun[0]} ({carrier})" if owned else carrier
        bare = bare[: pronoun.start()] + named + bare[pronoun.end() :]
    return bare if bare.endswith("?") else bare.rstrip(".!") + "?"

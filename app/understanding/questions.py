"""Tells questions from statements and makes each question able to stand alone."""

import re

from app.dialogue.slots.fold import fold
from app.understanding.clauses import ASKING, Clause
from app.understanding.slang import spelled_out

_LEAD = re.compile(
    r"^(?:(?:hi|hello|hey|hola|ok|okay|and|but|also|so|well|quick question|one (?:more )?(?:question|"
    r"thing)|question|before (?:that|i answer)|first|oh|um|uh|wait|actually|sorry|"
    r"i was wondering|i wonder|just wondering|wondering|y|pero|buenos d[ií]as|buenas tardes|disculpe|"
    r"una pregunta)\b[\s,:.!-]*)+",
    re.IGNORECASE,
)
_INDIRECT = re.compile(
    r"^(?:(?:(?:can|could) you )?(?:please )?tell me (?!to\b|it\b)|(?:i(?:'d| would) like|i want|i need) to (?:know|"
    r"ask|"
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
    r"\b(?:(?:that|this|the) (?:one|plan|insurance)|it|that|this|them|my (?:insurance|plan|carrier|coverage)|mi seguro|"
    r"es[eao]|ese seguro)\b",
    re.IGNORECASE,
)
_OKAY = re.compile(
    r"^(?:is|are|would|will) (?:it|that|this|they)(?: one)?(?: be)? (?:ok|okay|fine|alright|all right|good|enough|"
    r"accepted|a problem|an issue)\b|^(?:esta bien|sirve|vale|funciona)\b"
)
_LEANS = re.compile(
    r"\b(?:it|that|this|these|those|them|eso|esto|ese|my (?:[\w']+ )?(?:case|claim|situation|condition|problem|injury|"
    r"diagnosis|surgery)|mi (?:caso|problema|lesion))\b"
)
_WISHES = re.compile(
    r"^(?:i(?:'d| would) like|i want|i wanted|i need|i have|just|quiero|quisiera|necesito|tengo|(?:a |"
    r"some )?questions? )",
    re.IGNORECASE,
)


def is_tag(clause: Clause) -> bool:
    """True for "is that ok?": it asks for reassurance, not for a fact, and answers nothing."""
    return clause.marked and bool(_TAGS.match(fold(_LEAD.sub("", clause.text)).strip(" ?.!,")))


def asks_if_taken(clause: Clause) -> bool:
    """True for "is that ok?" said after a plan was named: then it asks whether the plan is taken."""
    return bool(_OKAY.match(fold(_LEAD.sub("", clause.text))))


def tells_a_topic(clause: Clause) -> bool:
    """True for "I want to know about prices": a question elsewhere, a fair answer where the topic is asked for."""
    return not clause.marked and bool(_WISHES.match(_LEAD.sub("", clause.text)))


def is_question(clause: Clause) -> bool:
    """True for text that asks the clinic something, with or without a question mark."""
    bare = spelled_out(_LEAD.sub("", clause.text).strip())
    if _TAGS.match(fold(bare).strip(" ?.!,")):
        return False
    if _INDIRECT.match(bare):
        return True
    return bool(ASKING.match(bare)) or (clause.marked and len(bare) > 3)


def about_acceptance(text: str) -> bool:
    """True when a question asks whether an insurance is taken."""
    return bool(_ACCEPTS.search(fold(text)))


def bare(text: str) -> str:
    """The question without joining words and greetings before it."""
    return spelled_out(_LEAD.sub("", text).strip(" ,;-") or text.strip())


def standalone(text: str, carrier: str | None, told: str | None = None) -> str:
    """The question without joining words and greetings, ending in "?"; "do you take it" names the carrier meant. One
    that leans on what was `told` just before ("do you treat that?") carries those words in brackets."""
    bare = spelled_out(_LEAD.sub("", text).strip(" ,;-") or text.strip())
    pronoun = _PRONOUN.search(bare)
    if carrier and pronoun and (about_acceptance(bare) or _OKAY.match(fold(bare))):
        owned = pronoun[0].lower().startswith(("my", "mi "))
        named = f"{pronoun[0]} ({carrier})" if owned else carrier
        bare = bare[: pronoun.start()] + named + bare[pronoun.end() :]
    elif told and _LEANS.search(fold(bare)):
        bare = f"{bare.rstrip('?.! ')} ({told.strip(' .!,;')})"
    return bare if bare.endswith("?") else bare.rstrip(".!") + "?"

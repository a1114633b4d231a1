"""Short replies: yes, no, skip, "no idea", cancel, "a person, please", hello and thanks, in all languages at once."""

import re
from functools import cache
from typing import Literal

from app.dialogue.slots.fold import fold
from app.dialogue.slots.small_words import small_words
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
        rf"^(?:{one})(?:\s*(?:[,.!;:]|-(?!\w))+\s*|\s*$|\s+(?=(?:but|and|that|it|its|it's|thats|that's|everything|all|i|my|"
        rf"please|wait|except|thanks|pero|y|mi|es)\b))"
    )


def bare(text: str) -> str:
    """Folded, without courtesies and outer punctuation."""
    return " ".join(_POLITE.sub(" ", fold(text)).strip(" ,.!?;:-").split()).strip(" ,.!?;:-")


def is_no(text: str) -> bool:
    """True when the whole text says no."""
    return bool(_whole("no").match(bare(text)))


def leading(text: str) -> tuple[Literal["yes", "no"] | None, str]:
    """A yes or no that opens the text, and the text after it. "no Fridays" opens with neither."""
    folded = fold(text)
    if _CONTRAST.match(folded) or _BUT_WAITS.match(folded):
        return None, text
    for key in ("yes", "no"):
        hit = _leading(key).match(folded)
        if hit and len(folded) == len(text):
            return ("yes" if key == "yes" else "no"), text[hit.end() :].strip(" ,.!;:-")
    return None, text


_BUT_WAITS = re.compile(
    r"^(?:(?:yes|yeah|yep|sure|okay|ok|right|good|si|claro)[\s,.!;-]+)+(?:but |pero |just )*"
    r"(?:wait|hold on|hold up|hang on|not yet|"
    r"(?:(?:give me )?(?:a|one) (?:sec|second|moment|minute|min)|esper[ae]\w*|un momento|un segundo|todavia no|aun no))"
    r"(?: (?:please|a (?:sec|second|moment|minute)|un momento|por favor))*\W*$"
)
_CONTRAST = re.compile(
    r"no,? (?:es|it'?s|era) .*\b(?:sino|but)\b|not .*\bbut\b|"
    r"no (?:es|era|fue) (?!eso\b|asi\b|correct|verdad|ciert)[^,;.]{2,40}[,;.] ?(?:es|era|fue) (?!que\b)\w"
)


_STOPS = re.compile(
    r"^(?:i|we)(?:'ve| have)? (?:no longer|don'?t|do not|dont) (?:want|need|wish)(?: (?:to (?:do|go on|go ahead|"
    r"continue|proceed|"
    r"finish)(?: with)?))?(?: (?:this|it|that|any of (?:this|it)|the (?:referral|request|appointment|callback|call)))?"
    r"(?: any ?more| any longer| after all)?$|^(?:ya )?no (?:quiero|deseo|necesito) (?:seguir|continuar|esto|eso|"
    r"nada|hacerlo)(?: mas)?$"
)
_OF_ANOTHER = re.compile(r"\b(?:my|the|an|mi|la|una)\b.*\b(?:appointment|visit|session|cita|visita)\b|\d")


_CANCELS_REQUEST = re.compile(
    r"(?:cancel|withdraw|delete|stop|take back|undo|cancel[ae]r?|anul[ae]r?) (?:my|the|this|that|mi|la|esta|el) "
    r"(?:whole )?(?:referral|request|callback|call ?back|form|referido|remision|solicitud|llamada)(?: request)?$"
)


def is_cancel(text: str) -> bool:
    """True for "cancel", "never mind, forget it", "I don't want this anymore, please cancel it"; not for "cancel my
    appointment on Friday"."""
    said = _strip_openers(bare(text))
    if (
        _CANCELS_REQUEST.match(said)
        or _whole("cancel").match(said)
        or re.match(any_of(words("cancel")) + r"\W+(?:this|it|that|everything|todo)\b", said)
    ):
        return True
    pieces = [_strip_openers(piece.strip()) for piece in re.split(r"[,;]|\b(?:so|and|y)\b", said)]
    if len(said.split()) > 16 or _OF_ANOTHER.search(said):
        return bool(_STOPS.match(said))
    return any(_STOPS.match(piece) or _whole("cancel").match(piece) for piece in pieces if piece)


def is_start_over(text: str) -> bool:
    """True for "let's start over"."""
    said = bare(text)
    return len(said.split()) <= _LONGEST and bool(pattern("start_over").search(said))


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


def bears_a_refusing_word(text: str) -> bool:
    """True for a few words, none of a sentence, of which one is also a refusal: "Li Na", "Skip Jones", "Joe Pass"."""
    told = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", fold(text))
    refusing = [word for word in told if refusal(word)]
    others = [word for word in told if word not in refusing]
    small = {
        *small_words("clause"),
        *small_words("sentence"),
        *small_words("no_names"),
        *small_words("beside_a_refusal"),
    }
    return len(refusing) == 1 and 1 <= len(others) <= _NAME_AND_MORE and not small.intersection(others)


_NAME_AND_MORE = 3


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


_PAUSES = re.compile(
    r"^(?:(?:ok|okay|sorry|hey|wait|please|um|uh|oh|sure(?: thing)?|alright|yes|yeah|hmm)\b[\s,.]*)*(?:brb|bbl|"
    r"bbiab|be right back|hold (?:on|up)|"
    r"hang on|(?:just )?(?:one|a|1) "
    r"(?:sec|second|moment|minute|min)|(?:just )?give me (?:a|one|two|1|2) (?:sec|second|moment|minute|min)s?|"
    r"let me (?:look|check|find it|see)|looking|"
    r"un (?:momento|segundo|minuto)|espere|espereme|ahorita|dejeme ver|ya vuelvo)\b"
)
_RETURNS = re.compile(
    r"^(?:(?:ok|okay|sorry|hey|so|alright|right|now|i'?m|im|i am)\b[\s,.]*)*(?:back(?: again| now)?|"
    r"here(?: again)?|where (?:were|was) (?:we|i)|"
    r"what (?:was the question|did you (?:ask|need|want)|were you asking|do you need)(?: next| again| me)?|"
    r"(?:ya )?volvi|ya estoy|"
    r"en que (?:estabamos|quedamos)|cual era la pregunta)(?:[\s,.]+(?:again|now|next|there))*$"
)


_LONGEST_PAUSE = 16
_BECAUSE = re.compile(
    r"[\s,.!-]*(?:please |por favor )?[\s,.]*(?:while|until|till|so|to|for|let me|gotta|(?:i|i'?m|i'?ll|im|we|my|"
    r"the|her|his|it'?s) (?!am\b|name)\w+|"
    r"some(?:body|one)|there'?s|someone'?s|que|mientras|en lo que|voy|tengo|me|mi|deje\w*|estoy|hay)\b"
)
"""Why somebody leaves the keyboard."""


def pause(text: str) -> Literal["pause", "back"] | None:
    """Whether somebody leaves the keyboard for a while, or comes back to it."""
    said = bare(text)
    away = _PAUSES.match(said)
    if away and not re.search(r"\d{3}|@", said):
        short = len(said.split()) <= 6
        if short or (len(said.split()) <= _LONGEST_PAUSE and _BECAUSE.match(said[away.end() :])):
            return "pause"
    return "back" if _RETURNS.match(said) else None

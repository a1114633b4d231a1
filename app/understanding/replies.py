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
        rf"^(?:{one})(?:\s*[,.!;:-]+\s*|\s*$|\s+(?=(?:but|and|that|it|its|it's|thats|that's|everything|all|i|my|"
        rf"please|wait|except|thanks|pero|y|mi|es)\b))"
    )


def bare(text: str) -> str:
    """Folded, without courtesies and outer punctuation."""
    return " ".join(_POLITE.sub(" ", fold(text)).strip(" ,.!?;:-").split()).strip(" ,.!?;:-")


_ITS = re.compile(
    r"^(?:(?:yes|yeah|ok|si)[\s,.]+)*(?:it'?s|it is|that'?s|that is|they'?re|everything(?:'s| is)?|all of (?:it|"
    r"that|this|them)(?: is| are)?|all|it|that|this|"
    r"todo(?: esta)?|esta)\s+(?:all\s+|now\s+|looks?\s+|seems?\s+|sounds?\s+)?"
)


def is_yes(text: str) -> bool:
    """True when the whole text says yes, however often."""
    said = re.sub(r"(?<=\w) (?:to me|for me|with me|by me|on my end|from here|over here)$", "", bare(text))
    return bool(_whole("yes").match(said) or _whole("yes").match(_ITS.sub("", said)))


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
_CONTRAST = re.compile(r"no,? (?:es|it'?s|era) .*\b(?:sino|but)\b|not .*\bbut\b")
_YES_FIRST = re.compile(r"^(?:yes|yeah|yep|yup|yea|sure|okay|ok|perfect|si|claro|correct)\b(?! (?:the|my|that the)\b)")


_YES_BUT = re.compile(
    r"^(?:(?:yes|yeah|yep|yup|yea|sure|okay|ok|si|claro|correct|right|(?:looks|sounds|all) (?:good|right|"
    r"great|correct))\b[\s,.!;-]*)+(?:but|except(?: for)?|only(?: that)?|however|though|just not|pero|excepto|"
    r"salvo)\b[\s,:]*"
)


def yes_but(text: str) -> str | None:
    """What follows "yes, but ..."; None for a text that does not begin so. Such a yes agrees to the rest alone."""
    folded = fold(text)
    hit = _YES_BUT.match(folded) if len(folded) == len(text) else None
    return text[hit.end() :].strip(" ,.!;:-") if hit else None


def opens_with_yes(text: str) -> bool:
    """True for "yep thats rite": a yes and a few words that say nothing else, whatever their spelling."""
    said = bare(text)
    return bool(_YES_FIRST.match(said)) and len(text.split()) <= _LONGEST and not _BUT_WAITS.match(said)


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


_REST = re.compile(
    r"^(?:but |and |the |y )*(?:otherwise|other than that|apart from that|aside from that|besides that|"
    r"except for that|rest|everything else|"
    r"all else|all the rest|other things?|others|lo demas|todo lo demas|el resto|por lo demas)\b[\s,:]*(?:(?:it|"
    r"that|is|are|was|looks?|seems?|"
    r"sounds?|all|'s|everything|todo|esta|estan|se ve|es)\b\s*)*(?P<word>.*)$"
)
_ALL_BUT = re.compile(
    r"^(?:(?:yes|yeah|ok|okay|si)[\s,.]+)*(?:everything|it all|all(?: of (?:it|that))?|that'?s all|it'?s all|"
    r"todo)(?:'s| is| looks?| seems?| esta)?(?: all)? "
    r"(?:good|right|correct|fine|great|perfect|ok|okay|bien|correcto)[\s,.]*(?:(?:except|but|apart from|other than|"
    r"only|just|besides|pero|excepto|menos|"
    r"salvo|solo)\b(?: (?:for|that|que))?)\s*"
)
_CLOSING = (
    re.compile(
        r"[\s,.;-]+(?:(?:and|then|y|entonces|luego|after that|with that)[\s,]+)+(?:(?:please|you can|just|go ahead and|"
        r"por favor|puede)\s+)*(?P<yes>[^,;.]{1,40})$"
    ),
    re.compile(r"\s*[,.;]+\s*(?P<yes>[^,;.]{1,30})$"),
)


def rest_is_right(text: str) -> bool:
    """True for "otherwise all good", "the rest is right": a yes to what was not changed."""
    hit = _REST.match(bare(text))
    return hit is not None and (not hit["word"].strip() or is_yes(hit["word"]))


def all_but(text: str) -> str | None:
    """What follows "everything is right except"; None for anything else."""
    folded = fold(text)
    hit = _ALL_BUT.match(folded)
    return text[hit.end() :] if hit and hit.end() < len(folded) == len(text) else None


def closing_yes(text: str) -> str | None:
    """The text before a yes that closes it ("phone is 571-555-0111, then send it"); None when none does."""
    for form in _CLOSING:
        if (hit := form.search(text)) is None:
            continue
        head = text[: hit.start()].strip(" ,;.")
        if head and (is_yes(hit["yes"]) or rest_is_right(hit["yes"])):
            return head
    return None


_PAUSES = re.compile(
    r"^(?:(?:ok|okay|sorry|hey|wait|please|um|uh|oh)\b[\s,.]*)*(?:brb|bbl|bbiab|be right back|hold (?:on|up)|"
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


def pause(text: str) -> Literal["pause", "back"] | None:
    """Whether somebody leaves the keyboard for a while, or comes back to it."""
    said = bare(text)
    if len(said.split()) <= 6 and _PAUSES.match(said) and not re.search(r"\d{3}|@", said):
        return "pause"
    return "back" if _RETURNS.match(said) else None

"""Answers out of a few: one of a slot's choices, or yes and no."""

import re

from rapidfuzz import fuzz, process

from app.dialogue.slots.fold import fold
from app.dialogue.slots.result import ParseContext, Parsed, Rejected
from app.dialogue.slots.small_words import small_words

_YES = re.compile(
    r"\b(?:yes|y|ya|yeah|yep|yup|yea|sure|correct|right|ok|okay|true|absolutely|definitely|certainly|of course|"
    r"affirmative|indeed|obviously|you bet|i guess(?: so)?|uh[- ]?huh|m+[- ]?h+m+|already (?:did|done|have)|"
    r"i do|i am|i have|i did|i can|i will|i think so|i believe so|we do|we have|we are|"
    r"(?:he|she|it) (?:does|is|has|did)|they (?:do|are|have)|"
    r"si|claro|correcto|exacto|vale|sip|dale|por supuesto|desde luego|creo que si|asi es|cierto|afirmativo)\b"
)
_NO = re.compile(
    r"\b(?:no|n|nope|nah|nel|uh[- ]?uh|not|none|never|false|negative|cannot|"
    r"(?:do|does|did|is|are|was|has|have|had|can|will|would)n'?t|"
    r"i don't think so|ninguno|ninguna|tampoco|nunca|jamas|para nada|creo que no)\b"
)
_DOUBT = re.compile(
    r"\b(?:not sure|unsure|don'?t know|dunno|no idea|maybe|perhaps|it depends|"
    r"no se|tal vez|quizas?|no estoy segur[oa]|depende)\b"
)
_NO_TROUBLE = re.compile(r"(?:no|not a) (?:problem|trouble|worries)|sin problemas?|ningun problema|no hay problema")
_PLACES = {
    word: place
    for place, words in enumerate(
        (
            "first one a primero primera uno una",
            "second two b segundo segunda dos",
            "third three c tercero tercera tercer tres",
            "fourth four d cuarto cuarta cuatro",
            "fifth five e quinto quinta cinco",
            "sixth six f sexto sexta seis",
        )
    )
    for word in words.split()
}
_LAST = re.compile(r"\b(?:the )?last(?: one| option)?\b|\b(?:el|la) ultim[oa]\b")
LIKE = 85
"""From 0 to 100: how like a choice words must be, and by how much more than any other choice."""
MORE_LIKE = 5


def yes_no(said: str, _context: ParseContext) -> Parsed | Rejected:
    """ "yes" or "no", whichever word comes first; "of course not" is a no, and doubt is neither."""
    text = fold(said)
    if _NO_TROUBLE.fullmatch(text.strip(" .!")) or "👍" in said:
        return Parsed("yes")
    no, yes = _NO.search(text), _YES.search(text)
    if _DOUBT.search(text) or not (no or yes):
        return Rejected("yes_no_unclear")
    if no is None or yes is None:
        return Parsed("yes" if yes else "no")
    taken_back = re.match(r"\s*(?:not|no|never)\b", text[yes.end() :]) or text[yes.end() :].startswith("n't")
    return Parsed("no" if taken_back or no.start() <= yes.start() else "yes")


def choice(said: str, context: ParseContext) -> Parsed | Rejected:
    """The option that the words name: by its place, in full, by a word that only it has, or misspelled."""
    text, options = fold(said), context.choices
    folded = {fold(option): option for option in options}
    named = [option for key, option in folded.items() if re.search(rf"(?<!\w){re.escape(key)}(?!\w)", text)]
    if len(named) == 1:
        return Parsed(named[0])
    if not named and (place := _place(text, len(options))) is not None:
        return Parsed(options[place]) if place < len(options) else Rejected("choice_unclear")
    words = {_stem(word) for word in re.findall(r"\w+", text) if len(word) > 2}
    own = [option for key, option in folded.items() if words & (_stems(key) - _shared(folded))]
    if len(own) == 1:
        return Parsed(own[0])
    best = process.extract(text, list(folded), scorer=fuzz.ratio, score_cutoff=LIKE, limit=2)
    if best and (len(best) == 1 or best[0][1] >= best[1][1] + MORE_LIKE):
        return Parsed(folded[best[0][0]])
    return Rejected("choice_unclear")


def _place(text: str, count: int) -> int | None:
    """Which place, from 0, the words tell, perhaps one beyond the options; None when they tell none or several."""
    if count % 2 and re.search(r"\b(?:middle|medio|en medio)\b", text):
        return count // 2
    if _LAST.fullmatch(text.strip(" .!")) or (_LAST.search(text) and len(text.split()) <= 4):
        return count - 1
    words = re.findall(r"[a-z]+|\d+", text)
    told = [word for word in words if word not in small_words("about_places")] or [
        word for word in words if word == "one"
    ]
    if len(told) != 1:
        return None
    if told[0].isdigit():
        return int(told[0]) - 1 if 0 < int(told[0]) < 100 else None
    return _PLACES.get(told[0])


def _stem(word: str) -> str:
    return word.removesuffix("s")


def _stems(text: str) -> set[str]:
    return {_stem(word) for word in re.findall(r"\w+", text)}


def _shared(folded: dict[str, str]) -> set[str]:
    """Words that more than one option has."""
    seen: set[str] = set()
    twice: set[str] = set()
    for key in folded:
        words = _stems(key)
        twice |= seen & words
        seen |= words
    return twice

"""Answers out of a few: one of a slot's choices, or yes and no."""

import re

from rapidfuzz import fuzz, process

from app.dialogue.slots.fold import fold
from app.dialogue.slots.result import ParseContext, Parsed, Rejected

_YES = re.compile(
    r"\b(?:yes|y|ya|yeah|yep|yup|yea|sure|correct|right|ok|okay|true|absolutely|definitely|certainly|of course|"
    r"affirmative|indeed|i do|i am|i have|i did|i can|i will|i think so|i believe so|we do|we have|we are|"
    r"(?:he|she|it) (?:does|is|has|did)|they (?:do|are|have)|"
    r"si|claro|correcto|exacto|vale|por supuesto|desde luego|creo que si|asi es|cierto|afirmativo)\b"
)
_NO = re.compile(
    r"\b(?:no|n|nope|nah|not|none|never|false|negative|(?:do|does|did|is|are|was|has|have|had|can|will|would)n'?t|cannot|"
    r"i don't think so|ninguno|ninguna|tampoco|nunca|jamas|para nada|creo que no)\b"
)
_DOUBT = re.compile(
    r"\b(?:not sure|unsure|don'?t know|dunno|no idea|maybe|perhaps|it depends|"
    r"no se|tal vez|quizas?|no estoy segur[oa]|depende)\b"
)
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
_ABOUT_PLACES = frozenset(
    {
        "the",
        "one",
        "option",
        "number",
        "choice",
        "please",
        "el",
        "la",
        "opcion",
        "numero",
        "i",
        "want",
        "would",
        "like",
        "take",
        "that",
        "por",
        "favor",
    }
)
_LAST = re.compile(r"\b(?:the )?last(?: one| option)?\b|\b(?:el|la) ultim[oa]\b")
LIKE = 85
"""From 0 to 100: how like a choice words must be, and by how much more than any other choice."""
MORE_LIKE = 5


def yes_no(said: str, _context: ParseContext) -> Parsed | Rejected:
    """ "yes" or "no": a no anywhere before a yes, as in "I don't", wins; doubt is neither."""
    text = fold(said)
    if _DOUBT.search(text):
        return Rejected("yes_no_unclear")
    no, yes = _NO.search(text), _YES.search(text)
    if no and (not yes or no.start() <= yes.start() or not re.match(r"\W|$", text[yes.end() : yes.end() + 1])):
        return Parsed("no")
    if (
        yes
        and no
        and re.fullmatch(r"(?:i|we|they|he|she|it) \w+", yes[0])
        and re.match(r"\s*(?:not|no|never)\b", text[yes.end() :])
    ):
        return Parsed("no")
    return Parsed("yes") if yes else Rejected("yes_no_unclear")


def choice(said: str, context: ParseContext) -> Parsed | Rejected:
    """The option that the words name: by its place, in full, by a word that only it has, or misspelled."""
    text, options = fold(said), context.choices
    folded = {fold(option): option for option in options}
    named = [option for key, option in folded.items() if re.search(rf"(?<!\w){re.escape(key)}(?!\w)", text)]
    if len(named) == 1:
        return Parsed(named[0])
    if not named and (place := _place(text, len(options))) is not None:
        return Parsed(options[place]) if place < len(options) else Rejected("choice_unclear")
    words = {word for word in re.findall(r"\w+", text) if len(word) > 2}
    own = [option for key, option in folded.items() if words & (set(re.findall(r"\w+", key)) - _shared(folded))]
    if len(own) == 1:
        return Parsed(own[0])
    best = process.extract(text, list(folded), scorer=fuzz.WRatio, score_cutoff=LIKE, limit=2)
    if best and (len(best) == 1 or best[0][1] >= best[1][1] + MORE_LIKE):
        return Parsed(folded[best[0][0]])
    return Rejected("choice_unclear")


def _place(text: str, count: int) -> int | None:
    """Which place, from 0, the words tell, perhaps one beyond the options; None when they tell none or several."""
    if _LAST.fullmatch(text.strip(" .!")) or (_LAST.search(text) and len(text.split()) <= 4):
        return count - 1
    words = re.findall(r"[a-z]+|\d+", text)
    told = [word for word in words if word not in _ABOUT_PLACES] or [word for word in words if word == "one"]
    if len(told) != 1:
        return None
    if told[0].isdigit():
        return int(told[0]) - 1 if 0 < int(told[0]) < 100 else None
    return _PLACES.get(told[0])


def _shared(folded: dict[str, str]) -> set[str]:
    """Words that more than one option has."""
    seen: set[str] = set()
    twice: set[str] = set()
    for key in folded:
        words = set(re.findall(r"\w+", key))
        twice |= seen & words
        seen |= words
    return twice

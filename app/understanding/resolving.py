"""Gives a question that leans on the one before it the words it leaves unsaid."""

import re
from collections.abc import Mapping

from app.dialogue.slots.fold import fold
from app.dialogue.slots.insurance import find_payer
from app.understanding.clauses import ASKING
from app.understanding.leaning import BARE, content, leaning, points

_TAKES_UP = re.compile(
    r"^(?:(?:and|also|or|but|ok|okay|so|then|y|pero|tambi[eé]n|entonces|if (?:so|not))\b[\s,]*)*"
    r"(?:(?:(?:what|how) about|(?:the )?same (?:for|with|thing (?:for|with))|y?\s*qu[eé] (?:tal|hay de|pasa con)|"
    r"lo mismo (?:para|con))\s+)?",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"^(?:who|what|which|when|where|why|how|do|does|did|is|are|am|can|could|will|would|should|must|may|have|has|"
    r"que|cual|cuando|donde|como|cuanto|cuanta|quien|aceptan|tienen|hay|puedo|hacen)\b"
)
_FRAME = re.compile(
    r"^¿?(?:(?:so|and|also|ok|hi|hello|y)\b[\s,]*)*(?:(?:"
    r"(?:how (?:much|long|soon|often|many|late|early|far)|what|when|where|why|who|which|whose)(?:'s|\b)"
    r"(?: (?:age|ages|kinds? of|types? of|days?|time))?"
    r"(?: (?:is|are|was|do|does|did|can|could|should|would|will|must))?|"
    r"do|does|did|is|are|can|could|will|would|should|must|may|have|has|"
    r"que|cual|cuando|donde|como|cuanto|quien|es|son)\b"
    r"(?: (?:there|i|you|we|they|it|u|y'?all)\b)?(?: guys\b)?"
    r"(?: (?:have|has|do|offer|take|accept|treat|see|need|get|provide|sell|make|speak|use|charge(?: for)?|work with|"
    r"go with|cost|cuesta)\b)?|(?:¿)?(?:aceptan|toman|tienen|hay|ofrecen|hacen|atienden|tratan)\b)\s*"
)
_WHICH = re.compile(r"(?:how|what|which|when|where|who|why|cuanto|cuanta|cuando|donde|que|cual|quien)\b")
_IF_SO = re.compile(r"^(?:and |but |or )?if (?:so|not)\b")
_DAY = re.compile(
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\bweekends?\b|\bweekdays?\b|\bholidays?\b|"
    r"\b(?:lunes|martes|miercoles|jueves|viernes|sabados?|domingos?)\b"
)
_PEOPLE = re.compile(
    r"\b(?:kids?|child|children|adults?|teens?|teenagers?|babies|baby|toddlers?|seniors?|son|daughter|husband|wife|mom|"
    r"mother|dad|father|parents?|patients?|men|women|students?|athletes?|runners?|ninos?|adultos?|hij[oa]s?|mayores)\b"
)
_ADJUNCT = re.compile(
    r"^(?:if|when|on|in|at|for|with|without|after|before|during|by|from|to|si|con|sin|para|en|los|las|el)\b"
)
_ARTICLE = re.compile(r"^(?:a|an|the|my|your|any|some|for|with|un|una|el|la|los|las)\s+", re.IGNORECASE)
_OBJECT = re.compile(
    r"^(?P<head>(?:and |so )?(?:(?:do|does|can|could|will|would) (?:you|they|i|we)(?: guys)? \w+|(?:is|are) there|"
    r"how (?:much|long|often) (?:is|are|does|do|for)|"
    r"what(?:'s| is| are| does| do| would)(?: the (?:price|cost|fee) (?:of|for))?|"
    r"who (?:treats|does|sees|handles)|when do i start after|"
    r"aceptan|toman|tienen|hay|ofrecen|hacen|atienden|cuanto cuestan?))"
    r" (?P<object>[\w' .&/-]+?)(?P<tail> (?:cost|take|last|work))?$"
)
_COUNTED = re.compile(
    r"^(?:how (?:much|many)|what|which) (?P<what>(?!(?:is|are|do|does|can|should|would|will|if|about)\b)[\w' -]+?) "
    r"(?:do|does|are|is|can|should|did|would|will) (?:i|you|we|they|it|there)\b"
)
_TRAILING = re.compile(
    r"(?:\s+(?:good|valid|open|closed|available|covered|needed|required|due|offered))?(?:\s+(?:for|with|on|in|at|"
    r"to|from))?$",
    re.IGNORECASE,
)
# Words that ask for something of another thing: the fee, the wait, the limit of what?
_OF_SOMETHING = re.compile(
    r"\b(?:an?|any|the|some|what|extra|additional|una?|el|la) (?:extra |additional )?"
    r"(?:fees?|charges?|costs?|price|wait|waitlist|limit|discounts?|deadline|alternatives?|catch|"
    r"requirements?|length|extra|tarifa|precio|costo)\b|^what\b.*\binstead$"
)
MOST_WORDS_OF_A_SUBJECT = 9
MOST_WORDS_TAKEN_UP = 7
FEW_WORDS = 5


def resolved(question: str, before: str, payers: Mapping[str, str], *, goes_on: bool = False) -> str:
    """`question` as it is when it stands alone; else with what it takes from `before`, the question asked last.
    `goes_on` says that joining words before it took that up ("and")."""
    if not before or not leaning(question):
        return question
    bare = question.strip(" ?.!¿")
    taken_up = _TAKES_UP.sub("", bare, count=1).strip(" ,")
    folded = fold(taken_up)
    fragment = (
        bool(taken_up)
        and not _ASKS.match(folded)
        and not ASKING.match(taken_up)
        and len(taken_up.split()) <= MOST_WORDS_TAKEN_UP
    )
    goes_on = goes_on or taken_up != bare
    if fragment and (goes_on or not points(bare)):
        return _in_place(taken_up, before.strip(" ?.!"), payers, sure=goes_on) or question
    words = len(bare.split())
    bare_kind = not content(bare) and words <= BARE and bool(_WHICH.match(fold(bare)))
    if (
        points(bare, before)
        or _IF_SO.match(fold(bare))
        or bare_kind
        or (words <= FEW_WORDS and _OF_SOMETHING.search(fold(bare)))
    ):
        return _about(bare, before)
    return question


def _in_place(said: str, before: str, payers: Mapping[str, str], *, sure: bool) -> str:
    """`before` with `said` in the place of what it is like: a plan for a plan, a day for a day, a thing for a thing.
    What is like nothing there is added when it is `sure` that it goes on; else nothing comes back."""
    folded, earlier = fold(said), fold(before)
    if len(earlier) == len(before):
        old, new = find_payer(earlier, payers), find_payer(folded, payers)
        if old and new:
            return f"{before[: old[0]]}{_ARTICLE.sub('', said)}?"
        if new:
            return ""
        day = _DAY.search(earlier)
        if day and _DAY.search(folded):
            return f"{before[: day.start()]}{_DAY.search(folded)[0]}{before[day.end() :]}?"  # type: ignore[index]
        thing = _OBJECT.match(earlier)
        if thing and not _ADJUNCT.match(folded) and not _PEOPLE.search(folded):
            return (
                f"{before[: thing.start('object')]}{said}{_shared_end(earlier, folded)}{before[thing.end('object') :]}?"
            )
    if not sure and not _ADJUNCT.match(folded):
        return ""
    joint = " " if _ADJUNCT.match(folded) else ", "
    return f"{before}{joint}{said}?"


def _shared_end(earlier: str, said: str) -> str:
    """ "A total knee replacement" and "a hip" share their last word, "the first visit" and "follow-ups" none."""
    words = earlier.split()
    lone = len(_ARTICLE.sub("", said).split()) == 1
    shares = lone and re.search(r"\b(?:surgery|replacement|repair|reconstruction|fusion|release|fracture)$", earlier)
    return f" {words[-1]}" if shares else ""


def _about(bare: str, before: str) -> str:
    about = subject(before)
    if not about or bare.endswith(")") or set(fold(about).split()) <= set(fold(bare).split()):
        return f"{bare}?"
    return f"{bare} ({about})?"


def subject(question: str) -> str:
    """What a question is about, without the words that ask: "a pool" of "do you have a pool?"."""
    bare = re.sub(r"^[¿\s]+|[?.!\s]+$", "", question)
    folded = fold(bare)
    if len(folded) != len(bare):
        return bare
    bracket = re.search(r"\(([^()]+)\)$", bare)
    if bracket:
        return bracket[1]
    counted = _COUNTED.match(folded)
    if counted:
        return bare[slice(*counted.span("what"))]
    frame = _FRAME.match(folded)
    rest = bare[frame.end() :].strip(" ,") if frame else bare
    rest = _TRAILING.sub("", rest)
    rest = re.sub(r"\s+(?:cost|take|last)$", "", rest)
    rest = _ARTICLE.sub("", rest)
    return " ".join(rest.split()[:MOST_WORDS_OF_A_SUBJECT])

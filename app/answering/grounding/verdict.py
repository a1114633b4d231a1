"""`supported`: the whole test of one sentence, from what it must not be to where it stands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.answering.days import days_named
from app.answering.grounding.comparing import missing, statements
from app.answering.grounding.opening import answers, opened
from app.answering.grounding.payers import speaks_of_payers
from app.answering.grounding.pieces import ON_DAYS, read
from app.answering.grounding.places import Place, places
from app.answering.grounding.verbatim import stands_in
from app.answering.grounding.vocabulary import language_in, vocabulary
from app.answering.terms import fold
from knowledge.types import Passage

# Characters; no sentence for a patient is so long, and some patterns take their time over one that is.
LONGEST = 600


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence may be shown. `why` names what forbids it, for logs and tests; `passages` are those of
    the cited ones that support it."""

    supported: bool
    why: str = ""
    passages: tuple[Passage, ...] = field(default=())


def supported(sentence: str, cited: Sequence[Passage], question: str) -> Verdict:
    """Whether `cited` say what `sentence` says in answer to `question`; English and Spanish in any mix. Never
    raises."""
    text = " ".join(sentence.split())
    if why := _unfit(text):
        return Verdict(False, why)
    verbatim = tuple(passage for passage in cited if stands_in(text, passage.chunk))
    if verbatim:
        return Verdict(True, "verbatim", verbatim)
    if text.rstrip(' "”’*_').endswith("?"):
        return Verdict(False, "question")
    rest, opening = opened(text)
    found = list(places(cited))
    return _checked(rest, opening, found, question)


def _unfit(text: str) -> str:
    folded = fold(text)
    if not re.search(r"\w", text):
        return "no statement"
    if re.match(r"[,;:.)!?]", text):
        return "fragment"
    if len(text) > LONGEST:
        return "too long"
    if vocabulary().talk["first_person"].search(folded):
        return "first person"
    if vocabulary().talk["instruction"].search(folded):
        return "instruction"
    return "payer" if speaks_of_payers(text) else ""


def _checked(rest: str, opening: str, found: Sequence[Place], question: str) -> Verdict:
    language = language_in(rest)
    said, asked = read(rest, language), read(question)
    asked_names = frozenset(name for piece in (*asked.stated, *asked.conditions) for name in piece.names)
    each = statements(said, asked_names - ON_DAYS, days_named(question), language)
    if not each or not any(one.piece.words or one.piece.figures for one in each):
        return Verdict(False, "no statement")
    supporting: list[Place] = []
    for one in each:
        reasons = []
        for place in found:
            why = missing(one, place)
            if not why:
                supporting.append(place)
                break
            reasons.append(why)
        else:
            return Verdict(False, min(reasons, key=_farness, default="no passage"))
    if opening and (why := answers(opening, said, asked, supporting, question)):
        return Verdict(False, why)
    return Verdict(True, "", tuple(dict.fromkeys(place.passage for place in supporting)))


_ORDER = ("limited", "under", "left out", "figure left", "day", "number", "figure", "word", "nothing")


def _farness(why: str) -> int:
    return next((at for at, start in enumerate(_ORDER) if why.startswith(start)), 0)

"""Sentences that open with yes or no: right only where the rest of them answers the question so."""

from collections.abc import Sequence

from app.answering.days import days_named
from app.answering.grounding.pieces import Names, Sentence
from app.answering.grounding.places import Place
from app.answering.grounding.polarity import DENIED, added, manner
from app.answering.grounding.vocabulary import vocabulary
from app.answering.terms import fold
from app.answering.units import POLAR


def opened(text: str) -> tuple[str, str]:
    """(the rest, "yes", "no" or "")."""
    folded = fold(text)
    for answer, key in (("no", "denied"), ("yes", "affirmed")):
        hit = vocabulary().talk[key].match(folded)
        if hit:
            return text[hit.end() :] if len(folded) == len(text) else folded[hit.end() :], answer
    return text, ""


def answers(opening: str, said: Sentence, asked: Sentence, places: Sequence[Place], question: str) -> str:
    """Why the opening is no answer to the question, or ""."""
    if not POLAR.match(question) and not question.lstrip().startswith("¿"):
        return "opening: not asked"
    wanted = [word for piece in (*asked.stated, *asked.conditions) for word in piece.words]
    if any(_same_question(place, opening, wanted) for place in places):
        return ""
    marks = added(*(piece.marks for piece in said.stated))
    theirs = added(*(piece.marks for piece in asked.stated))
    same = (manner(marks) in DENIED) is (manner(theirs) in DENIED)
    if same is not (opening == "yes"):
        return "opening: polarity"
    there = frozenset(n for p in places for piece in (*p.stated, *p.always) for n in piece.names)
    there |= frozenset(n for p in places for n in p.around) | vocabulary().light
    there |= frozenset(n for piece in (*said.stated, *said.conditions) for n in piece.names)
    if not all(word & there for word in wanted):
        return "opening: not what was asked"
    days = frozenset(day for piece in (*said.stated, *said.conditions) for day in piece.days)
    if not days_named(question) <= days | (
        frozenset(d for p in places for x in p.stated for d in x.days) if not days else frozenset()
    ):
        return "opening: day"
    if marks.get("only") and not theirs.get("only"):
        return "opening: only"
    return ""


def _same_question(place: Place, opening: str, wanted: Sequence[Names]) -> bool:
    """Whether the paper answers this very question so."""
    known = frozenset(name for word in wanted for name in word)
    return (
        bool(wanted) and place.opening == opening and all(word & place.lead for word in wanted) and place.lead <= known
    )

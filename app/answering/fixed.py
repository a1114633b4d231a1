"""Recognises the questions that no paper may answer, whatever it says: the patient's own record, live data, medical
advice, a promise of coverage, and what they are talking to. Narrow on purpose: a normal question must never end
here."""

from enum import StrEnum
from functools import lru_cache

from app.answering.fences import fenced
from app.answering.patterns import patterns
from app.answering.terms import data, fold
from app.dialogue.language import Language


class Fixed(StrEnum):
    """Why a question gets a fixed sentence; each value is a key of the wording files."""

    ASSISTANT = "assistant"
    MEDICAL = "medical"
    PERSONAL = "personal"
    LIVE = "live"
    COVERAGE = "coverage"


def recognise(question: str) -> Fixed | None:
    """The fixed sentence that `question` gets, or None for a question that the papers may answer."""
    folded = " ".join(fold(question).split())
    listed = (key for key, pattern in patterns("fixed.yaml", "fixed").items() if pattern.search(folded))
    key = next(listed, None) or fenced(question)
    return Fixed(key) if key else None


@lru_cache(maxsize=8)
def phrases(language: Language) -> dict[str, str]:
    """The sentences of a language's wording file by key."""
    texts: dict[str, str] = data(f"wording/{language}.yaml")
    return texts


def wording(fixed: Fixed, language: Language) -> str:
    """The sentence that a patient reads."""
    return phrases(language)[fixed]

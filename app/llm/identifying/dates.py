"""Full calendar days, which may be somebody's birth, and near words for it anything that tells a day or a year."""

import re
from collections.abc import Iterator

from app.llm.identifying.spans import Span
from app.llm.identifying.spoken import MONTH, NUMBER_WORD, ORDINAL

_SEP = r"[ \t]?[/. -][ \t]?"
_SAID = rf"(?:\d{{1,4}}(?:st|nd|rd|th)?|{NUMBER_WORD}|{ORDINAL})"
_FULL = re.compile(
    rf"(?<!\d)(?:\d{{4}}{_SEP}\d{{1,2}}{_SEP}\d{{1,2}}|\d{{1,2}}{_SEP}\d{{1,2}}{_SEP}'?\d{{2,4}})(?!\d)"
    rf"|\b{MONTH}\.?[ \t]*(?:the[ \t]+)?\d{{1,2}}(?:st|nd|rd|th)?[ \t]*,?[ \t]*"
    r"(?:(?:of|de|del|in)[ \t]+)?'?(?:\d{4}|\d\d)(?![\d:])"
    rf"|(?<!\d)\d{{1,2}}(?:st|nd|rd|th)?[ \t/.-]*(?:of[ \t]+|de[ \t]+)?{MONTH}[ \t/.,-]*"
    r"(?:(?:of|del?|in)[ \t]+)?'?(?:\d{4}|\d\d)(?![\d:])"
)
_CUE = re.compile(
    r"\b(?:d\.?o\.?b\b\.?|b-?day|birth\w*|born|nacimiento|naci\b|nacio\b|nacid[oa]\b|cumple\w*|fecha de nac\w*)"
)
_NEAR = 40
_PART = re.compile(
    rf"\b{MONTH}\b(?:[\s,.]{{1,3}}(?:(?:the|of|de|del|in|el)\s)?{_SAID}\b){{1,6}}"
    rf"|\d{{1,4}}(?:st|nd|rd|th)?(?:[\s/.,-]{{1,3}}(?:of\s|de\s|del\s)?(?:\d{{1,4}}|{MONTH})\b){{0,3}}"
)


def date_spans(folded: str) -> Iterator[Span]:
    """Every such place in folded text."""
    for hit in _FULL.finditer(folded):
        yield Span(hit.start(), hit.end(), "BIRTH_DATE")
    for cue in _CUE.finditer(folded):
        for hit in _PART.finditer(folded, cue.end(), min(len(folded), cue.end() + _NEAR)):
            yield Span(hit.start(), hit.end(), "BIRTH_DATE")
        before = list(_PART.finditer(folded, max(0, cue.start() - _NEAR), cue.start()))
        for hit in before[-1:]:
            if re.fullmatch(
                r"\W*(?:(?:is|was|es|my|mi|the|on|her|his|i|he|she|was|were)\W+){0,4}", folded[hit.end() : cue.start()]
            ):
                yield Span(hit.start(), hit.end(), "BIRTH_DATE")

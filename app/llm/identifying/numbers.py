"""Numbers that point to a person: telephone and member numbers, and any longer one whose meaning is not plain (a price,
a time of day and a year are)."""

import re
from collections.abc import Iterator

from app.dialogue.spelled import spelled_runs
from app.llm.identifying.known import Known
from app.llm.identifying.spans import Kind, Span
from app.llm.identifying.spoken import NUMBER_WORD
from app.llm.identifying.vocabulary import marks

_HARMLESS = re.compile(
    r"[$€£]\s?\d[\d,]{0,9}(?:\.\d\d?)?(?!\d)"
    r"|(?<![\d,.-])\d{1,3}(?:,?\d{3})?(?:\.\d\d)?\s?(?:dollars|bucks|usd|euros|pesos|dolares|cents|percent|mg|%)"
    r"|(?<![\d:.-])\d{1,2}:\d\d(?:\s?[ap]\.?m\b)?(?![\d:])|(?<![\d:.-])\d{1,2}\s?[ap]\.?m\b"
)
_RUN = re.compile(r"\d+(?:[^\w\n]{1,3}\d+)*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_MIXED = re.compile(r"(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]+(?:[-_.#/]{1,2}[a-z\d]+)*(?![^\W_])")
_PLAIN_MIXED = re.compile(
    r"[a-z]{1,2}\d{1,2}(?:[-/][a-z]?\d{1,2})?|a1c|covid-?19|\d{4}s|\d{1,2}[a-z]"
    r"|\d{1,3}(?:st|nd|rd|th|am|pm|mg|ml|cm|mm|kg|lbs?|ft|in|x|s|yo|yrs?|h|hrs?|mins?|wks?|mos?|k|ish)(?:-\d{1,2}[a-z]{0,2})?"
)
_MEMBER = re.compile(
    r"\b(?:member(?:ship)?|subscriber|policy|group|medicare|medicaid|insurance|card|plan|claim|poliza|afiliado|miembro|id)"
    r"(?:[ \t]*(?:id|i\.d\.|identification|number|no\.?|num\.?|numero|card|#|is|es|:|=|-)){0,4}[ \t]{0,3}"
    r"(?P<number>(?:[a-z]{1,4}[ \t-]{0,2})?[a-z]*\d[a-z\d]*(?:[ \t.-]{1,2}[a-z]{0,3}\d[a-z\d]*){0,8})"
)
_SPELLED = re.compile(
    rf"\b{NUMBER_WORD}(?:[\s,.-]{{1,3}}(?:(?:y|and|then|luego)\s)?(?:{NUMBER_WORD}|\d{{1,4}})\b){{3,}}"
)
_LONG, _PHONES = 5, range(10, 16)


def number_spans(folded: str, known: Known) -> Iterator[Span]:
    """Every such place in folded text."""
    for hit in _MEMBER.finditer(folded):
        if sum(char.isdigit() for char in hit["number"]) >= 3 and not _YEAR.fullmatch(hit["number"].strip()):
            yield Span(*hit.span("number"), "MEMBER_ID")
    for start, end in spelled_runs(folded):
        yield Span(start, end, "PHONE")
    for hit in _SPELLED.finditer(folded):
        yield Span(hit.start(), hit.end(), "PHONE")
    for hit in _MIXED.finditer(folded):
        if not _is_plain(hit[0]):
            yield Span(hit.start(), hit.end(), "MEMBER_ID")
    harmless = [hit.span() for hit in _HARMLESS.finditer(folded)]
    alone = not re.search(r"[^\W\d_]", folded)
    for start, end in _outside(folded, harmless):
        for run in _RUN.finditer(folded, start, end):
            yield from _hidden_of(run, known, alone)


def _outside(folded: str, taken: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    last = 0
    for start, end in taken:
        yield last, start
        last = end
    yield last, len(folded)


def _hidden_of(run: re.Match[str], known: Known, alone: bool) -> Iterator[Span]:
    """The whole run where it is long enough, else those of its groups that are."""
    groups = [(run.start() + hit.start(), hit[0]) for hit in re.finditer(r"\d+", run[0])]
    total = sum(len(digits) for _, digits in groups)
    longest = max(len(digits) for _, digits in groups)
    if total >= 7 or (total >= _LONG and longest >= 3 and not _is_range(groups)) or (alone and total >= 3):
        kind: Kind = "PHONE" if total in _PHONES or (total == 7 and len(groups) == 2) else "NUMBER"
        yield Span(run.start(), run.end(), kind)
        return
    for start, digits in groups:
        if len(digits) >= _LONG or (len(digits) == 4 and not _YEAR.fullmatch(digits)) or known.holds(digits):
            yield Span(start, start + len(digits), "NUMBER")


def _is_range(groups: list[tuple[int, str]]) -> bool:
    """ "2019-20" and "2 2021" are years beside another number."""
    return any(_YEAR.fullmatch(digits) for _, digits in groups)


def _is_plain(mixed: str) -> bool:
    """ "L4-L5", "2nd", "6weeks"."""
    if _PLAIN_MIXED.fullmatch(mixed):
        return True
    letters = [part for part in re.split(r"[\d_.#/-]+", mixed) if part]
    digits = re.sub(r"\D", "", mixed)
    return len(digits) <= 3 and all(marks(part) is not None for part in letters)

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
_RUN = re.compile(r"[+(]{0,2}\d+(?:[^\w\n]{1,3}\d+)*")
_YEAR = re.compile(r"19\d\d|20[0-3]\d")
_MIXED = re.compile(r"(?<![^\W_])(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]+(?:[-_.#/]{1,2}[a-z\d]+)*(?![^\W_])")
_PLAIN_MIXED = re.compile(
    r"[a-z]{1,2}\d{1,2}(?:[-/][a-z]?\d{1,2})?|a1c|covid-?19|\d{4}s|\d{1,2}[a-z]"
    r"|\d{1,3}(?:st|nd|rd|th|am|pm|mg|ml|cm|mm|kg|lbs?|ft|in|x|s|yo|yrs?|h|hrs?|mins?|wks?|mos?|k|ish)(?:-\d{1,2}[a-z]{0,2})?"
)
_MEMBER = re.compile(
    r"\b(?P<of>member(?:ship)?|subscriber|policy|group|medicare|medicaid|insurance|card|claim|ssn|social security|"
    r"social|seguro social|poliza|afiliado|miembro|id)"
    r"(?P<label>(?:[ \t]*(?:id|i\.d\.|identification|number|no\.?|num\.?|numero|card|#|is|es|:|=|-)){0,4})[ \t]{0,3}"
    r"(?P<number>(?:(?!(?:in|is|of|for|on|at|by|to|or|and|my|as|a|i|en|de|y|o|el|la)\b)[a-z]{1,4}[ \t-]{0,2})?"
    r"[a-z]*\d[a-z\d]*(?:[ \t.-]{1,2}[a-z]{0,3}\d[a-z\d]*){0,8})"
)
_OF_MANY = ("medicare", "medicaid", "insurance", "card", "group", "policy")
"""Behind one of these alone a year is a year ("Medicare 2026")."""
_SPELLED = re.compile(
    rf"\b{NUMBER_WORD}(?:[\s,.-]{{1,3}}(?:(?:y|and|then|luego)\s)?(?:{NUMBER_WORD}|\d{{1,4}})\b){{3,}}"
)
_LETTERS_AMONG = re.compile(r"(?<![^\W_])(?:\d{1,3}|[a-z])(?:[ ,.-]{1,2}(?:\d{1,3}|[a-z])(?![^\W_])){2,}")
"""An identifier said piece by piece: "j 39 k 3 m"."""
_LONG, _PHONES, _FEWEST_OF_ID = 5, range(10, 16), 2
_SHORT_MESSAGE = 3
"""Words: in a message of no more a number of three digits is one that was asked for."""


def number_spans(folded: str, known: Known) -> Iterator[Span]:
    """Every such place in folded text."""
    for hit in _MEMBER.finditer(folded):
        year = hit["of"] in _OF_MANY and not hit["label"].strip() and _YEAR.fullmatch(hit["number"])
        if not year and sum(char.isdigit() for char in hit["number"]) >= _FEWEST_OF_ID:
            yield Span(*hit.span("number"), "MEMBER_ID")
    for start, end in spelled_runs(folded):
        yield Span(start, end, "PHONE")
    for hit in _SPELLED.finditer(folded):
        yield Span(hit.start(), hit.end(), "PHONE")
    for hit in _MIXED.finditer(folded):
        if not _is_plain(hit[0]):
            yield Span(hit.start(), hit.end(), "MEMBER_ID")
    harmless = [hit.span() for hit in _HARMLESS.finditer(folded)]
    for hit in _LETTERS_AMONG.finditer(folded):
        if len(re.findall(r"\d+", hit[0])) >= 2 and re.search("[a-z]", hit[0]):
            yield Span(hit.start(), hit.end(), "MEMBER_ID")
    words = len(re.findall(r"[^\W\d_]+", folded))
    for start, end in _outside(folded, harmless):
        for run in _RUN.finditer(folded, start, end):
            yield from _hidden_of(run, known, alone=words < _SHORT_MESSAGE, bare=not words)


def _outside(folded: str, taken: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    last = 0
    for start, end in taken:
        yield last, start
        last = end
    yield last, len(folded)


def _hidden_of(run: re.Match[str], known: Known, alone: bool, bare: bool) -> Iterator[Span]:
    """The whole run where it is long enough, else those of its groups that are."""
    groups = [(run.start() + hit.start(), hit[0]) for hit in re.finditer(r"\d+", run[0])]
    total = sum(len(digits) for _, digits in groups)
    longest = max(len(digits) for _, digits in groups)
    if (
        total >= 7
        or (total >= _LONG and longest >= 3 and not _is_range(groups))
        or (alone and total >= 4 and not _is_range(groups))
        or (bare and total >= 3)
    ):
        kind: Kind = "PHONE" if total in _PHONES or (total == 7 and len(groups) == 2) else "NUMBER"
        yield Span(run.start(), run.end(), kind)
        return
    for start, digits in groups:
        if (
            len(digits) >= _LONG
            or (alone and len(digits) >= 3 and not _YEAR.fullmatch(digits))
            or (len(digits) == 4 and not _YEAR.fullmatch(digits))
            or known.holds(digits)
        ):
            yield Span(start, start + len(digits), "NUMBER")


def _is_range(groups: list[tuple[int, str]]) -> bool:
    """ "2019-20" and "2 2021" are years beside another number."""
    return any(_YEAR.fullmatch(digits) for _, digits in groups)


def _is_plain(mixed: str) -> bool:
    """ "L4-L5", "2nd", "6weeks", "2-week"."""
    return _PLAIN_MIXED.fullmatch(mixed) is not None or all(map(_is_plain_part, re.split(r"[-_.#/]+", mixed)))


def _is_plain_part(part: str) -> bool:
    hit = re.fullmatch(r"([a-z]*)(\d{0,3})([a-z]*)", part)
    if hit is None or (hit[1] and (len(hit[2]) > 2 or (hit[2] and hit[3]))):
        return False
    return bool(_PLAIN_MIXED.fullmatch(part)) or all(
        marks(letters) is not None for letters in (hit[1], hit[3]) if letters
    )

"""Cutting text into sentences without breaking at "Dr.", "a.m." or "No. 5". Each piece is verbatim text of its source,
so that it can be quoted."""

import re

_ABBREVIATION = re.compile(
    r"(?:^|[\s(/])(?:dr|mr|mrs|ms|prof|st|ave|blvd|rd|ste|apt|no|nos|vs|etc|inc|ltd|co|corp|jr|sr|ph|dept|ext|tel|fax|fig|approx|"
    r"min|max|hr|hrs|mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec|"
    r"e\.g|i\.e|a\.m|p\.m|d\.o|m\.d|u\.s|p\.o|[a-z])\.$",
    re.IGNORECASE,
)
# These may end a sentence as well: the next word's capital decides.
_MAY_END = re.compile(
    r"(?:a\.m|p\.m|etc|inc|ltd|co|corp|jr|sr|ave|blvd|rd|min|hr|hrs|m\.d|d\.o|u\.s)\.$", re.IGNORECASE
)
_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)|\n\s*\n|\n(?=\s*(?:[-*•·‣▪–]\s|\d{1,2}[.)]\s))")


def sentences(text: str) -> list[str]:
    """The sentences of `text` in order, stripped; together they hold every non-space character of it."""
    pieces: list[str] = []
    start = 0
    for match in _END.finditer(text):
        if _ends(text, start, match):
            pieces.append(text[start : match.end()].strip())
            start = match.end()
    pieces.append(text[start:].strip())
    return [piece for piece in pieces if piece]


def may_go_on(sentence: str) -> bool:
    """Whether it ends with an abbreviation that may stand inside a sentence as well: "7 a.m."."""
    return bool(_MAY_END.search(sentence))


def _ends(text: str, start: int, match: re.Match[str]) -> bool:
    if not match[0].startswith("."):
        return True
    following = text[match.end() :].lstrip()[:1]
    before = text[max(start, match.start() - 12) : match.start() + 1]
    if following.islower():
        return False
    if _ABBREVIATION.search(before):
        return bool(_MAY_END.search(before)) and following.isupper()
    return True

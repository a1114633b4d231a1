"""Several insurances that one person has at the same time: "Medicare part B and a supplement from AARP"."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from app.dialogue.which import MOST, worths

_BOTH = re.compile(
    r"\b(?:primary|secondary|supplement\w*|supp|medigap|first|second|also|both|plus|two|backup|rest|primari[oa]|"
    r"secundari[oa]|"
    r"suplement\w*|tambien|ademas|ambos|dos|segund[oa])\b"
)
_JOINED = re.compile(r"\W*(?:and|&|\+|y|e|plus|with)\W*(?:(?:also|then|my|a|an|un|una|i have|tengo)\W+)*")
_RUN_BY = re.compile(
    r"\W*(?:(?:is|es|at|en|adjuster|adjuster's|claims?|handled|managed|ajustador[a]?|"
    r"through|thru|with|from|by|via|con|de|del|por|a traves de|under|el|la|the|my|mi)\W+|"
    r"(?:plan|carrier|insurance|insurer|policy|seguro)\W+){1,5}|\s*[-(/:]\s*"
)
"""Between a programme and who runs it: "workers comp is Liberty Mutual", "Medicaid, el plan de Molina"."""
_PROGRAMMES = frozenset({"Workers' compensation", "Medicaid", "Medicare", "Medicare Advantage", "Auto insurance"})
_SECOND = re.compile(
    r"(?:\b(?:secondary|second|supplement\w*|medigap|backup|secundari[oa]|segund[oa]|suplement\w*)(?: (?:one|"
    r"insurance|plan|seguro))?"
    r"(?: (?:is|es|from|through|by|with|de|con)(?: (?:my|a|the|mi))?|:)?)\s*$"
)
_PRIMARY_BEHIND = re.compile(
    r"^\W*(?:(?:is|es)\s+)?(?:my |the |mi |el |la )?(?:primary|main|first|primari[oa]|principal)\b"
)
_SECOND_BEHIND = re.compile(
    r"^\W*(?:(?:is|es|as)\s+)?(?:my |the |a |mi |el |la )?(?:secondary|second|supplement|backup|secundari[oa])\b"
)
_SECOND_TOLD = re.compile(
    r"^[^.;!?]{0,12}?(?P<joint>,|\b(?:and|plus|with|also|y|con|tambien)\b)[^.;!?]{0,24}?\b"
    r"(?P<second>(?:supplement\w*|secondary|second (?:one|insurance|plan)|medigap|suplement\w*|secundari[oa]|"
    r"segundo seguro)\b[^.;!?]{0,60})"
)
Hit = tuple[int, int, str]
Find = Callable[[str, Mapping[str, str]], Hit | None]
Tie = Literal["both", "run by"] | None


def tied(folded: str, hits: Sequence[Hit]) -> Tie:
    """Whether the first of these payers (start, end, name) in folded text and the next one hold at the same time. What
    was left behind, or is somebody else's, holds no more."""
    if not 2 <= len(hits) <= MOST or "?" in folded or re.search(r"\b(?:or|o)\b", folded[hits[0][1] : hits[1][0]]):
        return None
    between = folded[hits[0][1] : hits[1][0]]
    if min(worths(folded, [hit[:2] for hit in hits], "value")) < 0:
        return None
    if hits[0][2] in _PROGRAMMES and hits[1][2] != hits[0][2] and _RUN_BY.fullmatch(between):
        return "run by"
    if hits[0][2] == hits[1][2]:
        return None
    return "both" if _JOINED.fullmatch(between) or _BOTH.search(_around(folded, hits)) else None


def second_told(behind: str) -> tuple[int, int, int] | None:
    """Where, in folded words behind a payer's name, a second insurance is told of, known by name or not: where what
    joins it begins, its own start and its end."""
    hit = _SECOND_TOLD.match(behind)
    return (hit.start("joint"), *hit.span("second")) if hit else None


def in_order(folded: str, hits: Sequence[Hit]) -> list[Hit]:
    """The payers, the one that pays first before the others, as far as the words tell."""
    return sorted(hits, key=lambda hit: _place(folded, hit))


def _place(folded: str, hit: Hit) -> int:
    before, behind = folded[: hit[0]], folded[hit[1] :]
    if _SECOND_BEHIND.match(behind) or _SECOND.search(before):
        return 2
    return 0 if _PRIMARY_BEHIND.match(behind) or re.search(r"\bprimary(?: (?:is|one|insurance))*\W*$", before) else 1


def _around(folded: str, hits: Sequence[Hit]) -> str:
    """The words beside the payers' names, which may hold such words themselves."""
    ends = [0, *(hit[1] for hit in hits)]
    starts = [*(hit[0] for hit in hits), len(folded)]
    return " | ".join(folded[end:start] for end, start in zip(ends, starts, strict=True))


def every_payer(folded: str, find: Find, payers: Mapping[str, str]) -> list[Hit]:
    """The payers that folded text names, in its order."""
    hits: list[Hit] = []
    at = 0
    while len(hits) < MOST and (hit := find(folded[at:], payers)):
        hits.append((at + hit[0], at + hit[1], hit[2]))
        at += hit[1]
    return hits

"""Mechanical lies: a true sentence with one number, day, half of the day, name or "not" changed."""

import re
from collections.abc import Callable, Iterator

_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_DAY = re.compile(rf"\b({'|'.join(_DAYS)})(s?)\b")
_NUMBER = re.compile(r"(?<![\w.@/-])\d+(?:\.\d+)?(?![\w@])(?!\.\w)")
_PHONE_END = re.compile(r"\d(?=\D*$)")
_HALF = re.compile(r"\b([ap])(\.?m\b)", re.IGNORECASE)
_AUXILIARY = re.compile(r"\b(is|are|can|may|must|will|should|do|does|have|has)\b(?! not|n't)")
_NOT = re.compile(r"\b(is|are|can|may|must|will|should|do|does)(?: not\b|n't\b)|\bcannot\b", re.IGNORECASE)
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b")
_OPPOSITES = [
    ("before", "after"),
    ("at least", "at most"),
    ("more than", "less than"),
    ("open", "closed"),
    ("free", "$20"),
    ("required", "optional"),
    ("minutes", "hours"),
    ("must", "need not"),
    ("only", "also"),
    ("without", "with"),
    ("weeks", "days"),
    ("unless", "if"),
    ("some", "all"),
    ("usually", "always"),
    ("first", "second"),
]


def numbers(true: str) -> Iterator[str]:
    for hit in _NUMBER.finditer(true):
        for other in (float(hit[0]) + 1, float(hit[0]) * 10):
            yield f"{true[: hit.start()]}{other:g}{true[hit.end() :]}"


def days(true: str) -> Iterator[str]:
    for hit in _DAY.finditer(true):
        other = next(day for day in _DAYS[5:] + _DAYS if day not in true)
        yield f"{true[: hit.start()]}{other}{hit[2]}{true[hit.end() :]}"


def halves(true: str) -> Iterator[str]:
    for hit in _HALF.finditer(true):
        other = {"a": "p", "p": "a", "A": "P", "P": "A"}[hit[1]]
        yield f"{true[: hit.start()]}{other}{hit[2]}{true[hit.end() :]}"


def denied(true: str) -> Iterator[str]:
    if hit := _AUXILIARY.search(true):
        yield f"{true[: hit.end()]} not{true[hit.end() :]}"


def affirmed(true: str) -> Iterator[str]:
    if (hit := _NOT.search(true)) and len(_NOT.findall(true)) == 1:
        yield f"{true[: hit.start()]}{hit[1] or 'can'}{true[hit.end() :]}"


def names(true: str) -> Iterator[str]:
    for hit in _NAME.finditer(true):
        if hit[0] not in _DAYS:
            yield f"{true[: hit.start()]}Quillfeather{true[hit.end() :]}"


def opposites(true: str) -> Iterator[str]:
    for one, other in _OPPOSITES:
        for said, instead in ((one, other), (other, one)):
            if hit := re.search(rf"\b{re.escape(said)}\b", true):
                yield f"{true[: hit.start()]}{instead}{true[hit.end() :]}"


def additions(true: str) -> Iterator[str]:
    yield true.rstrip(". ") + " at no charge with Dr. Quillfeather."
    yield true.rstrip(". ") + " on every holiday."


KINDS: dict[str, Callable[[str], Iterator[str]]] = {
    "number": numbers,
    "day": days,
    "half": halves,
    "denied": denied,
    "affirmed": affirmed,
    "name": names,
    "opposite": opposites,
    "added": additions,
}


def lies(true: str) -> Iterator[tuple[str, str]]:
    """(kind, lie): every one that the sentence gives."""
    for kind, make in KINDS.items():
        yield from ((kind, lie) for lie in make(true) if lie != true)

"""Which of several values in one message is meant: whose each is, what holds now, and what is only told beside it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from app.dialogue.shipped import read_yaml
from app.dialogue.slots.fold import fold

Span = tuple[int, int]
Signs = Literal["contact", "value"]
MOST = 6
"""Values of one kind that are weighed against each other; who writes more tells a list, and a turn must be quick."""
_SEAM = re.compile(
    r"\s*(?:[,;.!?()\n]|\s[-\u2013\u2014]\s)[\s,;.!?()]*|"
    r"\s+(?=(?:but|and|so|or|mine|pero|y|o|mejor)\b)|"
    r"(?<!n't)(?<!dont)(?<!not)(?<!never)(?<!no)(?<!please)\s+"
    r"(?=(?:please |just )?(?:use|try|call|text|llame|llamen)\b)"
)
_POINTS_BACK = re.compile(
    r"(?:(?:oh|no|wait|hold on|oops|sorry|espere|perdon)\b[\s,]*)*"
    r"(?:(?:but|and|so|because|since|cause|y|pero|porque)\s+)?"
    r"(?:that|thats|that's|it|its|it's|this|which|who|is|was|nobody|"
    r"no one|he|she|they|for|there|only|never|"
    r"(?:i|we) (?:never|don'?t|do not|can'?t|cannot|rarely|hardly|barely|won'?t|always|only|mostly)|"
    r"es[eao]?|era|ya no|ahi|nunca|casi no|"
    r"retired|died|passed away|moved|left|se (?:jubilo|retiro|mudo|fue)|fallecio|murio)\b"
)
_AGAINST = -3
"""From which on what speaks for a value does not count any more: "my number at work, never use it"."""


@dataclass(frozen=True, slots=True)
class _Beside:
    """The folded words that belong to one value: before it and behind it."""

    before: str
    behind: str


def worths(text: str, spans: Sequence[Span], signs: Signs) -> list[int]:
    """What the words beside each of these values say for it, above 0, or against it."""
    folded = fold(text)
    if len(folded) != len(text):
        return [0 for _ in spans]
    return [_worth(beside, signs) for beside in _besides(folded, spans)]


def meant(text: str, spans: Sequence[Span]) -> int:
    """The place in `spans` of the value that holds, the first where nothing tells them apart."""
    found = worths(text, spans, "value")
    return found.index(max(found))


def kind_wanted(kind: Literal["phone", "email"], text: str) -> bool:
    """True for "phone is better", "I'd rather get an email"."""
    return any(form.search(fold(text)) for form in _named(kind))


def _besides(folded: str, spans: Sequence[Span]) -> Iterator[_Beside]:
    """What stands between two values belongs to the first as far as it goes on about it, then to the second, to which
    the words right before it always belong."""
    before = folded[: spans[0][0]]
    for (_, end), following in zip(spans, [*spans[1:], None], strict=True):
        if following is None:
            yield _Beside(before, folded[end:])
            return
        pieces = _SEAM.split(folded[end : following[0]])
        last = len(pieces) - 1 if pieces[-1].strip() and len(pieces) > 1 else len(pieces)
        ends = next((at for at, piece in enumerate(pieces[:last]) if at and not _POINTS_BACK.match(piece)), last)
        yield _Beside(before, ", ".join(pieces[:ends]))
        before = ", ".join(pieces[ends:])


def _worth(beside: _Beside, signs: Signs) -> int:
    before, behind = (_without_kinds(words) for words in (beside.before, beside.behind))
    found = [worth for worth, form in _signs(signs) if form.search(before) or form.search(_ENDED + behind + _ENDED)]
    against = [worth for worth in found if worth < 0]
    return sum(against) if against and min(against) <= _AGAINST else sum(found)


_ENDED = " . "
"""Around words behind a value, so that what must lead up to a value is not found there."""


def _without_kinds(words: str) -> str:
    for kind in ("phone", "email"):
        for form in _named(kind):
            words = form.sub(" ", words)
    return words


@cache
def _signs(signs: Signs) -> tuple[tuple[int, re.Pattern[str]], ...]:
    listed = read_yaml("app.dialogue", "which.yaml")[signs]
    return tuple((one["worth"], _whole("|".join(one["patterns"]))) for one in listed.values())


@cache
def _named(kind: str) -> tuple[re.Pattern[str], ...]:
    return tuple(_whole(form) for form in read_yaml("app.dialogue", "which.yaml")["by_kind"][kind])


def _whole(form: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'])(?:{form})(?![\w'])")

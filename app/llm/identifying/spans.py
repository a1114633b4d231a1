"""Places of text that tell who somebody is, and how they are made one where they overlap."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["NAME", "PHONE", "EMAIL", "MEMBER_ID", "BIRTH_DATE", "ADDRESS", "NUMBER"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_WEIGHT: dict[Kind, int] = {
    "EMAIL": 7,
    "ADDRESS": 6,
    "MEMBER_ID": 5,
    "BIRTH_DATE": 4,
    "PHONE": 3,
    "NUMBER": 2,
    "NAME": 1,
}


@dataclass(frozen=True, slots=True)
class Span:
    """`start` to `end` (not included) of a text. Of two that overlap the longer's kind counts, then the `sure`."""

    start: int
    end: int
    kind: Kind
    sure: bool = False


def united(spans: Iterable[Span]) -> list[Span]:
    """In order of the text, overlapping ones made one."""
    done: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        if done and span.start < done[-1].end:
            last = done[-1]
            kind = max((last, span), key=lambda one: (one.end - one.start, one.sure, _WEIGHT[one.kind])).kind
            done[-1] = Span(last.start, max(last.end, span.end), kind, last.sure or span.sure)
        elif span.start < span.end:
            done.append(span)
    return done

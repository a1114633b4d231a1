"""Which of several phone numbers and addresses is the one to use: whose each is, and what is said of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from app.dialogue.shipped import read_yaml
from app.dialogue.slots.fold import fold
from app.understanding.found import Found
from app.understanding.numbers import every_contact

_SEAM = re.compile(
    r"\s*(?:[,;.!?()\n]|\s[-\u2013\u2014]\s)[\s,;.!?()]*|"
    r"\s+(?=(?:but|and|so|or|mine|pero|y|o|mejor)\b)|"
    r"(?<!n't)(?<!dont)(?<!not)(?<!never)(?<!no)(?<!please)\s+"
    r"(?=(?:please |just )?(?:use|try|call|text|llame|llamen)\b)"
)
_POINTS_BACK = re.compile(
    r"(?:(?:but|and|so|because|since|cause|y|pero|porque)\s+)?(?:that|thats|that's|it|its|it's|this|which|who|is|was|nobody|"
    r"no one|he|she|they|for|there|only|never|"
    r"(?:i|we) (?:never|don'?t|do not|can'?t|cannot|rarely|hardly|barely|won'?t|always|only|mostly)|"
    r"es[eao]?|era|ya no|ahi|nunca|casi no)\b"
)
_KINDS = ("phone", "email")


@dataclass(frozen=True, slots=True)
class _Beside:
    """The folded words that belong to one number: before it and behind it."""

    before: str
    behind: str


def without_others(text: str, *, apart: bool = False) -> str:
    """The text with every number and address blanked out that is clearly not the one to use, where another one is.
    With `apart` phones and addresses have fields of their own, so that one does not stand against the other."""
    contacts = [one for one in every_contact(text) if one.kind in _KINDS]
    if len(contacts) < 2 or len(fold(text)) != len(text):
        return text
    worth = dict(zip(contacts, _worths(text, contacts), strict=True))
    for one in reversed(contacts):
        rivals = [worth[other] for other in contacts if not apart or other.kind == one.kind]
        if worth[one] < max(rivals):
            text = f"{text[: one.start]}{_BLANK[one.kind]}{text[one.end :]}"
    return text


_BLANK = {"phone": "that number", "email": "that address"}


def _worths(text: str, contacts: Sequence[Found]) -> list[int]:
    folded = fold(text)
    named = {kind: any(form.search(folded) for form in _named(kind)) for kind in _KINDS}
    besides = list(_besides(folded, contacts))
    return [_worth(one) + (3 if named[found.kind] else 0) for found, one in zip(contacts, besides, strict=True)]


def _besides(folded: str, contacts: Sequence[Found]) -> Iterator[_Beside]:
    """What stands between two numbers belongs to the first as far as it goes on about it, then to the second, to which
    the words right before it always belong."""
    before = folded[: contacts[0].start]
    for one, following in zip(contacts, [*contacts[1:], None], strict=True):
        if following is None:
            yield _Beside(before, folded[one.end :])
            return
        pieces = _SEAM.split(folded[one.end : following.start])
        last = len(pieces) - 1 if pieces[-1].strip() and len(pieces) > 1 else len(pieces)
        ends = next((at for at, piece in enumerate(pieces[:last]) if at and not _POINTS_BACK.match(piece)), last)
        yield _Beside(before, ", ".join(pieces[:ends]))
        before = ", ".join(pieces[ends:])


def _worth(beside: _Beside) -> int:
    """What the words say for or against a number. Where they say that it is not used, nothing speaks for it."""
    before, behind = (_without_kinds(words) for words in (beside.before, beside.behind))
    found = {
        name: worth
        for name, (worth, form) in _signs().items()
        if form.search(before) or (name != "not_wanted" and form.search(behind))
    }
    against = [worth for worth in found.values() if worth < 0]
    return sum(against) if against and min(against) <= -3 else sum(found.values())


def _without_kinds(words: str) -> str:
    for kind in _KINDS:
        for form in _named(kind):
            words = form.sub(" ", words)
    return words


@cache
def _signs() -> Mapping[str, tuple[int, re.Pattern[str]]]:
    listed = {name: one for name, one in read_yaml("app.understanding", "whose.yaml").items() if name != "by_kind"}
    return {
        name: (one["worth"], re.compile(rf"(?<![\w'])(?:{'|'.join(one['patterns'])})(?![\w'])"))
        for name, one in listed.items()
    }


@cache
def _named(kind: str) -> tuple[re.Pattern[str], ...]:
    forms = read_yaml("app.understanding", "whose.yaml")["by_kind"][kind]
    return tuple(re.compile(rf"(?<![\w'])(?:{form})(?![\w'])") for form in forms)

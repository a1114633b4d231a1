"""Tokens in the place of what tells who a patient is. What stands for what is kept in a vault, in memory and for one
turn only, so that the patient's own words can be put back, to the byte."""

import re
from collections.abc import Iterable, Iterator

from app.llm.identifying.contacts import contact_spans
from app.llm.identifying.dates import date_spans
from app.llm.identifying.known import Known
from app.llm.identifying.numbers import number_spans
from app.llm.identifying.people import name_spans
from app.llm.identifying.plain import Plain
from app.llm.identifying.spans import KINDS, Kind, Span, united

__all__ = ["Kind", "Vault"]

_ANY_KIND = "(?:" + "|".join(kind.replace("_", r"(?:\\?_|[ -])") for kind in KINDS) + ")"
_BRACKETED = (
    rf"(?P<open>\\?\[|[<({{]) ?(?P<kind>{_ANY_KIND}) ?(?:\\?_|-|\#)? ?(?P<number>[0-9]{{1,6}})(?P<form>[a-z]{{0,2}}) ?"
    r"(?P<close>\\?\]|[>)}])"
)
_BARE = rf"(?P<kind2>{_ANY_KIND})\\?_(?P<number2>[0-9]{{1,6}})(?P<form2>[a-z]{{0,2}})"
_TOKEN = re.compile(rf" ?(?:{_BRACKETED}|(?<![^\W_]){_BARE}(?![^\W_]))", re.IGNORECASE)
_TYPED = re.compile(rf"{_BRACKETED}|{_BARE}", re.IGNORECASE)
"""Whatever may become a token when what stands beside it is hidden."""


def _beginnings(parts: list[str]) -> str:
    """A pattern for every beginning of these parts in a row."""
    pattern = ""
    for part in reversed(parts):
        pattern = f"(?:{part}{pattern})?"
    return pattern


_TAIL = [r" ?(?:\\?_?|-|\#) ?", r"[0-9]{1,6}[a-z]{0,2} ?\\?"]
_UNFINISHED = re.compile(
    r" ?(?:\\?[\[<({] ?|(?<![^\W_]))(?:"
    + "|".join(_beginnings([r"(?:\\|\\?_|[ -])" if char == "_" else char for char in kind] + _TAIL) for kind in KINDS)
    + r")\Z| \\?\Z|\\\Z",
    re.IGNORECASE,
)
_LONGEST = 48
"""Characters of the longest thing that is read as a token."""


class Vault:
    """Hides who a patient is, and shows it again. `known` are values that are certain, with their kind.

    Tokens look like [NAME_1]; another way of writing the same value is [NAME_1b]. `hide` learns as it goes: a name
    found in one text is hidden in the next. For one thread at a time.
    """

    def __init__(self, known: Iterable[tuple[Kind, str]] = ()) -> None:
        self._known = Known()
        self._numbers: dict[tuple[Kind, str], int] = {}
        self._forms: dict[tuple[Kind, int], dict[str, int]] = {}
        for kind, value in known:
            self._known.add(kind, value)

    def hide(self, text: str) -> str:
        """The text with tokens in place of what tells who somebody is. Whatever was typed like a token is hidden too,
        so that it can stand for nothing else. `show` of the result is `text`."""
        plain = Plain.of(text)
        pieces: list[str] = []
        last = 0
        for span in self._places(plain):
            pieces += [text[last : span.start], self._token(span.kind, text[span.start : span.end])]
            last = span.end
        return "".join([*pieces, text[last:]])

    def show(self, text: str) -> str:
        """The text with the patient's own words for the tokens of this vault, however a model spelled these. A token
        that is not of this vault stands for nothing and is left out, with the space before it."""
        return self._shown(text, 0)

    def show_stream(self, pieces: Iterable[str]) -> Iterator[str]:
        """As `show` of the joined pieces, piece by piece; what may be the beginning of a token waits for its end."""
        before, waiting = "", ""
        for piece in pieces:
            waiting += piece
            hold = _UNFINISHED.search(before + waiting, max(len(before), len(before + waiting) - _LONGEST))
            ready = waiting[: hold.start() - len(before)] if hold else waiting
            if ready:
                yield self._shown(before + ready, len(before))
                before, waiting = ready[-1], waiting[len(ready) :]
        if waiting:
            yield self._shown(before + waiting, len(before))

    def _places(self, plain: Plain) -> list[Span]:
        """In places of the text itself. A typed token is looked for as it is read and as it is written."""
        folded = plain.folded
        spans = [*_typed_tokens(folded), *date_spans(folded), *contact_spans(folded)]
        spans += [*number_spans(folded, self._known), *name_spans(plain, self._known), *self._known.spans(plain)]
        placed = [Span(*plain.place(span.start, span.end), span.kind, span.sure) for span in united(spans)]
        return united([*placed, *_typed_tokens(plain.text)])

    def _token(self, kind: Kind, said: str) -> str:
        letters = re.sub(r"[\W_]+", "", Plain.of(said).folded)
        key = (kind, letters[-10:] if kind == "PHONE" else letters or said)
        number = self._numbers.setdefault(key, 1 + sum(other == kind for other, _ in self._numbers))
        forms = self._forms.setdefault((kind, number), {})
        form = forms.setdefault(said, len(forms))
        return f"[{kind}_{number}{_letters(form)}]"

    def _shown(self, text: str, start: int) -> str:
        pieces: list[str] = []
        last = start
        for hit in _TOKEN.finditer(text, start):
            pieces += [text[last : hit.start()], self._said(hit)]
            last = hit.end()
        return "".join([*pieces, text[last:]])

    def _said(self, hit: re.Match[str]) -> str:
        kind = re.sub(r"[\\_ -]+", "_", hit["kind"] or hit["kind2"]).upper()
        forms = next(
            (forms for (k, n), forms in self._forms.items() if k == kind and n == int(hit["number"] or hit["number2"])),
            {},
        )
        if not forms:
            return ""
        form = (hit["form"] or hit["form2"] or "").lower()
        said = next((one for one, place in forms.items() if _letters(place) == form), next(iter(forms)))
        space = " " if hit[0].startswith(" ") else ""
        escape = "\\" if (hit["open"] or "").startswith("\\") and not (hit["close"] or "").startswith("\\") else ""
        return space + escape + said


def _typed_tokens(text: str) -> list[Span]:
    return [Span(hit.start(), hit.end(), "NUMBER") for hit in _TYPED.finditer(text)]


def _letters(form: int) -> str:
    """ "" for the first way of writing, then b, c, ... z, aa, ab ..."""
    if form == 0:
        return ""
    return chr(97 + form) if form < 26 else chr(96 + form // 26) + chr(97 + form % 26)

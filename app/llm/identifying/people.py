"""Names of people. What is no ordinary word is taken for one; a word that is a name too where its place or the words
beside it say so."""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from app.dialogue.shipped import read_yaml
from app.llm.identifying.known import Known
from app.llm.identifying.plain import Plain
from app.llm.identifying.spans import Span
from app.llm.identifying.vocabulary import CAPITALIZED, CLINIC, COMMON, GIVEN, SURNAME, is_payer, marks

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*'?")
_JOINED = re.compile(r"[ \t]{0,3}(?:[-_'.&/]?|\.[ \t])[ \t]{0,2}")
_CLOSE = re.compile(r"[ \t\n]{1,3}|[-_']|\.[ \t]?|[ \t]?[,:=\-–(\"#*]{1,2}[ \t]{0,2}|,[ \t]")
_SENTENCE = re.compile(r"[.!?\n:;(\"¿¡]")
_MOST_OF_PAYER, _MOST_OF_NAME, _SHORT_MESSAGE = 6, 4, 3
_LONGEST_CUE = 4
_LETTERS = 3


@dataclass(slots=True)
class _Word:
    """`gap` is what stands before it; `marks` None for no ordinary word; `hidden` while it is decided."""

    text: str
    start: int
    end: int
    gap: str
    capital: bool
    marks: str | None
    payer: bool = False
    hidden: bool = False

    @property
    def is_name(self) -> bool:
        return self.marks is not None and (GIVEN in self.marks or SURNAME in self.marks)

    @property
    def is_given(self) -> bool:
        return self.marks is not None and GIVEN in self.marks

    @property
    def is_common(self) -> bool:
        return self.marks is not None and COMMON in self.marks

    @property
    def may_be_name(self) -> bool:
        """A name too, and said like one: a very common word only with a capital."""
        return self.is_name and (not self.is_common or self.capital)

    @property
    def opens(self) -> bool:
        return bool(_SENTENCE.search(self.gap)) or not self.gap


def name_spans(plain: Plain, known: Known) -> list[Span]:
    """Every such place in the folded text, a name of several words as one. What is found is known from then on."""
    words = _words(plain)
    if not words:
        return []
    _hide_unknown(words)
    _hide_behind_cues(words)
    _hide_by_capitals(words)
    _hide_pairs(words)
    for word in words:
        if word.hidden and word.marks is not None:
            known.learn(word.text)
    for word in words:
        word.hidden = word.hidden or word.text.removesuffix("'s") in known.words
    _hide_beside_names(words)
    return list(_runs(words))


def _words(plain: Plain) -> list[_Word]:
    found: list[_Word] = []
    last = 0
    mixed = plain.cased != plain.cased.upper()
    for hit in _TOKEN.finditer(plain.folded):
        text = hit[0].rstrip("'")
        end = hit.start() + len(text)
        capital = mixed and plain.cased[hit.start()].isupper()
        found.append(_Word(text, hit.start(), end, plain.folded[last : hit.start()], capital, marks(text)))
        last = end
    return found


def _hide_unknown(words: Sequence[_Word]) -> None:
    for first, word in enumerate(words):
        joined = ""
        for length, other in enumerate(words[first : first + _MOST_OF_PAYER]):
            if length and not re.fullmatch(r"[ \t]*[-&/.']?[ \t]*", other.gap):
                break
            joined += other.text.replace("'", "")
            if is_payer(joined):
                for one in words[first : first + length + 1]:
                    one.payer = True
        word.hidden = word.marks is None and not word.payer and len(word.text) > 1
    _hide_spelled(words)


def _hide_spelled(words: Sequence[_Word]) -> None:
    """ "R-o-b-i-n" and "r o b i n"."""
    first = 0
    while first < len(words):
        last = first
        while (
            last < len(words) and len(words[last].text) == 1 and (last == first or _JOINED.fullmatch(words[last].gap))
        ):
            last += 1
        if last - first >= _LETTERS and "".join(word.text for word in words[first:last]) not in _listed("acronyms"):
            for word in words[first:last]:
                word.hidden = True
        first = max(last, first + 1)


def _hide_behind_cues(words: Sequence[_Word]) -> None:
    for first in range(len(words)):
        for length in range(_LONGEST_CUE, 0, -1):
            said = words[first : first + length]
            if len(said) < length or any(word.gap.strip(" \t") for word in said[1:]):
                continue
            phrase = " ".join(word.text for word in said)
            if phrase in _listed("strong") or phrase in _listed("weak"):
                _hide_after(words, first + length, phrase in _listed("strong"))
                break
    for at, word in enumerate(words):
        if at and word.text in _listed("after") and words[at - 1].is_given and (at == 1 or words[at - 1].opens):
            words[at - 1].hidden = True
        if at > 1 and word.text in _listed("after") and words[at - 1].is_name and words[at - 2].is_given:
            words[at - 1].hidden = words[at - 2].hidden = True


def _hide_after(words: Sequence[_Word], first: int, strong: bool) -> None:
    for number, word in enumerate(words[first : first + _MOST_OF_NAME]):
        if not _CLOSE.fullmatch(word.gap) or (number and not _JOINED.fullmatch(word.gap)):
            return
        if word.hidden or len(word.text) == 1 or (number and word.text in _listed("particles")):
            continue
        plainly = strong and not word.is_common and not (word.marks and CLINIC in word.marks and not word.capital)
        if word.payer and not (strong and word.is_given):
            return
        named = word.is_name and ((strong and not number) or word.may_be_name)
        if not (
            named
            or (plainly and (not number or word.capital or number == 1))
            or (strong and word.capital and not word.opens and not word.is_common)
        ):
            return
        word.hidden = True


def _hide_by_capitals(words: Sequence[_Word]) -> None:
    """ "please ask Will": a capital inside a sentence, on a word that is a name too. Not where all words have one."""
    small = sum(not word.capital for word in words)
    if small * 2 < len(words):
        return
    for at, word in enumerate(words):
        if (
            not (word.capital and word.is_name)
            or word.payer
            or (word.marks and CAPITALIZED in word.marks)
            or word.text == "i"
        ):
            continue
        following = words[at + 1] if at + 1 < len(words) else None
        tells = following and (following.capital or following.text in _listed("verbs"))
        if not word.opens or (word.is_given and not word.is_common and tells):
            word.hidden = True


def _hide_pairs(words: Sequence[_Word]) -> None:
    """ "grace hill", and a message that is nothing but one to three words of which the first is a name too."""
    for first, second in itertools.pairwise(words):
        close = _JOINED.fullmatch(second.gap)
        named = first.is_given and first.may_be_name and second.may_be_name
        if close and named and not first.payer:
            first.hidden = second.hidden = True
    if (
        len(words) <= _SHORT_MESSAGE
        and words[0].is_given
        and all(w.is_name or w.hidden or len(w.text) == 1 for w in words)
    ):
        for word in words:
            word.hidden = word.hidden or (word.is_name and not (word.payer and len(words) == 1))


def _hide_beside_names(words: Sequence[_Word]) -> None:
    """A word that is a name too, or an initial, next to a hidden one."""
    for order in (words, words[::-1]):
        forward = order is words
        for before, word in itertools.pairwise(order):
            gap = word.gap if forward else before.gap
            if not before.hidden or word.hidden or not _JOINED.fullmatch(gap) or not gap:
                continue
            initial = len(word.text) == 1 and word.capital and word.text != "i"
            word.hidden = initial or (word.may_be_name and not (word.payer and not word.is_given))


def _runs(words: Sequence[_Word]) -> Iterator[Span]:
    at = 0
    while at < len(words):
        if not words[at].hidden:
            at += 1
            continue
        last = at
        while (following := _goes_on(words, last)) is not None:
            last = following
        yield Span(words[at].start, words[last].end, "NAME")
        at = last + 1


def _goes_on(words: Sequence[_Word], last: int) -> int | None:
    """The next hidden word of the same name, over particles; None where the name ends."""
    for at in range(last + 1, min(last + 4, len(words))):
        if not _JOINED.fullmatch(words[at].gap):
            return None
        if words[at].hidden:
            return at
        if words[at].text not in _listed("particles"):
            return None
    return None


@cache
def _listed(key: str) -> frozenset[str]:
    return frozenset(str(word) for word in read_yaml("app.llm.identifying.words", "cues.yaml")[key])

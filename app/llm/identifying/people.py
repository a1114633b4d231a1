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
from app.llm.identifying.vocabulary import CAPITALIZED, CLINIC, COMMON, GIVEN, SURNAME, is_payer, is_word, marks

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*'?")
_JOINED = re.compile(r"[ \t]{1,4}|[ \t]?[-_'&/][ \t]?|\.[ \t]{0,2}")
_LONGEST_INITIAL = 2
_IN_PAYER = re.compile(r"[ \t]*[-&/.']?[ \t]*")
_CLOSE = re.compile(r"[ \t\n]{1,3}|[-_']|\.[ \t]?|[ \t]?[,:=\-–(\"#*]{1,2}[ \t]{0,2}|,[ \t]")
_SENTENCE = re.compile(r"[.!?\n:;(\"¿¡]")
_PART_ENDS = re.compile(r"[\n,;|\d]")
_MOST_OF_PAYER, _MOST_OF_NAME, _SHORT_MESSAGE = 6, 4, 3
_LONGEST_CUE = 4
_LETTERS = 3
_PARTICLES = 3


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
    def is_surname(self) -> bool:
        return self.marks is not None and SURNAME in self.marks

    @property
    def is_common(self) -> bool:
        return self.marks is not None and COMMON in self.marks

    @property
    def may_be_name(self) -> bool:
        """A name too, and said like one: a very common word only with a capital inside a sentence."""
        return self.is_name and (not self.is_common or (self.capital and not self.opens))

    @property
    def is_particle(self) -> bool:
        return self.text in _listed("particles")

    @property
    def is_of_desk(self) -> bool:
        """A word of clinic.yaml that is not written like a name; months and places are like names."""
        return self.marks is not None and CLINIC in self.marks and not self.capital and CAPITALIZED not in self.marks

    @property
    def may_be_unlisted(self) -> bool:
        """A word that is neither frequent nor of the front desk: beside a name it is one too."""
        return not self.payer and self.marks is not None and not {COMMON, CLINIC} & set(self.marks)

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
    _hide_lines(words)
    for word in words:
        if word.hidden and word.marks is not None:
            known.learn(word.text)
    for word in words:
        word.hidden = word.hidden or word.text.removesuffix("'s") in known.words
    _hide_beside_names(words)
    return list(_runs(words))


def _together(before: _Word, word: _Word) -> bool:
    """Whether only what stands inside a name is between two words; a dot, only behind an initial."""
    return bool(_JOINED.fullmatch(word.gap)) and ("." not in word.gap or len(before.text) <= _LONGEST_INITIAL)


def _words(plain: Plain) -> list[_Word]:
    found: list[_Word] = []
    last = 0
    mixed = plain.cased != plain.cased.upper()
    for hit in _TOKEN.finditer(plain.folded):
        text = hit[0].rstrip("'")
        end = hit.start() + len(text)
        capital = mixed and plain.cased[hit.start()].isupper() and not plain.cased[hit.start() + 1 : end].isupper()
        found.append(_Word(text, hit.start(), end, plain.folded[last : hit.start()], capital, marks(text)))
        last = end
    return found


def _hide_unknown(words: Sequence[_Word]) -> None:
    for first, word in enumerate(words):
        joined = ""
        for length, other in enumerate(words[first : first + _MOST_OF_PAYER]):
            if length and not _IN_PAYER.fullmatch(other.gap):
                break
            joined += other.text.replace("'", "")
            named = is_payer(joined)
            if named or (length == 1 and other.gap == "-" and is_word(joined)):
                for one in words[first : first + length + 1]:
                    one.payer = True
            if named is None and length:
                break
        word.hidden = word.marks is None and not word.payer and len(word.text) > 1
    _hide_spelled(words)


def _hide_spelled(words: Sequence[_Word]) -> None:
    """ "R-o-b-i-n" and "r o b i n"."""
    first = 0
    while first < len(words):
        last = first
        while (
            last < len(words)
            and len(words[last].text) == 1
            and (last == first or _together(words[last - 1], words[last]))
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
    """What stands behind a cue, as long as it can be a name."""
    while first < len(words) and words[first].text in _listed("fillers") and not words[first].gap.strip(" \t:"):
        first += 1
    for number, word in enumerate(words[first : first + _MOST_OF_NAME]):
        if not _CLOSE.fullmatch(word.gap) or (number and not _together(words[first + number - 1], word)):
            return
        if word.hidden or len(word.text) == 1 or (number and word.is_particle):
            continue
        if (word.payer and not (strong and word.is_given)) or not _may_follow(words[first], word, number, strong):
            return
        word.hidden = True


def _may_follow(first: _Word, word: _Word, number: int, strong: bool) -> bool:
    """Whether `word`, the `number`-th behind a cue, is a part of the name that begins with `first`."""
    if word.may_be_name:
        return True
    if number == 1 and first.hidden and (word.is_surname or (first.marks is None and word.may_be_unlisted)):
        return not word.is_of_desk
    if not strong or word.is_of_desk:
        return False
    capital = word.capital and not word.opens
    if word.is_common:
        return not number and (word.is_name or capital)
    return number <= 1 or capital


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
    """ "grace hill", "will hunter", "W. Hunter"."""
    for first, second in itertools.pairwise(words):
        if not _together(first, second) or second.is_of_desk or first.payer:
            continue
        named = first.is_given and second.is_surname and not second.is_common
        initial = len(first.text) == 1 and "." in second.gap and (second.may_be_name or second.capital)
        if named or initial or (first.is_given and first.may_be_name and second.may_be_name):
            first.hidden = second.hidden = True


def _hide_lines(words: Sequence[_Word]) -> None:
    """A line, or a part between commas, of one to three words that are a name as a whole: it answers a question."""
    first = 0
    for at in range(1, len(words) + 1):
        if at == len(words) or _PART_ENDS.search(words[at].gap):
            if at - first <= _SHORT_MESSAGE and _is_name(words[first:at], whole=at - first == len(words)):
                for word in words[first:at]:
                    word.hidden = True
            first = at


def _is_name(words: Sequence[_Word], whole: bool) -> bool:
    if any(word.payer for word in words) and len(words) < _SHORT_MESSAGE - 1:
        return False
    rest = words[1:]
    if not rest:
        return (words[0].is_given and (whole or not words[0].is_common)) or (whole and words[0].may_be_unlisted)
    if any(word.is_of_desk for word in words):
        return False
    titled = all(word.capital for word in words) and not all(word.is_common for word in words)
    unknown = whole and len(words) < _SHORT_MESSAGE and any(word.marks is None for word in words)
    surname = rest[-1].is_surname or rest[-1].marks is None
    opened = words[0].is_given or words[0].hidden or (words[0].may_be_unlisted and surname)
    hidden = any(word.hidden for word in words)
    named = all(w.is_name or w.hidden or len(w.text) == 1 or (hidden and w.may_be_unlisted) for w in rest)
    return titled or unknown or (opened and named)


def _hide_beside_names(words: Sequence[_Word]) -> None:
    """Next to a hidden word, or behind one and its "de la": a word that is a name too, an initial, a capital, and
    whatever is joined to it by a hyphen."""
    for at, word in enumerate(words):
        if _is_behind_name(words, at) and (_may_be_beside(word) or word.gap == "-" or _is_compound(words, at)):
            word.hidden = True
    for word, after in reversed(list(itertools.pairwise(words))):
        if after.hidden and _together(word, after):
            opening = word.is_given and not word.is_of_desk and after.marks is None
            word.hidden = word.hidden or opening or after.gap == "-" or _may_be_beside(word)


def _is_behind_name(words: Sequence[_Word], at: int) -> bool:
    first = at - 1
    while first > 0 and at - first <= _PARTICLES and words[first].is_particle and not words[first].hidden:
        first -= 1
    between = zip(words[max(first, 0) : at], words[first + 1 : at + 1], strict=False)
    return first >= 0 and words[first].hidden and all(_together(*pair) for pair in between)


def _is_compound(words: Sequence[_Word], at: int) -> bool:
    """ "min-jun" behind a name."""
    after = words[at + 1] if at + 1 < len(words) else None
    return after is not None and after.gap == "-" and not words[at].is_common and not after.is_common


def _may_be_beside(word: _Word) -> bool:
    if (word.payer and not word.is_given) or word.is_of_desk:
        return False
    initial = len(word.text) == 1 and word.capital and word.text != "i"
    return initial or word.may_be_name or (word.capital and not word.opens and word.may_be_unlisted)


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
        if not _together(words[at - 1], words[at]):
            return None
        if words[at].hidden:
            return at
        if not words[at].is_particle:
            return None
    return None


@cache
def _listed(key: str) -> frozenset[str]:
    return frozenset(str(word) for word in read_yaml("app.llm.identifying.words", "cues.yaml")[key])

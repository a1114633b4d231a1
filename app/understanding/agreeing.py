"""Whether somebody agrees to what was read back: a whole clause of agreement, or nothing that could submit anything."""

import re
from enum import IntEnum
from functools import cache

from rapidfuzz.distance import OSA

from app.dialogue.shipped import read_yaml
from app.dialogue.slots.fold import fold
from app.understanding.lexicon import any_of, pattern


class Agreement(IntEnum):
    """How far a clause agrees. A weak yes ("great", "ok") also opens sentences about anything."""

    NONE = 0
    WEAK = 1
    FIRM = 2


_THUMB = re.compile("[\N{THUMBS UP SIGN}\N{OK HAND SIGN}\N{WHITE HEAVY CHECK MARK}\N{HEAVY CHECK MARK}]")
_NOTHING_TO_CHANGE = re.compile(
    r"\b(?:no(?: (?:other|more|further))? (?:changes|corrections|edits|mistakes|errors|fixes|complaints)|"
    r"no change(?=$| (?:needed|necessary))|"
    r"nothing(?: else)?(?: (?:i|you|that|needs?|to|has|is|be))* (?:chang|correct|fix)(?:e|ed|ing)?|"
    r"nothing(?: is|'s)? wrong|"
    r"(?:no hay |sin )(?:cambios|errores|correcciones)|nada (?:que|mas que|por) (?:cambiar|corregir)|"
    r"no (?:cambie|cambies) nada)\b(?: (?:needed|necessary|required|to make|here|from me|at all))*"
)
_CHECKED = re.compile(
    r"\b(?:i(?:'ve| have)?|ive|we(?:'ve| have)?|weve) (?:just |already |double ?|re-?)*(?:checked|read|reviewed|"
    r"looked|gone|went)\b"
    r"(?: (?:it|this|that|them|all|everything|of|at|over|through|twice|again|carefully|two|three|times))*|"
    r"\b(?:ya )?(?:(?:lo|la|los|las|todo) )?(?:he )?(?:revise|revisado|lei|leido|verifique|verificado)\b"
    r"(?: (?:todo|dos|veces|bien))*"
)
"""How somebody came to agree; it agrees to nothing by itself."""
_ASKS = re.compile(r"[?¿]|^(?:and |so |but )?(?:is|are|am)\b")
_WORD = re.compile(r"[^\s,.!?;:()\"*~-]+")
_SPELLED = 4
"""Letters from which on a word may be misspelled."""


def agreement(text: str) -> Agreement:
    """How far the whole text agrees: NONE unless every word of it belongs to an agreement. A negated word, a name or a
    number never does, so "great, nothing is right" agrees to nothing."""
    if _ASKS.search(fold(text)):
        return Agreement.NONE
    said = _NOTHING_TO_CHANGE.sub(" confirmed ", _THUMB.sub(" yes ", fold(text)))
    said, leaves = pattern("goodbye").subn(" ", _CHECKED.sub(" ", said))
    said = pattern("thanks").sub(" ", said)
    left, firm = _phrases("firm").subn(" ", said)
    left, weak = _phrases("weak").subn(" ", left)
    others = [word for word in _WORD.findall(_phrases("beside").sub(" ", left)) if word not in _listed("about")]
    misspelled = [_meant(word) for word in others]
    if "" in misspelled:
        return Agreement.NONE
    if firm or "firm" in misspelled:
        return Agreement.FIRM
    about = any(word in _listed("about") for word in [*_WORD.findall(left), *misspelled])
    if weak or "weak" in misspelled:
        if about:
            return Agreement.FIRM
        return Agreement.NONE if leaves else Agreement.WEAK  # "ok bye" takes leave, and agrees to nothing
    return Agreement.NONE


def is_yes(text: str) -> bool:
    """True when the whole text agrees."""
    return agreement(text) is not Agreement.NONE


def doubts(text: str) -> bool:
    """True when something in the text could unsay a yes beside it: a negation, a condition, a wish to wait."""
    folded = fold(text)
    return bool(_phrases("doubts").search(folded) or re.search(r"n't\b|\b(?:do|does|did|is|was|are|ca|wo)nt\b", folded))


@cache
def _listed(key: str) -> frozenset[str]:
    return frozenset(read_yaml("app.understanding", "agreeing.yaml")[key])


@cache
def _phrases(key: str) -> re.Pattern[str]:
    return re.compile(any_of(list(_listed(key))))


def _meant(word: str) -> str:
    """The list that holds a word of which this one lacks a letter, has one too many, or has two swapped; "" for a word
    of its own. A letter that stands for another makes another word ("might" for "right")."""
    if len(word) < _SPELLED or word in _listed("doubts"):
        return ""
    letters = sorted(word)
    for key in ("firm", "weak", "about"):
        for other, theirs in _near(key, len(word)):
            swapped = theirs == letters
            if (swapped or len(other) != len(word)) and OSA.distance(word, other, score_cutoff=1) == 1:
                return key if key != "about" else other
    return ""


@cache
def _near(key: str, length: int) -> tuple[tuple[str, list[str]], ...]:
    """The words of a list whose length is one letter apart at the most, each with its letters in order."""
    listed = (word for word in _listed(key) if len(word) >= _SPELLED and abs(len(word) - length) <= 1)
    return tuple((word, sorted(word)) for word in sorted(listed))

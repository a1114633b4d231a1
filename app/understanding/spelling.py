"""Corrections of a name: one part of it, another name that shares a part, or how it is spelled."""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from app.dialogue.action import SlotSpec
from app.dialogue.commands import CorrectSlot
from app.dialogue.slots.fold import fold
from app.dialogue.slots.names import unwrapped
from app.dialogue.state import State
from app.understanding.openings import opening_removed
from app.understanding.people import looks_like_name

_NAMES = ("person_name", "provider")
ALIKE = 70
_PART_OF_NAME = re.compile(
    r"\b(?P<part>(?:last|first|sur|family)\s*name|apellido|primer nombre)(?:(?: is| was)? (?:wrong|incorrect|"
    r"misspelled|mal)[,;:. ]+(?:it|that))?(?:'s| is| should be| es|:)*\s+(?:(?:actually|"
    r"really|now|spelled|written|called|se escribe)\s+)*(?P<new>(?!(?:not|wrong|spelled|with|is|es|and|or|y|"
    r"o|has|changed|cambi[oó])\b)[^\W\d_][\w'’-]*"
    r"(?:\s+(?!(?:not|with|and|instead|no|con|now|ahora|since|because|i|we|porque)\b)[^\W\d_][\w'’-]*)?)"
    r"(?:\s+(?:now|ahora))?(?:,?\s*(?:(?:because|since|as|porque)\s+)?(?:i|we|she|he|me|se)(?:'ve|'m)?\s+(?:have |"
    r"just |recently )*(?:got|am|was|married|divorced|remarried|changed|case|cas[eé]|cas[oó]|divorci[eéoó])\b[^.]*)?"
    r"(?:\s+(?:with|con)\s[^.]*|,?\s*(?:not|no|"
    r"instead)\s[^.]*)?"
    r"[\s.!]*$",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"(?<![\w'-])([^\W\d_](?:[-. ]+[^\W\d_]){2,})(?![\w'])")
_WITH_LETTER = re.compile(
    r"\b(?:with|con|has|lleva)\s+(?:(?P<many>an?|one|two|double|una?|dos|doble|no|sin)\s+)?(?P<letter>[a-z])(?:'?s)?"
    r"(?=\s*(?:$|[,.;!?:]|actually\b|please\b|though\b|not\b|no\b|instead\b|and not\b|en vez\b|at the|al final))"
    r"(?:,?\s*(?:not|no|instead of|and not|en vez de)\s+(?:with\s+|con\s+)?(?:an?|one|una?)?\s*(?P<old>[a-z])\b)?"
)
_AROUND = re.compile(
    r"^i (?:go by|am called|prefer)\s+|(?:\s+(?:actually|instead|please|now|these days|ahora))+$", re.IGNORECASE
)
_PIECES = 3
_SPELLED = re.compile(r"\bspel\w+|\bse escribe\b|\bdeletre\w+")
_SOUNDS = ("ck", "sz", "yi", "bv", "gj", "ea", "cs", "mn", "dt", "ie", "kq")


def tells_name_part(text: str) -> bool:
    """True when only a first or last name is told, or how a name is spelled."""
    folded = fold(text)
    return bool(
        _PART_OF_NAME.search(text) or _WITH_LETTER.search(folded) or (_SPELLED.search(folded) and _LETTERS.search(text))
    )


def mended_name(text: str, state: State, specs: Sequence[SlotSpec]) -> CorrectSlot | None:
    """A name of which the first or last part changes."""
    hit = _PART_OF_NAME.search(text)
    spec = next((s for s in specs if s.type == "person_name"), None)
    if not hit or spec is None:
        return None
    words = _value(state, spec).split()
    new = hit["new"].split()
    if _LETTERS.fullmatch(hit["new"]):
        return None
    first = hit["part"].lower().startswith(("first", "primer"))
    return CorrectSlot(spec.name, " ".join([*new, *words[1:]] if first else [*words[: max(1, len(words) - 1)], *new]))


def spelled_name(text: str, state: State, specs: Sequence[SlotSpec]) -> CorrectSlot | None:
    """ "R-u-i-s", "it's Ruis with an s", "Anna with two n's", "with a K": the part of a name that is most like it."""
    if letters := _LETTERS.search(text):
        return like_part("".join(re.findall(r"[^\W\d_]", letters[1])).capitalize(), state, specs, least=40)
    hit = _WITH_LETTER.search(fold(text))
    if hit is None or len(fold(text)) != len(text):
        return None
    before = opening_removed(text[: hit.start()]).split()
    word = before[-1] if before and len(before[-1]) > 1 else ""
    letter, many = hit["letter"], hit["many"]
    if word and many in ("two", "double", "dos", "doble") and letter * 2 not in fold(word):
        word = _doubled(word, letter)
    told_again = re.findall(r"[^\W\d_][\w'’-]+", text[hit.end() :])[-1:]  # "with an s actually, Fernandes"
    for candidate in [*([word] if word else []), *told_again]:
        if done := like_part(candidate, state, specs):
            return done
    if word[:1].isupper() and letter in fold(word):
        return None  # a whole name that is like none of those given: it is somebody else's
    return _relettered(letter, hit["old"], state, specs)


def like_part(word: str, state: State, specs: Sequence[SlotSpec], *, least: int = ALIKE) -> CorrectSlot | None:
    """The latest name with `word` in the place of the part that is most like it."""
    for spec in (s for s in specs if s.type in _NAMES):
        words = _value(state, spec).split()
        scores = [(fuzz.ratio(fold(part), fold(word)), place) for place, part in enumerate(words)]
        score, place = max(scores)
        if least <= score < 100:
            return CorrectSlot(spec.name, " ".join([*words[:place], word, *words[place + 1 :]]))
    return None


def renewed_name(text: str, state: State, specs: Sequence[SlotSpec]) -> CorrectSlot | None:
    """ "It's Ana Rask-Meyer, I got married": a name that shares a part with the one given replaces it."""
    spec = next((s for s in specs if s.type == "person_name"), None)
    if spec is None:
        return None
    old = _value(state, spec)
    parts = {part for part in re.split(r"[\s-]", fold(old)) if len(part) > 1}
    for told in re.split(r"[,.;(]", opening_removed(text))[:_PIECES]:
        piece = unwrapped(_AROUND.sub("", told.strip()))
        if not 2 <= len(piece.split()) <= 5 or not looks_like_name(piece):
            continue
        if fold(piece) != fold(old) and parts & set(re.split(r"[\s-]", fold(piece))):
            return CorrectSlot(spec.name, piece)
    return None


def _relettered(letter: str, old: str | None, state: State, specs: Sequence[SlotSpec]) -> CorrectSlot | None:
    """ "With a K": the letter that stands in its place is the one that was named, or the only one that sounds alike."""
    spec = next((s for s in specs if s.type == "person_name"), None)
    if spec is None:
        return None
    value = _value(state, spec)
    olds = old or "".join(pair.replace(letter, "") for pair in _SOUNDS if letter in pair)
    places = [place for place, char in enumerate(fold(value)) if char in olds]
    if len(places) != 1 or len(fold(value)) != len(value):
        return CorrectSlot(spec.name, "")
    place = places[0]
    new = letter.upper() if value[place].isupper() else letter
    return CorrectSlot(spec.name, value[:place] + new + value[place + 1 :])


def _doubled(word: str, letter: str) -> str:
    at = fold(word).find(letter)
    return word[: at + 1] + letter + word[at + 1 :] if at >= 0 else word


def _value(state: State, spec: SlotSpec) -> str:
    return str(state.slots[spec.name].value)

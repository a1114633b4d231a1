"""Corrections: "no, Aetna", "the last digit is 4", "it's Smyth, not Smith", "change my phone to ..."."""

import re
from collections.abc import Sequence
from typing import Any

from rapidfuzz import fuzz

from app.dialogue.action import Catalogue, SlotSpec
from app.dialogue.commands import CorrectSlot
from app.dialogue.slots.fold import fold
from app.dialogue.slots.names import unwrapped
from app.dialogue.state import SlotStatus, State
from app.understanding.lexicon import any_of, labels, pattern
from app.understanding.people import looks_like_name

_DIGITS = re.compile(
    r"\b(?P<place>last|first|final|ultimo|ultima|ultimos|primer|primero) (?:(?P<count>two|three|four|"
    r"2|3|4|dos|tres|cuatro) )?(?:digits?|numbers?|letters?|characters?|digitos?|numeros?)"
    r"(?: (?:of|in|on|for|de) (?:my |the |mi |"
    r"su )?(?P<of>[a-z-]+(?: (?!is\b)[a-z-]+){0,2}?))?(?: (?:is|are|should be|should say|was|were|es|"
    r"son|debe ser))?(?: (?:really|actually))?:? (?P<new>[a-z0-9]{1,4}|one|two|three|four|five|six|"
    r"seven|eight|nine|zero)\b|"
    r"\b(?:ends?|ending) (?:in|with) (?:an? )?(?P<end>[a-z0-9]{1,4})\b(?: ?,? not)?|"
    r"\btermina en (?P<fin>[a-z0-9]{1,4})\b"
)
_WORDS = {word: str(number) for number, word in enumerate("zero one two three four five six seven eight nine".split())}  # noqa: SIM905
_NOT = (
    re.compile(
        r"^(?P<new>[^,;]{1,60}?),?\s+(?:not|no|instead of|rather than|en vez de|"
        r"en lugar de)\s+(?P<old>[^,;.!?]{1,60})$",
        re.IGNORECASE,
    ),
    re.compile(
        r"^(?:not|no es)\s+(?P<old>[^,;]{1,60}?)(?:,|\s+but|\s+sino|\s+it's|\s+its)\s+(?:it's |its |"
        r"but |es )?(?P<new>[^,;.!?]{1,60})$",
        re.IGNORECASE,
    ),
)
_OPENING = re.compile(
    r"^(?:(?:no|nope|sorry|wait|hold on|actually|oops|oh|correction|i meant(?: to say)?|i mean|"
    r"scratch that|my mistake|typo|yes|but|and|well|please|um|uh|hmm|on second thought|"
    r"i changed my mind|i said|that should be|"
    r"it should (?:be|say)|it'?s|it is|that'?s|make (?:it|that)|change (?:it|that) to|let'?s (?:do|"
    r"say|make it)|better(?: use)?|use|should be|rather|instead|perd[oó]n|perdone|disculpe|mejor|"
    r"en realidad|quise decir|"
    r"quiero decir|corrijo|me equivoqu[eé]|espere|es|wrong)\b[\s,.:;!-]*)+",
    re.IGNORECASE,
)
_WHOLE = ("carrier", "specialty", "preferred_times", "member_id", "contact")
_PART_OF_NAME = re.compile(
    r"\b(?P<part>(?:last|first|sur|family)\s*name|apellido|primer nombre)(?:(?: is| was)? (?:wrong|incorrect|"
    r"misspelled|mal)[,;:. ]+(?:it|that))?(?:'s| is| should be| es|:)*\s+(?:(?:actually|"
    r"really|now|spelled|written|called|se escribe)\s+)*(?P<new>(?!(?:not|wrong|spelled|with|is|es)\b)[^\W\d_][\w'’-]*"
    r"(?:\s+(?!(?:not|with|and|instead|no|con)\b)[^\W\d_][\w'’-]*)?)(?:\s+(?:with|con)\s[^.]*|,?\s*(?:not|no|"
    r"instead)\s[^.]*)?"
    r"[\s.!]*$",
    re.IGNORECASE,
)


_MENDED = re.compile(
    r"\b(?:wrong|incorrect|misspelled|mal|equivocad[oa])[,;:. ]+(?:it'?s|it is|it should be|should be|use|"
    r"es)\s+(?P<value>.+)$",
    re.IGNORECASE,
)


def corrects(text: str) -> bool:
    """True when the words announce that something given was wrong."""
    return bool(pattern("correction").search(fold(text)))


def renames(text: str) -> bool:
    """True when only a first or last name is told."""
    return bool(_PART_OF_NAME.search(text))


def opening_removed(text: str) -> str:
    """The text without "no, sorry, I meant"."""
    return _OPENING.sub("", text, count=1).strip(" ,.!?;:-")


def filled_specs(state: State, catalogue: Catalogue) -> list[SlotSpec]:
    """Specs of the filled slots, the latest first."""
    names = [name for name, slot in state.slots.items() if slot.status is SlotStatus.FILLED]
    return [spec for name in reversed(names) if (spec := catalogue.spec(name, state.action))]


def patched(text: str, state: State, catalogue: Catalogue) -> CorrectSlot | None:
    """A correction of part of a value: its digits, one of its words, a first or last name."""
    specs = filled_specs(state, catalogue)
    return _digits(fold(text), state, specs) or _name_part(text, state, specs) or _replaced(text, state, specs)


def labelled(text: str, specs: Sequence[SlotSpec]) -> tuple[SlotSpec, str] | None:
    """The field that the text names and the words after "is", "to" or ":" ("" when there are none)."""
    folded = fold(text)
    best: tuple[int, SlotSpec, str] | None = None
    for spec in specs:
        names = [fold(name) for name in spec.label.values()] + list(labels().get(spec.type, ()))
        for hit in re.finditer(any_of(names), folded):
            if best is None or hit.end() - hit.start() > best[0]:
                best = (hit.end() - hit.start(), spec, text[hit.end() :] if len(text) == len(folded) else "")
    if best is None:
        return None
    value = re.match(
        r"\s*(?:on file\s*)?(?:should be|should say|is actually|is now|is really|is|to|:|=|es|a|"
        r"debe ser|por)\s+(?P<value>.+)$",
        best[2],
        re.IGNORECASE,
    )
    value = value or _MENDED.search(best[2])
    said = value["value"].strip(" .!?") if value else ""
    return best[1], "" if pattern("wrong").search(fold(said)) and len(said.split()) <= 3 else said


def _digits(text: str, state: State, specs: Sequence[SlotSpec]) -> CorrectSlot | None:
    hit = _DIGITS.search(text)
    numbered = [
        s
        for s in specs
        if s.type in ("contact", "phone", "member_id", "zip") and re.search(r"\d", str(_value(state, s)))
    ]
    if not hit or not numbered:
        return None
    named = labelled(hit["of"] or "", numbered)
    spec = named[0] if named else numbered[0]
    new = hit["new"] or hit["end"] or hit["fin"]
    new = _WORDS.get(new, new).upper()
    if not re.search(r"\d", new) and spec.type != "member_id":
        return None
    old = str(_value(state, spec))
    if (hit["place"] or "last").startswith(("first", "prim")):
        prefix = "+1" if old.startswith("+1") else ""
        return CorrectSlot(spec.name, prefix + new + old[len(prefix) + len(new) :])
    return CorrectSlot(spec.name, old[: -len(new)] + new)


def _name_part(text: str, state: State, specs: Sequence[SlotSpec]) -> CorrectSlot | None:
    hit = _PART_OF_NAME.search(text)
    spec = next((s for s in specs if s.type == "person_name"), None)
    if not hit or spec is None:
        return None
    words = str(_value(state, spec)).split()
    new = hit["new"].split()
    first = hit["part"].lower().startswith(("first", "primer"))
    return CorrectSlot(spec.name, " ".join([*new, *words[1:]] if first else [*words[: max(1, len(words) - 1)], *new]))


def _replaced(text: str, state: State, specs: Sequence[SlotSpec]) -> CorrectSlot | None:
    """ "Smyth, not Smith": the latest field that contains the old word gets the new one in its place."""
    bare = opening_removed(text)
    if named := labelled(bare, specs):
        said = re.sub(r"^.*?\b(?:is|es|should be|should say|to|:)\s+(?=\S)", "", bare, count=1, flags=re.IGNORECASE)
        bare = said if fold(said) != fold(bare) and named[0].type in ("provider", "person_name") else bare
    for form in _NOT:
        hit = form.match(bare)
        if not hit:
            continue
        old, new = fold(hit["old"]).strip(" .!?"), hit["new"].strip(" .!?,")
        for spec in specs:
            value = _value(state, spec)
            said = state.slots[spec.name].said if not isinstance(value, str) else value
            if done := _swap(said, old, new):
                return CorrectSlot(spec.name, new if spec.type in _WHOLE else done)
    return None


def renewed_name(text: str, state: State, catalogue: Catalogue) -> CorrectSlot | None:
    """ "It's Ana Rask-Meyer, I got married": a name that shares a part with the one given replaces it."""
    spec = next((s for s in filled_specs(state, catalogue) if s.type == "person_name"), None)
    piece = unwrapped(re.split(r"[,.;(]", opening_removed(text), maxsplit=1)[0])
    if spec is None or not 2 <= len(piece.split()) <= 5 or not looks_like_name(piece):
        return None
    old = str(_value(state, spec))
    parts = {part for part in re.split(r"[\s-]", fold(old)) if len(part) > 1}
    if fold(piece) != fold(old) and parts & set(re.split(r"[\s-]", fold(piece))):
        return CorrectSlot(spec.name, piece)
    return None


def _swap(said: str, old: str, new: str) -> str | None:
    words = said.split()
    size = len(old.split())
    for place in range(len(words) - size + 1):
        if fold(" ".join(words[place : place + size])) == old:
            return " ".join([*words[:place], new, *words[place + size :]])
    if len(new.split()) > 1 and {fold(word) for word in words} & {fold(word) for word in new.split()} - {old}:
        return new if any(fuzz.ratio(fold(word), old) >= 80 for word in words) else None
    for place in range(len(words) - size + 1):
        piece = " ".join(words[place : place + size])
        if fold(piece) == old or (len(old) >= 4 and fuzz.ratio(fold(piece), old) >= 80):
            return " ".join([*words[:place], new, *words[place + size :]])
    return None


def _value(state: State, spec: SlotSpec) -> Any:
    return state.slots[spec.name].value

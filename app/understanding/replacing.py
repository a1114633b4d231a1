"""Corrections that name what was wrong: "Smyth, not Smith", "the 8 should be a 9", "change Tuesday to Friday"."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rapidfuzz import fuzz

from app.dialogue.action import SlotSpec
from app.dialogue.commands import CorrectSlot
from app.dialogue.slots.dates import weekdays_in
from app.dialogue.slots.fold import fold
from app.dialogue.slots.provider import find_provider, find_specialty
from app.dialogue.state import State
from app.understanding.digits import exchanged_digits
from app.understanding.fields import labelled
from app.understanding.lexicon import tells_complaint
from app.understanding.openings import opening_removed

_PUT = (
    r"(?:(?:it'?s|it is|it should (?:be|say)|i meant|i mean|meant|use|put|make it|write|should be|es|ponga|"
    r"quise decir|era)\s+)"
)
_ART = r"(?:(?:the|an?|el|la|los|las|un|una)\s+)?"
_NEW, _OLD = r"(?P<new>[^,;]{1,60}?)", r"(?P<old>[^,;.!?]{1,60}?)"
_SHOULD = (
    r"(?:should(?: have)? (?:be|been|say|read)|needs to be|must be|has to be|is (?:really|actually|supposed to be)|was "
    r"(?:meant|supposed) to be|deber?[ií]?a? ser|debe decir|tiene que ser)"
)
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"^{_NEW},?\s+(?:and )?(?:not|no|instead of|rather than|en vez de|en lugar de|y no)\s+{_OLD}$",
        rf"^(?:not|no es|no)\s+{_OLD}(?:,|\s+but|\s+sino|\s+(?=it'?s))\s*(?:but |sino )?{_PUT}?{_NEW}$",
        rf"^{_OLD}\s+{_SHOULD}\s+{_NEW}$",
        rf"^(?:please )?(?:can you |could you |puede )?(?:change|replace|switch|swap|correct|fix|cambi[ae]r?|"
        rf"reemplac\w+)\s+"
        rf"{_OLD}\s+(?:to|with|for|into|by|a|por|con)\s+{_NEW}$",
        rf"^(?:instead of|en vez de|en lugar de)\s+{_OLD}(?:,\s*|\s+(?={_PUT})){_PUT}?{_NEW}$",
        rf"^{_OLD}\s+(?:is|was|est[aá])\s+(?:wrong|incorrect|a typo|a mistake|mal)[,;.]?\s+{_PUT}{_NEW}$",
        rf"^(?:i (?:said|wrote|typed|put|gave(?: you)?|entered)|it says|you (?:have|wrote|put)|(?:dije|puse|"
        rf"escrib[ií]))\s+{_OLD}"
        rf"(?:,\s*|\s+)(?:but |and |pero )?{_PUT}{_NEW}$",
        rf"^(?:\S+ ){{0,4}}?(?:isn'?t|is not|wasn'?t|no es|no era)\s+{_OLD}(?:,|\s+but|\s+sino)\s*(?:but |"
        rf"sino )?{_PUT}?{_NEW}$",
        rf"^(?:(?:i|we|he|she) )?(?:don'?t have|do not have|no longer have|dropped|ya no (?:tengo|"
        rf"tiene))\s+{_OLD}(?:\s+any ?more)?"
        rf"[,;]?\s+(?:(?:but|and|pero|y|now|ahora|i|we|he|she)\s+)*(?:have|has|got|am on|'m on|tengo|"
        rf"tiene)\s+{_NEW}(?:\s+(?:now|ahora))?$",
        rf"^{_OLD}\s*(?:->|=>|→)\s*{_NEW}$",
    )
)
_DIGIT = re.compile(r"^(?:\w+ )?(?:the|el) \d\b|\b(?:digits?|numbers?|digitos?|numeros?|phone|id|telefono)\b")
_WHOLE = ("carrier", "specialty", "member_id")


def exchanged(text: str, state: State, specs: Sequence[SlotSpec]) -> CorrectSlot | None:
    """The latest field that holds what was wrong, with the right words in its place."""
    for old, new in _pairs(text, specs):
        new = _with_side(old, new)
        if done := exchanged_digits(old, new, state, specs, explicit=bool(_DIGIT.search(fold(text)))):
            return done
        for spec in specs:
            value = state.slots[spec.name].value
            if spec.type == "preferred_times" and _names_days(old, value) and weekdays_in(fold(new)):
                return CorrectSlot(spec.name, new)
            if spec.type == "provider" and _is_called(old, str(value)) and find_provider(new):
                return CorrectSlot(spec.name, new)
            if spec.type == "specialty" and find_specialty(old) == value and find_specialty(new):
                return CorrectSlot(spec.name, str(find_specialty(new)))
            said = value if isinstance(value, str) else state.slots[spec.name].said
            if spec.type in ("contact", "email") and "@" in said:
                done_text = _within(said, old, new)
            else:
                done_text = swapped(said, fold(old), new)
            if done_text:
                return CorrectSlot(spec.name, new if spec.type in _WHOLE else done_text)
    return None


_ONE_SIDE = re.compile(
    r"^(?:the |my |la |el )?(?P<side>left|right|izquierd[oa]|derech[oa])(?: (?:one|side|lado))?$", re.IGNORECASE
)


def _with_side(old: str, new: str) -> str:
    """ "I said left knee but it's the right one": the old words with the other side."""
    hit = _ONE_SIDE.match(new.strip())
    sides = re.compile(r"\b(?:left|right|izquierd[oa]|derech[oa])\b", re.IGNORECASE)
    return sides.sub(hit["side"], old, count=1) if hit and sides.search(old) and len(old.split()) > 1 else new


def _is_called(old: str, known: str) -> bool:
    """Whether a doctor with title and name ("la doctora Wu") is the one who was given ("Dr. Amy Wu")."""
    found = find_provider(old)
    return found is not None and set(_NAME_WORD.findall(fold(found[2]))[1:]) <= set(_NAME_WORD.findall(fold(known)))


_NAME_WORD = re.compile(r"[^\W\d_]+")


def _names_days(old: str, windows: Sequence[Mapping[str, Any]]) -> bool:
    """True when the words name days that the wish holds, in whatever language it was said."""
    days = weekdays_in(fold(old))
    return bool(days) and all(any(day in window["days"] for window in windows) for day in days)


def _pairs(text: str, specs: Sequence[SlotSpec]) -> Iterator[tuple[str, str]]:
    """What was wrong and what is right, as each form reads it."""
    bare = opening_removed(text)
    if named := labelled(bare, specs):
        said = re.sub(r"^.*?\b(?:is|es|should be|should say|to|:)\s+(?=\S)", "", bare, count=1, flags=re.IGNORECASE)
        bare = said if fold(said) != fold(bare) and named[0].type in ("provider", "person_name") else bare
    tried = dict.fromkeys((bare, _last_piece(bare), text.strip(" .!?,")))
    for form in _FORMS:
        for words in tried:
            if hit := form.match(words):
                yield _bare(hit["old"]), _bare(hit["new"])


def _last_piece(text: str) -> str:
    """ "In the ID it's 4321 not 1234": what follows "it's"."""
    return re.sub(r"^.*\b(?:it'?s|it is|i meant|es|era)\s+(?=\S)", "", text, count=1, flags=re.IGNORECASE)


def _bare(words: str) -> str:
    return re.sub(rf"^{_ART}", "", words.strip(" .!?,\"'"), count=1, flags=re.IGNORECASE)


def _within(said: str, old: str, new: str) -> str | None:
    at = said.lower().find(old.lower())
    return said[:at] + new + said[at + len(old) :] if at >= 0 and not re.search(r"\s", new) else None


def swapped(said: str, old: str, new: str) -> str | None:
    """`said` with `new` in the place of the words `old` (folded), also when they are spelled a little otherwise."""
    words = said.split()
    size = len(old.split())
    for place in range(len(words) - size + 1):
        if fold(" ".join(words[place : place + size])).strip(",.;") == old:
            return _laid_over(words, place, size, new)
    if len(new.split()) > 1 and {fold(word) for word in words} & {fold(word) for word in new.split()} - {old}:
        return new if any(fuzz.ratio(fold(word), old) >= 80 for word in words) else None
    for place in range(len(words) - size + 1):
        piece = " ".join(words[place : place + size])
        if fold(piece) == old or (len(old) >= 4 and fuzz.ratio(fold(piece), old) >= 80):
            return " ".join([*words[:place], new, *words[place + size :]])
    return None


def _laid_over(words: list[str], place: int, size: int, new: str) -> str:
    """The words with `new` in place of `size` of them; what `new` repeats of its neighbours stands once."""
    fresh = new.split()
    start, end = place, place + size
    for shared in range(min(place, len(fresh) - 1), 0, -1):
        if fold(" ".join(words[place - shared : place])) == fold(" ".join(fresh[:shared])):
            start = place - shared
            break
    for shared in range(min(len(words) - end, len(fresh) - 1), 0, -1):
        if fold(" ".join(words[end : end + shared])) == fold(" ".join(fresh[-shared:])):
            end += shared
            break
    return " ".join([*words[:start], new, *words[end:]])


_SIDES = (("left", "right"), ("izquierd", "derech"))
_SIDE = re.compile(
    r"\b(?P<side>left|right) (?P<what>\w+)\b|\b(?P<que>\w+) (?P<lado>izquierd|derech)[oa]\b|\b(?:la|"
    r"el) (?P<sola>izquierd|derech)[oa]\b"
)


def other_side(text: str, state: State, specs: Sequence[SlotSpec]) -> CorrectSlot | None:
    """ "Oops, right shoulder": the reason with the other side in it."""
    hit = _SIDE.search(fold(text))
    spec = next((spec for spec in specs if spec.type == "reason"), None)
    if hit is None or spec is None:
        return None
    what = hit["what"] or hit["que"] or "one"
    if what not in ("one", "side", "lado") and not tells_complaint(what):
        return None
    side = hit["side"] or hit["lado"] or hit["sola"]
    value = str(state.slots[spec.name].value)
    for pair in _SIDES:
        old = pair[side == pair[0]] if side in pair else ""
        if old and re.search(rf"\b{old}", value, re.IGNORECASE) and not re.search(rf"\b{side}", value, re.IGNORECASE):
            return CorrectSlot(spec.name, re.sub(rf"\b{old}(?=[oa]?\b)", side, value, flags=re.IGNORECASE))
    return None

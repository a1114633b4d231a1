"""Corrections of a part of a number: "the last two are 39", "area code 571", "sorry, 0184"."""

import re
from collections.abc import Sequence

from app.dialogue.action import SlotSpec
from app.dialogue.commands import CorrectSlot
from app.dialogue.spelled import UNITS
from app.dialogue.state import State
from app.understanding.fields import labelled

NUMBERED = ("contact", "phone", "fax", "member_id", "zip", "npi")
_ORDINALS = {
    word: place
    for place, words in enumerate(
        (
            "first 1st primer primero primera",
            "second 2nd segundo segunda",
            "third 3rd tercer tercero tercera",
            "fourth 4th cuarto cuarta",
            "fifth 5th quinto quinta",
            "sixth 6th sexto sexta",
            "seventh 7th septimo",
            "eighth 8th octavo",
            "ninth 9th noveno",
            "tenth 10th decimo",
        )
    )
    for word in words.split()
}
_SPELLED = {word: digit for word, digit in UNITS.items() if word not in ("o", "una")}
"""Without those that are more often a letter or an article."""
_COUNT = r"(?:two|three|four|five|2|3|4|5|dos|tres|cuatro|cinco)"
_UNIT = r"(?:digits?|numbers?|letters?|characters?|digitos?|numeros?|letras?|cifras?)"
_IS = (
    r"(?:\s*(?:is|are|was|were|(?:should|must|needs? to|ought to|has to)(?: actually| really)?(?: have been| be| say| "
    r"read)?|es|son|era|eran|(?:debe|deberia|tiene que)n? ser|to|a|:|=|,))*(?: (?:really|actually|an?|una?))*\s+"
)
_ONE = r"(?:" + "|".join(_SPELLED) + r")\b"
_NEW = rf"(?P<new>{_ONE}(?:[ -]{_ONE})*|[a-z]{{0,2}}\d[a-z0-9]{{0,6}}\b|[a-z](?![\w']))"
_PLACE = re.compile(
    rf"\b(?P<place>(?:second|next) to last|penultim[oa]|last|final|ultim[oa]s?|{'|'.join(_ORDINALS)}) "
    rf"(?:(?P<count>{_COUNT})\b ?)?(?P<unit>{_UNIT}\b)?"
    rf"(?: (?:of|in|on|for|de|del) (?:(?:my|the|mi|su|el|la) )?[a-z.-]+(?: (?!is\b|are\b|"
    rf"should\b)[a-z.-]+)?)?{_IS}{_NEW}"
)
_EDGE = re.compile(
    r"\b(?:(?P<end>ends?|ending|termina|acaba)|starts?|begins?|starting|beginning|empieza|comienza) (?:in|with|on|"
    r"en|con)"
    rf" (?:an? |una? )?{_NEW}"
)
_AT_END = re.compile(
    rf"\b{_NEW}(?: goes| is| should be| es| va)? (?:(?:at|on|in) the (?:(?P<end>end)|beginning|start|front)|"
    rf"(?P<end_es>al final)|"
    r"al (?:principio|comienzo|inicio))\b"
)
_AREA = re.compile(
    rf"\b(?:area code|codigo de area|prefijo|clave lada)\b(?: (?:of|on|in|for|"
    rf"de) [a-z ]{{2,12}}?)?{_IS}?(?P<new>\d{{3}})\b"
)
_TURNED = re.compile(
    r"\b(?:swapped|switched|transposed|reversed|flipped|mixed up|backwards|invertidos|al reves|cambie de orden)\b"
)
_OF_DIGITS = re.compile(r"\d{3}|\b(?:digit|number|numero|cifra|last (?:two|2))")
_PIECE = re.compile(
    r"(?:^|[,;:.]\s*|\b(?:is|it's|its|meant|mean|be|es|con)\s+)(?:in |with )?(?P<digits>\d[\d\s().-]{1,10})$"
)
_IN_NUMBER = re.compile(r"(?=.)[A-Z]{0,3}(?:\d+[A-Z]{0,2})*")
US = "+1"


def tells_place(folded: str) -> bool:
    """True when the words say which digits of a number are meant, and what they are."""
    place = _PLACE.search(folded)
    if _TURNED.search(folded) and _OF_DIGITS.search(folded):
        return True
    placed = (place and (place["unit"] or place["count"])) or _EDGE.search(folded) or _AREA.search(folded)
    return bool(placed or _AT_END.search(folded))


def mended_number(folded: str, state: State, specs: Sequence[SlotSpec]) -> CorrectSlot | None:
    """The number with the digits in place that the words put there; "" as the words when they cannot be placed."""
    numbers = numbered(state, specs)
    if not numbers:
        return None
    if (hit := _AREA.search(folded)) and (phone := _phone(state, numbers)):
        old = value_of(state, phone)
        return CorrectSlot(phone.name, US + hit["new"] + old[len(US) + 3 :])
    for pattern in (_PLACE, _EDGE, _AT_END):
        hit = pattern.search(folded)
        if hit and (pattern is not _PLACE or hit["unit"] or hit["count"]):
            about = folded[: hit.start("unit")] + folded[hit.end("unit") :] if pattern is _PLACE else folded
            return _placed(hit, named(about, numbers), state)
    if _TURNED.search(folded) and _OF_DIGITS.search(folded) and not re.search(r"\d{2}", folded):
        spec = named(folded, numbers)
        old = value_of(state, spec)
        last_two = re.search(r"\b(?:last|ultim[oa]s) (?:two|2|dos)\b", folded)
        return CorrectSlot(spec.name, old[:-2] + old[-1] + old[-2] if last_two else "")
    return None


def _placed(hit: re.Match[str], spec: SlotSpec, state: State) -> CorrectSlot | None:
    new = "".join(_SPELLED.get(word, word) for word in re.split(r"[ -]", hit["new"])).upper()
    if not new.isdigit() and spec.type != "member_id":
        return None
    head, body = _split(value_of(state, spec))
    groups = hit.groupdict()
    place = groups.get("place") or ("last" if groups.get("end") or groups.get("end_es") else "first")
    if place in _ORDINALS:
        at = _ORDINALS[place]
    else:
        at = len(body) - (2 if re.match(r"(?:second|next) to|penult", place) else len(new))
    if at < 0 or at + len(new) > len(body):
        return CorrectSlot(spec.name, "")
    return CorrectSlot(spec.name, head + body[:at] + new + body[at + len(new) :])


def exchanged_digits(
    old: str, new: str, state: State, specs: Sequence[SlotSpec], *, explicit: bool
) -> CorrectSlot | None:
    """The latest number that holds `old` with `new` in its place. One digit that stands there twice says too little:
    then the number is asked again. A digit or two mean the latest field only, unless the words are `explicit`."""
    was, now = _plain(old), _plain(new)
    if not re.search(r"\d", was + now) or not (_IN_NUMBER.fullmatch(was) and _IN_NUMBER.fullmatch(now)):
        return None
    for spec in numbered(state, specs):
        head, body = _split(value_of(state, spec))
        at = body.rfind(was)
        if at < 0 or (len(was) <= 2 and spec is not specs[0] and not explicit):
            continue
        if len(was) == 1 and body.count(was) > 1:
            return CorrectSlot(spec.name, "")
        return CorrectSlot(spec.name, head + body[:at] + now + body[at + len(was) :])
    return None


def fragment(text: str, state: State, specs: Sequence[SlotSpec]) -> CorrectSlot | None:
    """A few digits alone ("sorry, 0184") stand for the part of the latest number that they are most like: its end, or
    one of the groups of a phone number."""
    hit = _PIECE.search(text.strip(" .!?"))
    numbers = numbered(state, specs)
    new = _plain(hit["digits"]) if hit else ""
    if not 3 <= len(new) <= 7 or not numbers:
        return None
    spec = named(text, numbers)
    head, body = _split(value_of(state, spec))
    if len(new) > len(body):
        return None
    places = {3: (0, 3), 4: (6,), 7: (3,)}.get(len(new), ()) if head else (len(body) - len(new),)
    best = sorted(((_alike(body[at : at + len(new)], new), at) for at in places), reverse=True)
    if not best or (len(best) > 1 and best[0][0] == best[1][0]):
        return CorrectSlot(spec.name, "")
    at = best[0][1]
    return CorrectSlot(spec.name, head + body[:at] + new + body[at + len(new) :])


def numbered(state: State, specs: Sequence[SlotSpec]) -> list[SlotSpec]:
    """Those of `specs` that hold a number that can be mended digit by digit."""
    return [s for s in specs if s.type in NUMBERED and re.fullmatch(r"[+\dA-Z-]*\d[\dA-Z-]*", value_of(state, s))]


def named(text: str, specs: Sequence[SlotSpec]) -> SlotSpec:
    """The one of `specs` that the text names, else the first."""
    found = labelled(text, specs)
    return found[0] if found else specs[0]


def value_of(state: State, spec: SlotSpec) -> str:
    """The slot's normal form as text."""
    return str(state.slots[spec.name].value)


def _phone(state: State, specs: Sequence[SlotSpec]) -> SlotSpec | None:
    return next((spec for spec in specs if value_of(state, spec).startswith(US)), None)


def _split(value: str) -> tuple[str, str]:
    return (US, value[len(US) :]) if value.startswith(US) else ("", value)


def _plain(said: str) -> str:
    bare = re.sub(
        r"^(?:(?:the|an?|el|la|los|las|un|una|number|numero|digits?)\s+)+", "", said.strip(), flags=re.IGNORECASE
    )
    bare = _SPELLED.get(bare.lower(), bare)
    return re.sub(r"[\s().+-]", "", bare).upper()


def _alike(old: str, new: str) -> tuple[int, int]:
    """Digits that stay where they are, then digits that both have."""
    return sum(a == b for a, b in zip(old, new, strict=True)), sum(min(old.count(d), new.count(d)) for d in set(new))

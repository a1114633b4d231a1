"""Which field a patient names, and what is said of it."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from app.dialogue.action import Catalogue, SlotSpec
from app.dialogue.slots.fold import fold
from app.dialogue.state import SlotStatus, State
from app.understanding.lexicon import any_of, labels, pattern, words

_VALUE = re.compile(
    r"\s*(?:on file\s*|there\s*)?(?:should be|should say|should read|should have been|needs to be|must be|is actually|"
    r"is now|is really|is|was|to|:|=|->|es|a|debe ser|deberia ser|por)\s+(?P<value>.+)$",
    re.IGNORECASE,
)
_MENDED = re.compile(
    r"\b(?:wrong|incorrect|misspelled|mal|equivocad[oa])[,;:. ]+(?:and )?(?:it'?s|it is|it should be|should be|use|"
    r"es)\s+(?P<value>.+)$",
    re.IGNORECASE,
)

_AFTER_WRONG = re.compile(
    r"\s*[,;:.]+\s*(?:and )?(?:(?:it'?s|it is|it should be|should be|use|make it|i meant|es|debe ser|"
    r"ponga)\s+)?(?P<value>\S.*)$",
    re.IGNORECASE,
)


_SPELLED = re.compile(r"^(?:(?:actually|really) )?(?:spelled|spelt|written|se escribe)(?: as| like)?\s+", re.IGNORECASE)


_RIGHT = r"(?:right|correct|fine|good|ok|okay|accurate|perfect|bien|correct[oa])"
_OTHER = r"(?:different|another(?: one)?|(?:a )?new(?: one)?|(?:the )?other one|otr[oa]|distint[oa]|diferente|nuev[oa])"
_JUDGEMENT = re.compile(
    rf"(?:(?:all|also|now|too|still|not|no|ya)\b\s*)*(?:{_RIGHT}|{_OTHER}|mine)?(?:\s+(?:now|too|ahora))?"
)
_JUDGED = re.compile(
    rf"(?:\s+(?:that )?you have)?(?:\s*'?s\b|\s+(?:is|are|was|looks?|seems?|es|esta|estan)\b)?"
    rf"(?:\s+(?:all|also|still|too|ya))?"
    rf"(?:(?P<right>\s+{_RIGHT})|"
    rf"(?P<wrong>(?:\s+(?:is|are|was)n'?t|\s+not|\s+no(?: es| esta)?)(?:\s+{_RIGHT})?|\s+{_OTHER}))"
    r"(?:\s+(?:now|too|though|ahora|tambien))*\W*$"
)
"""Behind the name of a field: that it is right, or that it is not."""
_UNSURE = re.compile(r"\b(?:if|whether|unless|once|si|make sure)\b|^\W*(?:is|are|not)\b")


def filled_specs(state: State, catalogue: Catalogue) -> list[SlotSpec]:
    """Specs of the filled slots, the latest first."""
    names = [name for name, slot in state.slots.items() if slot.status is SlotStatus.FILLED]
    return [spec for name in reversed(names) if (spec := catalogue.spec(name, state.action))]


def labelled(text: str, specs: Sequence[SlotSpec]) -> tuple[SlotSpec, str] | None:
    """The field that the text names and the words after "is", "to" or ":" ("" when there are none)."""
    found = _best(text, specs)
    if found is None:
        return None
    start, end, spec = found
    behind = text[end:] if len(fold(text)) == len(text) else ""
    value = _VALUE.match(behind) or _MENDED.search(behind)
    if value is None and pattern("wrong").search(fold(text[:start])):
        value = _AFTER_WRONG.match(behind)
    said = _SPELLED.sub("", value["value"].strip(" .!?")) if value else ""
    judges = _JUDGEMENT.fullmatch(fold(said)) or (pattern("wrong").search(fold(said)) and len(said.split()) <= 3)
    return spec, "" if judges else said


def judged(text: str, specs: Sequence[SlotSpec]) -> tuple[SlotSpec, bool] | None:
    """The field of which the text says that it is right (True) or is not so (False) and nothing else."""
    found = _best(text, specs)
    if found is None:
        return None
    folded = fold(text)
    said = None if _UNSURE.search(folded[: found[0]]) else _JUDGED.match(folded, found[1])
    return (found[2], said["wrong"] is None) if said else None


def _best(text: str, specs: Sequence[SlotSpec]) -> tuple[int, int, SlotSpec] | None:
    """Start, end and field of the longest name of a field in the text."""
    folded = fold(text)
    best: tuple[int, int, SlotSpec] | None = None
    for spec in specs:
        for hit in _names(spec).finditer(folded):
            if best is None or hit.end() - hit.start() > best[1] - best[0]:
                best = (hit.start(), hit.end(), spec)
    return best


def _names(spec: SlotSpec) -> re.Pattern[str]:
    return _named(spec.type, tuple(spec.label.values()))


@lru_cache(maxsize=512)
def _named(kind: str, label: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(any_of([*(fold(name) for name in label), *labels().get(kind, ())]))


def by_field(text: str, specs: Sequence[SlotSpec]) -> list[str]:
    """The text cut where "and", a comma or the like leads to another field; whole when it names one at most."""
    pieces = re.split(
        r"\s*(?:[,;]|[,;]?\s+(?:and|also|plus|y|tambi[eé]n))\s+(?=(?:also |change |fix |then )*(?:my|the|mi|el|la|"
        r"su)?\s*\w)",
        text,
    )
    parts: list[str] = []
    seen: set[str] = set()
    for piece in pieces:
        found = _best(piece, specs)
        opens = found is not None and len(piece[: found[0]].split()) <= 3 and found[2].name not in seen
        if parts and not opens:
            parts[-1] = f"{parts[-1]}, {piece}"
        else:
            parts.append(piece)
        if found:
            seen.add(found[2].name)
    return parts if len(parts) > 1 and all(_best(part, specs) for part in parts[1:]) else [text]


def says_something(text: str) -> bool:
    """True when more than fillers and names of fields is left."""
    return any(word not in _fillers() for word in re.findall(r"[\w'/-]+", fold(text)))


@cache
def _fillers() -> frozenset[str]:
    named = {word for names in labels().values() for name in names for word in name.split()}
    return frozenset(words("fillers")) | named


def form_line(text: str) -> tuple[str, str] | None:
    """The type of field and the value of a line like "Specialty: Orthopedics"; None for any other text."""
    head, colon, value = text.partition(":")
    if not colon or not value.strip() or len(head.split()) > _HEAD:
        return None
    folded = fold(head)
    named = [(len(name), kind) for kind, names in labels().items() for name in names if folded.endswith(name)]
    return (max(named)[1], value.strip(" .,")) if named else None


_HEAD = 4
"""Words of the label of a line at most."""

"""Who does what to whom, and where from and where to: "the therapist calls you" is not "you call the therapist"."""

from collections.abc import Iterator, Sequence

from app.answering.grounding.reading import Token
from app.answering.grounding.vocabulary import stem, vocabulary
from app.dialogue.language import Language

Names = frozenset[str]
Act = tuple[str, Names, Names]
"""("does" or "gets", who, the meanings of the verb); of a direction ("from", "to" or "about", where, nothing)."""

_WE, _YOU = frozenset({"@we"}), frozenset({"@you"})
_WHO = {
    **dict.fromkeys(
        ("we", "us", "clinic", "office", "practice", "nosotros", "nosotras", "clinica", "consultorio"), _WE
    ),
    **dict.fromkeys(("you", "patient", "patients", "usted", "ustedes", "paciente", "pacientes"), _YOU),
}
_REACHED = frozenset({"us", "you", "patient", "patients"})
_BETWEEN = frozenset(
    {"will", "would", "shall", "do", "does", "did", "also", "then", "kindly", "simply", "tambien", "ll"}
)
_HAVING = frozenset({"have", "has"})
_DIRECTIONS = frozenset({"from", "to", "about"})


def acts(part: Sequence[Token], language: Language, *, ordered: Sequence[int]) -> Iterator[Act]:
    """Of one piece; `ordered` are the places of its words that tell the patient to do something."""
    known = vocabulary()
    for at, token in enumerate(part):
        following = part[at + 1] if at + 1 < len(part) else None
        if token.raw in _DIRECTIONS and following is not None and following.sort in ("word", "small"):
            yield from _direction(part, at)
        having = token.raw in _HAVING
        if not (token.sort == "word" or having) or token.names & known.mutual:
            continue
        same_words = having or bool(token.names & known.converse)
        verb = frozenset({f"={stem(token.raw, language)}"}) if same_words else token.names
        if who := _YOU if at in ordered else _actor(part, at, language):
            yield "does", who, verb
        if following is not None and following.raw in _REACHED and not _acts(part, at + 1):
            yield "gets", _WHO[following.raw], verb


def _direction(part: Sequence[Token], at: int) -> Iterator[Act]:
    there = next((one for one in part[at + 1 :] if one.sort != "small" or one.raw in _WHO), None)
    if there is not None and (there.sort == "word" or there.raw in _WHO):
        yield part[at].raw, _WHO.get(there.raw, there.names), frozenset()


def _actor(part: Sequence[Token], at: int, language: Language) -> Names:
    """Who stands before the word at this place with nothing but helping verbs between."""
    for token in reversed(part[:at]):
        if token.raw in _WHO and token.raw != "us":
            return _WHO[token.raw]
        if token.sort == "word" and part[at].verb:
            return token.names & vocabulary().persons
        if not (token.raw in _BETWEEN or (token.sort == "mark" and "need" not in token.names)):
            break
    return _WE if language == "es" and part[at].raw.endswith("mos") else frozenset()


def _acts(part: Sequence[Token], at: int) -> bool:
    """Whether who stands at this place does the next thing: "the forms you sign"."""
    following = part[at + 1] if at + 1 < len(part) else None
    return following is not None and (following.verb or following.sort == "mark" or following.raw in _BETWEEN)


def turned(said: Sequence[Act], there: Sequence[Act]) -> bool:
    """Whether somebody does in `said` what `there` another one does, or what is done to them, or what comes from a
    place goes to it."""
    for role, who, verb in said:
        if role in _DIRECTIONS:
            same = [(r, w) for r, w, _ in there if r in _DIRECTIONS and _one(w, who)]
        else:
            same = [(r, w) for r, w, other in there if other & verb]
        if not any(r == role and _one(w, who) for r, w in same) and any(
            (r == role) is not _one(w, who) for r, w in same
        ):
            return True
    return False


def _one(some: Names, other: Names) -> bool:
    """The clinic's own people are "we"."""
    own = vocabulary().own_people
    return bool(some & other) or (bool(some & own or some & _WE) and bool(other & own or other & _WE))

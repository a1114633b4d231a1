"""Who does what to whom, and where from and where to: "the therapist calls you" is not "you call the therapist"."""

from collections.abc import Iterator, Sequence

from app.answering.grounding.reading import Token
from app.answering.grounding.vocabulary import stem, vocabulary
from app.dialogue.language import Language

Names = frozenset[str]
Act = tuple[str, Names, Names]
"""("does" or "gets", who, the meanings of the verb); of a direction ("from", "to" or "about", where, nothing)."""

_WE, _YOU, _THEY = frozenset({"@we"}), frozenset({"@you"}), frozenset({"@they"})
_WHO = {
    **dict.fromkeys(
        ("we", "us", "clinic", "office", "practice", "nosotros", "nosotras", "clinica", "consultorio"), _WE
    ),
    "they": _THEY,
    **dict.fromkeys(("you", "patient", "patients", "usted", "ustedes", "paciente", "pacientes"), _YOU),
}
_REACHED = frozenset({"us", "you", "patient", "patients"})
_BETWEEN = frozenset(
    {
        "will",
        "would",
        "shall",
        "do",
        "does",
        "did",
        "also",
        "then",
        "kindly",
        "simply",
        "tambien",
        "ll",
        "lo",
        "la",
        "le",
        "les",
        "se",
        "nos",
    }
)
_HAVING = frozenset({"have", "has", "had", "need", "needs", "require", "requires"})
HAVING = frozenset({"=have", "=has", "=had", "=need", "=requir"})
"""What somebody has or needs, as a verb's meanings."""
_BEING = frozenset({"am", "is", "are", "be", "was", "were", "esta", "estan", "estamos", "estar"})
_SOMEWHERE = frozenset({"in", "at", "on", "en"})
_BE: Names = frozenset({"=be"})
_DIRECTIONS = frozenset({"from", "to", "about"})


def acts(
    part: Sequence[Token], language: Language, *, ordered: Sequence[int], before: Names = frozenset()
) -> Iterator[Act]:
    """Of one piece; `ordered` are the places of its words that tell the patient to do something; `before` is who does
    what the piece before it says, and what this one says where it begins with its verb."""
    known = vocabulary()
    first = next((at for at, token in enumerate(part) if token.sort != "link"), None)
    for at, token in enumerate(part):
        following = part[at + 1] if at + 1 < len(part) else None
        if token.raw in _DIRECTIONS and following is not None and following.sort in ("word", "small"):
            yield from _direction(part, at)
        if token.raw in _BEING and following is not None and following.raw in _SOMEWHERE:
            if who := _actor(part, at, language):
                yield "does", who, _BE
            continue
        having = token.raw in _HAVING
        if not (token.sort == "word" or having) or token.names & known.mutual:
            continue
        same_words = having or bool(token.names & known.converse)
        verb = frozenset({f"={stem(token.raw, language)}"}) if same_words else token.names
        own = _YOU if at in ordered else _actor(part, at, language) or _behind(part, at, language)
        if who := own or (before if at == first and token.verb else frozenset()):
            yield "does", who, verb
        if following is not None and following.raw in _REACHED and not _acts(part, at + 1):
            yield "gets", _WHO[following.raw], verb
        if language == "es" and at in ordered and token.raw.endswith("nos"):
            yield "gets", _WE, verb


def _direction(part: Sequence[Token], at: int) -> Iterator[Act]:
    there = next((one for one in part[at + 1 :] if one.sort != "small" or one.raw in _WHO), None)
    if there is not None and (there.sort == "word" or there.raw in _WHO):
        yield part[at].raw, _WHO.get(there.raw, there.names), frozenset()


def _actor(part: Sequence[Token], at: int, language: Language) -> Names:
    """Who stands before the word at this place with nothing but helping verbs between."""
    several = frozenset[str]()
    for token in reversed(part[:at]):
        if token.raw in _WHO and token.raw != "us":
            return several or _owner(part, token) or _WHO[token.raw]
        if token.sort == "word":
            who = token.names & vocabulary().persons
            if not who:
                break
            several |= who
        elif several and not (token.sort == "link" and token.raw != ","):
            return several
        elif not several and not (token.raw in _BETWEEN or (token.sort == "mark" and "need" not in token.names)):
            break
    return several or (_WE if language == "es" and part[at].raw.endswith("mos") else frozenset())


_ROOMS = frozenset({"office", "clinic", "practice"})


def _owner(part: Sequence[Token], office: Token) -> Names:
    """Whose office it is: "your surgeon's office" is not the clinic."""
    at = part.index(office)
    if not at or office.raw not in _ROOMS or part[at - 1].sort != "word":
        return frozenset()
    return part[at - 1].names & (vocabulary().persons - vocabulary().own_people)


_CLITICS = frozenset({"lo", "los", "la", "las", "le", "les"})


def _behind(part: Sequence[Token], at: int, language: Language) -> Names:
    """Who stands behind the word in Spanish: "si los acompaña otro adulto"."""
    if language != "es" or not at or part[at - 1].raw not in _CLITICS:
        return frozenset()
    after = (one.names & vocabulary().persons for one in part[at + 1 : at + 4] if one.sort == "word")
    return next((who for who in after if who), frozenset())


def _acts(part: Sequence[Token], at: int) -> bool:
    """Whether who stands at this place does the next thing: "the forms you sign"."""
    following = part[at + 1] if at + 1 < len(part) else None
    return following is not None and (following.verb or following.sort == "mark" or following.raw in _BETWEEN)


_PASSIVE = frozenset({"by", "por"})


def roles(part: Sequence[Token]) -> Iterator[tuple[Names, Names, Names]]:
    """Each verb with the words before it and behind it; with "by" behind it, the other way round."""
    for at, token in enumerate(part):
        if token.sort != "word" or not token.verb:
            continue
        before, behind = (_meant(some) for some in (part[:at], part[at + 1 :]))
        by = at + 1 < len(part) and part[at + 1].raw in _PASSIVE
        yield token.names, *((behind, before) if by else (before, behind))


def _meant(part: Sequence[Token]) -> Names:
    return frozenset(name for token in part if token.sort == "word" for name in token.names)


def exchanged(said: Sequence[tuple[Names, Names, Names]], there: Sequence[tuple[Names, Names, Names]]) -> bool:
    """Whether who does it in `there` gets it in `said`, and the other way round."""
    return any(
        verb & other and who & (gets - does) and whom & (does - gets) and not who & does
        for verb, who, whom in said
        for other, does, gets in there
    )


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


_ANY_OF_US = frozenset({"staff"})


def _one(some: Names, other: Names) -> bool:
    """The clinic's own people are "we", but one of them is not another; "they" are anybody else."""
    if some & _THEY or other & _THEY:
        return not (some & _WE or other & _WE)
    anyone = _WE | _ANY_OF_US
    own = vocabulary().own_people | anyone
    return bool(some & other) or bool((some & anyone and other & own) or (some & own and other & anyone))

"""Whether a place of a paper says what a piece of a sentence says: both ways, so that nothing is added and no condition
is lost."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from app.answering.grounding.acting import HAVING, exchanged, turned
from app.answering.grounding.figures import Same, Sort
from app.answering.grounding.pieces import ON_DAYS, Names, Piece, Sentence
from app.answering.grounding.places import Place
from app.answering.grounding.polarity import added, clash, manner
from app.answering.grounding.vocabulary import vocabulary
from app.dialogue.language import Language

# Words of two languages are one from this likeness of their stems on, 0 to 100.
COGNATE = 84
# Figures that a sentence may leave out of what it repeats: when a place is open, how it is reached.
_LEFT_OUT = frozenset({Sort.PHONE, Sort.ADDRESS})


@dataclass(frozen=True)
class Said:
    """One statement of a sentence with the sentence's conditions. `asked` are the words of the question: what is
    understood from it need not be said again."""

    piece: Piece
    conditions: tuple[Piece, ...]
    asked: Names
    asked_days: frozenset[int]
    language: Language

    @property
    def all(self) -> tuple[Piece, ...]:
        return (self.piece, *self.conditions)


def missing(said: Said, place: Place) -> str:
    """Why `place` does not say it, or "" where it does."""
    said = in_words_of(said, place)
    names = frozenset(name for piece in said.all for name in piece.names)
    reasons = [_lacking(said, names, place, used) for used in _readings(said, place)]
    return "" if "" in reasons else next(iter(reasons), "nothing of it")


def _lacking(said: Said, names: Names, place: Place, used: Sequence[Piece]) -> str:
    return (
        _words(said, place, used)
        or _figures(said, used)
        or _days(said, used)
        or _dropped(names, said, place, used)
        or _marks(said, used)
        or _loosened(said, used)
        or _turned(said, used)
        or _anchored(said, used)
        or _undone(said, used)
        or _joined(said, used)
        or _headings(names | said.asked, place)
        or _limits(names | said.asked, place)
    )


def in_words_of(said: Said, place: Place) -> Said:
    """`said` with the paper's spelling of words that two languages share: "acupuntura", "acupuncture"."""
    if said.language == place.language:
        return said
    there = frozenset(n for piece in (*place.stated, *place.always) for n in piece.names) | place.around
    own = frozenset(n for piece in said.all for n in piece.names) - there
    like = {
        name: near[0]
        for name in own
        if (near := process.extractOne(name, there, scorer=fuzz.ratio, score_cutoff=COGNATE))
    }
    if not like:
        return said
    return replace(said, piece=_renamed(said.piece, like), conditions=tuple(_renamed(p, like) for p in said.conditions))


def _renamed(piece: Piece, like: Mapping[str, str]) -> Piece:
    def renamed(word: Names) -> Names:
        return word | {like[name] for name in word if name in like}

    groups = tuple(tuple(tuple(renamed(word) for word in each) for each in group) for group in piece.groups)
    return replace(piece, groups=groups)


def _readings(said: Said, place: Place) -> Iterator[tuple[Piece, ...]]:
    """The pieces of the place that the sentence may take what it says from, with those that always hold: the one that
    has the most of it, then all that are about the same thing."""
    conditions = {figure.same for piece in place.always if piece.condition for figure in piece.figures}
    figures = {figure.same for figure in said.piece.figures} - conditions
    heavy = said.piece.names - vocabulary().light - frozenset(name for piece in place.always for name in piece.names)
    own = [piece for piece in place.stated if _takes(piece, figures, heavy, said.piece.days)]
    if place.row:
        more = heavy - _implied(said) - frozenset(name for piece in own for name in piece.names)
        days = said.piece.days
        own += [p for p in place.stated if p not in own and (p.names & (more - ON_DAYS) or p.days & days)]
    if not own and (place.item or not any(not piece.condition for piece in place.always)):
        return
    if len(own) > 1 and not place.row:
        best = _best(own, said)
        yield best, *place.always
        own = [piece for piece in own if piece is best or (piece.headed and piece.groups[:1] == best.groups[:1])]
    yield *own, *place.always


def _takes(piece: Piece, figures: set[Same], heavy: Names, days: frozenset[int]) -> bool:
    if piece.unsure:
        return False
    if figures:
        return any(figure.same in figures for figure in piece.figures)
    return bool(piece.names & (heavy - ON_DAYS)) or bool(piece.days & days)


def _best(own: Sequence[Piece], said: Said) -> Piece:
    names, figures = said.piece.names, {figure.same for figure in said.piece.figures}
    return max(own, key=lambda p: (sum(f.same in figures for f in p.figures), len(p.names & names), -len(p.words)))


def _implied(said: Said) -> Names:
    """What the figures and days of the sentence say without the words."""
    implied = vocabulary().implied
    sorts = [*(figure.sort for piece in said.all for figure in piece.figures), *(["day"] if said.piece.days else [])]
    return frozenset(name for sort in sorts for name in implied.get(sort, ()))


def _words(said: Said, place: Place, used: Sequence[Piece]) -> str:
    known = vocabulary()
    there = place.around | frozenset(name for piece in used for name in piece.names)
    free = known.free_words | _implied(said)
    if place.row or any(piece.headed for piece in used):
        there |= free
    for piece in said.all:
        for word in piece.words:
            if not word & there:
                return f"word {'/'.join(sorted(word))}"
    return ""


def _figures(said: Said, used: Sequence[Piece]) -> str:
    there = {figure.same for piece in used for figure in piece.figures}
    numbered = [one for piece in used for one in piece.numbered]
    for piece in said.all:
        for figure in piece.figures:
            if figure.same not in there:
                return f"figure {figure.value} {figure.role}".strip()
        for value, before, after in piece.numbered:
            if not any(value == v and _beside(before, after, b, a) for v, b, a in numbered):
                return f"number {value}"
    return ""


def _beside(before: Names, after: Names, other_before: Names, other_after: Names) -> bool:
    if after or other_after:
        return bool(after & other_after) or (
            bool(before) and bool(before & other_before) and not (after and other_after)
        )
    return bool(before & other_before) or not (before or other_before)


def _days(said: Said, used: Sequence[Piece]) -> str:
    """A day must be among those of every piece that gives the sentence a figure, or among those of any piece."""
    days = frozenset(day for piece in said.all for day in piece.days)
    figures = {figure.same for figure in said.piece.figures}
    giving = [piece for piece in used if piece.days and any(figure.same in figures for figure in piece.figures)]
    there = frozenset(day for piece in used for day in piece.days)
    return "" if days <= there and all(days <= piece.days for piece in giving) else "day"


def _dropped(said: Names, sentence: Said, place: Place, used: Sequence[Piece]) -> str:
    """What the place says and the sentence does not: a condition, the thing that a price is for."""
    figures = {figure.same for piece in sentence.all for figure in piece.figures}
    sorts, implied = {sort for sort, _, _ in figures}, _implied(sentence)
    there = frozenset(name for piece in used for name in piece.names)
    known = there | implied | vocabulary().light
    own = any(not word & known for word in sentence.piece.words)  # a word from above puts one thing for another
    asked = said | (frozenset() if own or (said & vocabulary().free_words) - there else sentence.asked)
    days = frozenset(day for piece in used for day in piece.days)
    asked |= ON_DAYS if sentence.asked_days and sentence.asked_days <= days else frozenset()
    if lost := _exchanged(sentence, used, there, implied):
        return f"left out: {'/'.join(sorted(lost))}"
    for piece in used:
        for group in piece.groups:
            if not _kept(group, said, said if piece.condition else asked, implied, piece):
                return f"left out: {' '.join('/'.join(sorted(w)) for each in group for w in each)}"
        for figure in piece.figures:
            loose = figure.sort in _LEFT_OUT or (figure.role in ("start", "end") and _of_opening(piece))
            if figure.same not in figures and not loose and not (place.row and figure.sort not in sorts):
                return f"figure left out: {figure.value}"
    return ""


def _exchanged(sentence: Said, used: Sequence[Piece], there: Names, implied: Names) -> Names:
    """The light word that is left out where the sentence puts another in its place: "the visit" for "the fee"."""
    light, said = vocabulary().light, frozenset(name for piece in sentence.all for name in piece.names)
    if not (said & light) - there:
        return frozenset()
    missed = (w for p in used for w in p.words if w <= light and not w & (said | implied))
    return next(missed, frozenset())


def _of_opening(piece: Piece) -> bool:
    """Whether its times are hours that somebody has, which may be left out, rather than when something is done."""
    return "open" in piece.names or not piece.stated


def _kept(group: Sequence[tuple[Names, ...]], said: Names, asked: Names, implied: Names, piece: Piece) -> bool:
    """Whether at least one of the alternatives of `group` is said in full, and none in part. What is not said at
    all may be understood from what was asked."""
    known = vocabulary()
    spare = known.spare | implied
    hits = []
    for words in group:
        heavy = [word for word in words if not word & (known.light | spare)] or [
            word for word in words if not word & spare
        ]
        known_from = said if any(word & said & known.free_words for word in words) else asked
        hits.append([bool(word & known_from) for word in heavy])
    if piece.condition and not piece.either:
        return all(all(each) for each in hits)
    if not any(all(each) for each in hits):
        return False
    return all(
        all(each)
        or not any(each)
        or (words not in piece.whole and _shared(each, first=each is hits[0], last=each is hits[-1]))
        for words, each in zip(group, hits, strict=True)
    )


def _shared(hits: Sequence[bool], *, first: bool, last: bool) -> bool:
    """ "Knee or hip problems", "closed on Sundays and holidays": the noun at the end of the last, the one word at the
    beginning of the first is of both. What else is said in part has lost what narrows it: "shorts for the knee"."""
    if hits[0]:
        return first and not any(hits[1:])
    return last and hits[-1] and hits == sorted(hits)


def _marks(said: Said, used: Sequence[Piece]) -> str:
    spans = any(figure.sort is Sort.SPAN for figure in said.piece.figures)
    mine, theirs = [p for p in said.all if p.condition], [p for p in used if p.condition]
    if bool(mine) is bool(theirs):
        why = clash(added(*(p.marks for p in mine)), added(*(p.marks for p in theirs)), spans=spans)
        return why or clash(said.piece.marks, added(*(p.marks for p in used if not p.condition)), spans=spans)
    return clash(added(*(p.marks for p in said.all)), added(*(p.marks for p in used)), spans=spans)


def _loosened(said: Said, used: Sequence[Piece]) -> str:
    """Whether what somebody beside the patient does ("a parent stays") became what they may do."""
    if manner(said.piece.marks) != "may":
        return ""
    told = [piece for piece in used if piece.headed and not piece.condition and manner(piece.marks) == "plain"]
    subjects = frozenset(name for piece in told for each in piece.groups[0] for word in each for name in word)
    return "may for plain" if subjects & vocabulary().companions else ""


def _turned(said: Said, used: Sequence[Piece]) -> str:
    """Whether a mark stands before another word than in the paper ("before they pay", "before they ask"), or somebody
    does what another one does there."""
    there = [one for piece in used for one in piece.bound]
    for mark, word in (one for piece in said.all for one in piece.bound):
        others = [other for name, other in there if name == mark]
        if word and others and all(not other & word if other else word & _heads(used) for other in others):
            return f"{mark} of another thing"
    acting = [act for piece in said.all for act in piece.acts]
    if exchanged([one for p in said.all for one in p.roles], [one for p in used for one in p.roles]):
        return "who does it"
    return "who does it" if turned(acting, [act for piece in used for act in piece.acts]) else ""


def _heads(used: Sequence[Piece]) -> Names:
    """What the pieces are about."""
    return frozenset(name for piece in used if piece.headed for each in piece.groups[0] for w in each for name in w)


def _anchored(said: Said, used: Sequence[Piece]) -> str:
    """Whether a span is counted from something else, or from nothing, where the paper does not count to a visit."""
    there = [one for piece in used for one in piece.anchors]
    own = [one for piece in said.all for one in piece.anchors]
    spans = {figure.value for piece in said.all for figure in piece.figures}
    for value, names in there:
        if value in spans and names != _TO_VISIT and not any(v == value and n & names for v, n in own):
            return f"counted from {'/'.join(sorted(names))}"
    lost = any(not any(v == value and n & names for v, n in there) for value, names in own if names != _TO_VISIT)
    return "counted from something else" if lost and there else ""


_TO_VISIT = frozenset({"visit"})


def _undone(said: Said, used: Sequence[Piece]) -> str:
    """Whether the paper has a condition that somebody does something ("if you pay on the same day") of which only the
    other words are said: paying and costing are one word."""
    done = [verb for piece in said.all for _, _, verb in piece.acts]
    acts = (act for piece in used if piece.condition for act in piece.acts if act[0] == "does")
    converse = [verb for _, _, verb in acts if any(name.startswith("=") for name in verb) and not verb & HAVING]
    return "a condition that is not done" if not all(any(verb & one for one in done) for verb in converse) else ""


def _joined(said: Said, used: Sequence[Piece]) -> str:
    """Whether "or" became "and", or the other way round."""
    if said.piece.either and not any(piece.either for piece in used):
        return "or"
    both = any(len(group) > 1 for group in said.piece.groups) and not said.piece.either
    either = any(piece.either for piece in used) and not any(piece.marks.get("may") for piece in used)
    return "and" if both and either else ""


def _headings(said: Names, place: Place) -> str:
    own = frozenset(name for piece in (*place.stated, *place.always) for name in piece.names)
    lost = next((part for part in place.headings if not part & (said | own)), None)
    return f"under {' '.join(sorted(lost))}" if lost else ""


def _limits(said: Names, place: Place) -> str:
    lost = next((limit for limit in place.limited if 2 * len(limit & said) < len(limit)), None)
    return f"limited: {' '.join(sorted(lost))}" if lost else ""


def statements(sentence: Sentence, asked: Names, asked_days: frozenset[int], language: Language) -> list[Said]:
    """What the sentence says, one by one."""
    return [
        *(Said(piece, sentence.conditions, asked, asked_days, language) for piece in sentence.stated),
        *(Said(piece, (), asked, asked_days, language) for piece in sentence.reasons),
    ]

"""A sentence cut where it says a new thing: statements, the conditions on them, and reasons, which limit nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import pairwise

from app.answering.grounding.acting import Act, acts, roles
from app.answering.grounding.figures import Figure, Sort
from app.answering.grounding.reading import Token, tokens
from app.answering.grounding.vocabulary import language_in, vocabulary
from app.dialogue.language import Language

Names = frozenset[str]
ON_DAYS: Names = frozenset({"@days"})
"""Stands for the days that a piece names, which are compared by themselves."""
WORDLESS: Names = frozenset({"@condition"})
"""Stands for a condition that has no word of its own: "if you have one"."""
Alternatives = tuple[tuple[Names, ...], ...]
"""Words joined by "and", "or" or commas: each may be left out where another is said."""


@dataclass(frozen=True)
class Piece:
    """One statement or condition. `groups` are its words, in groups of alternatives; the first group is what it is
    about where `headed`. `marks` count its marks. `unsure`: a condition follows that may be a later one's. `whole` are
    the alternatives with an "of" in them, `anchors` what spans of time are counted from, `roles` verbs with
    who does and who gets it."""

    groups: tuple[Alternatives, ...] = ()
    figures: tuple[Figure, ...] = ()
    numbered: tuple[tuple[str, Names, Names], ...] = ()
    days: frozenset[int] = frozenset()
    marks: Counter[str] = field(default_factory=Counter)
    headed: bool = False
    stated: bool = False
    condition: bool = False
    either: bool = False
    bound: tuple[tuple[str, Names], ...] = ()
    acts: tuple[Act, ...] = ()
    unsure: bool = False
    whole: frozenset[tuple[Names, ...]] = frozenset()
    anchors: tuple[tuple[str, Names], ...] = ()
    roles: tuple[tuple[Names, Names, Names], ...] = ()

    @cached_property
    def words(self) -> tuple[Names, ...]:
        return tuple(word for group in self.groups for each in group for word in each)

    @cached_property
    def names(self) -> Names:
        return frozenset(name for word in self.words for name in word)

    @property
    def empty(self) -> bool:
        return not (self.words or self.figures or self.days)


@dataclass(frozen=True)
class Sentence:
    """Statements, the conditions on all of them, and reasons, which limit nothing. A statement without a subject of its
    own has the one before it."""

    stated: tuple[Piece, ...] = ()
    conditions: tuple[Piece, ...] = ()
    reasons: tuple[Piece, ...] = ()


def read(text: str, language: Language | None = None) -> Sentence:
    """The sentence of anybody."""
    language = language or language_in(text)
    return _sentence(tokens(text, language), language)


@lru_cache(maxsize=4_000)
def read_paper(text: str, language: Language | None = None) -> Sentence:
    """A sentence of a paper, kept."""
    language = language or language_in(text)
    return _sentence(tokens(text, language), language)


def _sentence(said: Sequence[Token], language: Language) -> Sentence:
    runs = list(_runs(_setting_apart(said)))
    if not any(run for sort, run in runs if sort == "stated"):
        runs = [one for sort, run in runs for one in _unmarked(sort, run)]
    kinds: dict[str, list[Piece]] = {"stated": [], "limit": [], "reason": []}
    limited = any(sort == "limit" for sort, _ in runs)  # "if it hurts, take it off and call us": both or none
    for at, (sort, run) in enumerate(runs):
        if sort == "limit" and at and runs[at - 1][0] == "stated":
            kinds["stated"] = list(_doubted(kinds["stated"]))
        actor: Names = frozenset()
        ordered = False
        for part in _split(run) if sort == "stated" else [run]:
            piece = _piece(part, language, condition=sort == "limit", actor=actor, orders_on=ordered and not limited)
            piece = replace(piece, unsure=piece.unsure or (ordered and _follows(part, piece)))
            ordered = bool(piece.marks["order"])
            actor = next((who for role, who, _ in piece.acts if role == "does"), actor)
            if sort == "limit" and part and piece.empty and not piece.marks:
                piece = replace(piece, groups=(((WORDLESS,),),))
            if not piece.empty or piece.marks:
                kinds[sort].append(piece)
    stated, conditions, reasons = kinds["stated"], kinds["limit"], kinds["reason"]
    return Sentence(tuple(_with_subjects(_joined(stated))), tuple(conditions), tuple(reasons))


_AND = frozenset({"and", "y", "e"})


def _follows(part: Sequence[Token], piece: Piece) -> bool:
    """ "Tell us a day before and the visit is moved": what comes of doing what one is told is not so without it."""
    return part[0].raw in _AND and piece.headed and piece.stated and not piece.marks["order"]


_PRICED = frozenset({Sort.MONEY, Sort.PERCENT, Sort.SPAN})


def _doubted(stated: Sequence[Piece]) -> Iterator[Piece]:
    """ "$130, or $110 if you pay at once": the condition that follows may be of the last figure alone."""
    for at, piece in enumerate(stated):
        sorts = {figure.sort for figure in piece.figures} & _PRICED
        later = {figure.sort for other in stated[at + 1 :] for figure in other.figures}
        yield replace(piece, unsure=True) if sorts & later else piece


def _opens_apart(token: Token) -> bool:
    """Whether a piece opens with where, when or without what it holds: no item of an enumeration."""
    return token.raw in _SETTING or token.sort == "days" or "without" in token.names or "selfpay" in token.names


_SETTING = frozenset({"on", "in", "during", "for", "at", "en", "durante", "para", "los", "las"})
_LIMIT = Token("limit")


_TIMED = frozenset({"before", "after", "until", "within"})


def _setting_apart(said: Sequence[Token]) -> Sequence[Token]:
    """ "On Sundays, the clinic is closed and parking costs $5", "After 12 visits, a doctor must sign": what stands
    before the comma limits all of it."""
    begin = max((at + 1 for at, token in enumerate(said) if token.sort == "start"), default=0)
    if begin < len(said) and _sets(said, begin):
        return (*said[:begin], _LIMIT, *said[begin:])
    return said


def _sets(said: Sequence[Token], begin: int) -> bool:
    """Whether what begins here is when, where or for whom, up to a comma with a statement behind it."""
    first = said[begin]
    timed = first.sort == "mark" and bool(first.names & _TIMED)
    if not (timed or (begin == 0 and (first.raw in _SETTING or first.sort == "days"))):
        return False
    end = next((at for at, one in enumerate(said) if at > begin and (one.verb or one.raw == ",")), begin)
    enough = any(one.figure for one in said[begin:end]) if timed else sum(one.verb for one in said) > 1
    return end > begin and said[end].raw == "," and enough and _resumes(said, end)


def _runs(said: Sequence[Token]) -> Iterator[tuple[str, list[Token]]]:
    """(stated, limit or reason, its tokens): a condition ends at a comma after it, a reason likewise."""
    sort, run = "stated", list[Token]()
    for at, token in enumerate(said):
        if token.sort in ("limit", "reason"):
            yield sort, run
            sort, run = token.sort, []
        elif token.sort == "cut" or (
            sort != "stated" and token.sort == "link" and token.raw == "," and _resumes(said, at)
        ):
            yield sort, run
            sort, run = "stated", []
        else:
            run.append(token)
    yield sort, run


_ACTORS = frozenset({"we", "you", "they"})
_SUBJECTS = frozenset({"we", "you", "it", "they", "please", "your"})
_NEW_SUBJECTS = frozenset({"we", "you", "please"})
_OWN_VERB = "mos"
"""Ends a Spanish verb that has "we" in it: "si cancela tarde cobramos $35"."""


def _unmarked(sort: str, run: list[Token]) -> Iterator[tuple[str, list[Token]]]:
    """ "If you have a fever please stay home": a condition without a comma behind it ends where somebody acts."""
    ends = (at for at, one in enumerate(run) if at and run[at - 1].sort in ("word", "figure") and _begins(one))
    end = next(ends, len(run)) if sort == "limit" else len(run)
    yield sort, run[:end]
    yield "stated", run[end:]


def _begins(token: Token) -> bool:
    """Whether somebody begins to act here."""
    return token.raw in _NEW_SUBJECTS or (token.verb and token.raw.endswith(_OWN_VERB))


def _resumes(said: Sequence[Token], at: int) -> bool:
    """Whether what follows the comma, up to the next one, is a statement rather than one more item."""
    for token in said[at + 1 :]:
        if token.sort in ("limit", "reason", "cut"):
            return False
        if token.verb or token.sort in ("figure", "mark") or token.raw in _SUBJECTS:
            return True
    return False


def _split(run: list[Token]) -> Iterator[list[Token]]:
    """New statements begin at an "and" or a comma with something said on both sides of it."""
    current: list[Token] = []
    for at, token in enumerate(run):
        denies = token.sort == "link" and token.raw in (",", "but") and _denies(run, at)
        if denies or (token.sort in ("link", "start") and not token.names and _apart(current, _next(run, at))):
            yield current
            current = []
        current.append(token)
    yield current


def _denies(run: list[Token], at: int) -> bool:
    """Whether what follows is a denial: "shorts, not jeans", "cash, but no checks"."""
    following = next((token for token in run[at + 1 :] if token.sort != "small"), None)
    return following is not None and following.sort == "mark" and bool(following.names & {"not", "without", "except"})


def _next(run: list[Token], at: int) -> list[Token]:
    following: list[Token] = []
    for token in run[at + 1 :]:
        if token.sort in ("link", "start") and following:
            break
        following.append(token)
    return following


def _apart(before: Sequence[Token], after: Sequence[Token]) -> bool:
    """Whether both say something: two statements, or two figures; "free" is one."""
    if _narrowing(before, after):
        return False
    figured, figured_too = (any(_figured(token) for token in part) for part in (before, after))
    verbed, verbed_too = (_verbed(part) for part in (before, after))
    return (verbed and (verbed_too or figured_too)) or (figured and figured_too)


_WITH = frozenset({"with", "against", "within", "at", "con", "contra"})


def _narrowing(before: Sequence[Token], after: Sequence[Token]) -> bool:
    """Whether what follows only narrows what stands before, and counts nothing that is counted there: "for 3 weeks,
    with a deposit of $25"."""
    opening = next((token for token in after if token.sort != "link"), None)
    if opening is None or opening.raw not in _WITH or any(token.verb for token in after):
        return False
    return not (_counted(before) & _counted(after))


def _counted(part: Sequence[Token]) -> set[Sort]:
    sorts = {token.figure.sort for token in part if token.figure is not None}
    return sorts | ({Sort.MONEY} if any("free" in token.names for token in part) else set())


def _verbed(part: Sequence[Token]) -> bool:
    """Whether something is done in it: by a known verb, or by somebody whom a word follows."""
    return any(token.verb for token in part) or any(
        one.raw in _ACTORS and other.sort == "word" for one, other in pairwise(part)
    )


def _figured(token: Token) -> bool:
    return token.sort == "figure" or "free" in token.names


# Two of these deny once: "no cobramos nada", "neither pets nor food".
_CONCORD = frozenset(
    {"no", "nunca", "jamas", "nada", "nadie", "ni", "ningun", "ninguna", "ninguno", "tampoco", "neither", "nor"}
)


def _piece(part: list[Token], language: Language, *, condition: bool, actor: Names, orders_on: bool) -> Piece:
    groups: list[list[list[Names]]] = [[[]]]
    marks: Counter[str] = Counter()
    verbed, denying = False, frozenset[str]()
    set_apart = bool(part) and _opens_apart(part[0])
    whole = set[tuple[int, int]]()
    for at, token in enumerate(part):
        if token.raw in _OF and groups[-1][-1]:
            whole.add((len(groups), len(groups[-1])))
        if token.sort == "link" and token.raw == "," and set_apart and len(groups) == 1 and len(groups[0]) == 1:
            groups.append([[]])
        elif token.sort == "link" and token.raw != "(" and not _narrows(part, at):
            groups[-1].append([])
        if token.sort == "start" or (token.verb and not verbed):
            groups.append([[]])
            verbed = verbed or token.verb
        if token.sort == "mark" and not (token.raw in _CONCORD and denying & _CONCORD):
            marks.update(token.names)
            denying |= {token.raw}
        if token.sort in ("word", "days"):
            groups[-1][-1].append(token.names or ON_DAYS)
    first = next((token for token in part if token.sort != "link"), None)
    ordered = [] if condition else [at for at in range(len(part)) if _orders(part, at, language, goes_on=orders_on)]
    if ordered:
        marks.update(["order"])
    kept = tuple(tuple(tuple(each) for each in group if each) for group in groups)
    figures = tuple(token.figure for token in part if token.figure is not None)
    return Piece(
        tuple(group for group in kept if group),
        figures,
        tuple(_numbered(part)),
        frozenset(day for token in part for day in token.days),
        marks,
        headed=bool(kept[0]) and not (first is not None and (first.verb or _prices(first))),
        stated=verbed,
        condition=condition,
        bound=tuple(_bound(part)),
        acts=tuple(acts(part, language, ordered=ordered, before=actor)),
        either=any(token.sort == "link" and token.names for token in part),
        whole=frozenset(tuple(groups[group - 1][each - 1]) for group, each in whole),
        anchors=tuple(_anchors(part)),
        roles=tuple(roles(part)),
    )


def _prices(token: Token) -> bool:
    """Whether a piece that begins so has no subject: "free of charge", "$20 more on weekends"."""
    return "free" in token.names or (token.figure is not None and token.figure.sort is Sort.MONEY)


_OF = frozenset({"of", "de", "del"})
_NARROWING = frozenset({"only", "before", "after", "until", "within"})


def _narrows(part: list[Token], at: int) -> bool:
    """Whether what follows this comma is no item of its own: "visits at work, only in Fairmont"."""
    if part[at].raw == "," and _narrowing(part[:at], part[at + 1 :]):
        return True
    following = next((one for one in part[at + 1 :] if one.sort != "small"), None)
    return (
        part[at].raw == ","
        and following is not None
        and bool(following.names & _NARROWING)
        and (following.sort == "mark")
    )


_FROM = frozenset(
    {"of", "from", "after", "before", "since", "following", "de", "del", "despues de", "antes de", "desde"}
)


_LENGTHS = frozenset({"mile", "block", "kilomet", "foot"})


def _whence(behind: Sequence[Token]) -> Names:
    """Where a distance is counted from."""
    following = next((one for one in behind if one.sort == "word" or one.raw in _HERE), None)
    return frozenset({"@here"}) if following is None or following.raw in _HERE else following.names


_HERE = frozenset({"clinic", "office", "practice", "here", "us", "clinica", "consultorio", "oficina"})


def _anchors(part: list[Token]) -> Iterator[tuple[str, Names]]:
    """Spans of time with what they are counted from: "90 days of payment"."""
    for at, token in enumerate(part[:-2]):
        if token.figure is None:
            continue
        if token.figure.sort is Sort.NUMBER and part[at + 1].names & _LENGTHS and part[at + 2].raw in _FROM:
            yield token.figure.value, _whence(part[at + 3 :])
        elif token.figure.sort is Sort.SPAN and part[at + 1].raw in _FROM:
            following = next((one for one in part[at + 2 :] if one.sort != "small"), None)
            if following is not None and following.sort == "word":
                yield token.figure.value, following.names


def _orders(part: list[Token], at: int, language: Language, *, goes_on: bool) -> bool:
    """Whether the word at this place tells the patient to do something: it comes first, or first after a comma, or
    after an "and" where the piece before it does (`goes_on`)."""
    plain = at + 1 < len(part) and part[at + 1].sort != "figure"  # "phone 555-0100, fax 555-0101" orders nothing
    opens = (at == 0 and len(part) > 1) or (plain and part[at - 1].sort == "link" and part[at - 1].raw in (",", ")"))
    opens = opens or (goes_on and at == 1 and plain and part[0].raw in _AND)
    said, orders = part[at].raw, vocabulary().imperatives[language]
    if language == "es" and said.removesuffix("nos") in orders:
        return opens or (at == 0 and said.endswith("nos"))
    return opens and said in orders


_BINDING = frozenset({"before", "after", "without", "only"})


def _bound(part: list[Token]) -> Iterator[tuple[str, Names]]:
    """Marks that turn the sense of the very word behind them, with that word: "before they pay"."""
    for at, token in enumerate(part):
        for mark in token.names & _BINDING if token.sort == "mark" else ():
            following = next((one for one in part[at + 1 :] if one.sort != "small"), None)
            if mark == "only" and (following is None or following.sort == "link"):
                following = next((one for one in reversed(part[:at]) if one.sort != "small"), None)
            yield mark, _what(following)


def _what(token: Token | None) -> Names:
    if token is not None and token.sort == "days":
        return ON_DAYS
    return token.names if token is not None and token.sort == "word" else frozenset()


def _numbered(part: list[Token]) -> Iterator[tuple[str, Names, Names]]:
    """Bare numbers with the words before and after: "12 visits", "Suite 200"."""
    known = [token for token in part if token.sort != "small"]
    for at, token in enumerate(known):
        if token.figure is not None and token.figure.sort is Sort.NUMBER:
            before = known[at - 1].names if at and known[at - 1].sort in ("word", "mark") else frozenset()
            after = known[at + 1].names if at + 1 < len(known) and known[at + 1].sort == "word" else frozenset()
            yield token.figure.value, before, after


def _joined(stated: Sequence[Piece]) -> list[Piece]:
    """Marks that stand alone ("No,") belong to what follows."""
    kept: list[Piece] = []
    loose: Counter[str] = Counter()
    for piece in stated:
        if piece.empty:
            loose.update(piece.marks)
        else:
            kept.append(replace(piece, marks=piece.marks + loose) if loose else piece)
            loose = Counter()
    return [*kept, Piece(marks=loose)] if loose else kept


def _with_subjects(stated: Sequence[Piece]) -> Iterator[Piece]:
    """A statement that begins with its verb, or with a time and nothing else, is about what the one before is about; a
    denial without a verb ("but no checks") has the one before's."""
    subject: tuple[Alternatives, ...] = ()
    lent: tuple[Names, ...] = ()
    for piece in stated:
        if lent and piece.words and not piece.stated and piece.marks["not"] and not piece.figures:
            yield replace(piece, groups=((lent,), *piece.groups))
            continue
        if piece.headed and piece.words:
            subject = piece.groups[:1]
            yield piece
        elif subject:
            yield replace(piece, groups=subject + piece.groups, headed=True)
        else:
            yield piece
        lent = piece.groups[-1][0][:1] if piece.stated and piece.groups else lent

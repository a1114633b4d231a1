"""What a question asks for, and how much of it a piece of text contains. The refusal is decided on this, not on a
retrieval score: a paragraph on the topic of a question is found as easily for a question that it does not answer."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.answering.days import Days, days_named
from app.answering.kinds import Kind, asked_kind, own_words, speaks_of_opening
from app.answering.sayings import Saying, in_papers_words, sayings_in
from app.answering.sentences import sentences
from app.answering.terms import LONGEST_PHRASE, Lexicon, Word, lexicon, phrase, words

ACCEPT, ACCEPTED_WEIGHT = phrase("accept"), 0.6
NAMED_WEIGHT, WORD_WEIGHT, WEAK_WEIGHT, DAY_WEIGHT = 2.0, 1.0, 0.2, 0.4
# Clauses that only tell the patient's story ("I hurt my back at work, ...") weigh at most this share of those that ask.
STORY = 0.1
# Words of asking together weigh at most this share of those that carry content, however long the story is.
SMALL_TALK = 0.2
# When only the story carries content, its words beside a recognised saying weigh this much each.
ASIDE = 0.15
# Words beside a recognised saying in the same clause, and words that only say at which visit, weigh this much.
BESIDE_SAYING, SETTING = 0.5, 0.6
# Beside a number, a place or a time, the purpose that the patient gives ("to send my form to") weighs this much.
PURPOSE = 0.3

_OPENER = re.compile(
    r"\b(?:who|whom|whose|what|what's|whats|which|when|where|why|how|do|does|did|is|are|am|can|could|will|would|should|"
    r"may|must|have|has|any|was|were|que|cual|cuales|cuando|donde|como|cuanto|cuanta|cuantos|aceptan|puedo|hay|tienen)\b",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(r"\b(?:how many|cu[aá]nt[oa]s)((?:\s+[\w'’-]+){1,3})", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:]\s+|\s+(?:and then|but|so)\s+|\s+[-–—]\s+")

_PLACE = re.compile(r"\b(?:[Yy]our|[Tt]he) ([A-Z][a-z]+) (?:office|location|clinic|branch|site)\b")
_SETTING = phrase("first visit")

_POINTED = frozenset({Kind.PHONE, Kind.EMAIL, Kind.ADDRESS, Kind.HOURS, Kind.AVAILABILITY})


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that an answer must speak of: any of the phrases in `alike` will do. `named` needs (an insurer, a
    person, a brand) admit no answer without them; `by_kind` ones are met by the kind of fact as well; a `saying` stands
    for words of the question that mean it together ("the room spins")."""

    alike: frozenset[str]
    weight: float
    named: bool = False
    by_kind: bool = False
    saying: bool = False

    def met(self, grams: frozenset[str]) -> bool:
        """Whether a text with these word groups speaks of it."""
        return not self.alike.isdisjoint(grams)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, taken apart. `meaning` is its text with the papers' words for what it says in others, `days` are the
    week days it names (Monday is 0), `counted` is what it asks the number of."""

    text: str
    needs: tuple[Need, ...]
    kind: Kind | None
    days: Days
    counted: Need | None = None
    meaning: str = ""

    @property
    def said(self) -> frozenset[str]:
        """Every phrase that would meet one of the needs."""
        return frozenset().union(*(need.alike for need in self.needs))

    @property
    def weight(self) -> float:
        """The sum of the weights of all needs."""
        return sum(need.weight for need in self.needs)

    def with_needs(self, needs: Iterable[Need]) -> "Asked":
        """The same question with other needs."""
        return replace(self, needs=tuple(needs))


def read(question: str) -> Asked:
    """Takes `question` apart; never raises."""
    core, story = _clauses(question)
    kind, days = asked_kind(question), days_named(question)
    needs = [need for clause in core for need in _needs(clause, kind)]
    told = [need for clause in story for need in _needs(clause, kind)]
    if kind in _POINTED or any(need.weight >= WORD_WEIGHT and not need.by_kind for need in needs):
        told = _as_story(told, sum(need.weight for need in needs))
    elif any(need.saying or need.named for need in told):
        told = [need if need.saying or need.named else replace(need, weight=min(need.weight, ASIDE)) for need in told]
    merged = _set(_merged(_on_payers(needs + told + _places(question))))
    if kind is None and speaks_of_opening(question, bool(days)) and not _has_content(merged):
        kind = Kind.HOURS
        merged = tuple(
            replace(need, by_kind=need.by_kind or need.weight <= DAY_WEIGHT or _is_digits(need)) for need in merged
        )
    return Asked(question, _quieted(merged), kind, days, _counted(question), in_papers_words(question))


def _set(needs: tuple[Need, ...]) -> tuple[Need, ...]:
    """The visit that is spoken of made lighter where something else is asked about it."""
    if not any(need.weight >= WORD_WEIGHT and _SETTING not in need.alike for need in needs):
        return needs
    return tuple(replace(n, weight=min(n.weight, SETTING)) if _SETTING in n.alike else n for n in needs)


def _places(question: str) -> list[Need]:
    """The other places of a clinic that are named: what holds for this one must not be said of them."""
    return [Need(frozenset({phrase(match[1])}), NAMED_WEIGHT, named=True) for match in _PLACE.finditer(question)]


def _has_content(needs: Iterable[Need]) -> bool:
    return any(need.weight >= WORD_WEIGHT and not need.by_kind and not _is_digits(need) for need in needs)


def _is_digits(need: Need) -> bool:
    return all(said.isdigit() for said in need.alike)


def _quieted(needs: tuple[Need, ...]) -> tuple[Need, ...]:
    """`needs` with the words of asking made light together: a long story must not drown what it asks."""
    loud = sum(need.weight for need in needs if need.weight > WEAK_WEIGHT)
    quiet = sum(need.weight for need in needs if need.weight <= WEAK_WEIGHT and not need.by_kind)
    if not loud or quiet <= SMALL_TALK * loud:
        return needs
    share = SMALL_TALK * loud / quiet
    return tuple(replace(n, weight=n.weight * share) if n.weight <= WEAK_WEIGHT and not n.by_kind else n for n in needs)


def _counted(question: str) -> Need | None:
    """What stands after "how many"."""
    match = _HOW_MANY.search(question)
    found = _needs(match[1], None) if match else []
    return Need(frozenset().union(*(need.alike for need in found)), WORD_WEIGHT) if found else None


def _on_payers(needs: list[Need]) -> list[Need]:
    """Beside an insurer's name, whether it is accepted is the point and no longer a word of asking."""
    known = lexicon()
    if not any(need.alike & known.payers for need in needs):
        return needs
    return [replace(n, weight=max(n.weight, ACCEPTED_WEIGHT)) if ACCEPT in n.alike else n for n in needs]


def _as_story(told: list[Need], core: float) -> list[Need]:
    """The needs of the clauses that tell, made light; insurers stay indispensable."""
    share = min(1.0, STORY * core / (sum(need.weight for need in told) or 1.0))
    payers = lexicon().payers
    return [replace(n, weight=n.weight * share, named=n.named and bool(n.alike & payers)) for n in told]


def _clauses(question: str) -> tuple[list[str], list[str]]:
    """(clauses that ask, clauses that tell). When none can be told apart, all of them ask."""
    pieces = [clause for sentence in sentences(question) for clause in _CLAUSE.split(sentence) if clause.strip()]
    core = [piece for piece in pieces if _asks(piece)]
    if not core:
        return pieces, []
    return core, [piece for piece in pieces if piece not in core]


def _asks(clause: str) -> bool:
    head = " ".join(clause.split()[:3])
    return clause.rstrip().endswith("?") or bool(_OPENER.match(head.lstrip("¿ ")))


def _merged(needs: Iterable[Need]) -> tuple[Need, ...]:
    """The needs without repetition; of two equal ones the heavier stays."""
    best: dict[frozenset[str], Need] = {}
    for need in needs:
        if need.alike not in best or best[need.alike].weight < need.weight:
            best[need.alike] = need
    return tuple(best.values())


def _needs(clause: str, kind: Kind | None) -> list[Need]:
    known, said = lexicon(), sayings_in(clause)
    every = words(clause)
    text = tuple(word for word in every if not any(word.start in saying.span for saying in said))
    shouting = sum(word.raw[0].isupper() for word in every) > max(2, len(every) * 0.6)
    found: list[Need] = []
    at = 0
    while at < len(text):
        length = _phrase_length(text, at, known)
        need = _need(text[at : at + length], known, kind, first=text[at].start == every[0].start, shouting=shouting)
        found += [need] if need else []
        at += length
    if said:
        found = [n if n.named or n.alike & known.alike.keys() else _beside(n) for n in found]
    return [*found, *(_of_saying(saying, known, kind) for saying in said)]


def _beside(need: Need) -> Need:
    return replace(need, weight=min(need.weight, BESIDE_SAYING))


def _of_saying(saying: Saying, known: Lexicon, kind: Kind | None) -> Need:
    alike = known.alike.get(saying.means, frozenset()) | {saying.means}
    if saying.means in known.payers:
        return Need(alike, NAMED_WEIGHT, named=True, saying=True)
    return Need(alike, WORD_WEIGHT, by_kind=bool(kind and saying.means in own_words(kind)), saying=True)


def _phrase_length(text: tuple[Word, ...], at: int, known: Lexicon) -> int:
    """How many words from `at` on make the longest phrase of the lexicon; 1 when none does."""
    for length in range(min(LONGEST_PHRASE, len(text) - at), 1, -1):
        if " ".join(word.stem for word in text[at : at + length]) in known.alike:
            return length
    return 1


def _need(run: tuple[Word, ...], known: Lexicon, kind: Kind | None, *, first: bool, shouting: bool) -> Need | None:
    stems = " ".join(word.stem for word in run)
    alike = known.alike.get(stems, frozenset()) | {stems}
    if stems in known.payers:
        return Need(alike, NAMED_WEIGHT, named=True)
    if kind and not alike.isdisjoint(own_words(kind)):
        return Need(alike, WEAK_WEIGHT, by_kind=True)
    word = run[0]
    if len(run) == 1:
        if word.folded in known.stop or (len(word.folded) == 1 and not word.folded.isdigit()):
            return None
        if word.folded in known.weak:
            return None if kind in _POINTED else Need(alike, WEAK_WEIGHT)
        if days_named(word.raw):
            return Need(alike, DAY_WEIGHT, by_kind=kind in (Kind.HOURS, Kind.DAYS))
        if _is_name(word, first=first, shouting=shouting):
            return Need(alike, NAMED_WEIGHT, named=stems not in known.alike)
    return Need(alike, PURPOSE if kind in _POINTED and run[0].folded != "fax" else WORD_WEIGHT)


def _is_name(word: Word, *, first: bool, shouting: bool) -> bool:
    if shouting:
        return False
    acronym = len(word.raw) > 1 and word.raw.isupper()
    return acronym or (word.raw[0].isupper() and not first)

"""What a question asks for, and how much of it a piece of text contains. The refusal is decided on this, not on a
retrieval score: a paragraph on the topic of a question is found as easily for a question that it does not answer."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.answering.days import Days, days_named
from app.answering.kinds import Kind, asked_kind, own_words
from app.answering.sentences import sentences
from app.answering.terms import LONGEST_PHRASE, Lexicon, Word, lexicon, phrase, words

ACCEPT, ACCEPTED_WEIGHT = phrase("accept"), 0.6
NAMED_WEIGHT, WORD_WEIGHT, WEAK_WEIGHT, DAY_WEIGHT = 2.0, 1.0, 0.2, 0.4
# Clauses that only tell the patient's story ("I hurt my back at work, ...") weigh at most this share of those that ask.
STORY = 0.1
# Beside a number, a place or a time, the purpose that the patient gives ("to send my form to") weighs this much.
PURPOSE = 0.3

_OPENER = re.compile(
    r"\b(?:who|whom|whose|what|what's|whats|which|when|where|why|how|do|does|did|is|are|am|can|could|will|would|should|"
    r"may|must|have|has|any|was|were|que|cual|cuales|cuando|donde|como|cuanto|cuanta|cuantos|aceptan|puedo|hay|tienen)\b",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(r"\b(?:how many|cu[aá]nt[oa]s)((?:\s+[\w'’-]+){1,3})", re.IGNORECASE)
_CLAUSE = re.compile(r"[,;:]\s+|\s+(?:and then|but|so)\s+|\s+[-–—]\s+")

_POINTED = frozenset({Kind.PHONE, Kind.EMAIL, Kind.ADDRESS, Kind.HOURS, Kind.AVAILABILITY})


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that an answer must speak of: any of the phrases in `alike` will do. `named` needs (an insurer, a
    person, a brand) admit no answer without them; `by_kind` ones are met by the kind of fact as well."""

    alike: frozenset[str]
    weight: float
    named: bool = False
    by_kind: bool = False

    def met(self, grams: frozenset[str]) -> bool:
        """Whether a text with these word groups speaks of it."""
        return not self.alike.isdisjoint(grams)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, taken apart. `days` are the week days it names (Monday is 0), `counted` is what
    it asks the number of."""

    text: str
    needs: tuple[Need, ...]
    kind: Kind | None
    days: Days
    counted: Need | None = None

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
    kind = asked_kind(question)
    needs = [need for clause in core for need in _needs(clause, kind)]
    told = [need for clause in story for need in _needs(clause, kind)]
    if kind in _POINTED or any(need.weight >= WORD_WEIGHT and not need.by_kind for need in needs):
        told = _as_story(told, sum(need.weight for need in needs))
    return Asked(question, _merged(_on_payers(needs + told)), kind, days_named(question), _counted(question))


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
    known, text = lexicon(), words(clause)
    shouting = sum(word.raw[0].isupper() for word in text) > max(2, len(text) * 0.6)
    found: list[Need] = []
    at = 0
    while at < len(text):
        length = _phrase_length(text, at, known)
        need = _need(text[at : at + length], known, kind, first=at == 0, shouting=shouting)
        found += [need] if need else []
        at += length
    return found


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

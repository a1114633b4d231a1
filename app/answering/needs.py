"""The things that an answer must speak of, read from the words of a question."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.answering.days import days_named
from app.answering.kinds import POINTED, Kind, own_words
from app.answering.sayings import Saying, sayings_in
from app.answering.terms import LONGEST_PHRASE, Lexicon, Word, lexicon, words

NAMED_WEIGHT, WORD_WEIGHT, WEAK_WEIGHT, DAY_WEIGHT = 2.0, 1.0, 0.2, 0.4
# Words beside a recognised saying in the same clause weigh this much.
BESIDE_SAYING = 0.5
# Beside a number, a place or a time, the purpose that the patient gives ("to send my form to") weighs this much.
PURPOSE = 0.3


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that an answer must speak of: any of the phrases in `alike` will do. `named` needs (an insurer, a
    person, a brand) admit no answer without them; `by_kind` ones are met by the kind of fact as well; a `saying` stands
    for words of the question that mean it together ("the room spins"). `said` are the patient's words for it."""

    alike: frozenset[str]
    weight: float
    named: bool = False
    by_kind: bool = False
    saying: bool = False
    said: str = ""

    def met(self, grams: frozenset[str]) -> bool:
        """Whether a text with these word groups speaks of it."""
        return not self.alike.isdisjoint(grams)


def merged(needs: Iterable[Need]) -> tuple[Need, ...]:
    """The needs without repetition; of two equal ones the heavier stays."""
    best: dict[frozenset[str], Need] = {}
    for need in needs:
        if need.alike not in best or best[need.alike].weight < need.weight:
            best[need.alike] = need
    return tuple(best.values())


def needs_in(clause: str, kind: Kind | None) -> list[Need]:
    """The needs of one clause of a question that asks for `kind`, in its order."""
    known, said = lexicon(), sayings_in(clause)
    every = words(clause)
    text = tuple(word for word in every if not any(word.start in saying.span for saying in said))
    shouting = _shouts(every, known)
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


def _shouts(every: tuple[Word, ...], known: Lexicon) -> bool:
    """Whether capitals say nothing: most words have them, small ones too."""
    small = [word for word in every[1:] if word.folded in known.stop]
    return sum(word.raw[0].isupper() for word in small or every) > max(1, len(small or every) * 0.6)


def _beside(need: Need) -> Need:
    return replace(need, weight=min(need.weight, BESIDE_SAYING))


def _of_saying(saying: Saying, known: Lexicon, kind: Kind | None) -> Need:
    alike = known.alike.get(saying.means, frozenset()) | {saying.means}
    if saying.means in known.payers | known.languages:
        return Need(alike, NAMED_WEIGHT, named=True, saying=True)
    by_kind = bool(kind and saying.means in own_words(kind))
    return Need(alike, WORD_WEIGHT, by_kind=by_kind, saying=True, said=saying.word)


def _phrase_length(text: tuple[Word, ...], at: int, known: Lexicon) -> int:
    """How many words from `at` on make the longest phrase of the lexicon; 1 when none does."""
    for length in range(min(LONGEST_PHRASE, len(text) - at), 1, -1):
        if " ".join(word.stem for word in text[at : at + length]) in known.alike:
            return length
    return 1


def _need(run: tuple[Word, ...], known: Lexicon, kind: Kind | None, *, first: bool, shouting: bool) -> Need | None:
    stems = " ".join(word.stem for word in run)
    alike = known.alike.get(stems, frozenset()) | {stems}
    if stems in known.payers | known.languages:
        return Need(alike, NAMED_WEIGHT, named=True)
    if kind and not alike.isdisjoint(own_words(kind)):
        return Need(alike, WEAK_WEIGHT, by_kind=True)
    word = run[0]
    if len(run) == 1:
        if word.folded in known.stop or (len(word.folded) == 1 and not word.folded.isdigit()):
            return None
        if word.folded in known.weak:
            return None if kind in POINTED else Need(alike, WEAK_WEIGHT)
        if days_named(word.raw):
            return Need(alike, DAY_WEIGHT, by_kind=kind in (Kind.HOURS, Kind.DAYS))
        if _is_name(word, first=first, shouting=shouting):
            return Need(alike, NAMED_WEIGHT, named=stems not in known.alike, said=word.raw)
    weight = PURPOSE if kind in POINTED and run[0].folded != "fax" else WORD_WEIGHT
    return Need(alike, weight, said=" ".join(word.folded for word in run))


def _is_name(word: Word, *, first: bool, shouting: bool) -> bool:
    if shouting:
        return False
    acronym = len(word.raw) > 1 and word.raw.isupper()
    return acronym or (word.raw[0].isupper() and not first)

"""What a question asks for. The refusal is decided on this, not on a retrieval score: a paragraph on the topic of a
question is found as easily for a question that it does not answer."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.answering.asked_for import wanted
from app.answering.days import Days, days_named
from app.answering.kinds import POINTED, Kind, asked_kind, speaks_of_opening
from app.answering.needs import (
    BESIDE_SAYING,
    DAY_WEIGHT,
    NAMED_WEIGHT,
    PURPOSE,
    WEAK_WEIGHT,
    WORD_WEIGHT,
    Need,
    merged,
    needs_in,
)
from app.answering.sayings import in_papers_words
from app.answering.sentences import sentences
from app.answering.terms import lexicon, phrase
from app.word_caches import remembers_words

ACCEPT, ACCEPTED_WEIGHT = phrase("accept"), 0.6
# Clauses that only tell the patient's story ("I hurt my back at work, ...") weigh at most this share of those that ask.
STORY = 0.1
# Words of asking together weigh at most this share of those that carry content, however long the story is.
SMALL_TALK = 0.2
# When only the story carries content, its words beside a recognised saying weigh this much each.
ASIDE = 0.15
# Words that only say at which visit weigh this much.
SETTING = 0.6

_OPENER = re.compile(
    r"\b(?:who|whom|whose|what|what's|whats|which|when|where|why|how|do|does|did|is|are|am|can|could|will|would|should|"
    r"may|must|have|has|any|was|were|que|cual|cuales|cuando|donde|como|cuanto|cuanta|cuantos|aceptan|puedo|hay|tienen)\b",
    re.IGNORECASE,
)
# "How many times" counts what is done, in whatever word.
_HOW_MANY = re.compile(r"\b(?:how many|cu[aá]nt[oa]s)(?! (?:times|veces)\b)((?:\s+[\w'’-]+){1,3})", re.IGNORECASE)
_GENERIC = re.compile(
    r"\b([\w'-]+) (?:therap(?:y|ies|ists?)|class(?:es)?|programs?|training|treatments?|specialists?|lessons?|groups?|"
    r"machines?|units?|schedules?|rooms?)\b",
    re.IGNORECASE,
)
_QUALITY = re.compile(r"\b(?:what|which|how) (?!(?:is|are|was|do|does|did|can|if|about)\b)([\w'-]+)", re.IGNORECASE)
# "what kind of treadmill software is": the last noun before the verb is what is asked to be told.
_SORT = re.compile(
    r"\b(?:what|which) (?!(?:is|are|was|were|do|does|did|can|could|will|would|should|if|about|happens?)\b)"
    r"(?:[\w'-]+ ){0,4}?([\w'-]+)(?= (?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|i|you|u|we|"
    r"they|the|your|my|of (?:your|the|my)|for|to|in|at|on|with|from)\b|\s*[?.,!;]|\s*$)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;:]\s+|\s+(?:and then|but|so)\s+|\s+[-–—]\s+")

# A clause that takes something about the clinic for granted: an answer has to speak of that as well.
_PREMISE = re.compile(
    r"(?:and |so |but )?(?:(?:since|because|as|given(?: that)?|now that|seeing (?:that|as))\s+"
    r"(?!(?:of|i|i'm|i've|my|we|our|he|she|his|her|it|it's|they|last|then|yesterday|\d)\b)|"
    r"(?:[\w']+ ){0,3}(?:says?|said|told (?:me|us)|heard|read|was told)\b(?: that)?\s+(?!(?:i|i'm|my|we|our)\b))",
    re.IGNORECASE,
)

# What a lawyer or a neighbor says of others stands in no paper, but for the names in it.
_OF_THE_CLINIC = re.compile(
    r"\b(?:you|your|yours|you're|you've|youve|ya|y'?all|u|ur|there|here|the (?:clinic|office|practice|place|website|"
    r"(?:web ?)?site|page|sign|flyer)|this (?:clinic|office|practice|place))\b",
    re.IGNORECASE,
)

# What follows tells when, why or with what: it is not what is asked, unless nothing else is.
_ADJUNCT = re.compile(
    r"\s+(?:when (?:i|we|you|my|the|he|she)|while|because|since (?:i|my|the)|as (?:i|my)|if (?:i|we|my|he|she)|"
    r"before i|after (?:i|my|the)|until|till then|so that|in case|now that|cuando|mientras|porque)\b",
    re.IGNORECASE,
)

_PLACE = re.compile(r"\b(?:[Yy]our|[Tt]he) ([A-Z][a-z]+) (?:office|location|clinic|branch|site)\b")
# Kinds that differ from visit to visit: there the visit that is named is what is asked about.
_SIZED = (Kind.MONEY, Kind.DURATION, Kind.NUMBER)
_SETTING = phrase("first visit")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, taken apart. `meaning` is its text with the papers' words for what it says in others, `days` are the
    week days it names (Monday is 0), `counted` is what it asks the number of, `core` its clauses that ask, without the
    story around them, `essential` the needs without which something else would be answered: what it asks to know ("how
    deep", "what breed"), what kind of a thing ("laser therapy"), `premise` what it takes for granted of the clinic
    ("since you have a pool, ..."), `wanted` its question words (`asked_for.py`)."""

    text: str
    needs: tuple[Need, ...]
    kind: Kind | None
    days: Days
    counted: Need | None = None
    meaning: str = ""
    core: str = ""
    essential: tuple[Need, ...] = ()
    premise: tuple[Need, ...] = ()
    wanted: tuple[str, ...] = ()

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
        every, essential = tuple(needs), {need.said for need in self.essential}
        kept = tuple(need for need in every if need.said in essential and need.weight > WEAK_WEIGHT)
        return replace(self, needs=every, essential=kept)


@remembers_words(64)
def read(question: str) -> Asked:
    """Takes `question` apart; never raises."""
    core, story = _clauses(question)
    kind, days = asked_kind(question), days_named(question)
    needs = [need for clause in core for need in _asked_and_adjunct(clause, kind)]
    told = [need for clause in story for need in needs_in(clause, kind)]
    if kind in POINTED or any(need.weight >= WORD_WEIGHT and not need.by_kind for need in needs):
        told = _as_story(told, sum(need.weight for need in needs))
    elif any(need.saying or need.named for need in told):
        payers = lexicon().payers
        told = [n if n.saying or n.alike & payers else replace(n, weight=ASIDE, named=False) for n in told]
    every = merged(_on_payers(needs + told + _places(question)))
    every = every if kind in _SIZED else _set(every)
    if kind is None and speaks_of_opening(question, bool(days)) and not _has_content(every):
        kind = Kind.HOURS
        every = tuple(replace(n, by_kind=n.by_kind or n.weight <= DAY_WEIGHT or _is_digits(n)) for n in every)
    quieted = _quieted(every)
    meaning, said = in_papers_words(question), " ".join(core)
    essential, premise = _essential(said, kind, quieted), _premise(core, story)
    return Asked(question, quieted, kind, days, _counted(question), meaning, said, essential, premise, wanted(said))


def _premise(core: list[str], story: list[str]) -> tuple[Need, ...]:
    """The content of the clauses that take something about the clinic for granted, where another clause asks."""
    openings = [(clause, _PREMISE.match(clause)) for clause in (*story, *core[:-1])]
    needs = merged(
        need for clause, opening in openings if opening for need in _granted(clause, clause[opening.end() :])
    )
    return tuple(need for need in needs if need.weight >= WORD_WEIGHT and not _is_digits(need))


def _granted(clause: str, granted: str) -> list[Need]:
    """What `clause` says in its part `granted`; only the names in it, where that speaks of others than the clinic."""
    needs = [need for need in needs_in(clause, None) if need.said in granted]
    return needs if _OF_THE_CLINIC.search(granted) else [need for need in needs if need.named]


def _asked_and_adjunct(clause: str, kind: Kind | None) -> list[Need]:
    """The needs of a clause that asks; those of its adjunct are made light where something else is asked."""
    match = _ADJUNCT.search(clause)
    head = needs_in(clause[: match.start()], kind) if match else []
    if match is None or not (kind in POINTED or _has_content(head)):
        return needs_in(clause, kind)
    aside = needs_in(clause[match.start() :], kind)
    return head + [
        need if need.named or need.saying else replace(need, weight=min(need.weight, PURPOSE)) for need in aside
    ]


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


def _essential(core: str, kind: Kind | None, needs: Iterable[Need]) -> tuple[Need, ...]:
    """What stands right after "what", "which" or "how", right before a word like "therapy", and the known things whose
    hours are asked."""
    stems = {phrase(match[1]) for match in (*_QUALITY.finditer(core), *_SORT.finditer(core), *_GENERIC.finditer(core))}
    asked = [need for need in needs if not need.by_kind and need.said]
    found = [need for need in asked if need.weight >= BESIDE_SAYING and not stems.isdisjoint(need.alike)]
    if kind is Kind.HOURS:
        known, there = lexicon().alike, core.casefold()
        found += [need for need in asked if need.weight >= PURPOSE and need.alike & known.keys() and need.said in there]
    return tuple(found)


def _counted(question: str) -> Need | None:
    """What stands after "how many"."""
    match = _HOW_MANY.search(question)
    found = needs_in(match[1], None) if match else []
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

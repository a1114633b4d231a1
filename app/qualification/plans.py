"""Plans: what a plan's name says, and whether what a patient named is what a row lists."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from app.qualification.aliases import raw
from app.qualification.words import Word, joined, words

EXACT, PRODUCT, FAMILY = 3, 2, 1
_SPLIT = re.compile(r"[,;/\n]|\s+(?:and|y|&)\s+", re.IGNORECASE)
_EXCEPT = re.compile(
    r"\b(?:except|excluding|but not|(?<=\ball )but|(?<=\bplans )but|other than|excepto|menos)\b(?: for)?:?",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\(([^)]*)\)")
LONGEST = 4


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan's name taken apart: the words of its own, the types of network, the kinds of program. What only the name
    of the product implies (`maybe_types`, `maybe_kinds`) may be left out on the other side."""

    words: tuple[str, ...] = ()
    types: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    maybe_types: frozenset[str] = frozenset()
    maybe_kinds: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.words or self.types or self.kinds)


@dataclass(frozen=True, slots=True)
class Listed:
    """What the plan column of a row covers: single plans, or every plan (of the kinds in `kinds`, where it says so)
    but `excepted`. No plans and not `every`: the payer as a whole, without a word on plans."""

    plans: tuple[Plan, ...] = ()
    every: bool = False
    kinds: frozenset[str] = frozenset()
    excepted: tuple[Plan, ...] = ()


@cache
def spelled_types() -> Mapping[str, str]:
    """Spelling without spaces to the type of network."""
    return {joined(spelled): name for name, spellings in raw()["types"].items() for spelled in spellings}


@cache
def spelled_kinds() -> Mapping[str, str]:
    """Spelling without spaces to the kind of program."""
    return {joined(spelled): name for name, spellings in raw()["kinds"].items() for spelled in spellings}


@cache
def anywhere() -> frozenset[str]:
    """The spellings that count wherever they stand in a message."""
    return frozenset(joined(spelled) for spelled in raw()["anywhere"])


@cache
def filler() -> frozenset[str]:
    """Words of a name that tell nothing apart."""
    return frozenset(raw()["filler"])


@cache
def _every() -> frozenset[str]:
    return frozenset(raw()["every"])


def read_plan(text: str, products: Mapping[str, str]) -> Plan:
    """One plan's name, with what the payer's `products` tell about it."""
    return plan_of(words(text), products)


def plan_of(said: Iterable[Word], products: Mapping[str, str]) -> Plan:
    """The plan that these words name."""
    texts = [word.text for word in said]
    own: list[str] = []
    types, kinds = set[str](), set[str]()
    at = 0
    while at < len(texts):
        size = next(
            (n for n in range(LONGEST, 0, -1) if _concept("".join(texts[at : at + n])) and at + n <= len(texts)), 0
        )
        if not size:
            own += [texts[at]] if texts[at] not in filler() else []
            at += 1
            continue
        name = "".join(texts[at : at + size])
        (types if name in spelled_types() else kinds).add(_concept(name))
        at += size
    return _with_products(Plan(tuple(dict.fromkeys(own)), frozenset(types), frozenset(kinds)), products)


def _concept(name: str) -> str:
    return spelled_types().get(name) or spelled_kinds().get(name) or ""


def _with_products(plan: Plan, products: Mapping[str, str]) -> Plan:
    """`plan` with what the table tells of the product that it names."""
    types, kinds = set(plan.maybe_types), set(plan.maybe_kinds)
    for name, tells in products.items():
        own = {word.text for word in words(name)} - filler()
        if tells and own and (own <= set(plan.words) or joined(name) in plan.words):
            (types if tells in raw()["types"] else kinds).add(tells)
    return replace(plan, maybe_types=frozenset(types), maybe_kinds=frozenset(kinds))


def read_listed(
    text: str | None, products: Mapping[str, str], *, all_plans: bool, excepted: Iterable[str] = ()
) -> Listed:
    """What a row's plan column says; `all_plans` and `excepted` are what the row says of itself."""
    kept, _, without = _halves(text or "")
    out = tuple(read_plan(one, products) for one in [*excepted, *_SPLIT.split(without)] if one.strip())
    plans: list[Plan] = []
    kinds: frozenset[str] = frozenset()
    every = all_plans
    for piece in _pieces(kept):
        plan = read_plan(piece, products)
        if any(word in _every() for word in plan.words) and not plan.types:
            every, kinds = True, kinds | plan.kinds
        elif plan:
            words_ = tuple(word for word in plan.words if word not in _every())
            plans.append(replace(plan, words=words_))
    return Listed(() if every else tuple(plans), every, kinds, tuple(plan for plan in out if plan))


def _halves(text: str) -> tuple[str, str, str]:
    cut = _EXCEPT.search(text)
    return (text[: cut.start()], "except", text[cut.end() :].rstrip(") ")) if cut else (text, "", "")


def _pieces(text: str) -> list[str]:
    """The plans of a list. What stands in brackets goes with its plan when it tells a type or a kind."""
    bare = _BRACKETS.sub(lambda match: f" {match[1]} " if _tells(match[1]) else " ", text)
    return [piece for piece in _SPLIT.split(bare) if piece.strip()]


def _tells(text: str) -> bool:
    plan = read_plan(text, {})
    return bool(plan.types or plan.kinds) and not plan.words


def fit(asked: Plan, listed: Plan) -> int:
    """EXACT, PRODUCT (the same name, with the type left out on one side), FAMILY (one side says only the type or kind
    of the other) or 0. Two products are never one because they share a word, nor two kinds of program."""
    if not _kinds_agree(asked, listed):
        return 0
    types_agree = asked.types <= listed.types | listed.maybe_types or listed.types <= asked.types | asked.maybe_types
    if _same(asked.words, listed.words):
        if asked.types == listed.types and _program(asked) == _program(listed):
            return EXACT
        if asked.words:
            return PRODUCT if types_agree else 0
        return FAMILY if types_agree else 0
    if not asked.words:
        return FAMILY if asked.types <= listed.types | listed.maybe_types else 0
    if not listed.words and (listed.types or listed.kinds):
        return FAMILY if listed.types <= asked.types | asked.maybe_types else 0
    return 0


def _same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return set(one) == set(other) or "".join(one) == "".join(other)


def _program(plan: Plan) -> frozenset[str]:
    """Its kinds; a plan of an employer is the ordinary case and not a kind of its own."""
    return plan.kinds - {"commercial"}


def _kinds_agree(asked: Plan, listed: Plan) -> bool:
    one, other = _program(asked), _program(listed)
    return one <= other | listed.maybe_kinds and other <= one | asked.maybe_kinds


def in_every(asked: Plan, listed: Listed) -> bool:
    """Whether an "all plans" row covers the plan."""
    if any(takes_out(one, asked) for one in listed.excepted):
        return False
    limits = listed.kinds
    if not limits:
        return True
    asked_kinds = asked.kinds | asked.maybe_kinds
    return not _apart(asked_kinds) if "commercial" in limits else (not asked_kinds or bool(asked_kinds & limits))


def takes_out(excepted: Plan, asked: Plan) -> bool:
    """Whether an exception may be meant: in doubt it is, for a false yes costs a patient money."""
    return bool(fit(asked, excepted)) or (bool(excepted.words) and set(excepted.words) <= set(asked.words))


def under_the_payer(asked: Plan) -> bool:
    """Whether a row that names the payer alone may speak of the plan: not of a program of its own kind."""
    return not _apart(asked.kinds | asked.maybe_kinds)


def _apart(kinds: frozenset[str]) -> frozenset[str]:
    return kinds & frozenset(raw()["apart"])

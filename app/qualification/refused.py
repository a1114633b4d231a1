"""What no rule may look at: protected traits anywhere, age and money in the score. Refused when rules are read."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from app.errors import Invalid
from app.qualification.conditions import Condition, Leaf
from app.qualification.shipped import shipped
from app.qualification.words import split

Place = Literal["rules", "score"]


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing that must not count. `values_of` are fields of which only `filled` may be asked."""

    name: str
    places: frozenset[str]
    facts: frozenset[str]
    words: tuple[tuple[str, ...], ...]
    alone: frozenset[tuple[str, ...]]
    values_of: frozenset[str]


def refuse_traits(condition: Condition, where: str, place: Place) -> None:
    """Raises Invalid for a condition that looks at a trait that must not count in `place`."""
    for leaf in _leaves(condition):
        for trait in _traits(place):
            if trait.facts & set(leaf.fact.casefold().split("_")):
                raise _refusal(where, f"looks at {leaf.fact!r}", trait.name)
            if leaf.fact in trait.values_of and leaf.test != "filled":
                raise _refusal(where, f"compares {leaf.fact!r}", trait.name)
        for value in leaf.value if isinstance(leaf.value, tuple) else (leaf.value,):
            refuse_words(value, where, place)


def refuse_words(text: Any, where: str, place: Place) -> None:
    """Raises Invalid for a text that names such a trait."""
    said = _folded(str(text))
    for trait in _traits(place):
        named = said in trait.alone or any(_within(words, said) for words in trait.words)
        if named:
            raise _refusal(where, f"says {str(text)!r}", trait.name)


def _refusal(where: str, what: str, trait: str) -> Invalid:
    return Invalid(
        f"{where} {what}, which stands for {trait}",
        "leave it out: nobody is turned away or put later for that, so rules and scores must not look at it",
        code="protected_trait",
    )


def _leaves(condition: Condition) -> Iterator[Leaf]:
    if isinstance(condition, Leaf):
        yield condition
        return
    for part in condition.parts:
        yield from _leaves(part)


def _within(words: tuple[str, ...], said: tuple[str, ...]) -> bool:
    return any(said[at : at + len(words)] == words for at in range(len(said) - len(words) + 1))


def _folded(text: str) -> tuple[str, ...]:
    return tuple(word.text for word in split(text))


@cache
def _traits(place: Place) -> tuple[Trait, ...]:
    return tuple(trait for trait in _all() if place in trait.places)


@cache
def _all() -> tuple[Trait, ...]:
    return tuple(
        Trait(
            one["trait"],
            frozenset(one["in"]),
            frozenset(one["facts"]),
            tuple(_folded(words) for words in one["words"]),
            frozenset(_folded(word) for word in one["alone"]),
            frozenset(one.get("values_of", ())),
        )
        for one in shipped("refused.yaml")["traits"]
    )

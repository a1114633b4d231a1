"""Conditions over facts, as data: rules decide with them, and an action's slots are asked or left out by them.

Written `{all: [..]}`, `{any: [..]}`, `{not: ..}`, or a leaf `{fact: NAME, is: v}` with one of is, in, filled,
contains, at_least, at_most. True, False, or None where a fact that matters is not known.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Literal

from app.errors import Invalid
from app.qualification.words import Word, split, words
from app.word_caches import remembers_words

Facts = Mapping[str, Any]
"""Name to text, number, yes or no, or a list of texts. A name that is absent is not known yet; None is known to have no
value (it was asked for and not given)."""
Test = Literal["is", "in", "filled", "contains", "at_least", "at_most"]
DEEPEST = 8
_TESTS: tuple[Test, ...] = ("is", "in", "filled", "contains", "at_least", "at_most")
_REACH = 2
_SHORT = 40
"""Characters of a text that may be a name or a choice; longer ones are a patient's own words, and come once."""
_DENYING = frozenset(
    {"no", "not", "never", "without", "dont", "didnt", "isnt", "wasnt", "sin", "ningun", "ninguna", "nunca"}
)
_GROUPS = ("all", "any", "not")
_REMEDY = "write {all: [..]}, {any: [..]}, {not: ..} or {fact: NAME, is: VALUE}"


class Text(str):
    """A fact's text that keeps its words for as long as it lives itself: dozens of tests look at the same one."""

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """In order."""
        return split(self)

    @cached_property
    def plain(self) -> str:
        """As `_plain`."""
        return _plain_words(self.words, self)

    @cached_property
    def forms(self) -> frozenset[str]:
        """One and several of each word."""
        return frozenset(form for word in self.words for form in _forms(word.text))


@dataclass(frozen=True, slots=True)
class Leaf:
    """One test of one fact. `_wanted` is the value as it is compared, worked out once."""

    fact: str
    test: Test
    value: Any
    _wanted: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_wanted", _wanted(self.test, self.value))

    def truth(self, facts: Facts) -> bool | None:
        """None when the fact is not known, or, except for `filled`, has no value."""
        if self.fact not in facts:
            return None
        given = facts[self.fact]
        if self.test == "filled":
            return (given is not None and given != "" and given != []) is self.value
        if given is None:
            return None
        return _holds(self.test, given, self._wanted)

    def names(self) -> frozenset[str]:
        """The facts that it looks at."""
        return frozenset({self.fact})

    def as_data(self) -> dict[str, Any]:
        """What it was read from."""
        return {"fact": self.fact, self.test: list(self.value) if isinstance(self.value, tuple) else self.value}


@dataclass(frozen=True, slots=True)
class Group:
    """Several conditions: `all` of them, `any` of them, or `not` the one."""

    kind: Literal["all", "any", "not"]
    parts: "tuple[Condition, ...]"

    def truth(self, facts: Facts) -> bool | None:
        """Kleene's: one part that settles it is enough, whatever the others are."""
        if self.kind == "not":
            truth = self.parts[0].truth(facts)
            return None if truth is None else not truth
        settling, open_ = self.kind == "any", False
        for part in self.parts:
            truth = part.truth(facts)
            if truth is settling:
                return settling
            open_ = open_ or truth is None
        return None if open_ else not settling

    def names(self) -> frozenset[str]:
        """The facts that its parts look at."""
        return frozenset().union(*(part.names() for part in self.parts))

    def as_data(self) -> dict[str, Any]:
        """What it was read from."""
        parts = [part.as_data() for part in self.parts]
        return {self.kind: parts[0] if self.kind == "not" else parts}


Condition = Leaf | Group


def condition_from(data: Any, where: str, known: Collection[str] | None = None) -> Condition:
    """The condition that `data` describes. `where` is its path, for errors; `known` are the facts there are. Raises
    Invalid, naming the path, the value and the remedy."""
    return _read(data, where, known, 1)


def unknown_facts(condition: Condition, facts: Facts) -> frozenset[str]:
    """The facts that are not known yet and without which the condition cannot be settled; none when it is settled."""
    if condition.truth(facts) is not None:
        return frozenset()
    if isinstance(condition, Leaf):
        return condition.names() - facts.keys()
    return frozenset().union(*(unknown_facts(part, facts) for part in condition.parts))


def settled(condition: Condition, facts: Facts) -> "Condition | bool":
    """What is left of it once `facts` are known: true, false, or a condition on the others."""
    truth = condition.truth(facts)
    if truth is not None:
        return truth
    if isinstance(condition, Leaf):
        return condition
    left = [part for part in (settled(part, facts) for part in condition.parts) if not isinstance(part, bool)]
    return Group(condition.kind, tuple(left))


def could_hold(condition: Condition, facts: Facts) -> bool:
    """Whether it would hold for some value of the facts that were asked for in vain. A fact that nobody asked for
    settles nothing."""
    return _possible(condition, facts)[0]


def withheld_facts(condition: Condition, facts: Facts) -> frozenset[str]:
    """The facts of an open condition that were asked for, but have no value, or none that can be compared."""
    if isinstance(condition, Leaf):
        return condition.names() & facts.keys() if condition.truth(facts) is None else frozenset()
    if condition.truth(facts) is not None:
        return frozenset()
    return frozenset().union(*(withheld_facts(part, facts) for part in condition.parts))


def _possible(condition: Condition, facts: Facts) -> tuple[bool, bool]:
    """(may be true, may be false)."""
    if isinstance(condition, Leaf):
        truth = condition.truth(facts)
        if truth is None:
            return (condition.fact in facts,) * 2
        return truth, not truth
    parts = [_possible(part, facts) for part in condition.parts]
    if condition.kind == "not":
        return parts[0][1], parts[0][0]
    true, false = [part[0] for part in parts], [part[1] for part in parts]
    return (all(true), any(false)) if condition.kind == "all" else (any(true), all(false))


def _read(data: Any, where: str, known: Collection[str] | None, depth: int) -> Condition:
    if not isinstance(data, dict) or not data:
        raise Invalid(f"{where} is {data!r}", _REMEDY)
    if depth > DEEPEST:
        raise Invalid(f"{where} is nested more than {DEEPEST} deep", "split it into several rules")
    if "fact" in data:
        return _leaf(data, where, known)
    kind = next(iter(data))
    if len(data) > 1 or kind not in _GROUPS:
        raise Invalid(f"{where} is {data!r}", _REMEDY + _meant(str(kind), (*_GROUPS, "fact")))
    if kind == "not":
        return Group("not", (_read(data["not"], f"{where}.not", known, depth + 1),))
    parts = data[kind]
    if not isinstance(parts, list) or not parts:
        raise Invalid(f"{where}.{kind} is {parts!r}", "list at least one condition")
    return Group(kind, tuple(_read(part, f"{where}.{kind}[{n}]", known, depth + 1) for n, part in enumerate(parts)))


def _leaf(data: Mapping[str, Any], where: str, known: Collection[str] | None) -> Leaf:
    fact = data["fact"]
    if not isinstance(fact, str) or not fact.strip():
        raise Invalid(f"{where}.fact is {fact!r}", "write the name of a fact")
    if known is not None and fact not in known:
        hint = _meant(fact, known) or f"; the facts are {', '.join(sorted(known))}"
        raise Invalid(f"{where}.fact is {fact!r}", f"use a fact that exists{hint}")
    tests = [key for key in data if key != "fact"]
    if len(tests) != 1 or tests[0] not in _TESTS:
        hint = _meant(str(tests[0]), _TESTS) if tests else ""
        raise Invalid(f"{where} tests {fact!r} with {tests!r}", f"use exactly one of {', '.join(_TESTS)}{hint}")
    test: Test = tests[0]
    return Leaf(fact, test, _value(test, data[test], f"{where}.{test}"))


def _value(test: Test, value: Any, where: str) -> Any:
    match test:
        case "filled" if isinstance(value, bool):
            return value
        case "filled":
            raise Invalid(f"{where} is {value!r}", "write true or false")
        case "at_least" | "at_most" if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        case "at_least" | "at_most":
            raise Invalid(f"{where} is {value!r}", "write a number")
        case "is" if _scalar(value):
            return value
        case "contains" if isinstance(value, str) and value.strip():
            return value
        case "in" | "contains" if isinstance(value, list) and value and all(map(_scalar, value)):
            return tuple(value)
    remedy = "write a list of values" if test == "in" else "write text, a number, true or false"
    raise Invalid(f"{where} is {value!r}", remedy)


def _scalar(value: Any) -> bool:
    return isinstance(value, bool | int | float) or (isinstance(value, str) and bool(value.strip()))


def _wanted(test: Test, value: Any) -> Any:
    match test:
        case "is":
            return _plain(value)
        case "in":
            return frozenset(_plain(one) for one in value)
        case "contains":
            return _phrases(value if isinstance(value, tuple) else (value,))
    return value


def _holds(test: Test, given: Any, wanted: Any) -> bool | None:
    """`wanted` is what `_wanted` made of the rule's value: dozens of rules look at each turn of each patient."""
    if test == "is" and not isinstance(given, list | tuple):
        return bool(_plain(given) == wanted)
    items = given if isinstance(given, list | tuple) else (given,)
    if test == "contains":
        return any(_contains_any(item if isinstance(item, Text) else Text(item), wanted) for item in items)
    if test == "is":
        return any(_plain(item) == wanted for item in items)
    if test == "in":
        return any(_plain(item) in wanted for item in items)
    number = _number(given)
    if number is None:
        return None
    return bool(number >= wanted if test == "at_least" else number <= wanted)


def _plain(value: Any) -> str:
    """Equal for what people would call the same: upper and lower case, accents, 1 and "1", true and "yes"."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Text):
        return value.plain
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    said = str(value)
    return _plain_short(said) if len(said) <= _SHORT else _plain_words(split(said), said)


@remembers_words(1024)
def _plain_short(said: str) -> str:
    """Names and choices come again at each step of each turn."""
    return _plain_words(split(said), said)


def _plain_words(found: tuple[Word, ...], said: str) -> str:
    text = " ".join(word.text for word in found) or str(said).strip()
    return {"true": "yes", "false": "no"}.get(text, text)


Phrases = Mapping[str, tuple[tuple[frozenset[str], tuple[Word, ...]], ...]]


def _phrases(wanted: tuple[Any, ...]) -> Phrases:
    """The phrases that a rule looks for by their first word, each with its words as a set."""
    begun: dict[str, list[tuple[frozenset[str], tuple[Word, ...]]]] = {}
    for phrase in (words(str(one)) for one in wanted):
        if phrase:
            begun.setdefault(phrase[0].text, []).append((frozenset(word.text for word in phrase), phrase))
    return {first: tuple(phrases) for first, phrases in begun.items()}


def _contains_any(said: "Text", phrases: Phrases) -> bool:
    """The forms of all words at once rule nearly every phrase out; a turn looks for hundreds."""
    forms = said.forms
    near = (one for first in phrases.keys() & forms for one in phrases[first])
    return any(wanted <= forms and _contains(said.words, phrase) for wanted, phrase in near)


def _contains(said: tuple[Word, ...], phrase: tuple[Word, ...]) -> bool:
    """Whole words in a row; "hip" is in "both hips", not in "relationship" nor in "no hip pain"."""
    wanted = [word.text for word in phrase]
    starts = range(len(said) - len(wanted) + 1) if wanted else ()
    return any(
        all(_same_word(word.text, want) for word, want in zip(said[at:], wanted, strict=False))
        and not _is_denied(said, at, wanted)
        for at in starts
    )


def _is_denied(said: tuple[Word, ...], at: int, wanted: list[str]) -> bool:
    """ "no fever", "without any swelling", "sin fiebre": said, but not so. Not when the phrase itself denies."""
    before = range(at, max(0, at - _REACH), -1)
    return _DENYING.isdisjoint(wanted) and any(
        said[place - 1].text in _DENYING and not any(word.apart for word in said[place : at + 1]) for place in before
    )


def _same_word(one: str, other: str) -> bool:
    return other in _forms(one)


def _forms(word: str) -> tuple[str, ...]:
    """One and several of it."""
    return word, f"{word}s", f"{word}es", word.removesuffix("s"), word.removesuffix("es")


def _number(given: Any) -> float | None:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        return None
    try:
        return float(given)
    except ValueError:
        return None


def _meant(word: str, known: Collection[str]) -> str:
    close = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""

"""The kinds of fact a question can ask for (money, a time of day, a phone number), and whether a text holds one."""

from enum import StrEnum
from functools import lru_cache

from app.answering.patterns import patterns
from app.answering.terms import data, fold, phrase


class Kind(StrEnum):
    """What an answer must contain to be one."""

    MONEY = "money"
    HOURS = "hours"
    DAYS = "days"
    DURATION = "duration"
    FREQUENCY = "frequency"
    AVAILABILITY = "availability"
    NUMBER = "number"
    SINCE = "since"
    YEAR = "year"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"


# Kinds that are asked for with words that need not stand in the answer.
POINTED = frozenset({Kind.PHONE, Kind.EMAIL, Kind.ADDRESS, Kind.HOURS, Kind.AVAILABILITY})


def asked_kind(question: str) -> Kind | None:
    """The kind of fact that `question` asks for, or None when any statement could answer it."""
    folded = fold(question)
    return next((Kind(key) for key, pattern in patterns("kinds.yaml", "asked").items() if pattern.search(folded)), None)


def speaks_of_opening(question: str, on_days: bool) -> bool:
    """Whether `question` speaks of coming at some time of a day, or on the days that it names."""
    pattern = patterns("kinds.yaml", "opening")["on_days" if on_days else "any_day"]
    return bool(pattern.search(fold(question)))


def holds(text: str, kind: Kind, lead: str = "") -> bool:
    """Whether `text`, which answers `lead`, contains a fact of `kind`."""
    folded = fold(text)
    speaks = patterns("kinds.yaml", "speaks").get(kind)
    return bool(patterns("kinds.yaml", "held")[kind].search(folded)) and (
        speaks is None or bool(speaks.search(f"{fold(lead)} {folded}"))
    )


def speaks_of_acceptance(text: str) -> bool:
    """Whether `text` says whose insurance is taken, or is about insurance at all."""
    return bool(patterns("kinds.yaml", "speaks")["acceptance"].search(fold(text)))


def wants_it_brought(text: str) -> bool:
    """Whether `text` says what patients are to bring, send or have ready."""
    return bool(patterns("kinds.yaml", "speaks")["wanted"].search(fold(text)))


def is_number(word: str) -> bool:
    """Whether the folded `word` is a number in digits or letters."""
    return word not in ("a", "an", "un", "una") and bool(patterns("kinds.yaml", "number")["whole"].search(word))


def about_else(text: str, kind: Kind, question: str) -> bool:
    """Whether the fact in `text` belongs to a matter that `question` does not speak of: a fee for missed visits is no
    answer to the price of a visit."""
    apart, asked = (patterns("kinds.yaml", section).get(kind) for section in ("apart", "apart_asked"))
    folded = fold(question)
    if apart is None or not apart.search(fold(text)) or apart.search(folded):
        return False
    return asked is None or not asked.search(folded)


@lru_cache(maxsize=len(Kind))
def own_words(kind: Kind) -> frozenset[str]:
    """Stems of the words that a fact of `kind` answers without containing them: "$50" is a cost without the word."""
    return frozenset(phrase(word) for word in data("kinds.yaml")["own_words"][kind].split())


@lru_cache(maxsize=1)
def kind_words() -> frozenset[str]:
    """The words for kinds of facts as they are usually written, folded."""
    return frozenset(word for line in data("kinds.yaml")["own_words"].values() for word in line.split())

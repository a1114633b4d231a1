"""Recognises payers by name in running text, from `names.yaml`: whole words, any case, spaces and hyphens as they come.
Ordinary words that are also payers ("Oscar", "Progressive") count only with a capital letter."""

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "\u00a0": " ", "‐": "-", "‑": "-"})
_BLUES = (
    r"(?:the )?(?:blue[ -]?cross|\bbc)(?: ?(?:and|&|/|y|-|,) ?| )?(?:blue[ -]?shield|bs)"
    r"|blue[ -]?cross|blue[ -]?shield|bcbs(?:[a-z]{2})?|bcn"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A payer's name in a text, from character `start` to before `end`."""

    start: int
    end: int
    text: str


def plain(text: str) -> str:
    """The same text, letter by letter, with straight quotes and plain hyphens and spaces."""
    return text if text.isascii() else text.translate(_QUOTES)


def mentions(text: str) -> list[Mention]:
    """The payers named in a text, from left to right; of two that overlap, the longer."""
    words = plain(text)
    return [
        Mention(found.start(), found.end(), text[found.start() : found.end()])
        for found in _pattern().finditer(words)
        if not (_needs_capital(found[0]) and not found[0][:1].isupper())
    ]


def is_name(text: str) -> bool:
    """Whether a text is a payer's name and nothing else."""
    found = mentions(text)
    return len(found) == 1 and found[0].text == text


def is_medicaid(text: str) -> bool:
    """Whether a payer is a state's Medicaid by name."""
    return _key(text) in _names()["medicaid"]


def _needs_capital(name: str) -> bool:
    return _key(name) in _names()["words"]


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9+&]", "", plain(name).casefold())


@lru_cache(maxsize=1)
def _table() -> dict[str, list[str]]:
    table: dict[str, list[str]] = yaml.safe_load(Path(__file__).with_name("names.yaml").read_text("utf-8"))
    return table


@lru_cache(maxsize=1)
def _names() -> dict[str, frozenset[str]]:
    return {section: frozenset(map(_key, names)) for section, names in _table().items()}


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    """One pattern for all names, parted by their first letter so that most places of a text are left at once."""
    table = dict(_table())
    states = "|".join(re.escape(state) for state in sorted(table.pop("states"), key=len, reverse=True))
    names = {name for section in table.values() for name in section}
    carriers = "|".join(_spelled(name) for name in sorted(names, key=len, reverse=True) if _leads_a_blue(name))
    by_letter: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names, key=len, reverse=True):
        by_letter[name[0].casefold()].append(_spelled(name))
    listed = "|".join(f"(?={re.escape(letter)})(?:{'|'.join(same)})" for letter, same in by_letter.items())
    blues = rf"(?:(?:{carriers}) )?(?:{_BLUES})(?: of (?:the )?(?:{states})(?: (?:and|&) (?:{states}))?)?"
    medicaid = rf"(?:{states}) (?:Medicaid|Medicare)|Medicaid of (?:{states})|(?:{states}) BCBS"
    return re.compile(rf"(?<![\w$&-])(?:{blues}|{medicaid}|{listed})(?:'s)?(?![\w&]|-\w)", re.IGNORECASE)


def _leads_a_blue(name: str) -> bool:
    return " " not in name and name in {"Anthem", "Premera", "Regence", "Highmark", "Horizon", "Wellmark", "CareFirst"}


def _spelled(name: str) -> str:
    """A name as a pattern: joined or apart, "and" or "&"."""
    parts = re.split(r"[ -]+", name)
    return r"[ -]?".join("(?:and|&)" if part in {"and", "&"} else re.escape(part) for part in parts)

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

_BLUE_STARTS = ("the", "blue", "blues", "bc", "bcbs", "bcn", "bc/bs", "bc&bs")
_WORD = re.compile(r"(?<![\w$&-])\w[\w'&./]*")
_PREFIX = 3


@dataclass(frozen=True, slots=True)
class Mention:
    """A payer's name in a text, from character `start` to before `end`."""

    start: int
    end: int
    text: str


def plain(text: str) -> str:
    """The same text, letter by letter, with straight quotes and plain hyphens and spaces."""
    return text if text.isascii() else text.translate(_QUOTES)


def mentions(text: str) -> tuple[Mention, ...]:
    """The payers named in a text, from left to right; of two that overlap, the first, and the longer."""
    return _mentions(text)


@lru_cache(maxsize=4096)
def _mentions(text: str) -> tuple[Mention, ...]:
    words, patterns, found, end = plain(text), _patterns(), [], 0
    for word in _WORD.finditer(words):
        place = word.start()
        if place < end or (tried := patterns.get(word[0][:_PREFIX].casefold())) is None:
            continue
        names = [match[0] for pattern in tried if (match := pattern.match(words, place))]
        name = max(names, key=len, default="")
        if name and (name[:1].isupper() or not _needs_capital(name)):
            end = place + len(name)
            found.append(Mention(place, end, text[place:end]))
    return tuple(found)


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
def _patterns() -> dict[str, list[re.Pattern[str]]]:
    """For the first letters of a word, the patterns of the names that can begin with it: few words need one."""
    table = dict(_table())
    places = table.pop("states")
    states = "|".join(re.escape(state) for state in sorted(places, key=len, reverse=True))
    names = {name for section in table.values() for name in section}
    carriers = [name for name in names if _leads_a_blue(name)]
    blues = rf"(?:(?:{'|'.join(carriers)}) )?(?:{_BLUES})(?: of (?:the )?(?:{states})(?: (?:and|&) (?:{states}))?)?"
    medicaid = rf"(?:{states}) (?:Medicaid|Medicare|BCBS)|Medicaid of (?:{states})"
    spelled: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names, key=len, reverse=True):
        spelled[_start(name)].append(_spelled(name))
    found = {start: [_compiled("|".join(same))] for start, same in spelled.items()}
    for pattern, firsts in ((blues, [*carriers, *_BLUE_STARTS]), (medicaid, [*places, "Medicaid"])):
        compiled = _compiled(pattern)
        for start in set(map(_start, firsts)):
            found.setdefault(start, []).append(compiled)
    return found


def _compiled(names: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{names})(?:'s)?(?![\w&]|-\w)", re.IGNORECASE)


def _start(name: str) -> str:
    first = _WORD.search(name)
    return first[0][:_PREFIX].casefold() if first else ""


def _leads_a_blue(name: str) -> bool:
    return " " not in name and name in {"Anthem", "Premera", "Regence", "Highmark", "Horizon", "Wellmark", "CareFirst"}


def _spelled(name: str) -> str:
    """A name as a pattern: joined or apart, "and" or "&"."""
    parts = re.split(r"[ -]+", name)
    return r"[ -]?".join("(?:and|&)" if part in {"and", "&"} else re.escape(part) for part in parts)

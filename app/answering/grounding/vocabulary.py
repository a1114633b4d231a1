"""The word file of grounding, read once: which words mean one thing, and which decide what a statement says."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import Stemmer  # type: ignore[import-not-found, unused-ignore]

from app.answering.terms import fold
from app.dialogue.language import LANGUAGES, Language, language_of
from app.dialogue.shipped import read_yaml
from app.word_caches import remembers_words

_stemmers = {"en": Stemmer.Stemmer("english"), "es": Stemmer.Stemmer("spanish")}
Entry = tuple[tuple[str, str], ...]
"""What a phrase stands for: (sort, name) pairs; the sort is "word", "mark", "limit", "reason" or "neutral"."""


@dataclass(frozen=True)
class Vocabulary:
    """`phrases` of a language map stems to what they stand for; `longest` is the most words of one."""

    phrases: Mapping[Language, Mapping[tuple[str, ...], Entry]]
    written: Mapping[Language, Mapping[tuple[str, ...], Entry]]
    longest: int
    verbs: Mapping[Language, frozenset[str]]
    imperatives: Mapping[Language, frozenset[str]]
    light: frozenset[str]
    spare: frozenset[str]
    free_words: frozenset[str]
    limiting_headings: frozenset[str]
    titles: frozenset[str]
    converse: frozenset[str]
    mutual: frozenset[str]
    persons: frozenset[str]
    own_people: frozenset[str]
    companions: frozenset[str]
    implied: Mapping[str, frozenset[str]]
    roles: Mapping[str, list[str]]
    numbers: Mapping[Language, Mapping[str, int]]
    rewritten: tuple[tuple[re.Pattern[str], str], ...]
    talk: Mapping[str, re.Pattern[str]]

    def meaning(self, words: tuple[str, ...], language: Language) -> Entry | None:
        """What exactly these folded words stand for; as written before by stems."""
        found = self.written[language].get(words)
        return found if found is not None else self.phrases[language].get(tuple(stem(w, language) for w in words))


@remembers_words(20_000)
def stem(word: str, language: Language) -> str:
    """The stem of a folded word."""
    return str(_stemmers[language].stemWord(word.removesuffix("'s")))


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The shipped one. Raises Misconfigured when the file is broken."""
    raw: dict[str, Any] = read_yaml("app.answering.grounding", "vocabulary.yaml")
    written: dict[Language, dict[tuple[str, ...], Entry]] = {code: {} for code in LANGUAGES}
    stemmed: dict[Language, dict[tuple[str, ...], Entry]] = {code: {} for code in LANGUAGES}
    for code in LANGUAGES:
        for phrase, entry in _entries(raw, code):
            words = tuple(re.split(r"[\s-]+", contracted(phrase)))
            _add(written[code], words, entry)
            if all(sort == "word" for sort, _ in entry):
                _add(stemmed[code], tuple(stem(word, code) for word in words), entry)
    return Vocabulary(
        phrases=stemmed,
        written=written,
        longest=max(len(words) for each in written.values() for words in each),
        verbs={code: frozenset(raw["verbs"][code].split()) for code in LANGUAGES},
        imperatives={code: frozenset(raw["imperatives"][code].split()) for code in LANGUAGES},
        light=frozenset(raw["light"].split()),
        spare=frozenset(raw["spare"].split()),
        free_words=frozenset(raw["free_words"].split()),
        limiting_headings=frozenset(raw["limiting_headings"].split()),
        titles=frozenset(raw["titles"].split()),
        converse=frozenset(raw["converse"].split()),
        mutual=frozenset(raw["mutual"].split()),
        persons=frozenset(f"{raw['persons']} {raw['own_people']}".split()),
        own_people=frozenset(raw["own_people"].split()),
        companions=frozenset(raw["companions"].split()),
        implied={sort: frozenset(names) for sort, names in raw["implied"].items()},
        roles=raw["roles"],
        numbers={code: _numbers(raw, code) for code in LANGUAGES},
        rewritten=tuple((re.compile(pattern), instead) for pattern, instead in raw["rewritten"]),
        talk={name: re.compile(pattern) for name, pattern in raw["talk"].items()},
    )


_CLITIC = re.compile(r"(?<=[a-z])'(?:re|ll|ve|d|m)\b")
_IS = re.compile(r"\b(it|there|that|here|what|where|who|she|he|let|how)'s\b")


def contracted(folded: str) -> str:
    """Without what an apostrophe hangs on: "we're open" is "we open", "doctor's order" is "doctors order"."""
    return _CLITIC.sub("", _IS.sub(r"\1", folded)).replace("'s ", "s ")


def language_in(text: str) -> Language:
    """The language whose words `text` has more of; in doubt the desk's own guess."""
    known = vocabulary()
    words = re.findall(r"[a-z]+", fold(text))
    own = {
        code: sum(bool(known.meaning((word,), code)) or word in known.verbs[code] for word in words)
        for code in LANGUAGES
    }
    if own["es"] == own["en"]:
        return language_of(text)
    return "es" if own["es"] > own["en"] else "en"


def _add(phrases: dict[tuple[str, ...], Entry], words: tuple[str, ...], entry: Entry) -> None:
    """A word of two meanings has both: "take" a card, "take" an hour."""
    known = phrases.get(words)
    if known is None:
        phrases[words] = entry
    elif (
        len(known) == len(entry) == 1
        and known[0][0] == entry[0][0] == "word"
        and entry[0][1] not in known[0][1].split("|")
    ):
        phrases[words] = (("word", f"{known[0][1]}|{entry[0][1]}"),)


def _numbers(raw: dict[str, Any], code: Language) -> dict[str, int]:
    """Of both languages, but for a word that opens a condition in this one: "once" is eleven in Spanish."""
    each = (pair for one in LANGUAGES for pair in _pairs(raw["numbers"][one]))
    return {word: int(number) for word, number in each if word not in _limits(raw, code)}


def _limits(raw: dict[str, Any], code: Language) -> set[str]:
    return {phrase.strip() for phrase in raw["limits"][code].split(",")}


def _pairs(text: str) -> Iterable[tuple[str, str]]:
    words = text.split()
    return zip(words[::2], words[1::2], strict=True)


def _entries(raw: dict[str, Any], code: Language) -> Iterable[tuple[str, Entry]]:
    """Phrases with what they stand for; the first of a phrase counts."""
    for phrase, parts in raw["compounds"][code].items():
        yield phrase, tuple(("mark" if part in raw["marks"] else "word", part) for part in parts)
    limits = _limits(raw, code)
    for mark, said in raw["marks"].items():
        for phrase in said[code].split(","):
            if phrase.strip() in limits:
                yield phrase.strip(), (("limit", phrase.strip()), ("mark", mark))
            yield phrase.strip(), (("mark", mark),)
    for limit in limits:
        yield limit, (("limit", limit),)
    for phrase in raw["reasons"][code].split(","):
        yield phrase.strip(), (("reason", phrase.strip()),)
    for name, line in raw["concepts"].items():
        for phrase in line.split("|")[LANGUAGES.index(code)].split(","):
            yield phrase.strip(), (("word", name),)
    for word in raw["neutral"][code].split():
        yield word, (("neutral", word),)

"""A statement in pieces that can be compared: figures, days, marks of polarity and quantity, and words by meaning."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from app.answering.days import days_named
from app.answering.grounding.figures import Figure, figures
from app.answering.grounding.vocabulary import Entry, contracted, language_in, stem, vocabulary
from app.answering.spanish import in_english
from app.answering.terms import fold
from app.dialogue.language import Language
from app.word_caches import remembers_words

_DAY = (
    r"(?:mon(?:day)?s?|tues?(?:day)?s?|wed(?:nesday)?s?|thu(?:rs?(?:day)?)?s?|fri(?:day)?s?|sat(?:urday)?s?|sun(?:day)?s?|"
    r"lunes|martes|miercoles|jueves|viernes|sabados?|domingos?)\b\.?"
)
_BETWEEN = r"\s*(?:-|–|—|to|through|thru|a|al|,?\s*(?:and|or|y|o)|,|&|/)\s*(?:(?:on|el|los)\s+)?"
_DAYS = re.compile(
    rf"\b{_DAY}(?:{_BETWEEN}{_DAY})*|\bm\s?[-–]\s?(?:f|th|sa)\b|\b(?:on )?(?:weekends?|weekdays?)\b|"
    r"\bdaily\b|\bevery ?day\b|\b(?:7|seven) days a week\b|"
    r"\bfin(?:es)? de semana\b|\bentre semana\b|\btodos los dias\b|\bdias de semana\b"
)
_PIECE = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[,;:()/&–—]| - ")
_LINKS = frozenset({"and", "or", "y", "o", "e", "u", "&", "/", ",", "(", ")"})
_ALTERNATIVE = frozenset({"or", "o", "u", "/"})
_STARTS = frozenset({":", "–", "—", " - "})
_HYPHENED = re.compile(r"[a-z]-[a-z]")
"""The one letter that makes an e-bike of a bike."""
_BEFORE_FIGURES = frozenset({"over", "above", "below", "under", "beyond", "exceeding"})


@dataclass(frozen=True, slots=True)
class Token:
    """One piece. `sort` is word, mark, figure, days, limit, reason, link, start, cut or small; `names` are the meanings
    that a word may have, or a mark's name; `verb` says that a word tells what is done."""

    sort: str
    names: frozenset[str] = frozenset()
    raw: str = ""
    verb: bool = False
    figure: Figure | None = None
    days: frozenset[int] = frozenset()


def tokens(text: str, language: Language | None = None) -> tuple[Token, ...]:
    """The pieces of `text` in order; what carries nothing is left out."""
    language = language or language_in(text)
    folded = plain(text, language)
    taken = [
        (one.start, one.end, Token("figure", raw=folded[one.start : one.end], figure=one)) for one in figures(folded)
    ]
    shaded = _shaded(folded, [(start, end) for start, end, _ in taken])
    for hit in _DAYS.finditer(shaded):
        taken.append((hit.start(), hit.end(), Token("days", raw=hit[0], days=_days(hit[0]))))
    shaded = _shaded(shaded, [(start, end) for start, end, token in taken if token.days])
    taken += _words(shaded, language)
    return tuple(token for _, _, token in sorted(taken, key=lambda one: (one[0], one[1])))


def plain(text: str, language: Language) -> str:
    """Folded text with its numbers in digits and its turns of phrase in one form."""
    folded = fold(text).replace("\u2018", "'").replace("*", " ").replace("_", " ")
    folded = contracted(folded)
    for pattern, instead in vocabulary().rewritten:
        folded = pattern.sub(instead, folded)
    return _in_digits(folded, language)


_SMALL = re.compile(r"[a-z]+(?:(?:-| y )[a-z]+)?")


def _in_digits(text: str, language: Language) -> str:
    numbers = vocabulary().numbers[language]

    def digits(hit: re.Match[str]) -> str:
        parts = re.split(r"-| y ", hit[0])
        if len(parts) == 2 and all(part in numbers or part in _ONES for part in parts):
            tens, ones = (numbers.get(part, _ONES.get(part, 0)) for part in parts)
            if tens >= 20 and ones < 10:
                return str(tens + ones)
        if parts[0] in numbers:
            return str(numbers[parts[0]]) + hit[0][len(parts[0]) :]
        return hit[0][: len(hit[0]) - len(parts[-1])] + str(numbers[parts[-1]]) if parts[-1] in numbers else hit[0]

    return _SMALL.sub(digits, text)


_ONES = {"one": 1, "uno": 1, "un": 1, "una": 1}


def _days(said: str) -> frozenset[int]:
    return days_named(re.sub(r"\bdias de semana\b", "entre semana", said))


def _shaded(text: str, spans: list[tuple[int, int]]) -> str:
    """`text` with what stands in `spans` blanked by a mark that is no word."""
    for start, end in spans:
        text = text[:start] + "\x00" * (end - start) + text[end:]
    return text


def _words(text: str, language: Language) -> Iterator[tuple[int, int, Token]]:
    pieces = [(hit[0], hit.start(), hit.end()) for hit in _PIECE.finditer(text)]
    known, at = vocabulary(), 0
    while at < len(pieces):
        size, entry = _longest(_unbroken(text, pieces[at : at + known.longest]), language)
        said = " ".join(piece for piece, _, _ in pieces[at : at + size])
        start, end = pieces[at][1], pieces[at + size - 1][2]
        before_figure = text[end:].lstrip()[:1] == "\x00"
        if size == 1 and _HYPHENED.match(text, start):
            yield start, end, Token("word", frozenset({said}), said)
        else:
            for token in _of(said, entry, language, before_figure=before_figure):
                yield start, end, token
        at += size


def _unbroken(text: str, pieces: list[tuple[str, int, int]]) -> list[str]:
    """The words up to the next figure: "have 2 hours to answer" has no "have to"."""
    said = [pieces[0][0]]
    for (_, _, end), (piece, start, _) in pairwise(pieces):
        if "\x00" in text[end:start]:
            break
        said.append(piece)
    return said


def _longest(pieces: list[str], language: Language) -> tuple[int, Entry | None]:
    known = vocabulary()
    for size in range(len(pieces), 0, -1):
        if any(not piece[0].isalnum() for piece in pieces[1:size]):
            continue
        entry = known.meaning(tuple(pieces[:size]), language)
        if entry is not None:
            return size, entry
    return 1, None


@remembers_words(4_000)
def _names(said: str, language: Language) -> frozenset[str]:
    """The stem of a word that is not in the vocabulary; for a Spanish one, its English meaning as well."""
    names = {stem(said, language)}
    if language == "es":
        english = fold(in_english(said)).split()
        if len(english) == 1 and english[0] != said:
            entry = vocabulary().meaning((english[0],), "en")
            meant = [name for sort, name in entry or () if sort == "word"]
            names |= set(meant[0].split("|")) if meant else {stem(english[0], "en")}
    return frozenset(names)


def _of(said: str, entry: Entry | None, language: Language, *, before_figure: bool) -> Iterator[Token]:
    if said in _LINKS or said in _STARTS or said == ";":
        sort = "cut" if said == ";" else "start" if said in _STARTS else "link"
        yield Token(sort, frozenset({"or"}) if said in _ALTERNATIVE else frozenset(), said)
        return
    verb = said in vocabulary().verbs[language]
    if said in _BEFORE_FIGURES and not before_figure:
        entry = None
    if entry is None:
        if not (len(said) == 1 and said.isalpha()) and not said.endswith("n't"):
            yield Token("word", _names(said, language), said, verb)
        elif said.endswith("n't"):
            yield Token("mark", frozenset({"not"}), said)
        return
    for sort, name in entry:
        names = frozenset(name.split("|"))
        if sort == "neutral":
            yield Token("small", raw=said, verb=verb)
        else:
            yield Token(sort, names, said, verb)

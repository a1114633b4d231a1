"""What an answer in other words must have of the quoted answer, and must not have beside it: the fact that was asked
for, figures, addresses, what narrows it. Where something is missing, the quoted answer is shown as well."""

import re
from collections.abc import Sequence

from app.answering.asked_for import lacks_asked, wanted
from app.answering.base import Answer
from app.answering.credits import credits, said
from app.answering.extractive import understood
from app.answering.kinds import asked_kind, holds
from app.answering.patterns import patterns
from app.answering.sentences import sentences
from app.answering.spanish import in_english
from app.answering.terms import fold, lexicon, words
from app.answering.units import Unit, units
from app.answering.window import limits_before
from app.dialogue.language import language_of
from app.qualification.naming import find
from knowledge.types import Passage

_FIGURE = re.compile(r"\d[\d,]*(?:[.:]\d+)?")
_SIGN = re.compile(r"[^\w\s.,;:!?'\"()/&%$@…‘’“”¿¡°–—-]|(?<!\S)[-–—](?=[$€£\d])")
_MIXED = re.compile(r"(?<![\w@./-])(?!\d+(?:st|nd|rd|th|[ap]m?|h|min)\b)\d+[^\W\d_]\w*", re.IGNORECASE)
_REACHED = re.compile(
    r"[\w.+-]+@[\w.-]+\w|(?:https?://|www\.)\S*\w|\b[\w-]{2,}(?:\.[\w-]+)*\.[a-z]{2,}\b(?:/\S*\w)?", re.IGNORECASE
)


def adds(text: str, answer: Answer) -> bool:
    """Whether `text` has a figure, a link, an address or an insurer that the quoted `answer` has not: which ones are
    told was decided when it was quoted."""
    quoted = "\n".join((answer.text, *(source.quote for source in answer.citations)))
    return bool(figures(text) - figures(quoted) or reached(text) - reached(quoted) or find(text))


def signs(text: str) -> frozenset[str]:
    """The characters of `text` that are no letters, digits or plain punctuation, and its words of digits and letters
    but for ordinals and hours: what may turn a true sentence into another one without any word."""
    return frozenset(_SIGN.findall(text)) | frozenset(word.casefold() for word in _MIXED.findall(text))


def covers(text: str, answer: Answer, papers: Sequence[Passage]) -> bool:
    """Whether `text`, of sentences that `papers` support, leaves out nothing that matters of the quoted `answer`."""
    question = answer.question if language_of(answer.question) == "en" else in_english(answer.question)
    best, kind = _best(question, answer, papers), asked_kind(answer.question) or asked_kind(question)
    if kind and holds(answer.text, kind) and not holds(text, kind):
        return False
    asked = wanted(question)
    if lacks_asked(asked, question, text) and not lacks_asked(asked, question, answer.text):
        return False
    if 2 * len(content(best) & (content(text) | content(in_english(text)))) < len(content(best)):
        return False
    told = _told(question, [piece for piece in _pieces(answer.text) if kind and holds(piece, kind)]) or [best]
    limits = [best, *(piece for piece in _pieces(answer.text) if limits_before(piece))]
    return figures("\n".join(told)) <= figures(text) and _narrowings("\n".join(limits)) <= _narrowings(text)


def _told(question: str, pieces: Sequence[str]) -> list[str]:
    """Those of `pieces` that say most of what was asked; all, where they say equally much."""
    asked = content(question)
    most = max((len(content(piece) & asked) for piece in pieces), default=0)
    return [piece for piece in pieces if len(content(piece) & asked) == most]


def figures(text: str) -> frozenset[str]:
    """The numbers that stand in digits in `text`, each in one form: "$45.00" is 45, "7:00" is 7."""
    found = (figure.replace(",", "") for figure in _FIGURE.findall(text))
    return frozenset(re.sub(r"[.:]00$", "", figure).lstrip("0") or "0" for figure in found)


def reached(text: str) -> frozenset[str]:
    """The links, hosts and mail addresses in `text`, folded."""
    return frozenset(one.casefold() for one in _REACHED.findall(text))


def content(text: str) -> frozenset[str]:
    """Stems of its words but those that every text has."""
    stop = lexicon().stop
    return frozenset(word.stem for word in words(text) if word.folded not in stop)


def _best(question: str, answer: Answer, papers: Sequence[Passage]) -> str:
    """What answers: of the pieces that `answer` quotes, the one that says most of what was asked."""
    quotes = [source.quote for source in answer.citations]
    asked = understood(question, papers)

    def weight(unit: Unit) -> float:
        return said(asked, credits(asked, unit))

    quoted = [unit for unit in units(papers) if any(unit.text in quote for quote in quotes)]
    return max(quoted, key=weight).shown if quoted else answer.text


def _pieces(text: str) -> list[str]:
    """Sentences, and the cells of rows."""
    return [cell for line in text.splitlines() for sentence in sentences(line) for cell in sentence.split(";")]


def _narrowings(text: str) -> set[str]:
    folded = fold(text)
    return {key for key, pattern in patterns("covering.yaml", "narrowed").items() if pattern.search(folded)}

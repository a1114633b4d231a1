"""Finds what patients say in several words where papers have one: "the room spins", "he is nine years old"."""

from dataclasses import dataclass

from app.answering.patterns import patterns
from app.answering.terms import fold, phrase


@dataclass(frozen=True, slots=True)
class Saying:
    """`word` is what papers say, `span` the places of the characters that mean it."""

    word: str
    span: range

    @property
    def means(self) -> str:
        """The word as a phrase of the lexicon."""
        return phrase(self.word)


def sayings_in(text: str) -> list[Saying]:
    """Every saying in `text`; two may share words."""
    folded = text.casefold() if text.isascii() else "".join(fold(char)[:1] or " " for char in text)
    return [
        Saying(key, range(match.start(), match.end()))
        for key, pattern in patterns("sayings.yaml", "sayings").items()
        for match in pattern.finditer(folded)
    ]


def in_papers_words(question: str) -> str:
    """`question`, followed by the papers' words for what it says in others."""
    return " ".join(dict.fromkeys([question, *(saying.word for saying in sayings_in(question))]))

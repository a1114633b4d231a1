"""Which of the desk's languages a text is in, by its small words; enough to choose a wording file."""

from typing import Literal

from app.answering.terms import data, words

Language = Literal["en", "es"]


def language_of(text: str) -> Language:
    """ "es" when Spanish small words and signs outnumber English small words, else "en"."""
    small: dict[str, str] = data("language.yaml")
    spanish_words, english_words = small["es"].split(), small["en"].split()
    folded = [word.folded for word in words(text)]
    spanish = sum(word in spanish_words for word in folded) + 2 * sum(char in "¿¡ñ" for char in text.lower())
    return "es" if spanish > sum(word in english_words for word in folded) else "en"

"""Whether a sentence takes what it is about from what stands before it."""

import re

from app.answering.grounding.pieces import Piece, read
from app.answering.grounding.vocabulary import language_in, vocabulary
from app.answering.terms import fold


def leans(sentence: str) -> bool:
    """Whether it says something with a figure, or of an "it", without naming whose: "It costs $40", "The price is $40",
    "Cuesta $40", "For members it is free"."""
    text = sentence.lstrip("-*•·‣▪– ")
    said = read(text, language_in(text)).stated
    figured = any(piece.figures for piece in said)
    pointed = bool(_POINTS.search(fold(text)))
    return (figured or pointed) and not (said and _named(said[0]) and not pointed)


_POINTS = re.compile(r"\b(?:it|its|they|them|this|these|those|ones?|he|she|esto|eso|esta|ella|ellos|ellas|este)\b")


def _named(piece: Piece) -> bool:
    known = vocabulary()
    subject = (word for each in piece.groups[:1] for words in each for word in words)
    return piece.headed and any(not word & (known.light | known.free_words) for word in subject)

"""The questions that get a fixed sentence, in more wordings than patterns can list: words near each other."""

from functools import cache
from typing import Any

from app.answering.terms import data
from app.dialogue.denial import SILENT
from app.dialogue.signs import Line, Message
from app.dialogue.spotting import Lists, Vocabulary


def fenced(question: str) -> str | None:
    """The key of the fixed sentence that `question` gets, or None."""
    vocabulary, lines, alone = _fences()
    words = vocabulary.read(question)
    if key := alone.get(" ".join(words.said)):
        return key
    message = Message(words, vocabulary.spot(words), SILENT)
    return next((key for key, each in lines.items() if any(message.shows(line) for line in each)), None)


@cache
def _fences() -> tuple[Vocabulary, dict[str, tuple[Line, ...]], dict[str, str]]:
    given: dict[str, Any] = data("fences.yaml")
    vocabulary = Vocabulary(given["words"], Lists(given["small"], given["forms"], mends=False))
    lines = {key: tuple(Line.read(line) for line in each) for key, each in given["lines"].items()}
    return vocabulary, lines, {said: key for key, each in given["alone"].items() for said in each}

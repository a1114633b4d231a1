"""What a model is told and given to word an answer: numbered papers and the question, each line marked as quoted, so
that no text of theirs can pass for the desk's own words."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files

from app.answering.base import Answer
from app.llm.base import Part, Prompt, Source
from knowledge.types import Passage

MOST_PASSAGES, MOST_CHARACTERS = 4, 4_000
LANGUAGES = {"en": "English", "es": "Spanish"}
_PLACE = re.compile(r"\{(papers|question|language)\}")


def numbered(answer: Answer, passages: Sequence[Passage]) -> list[Passage]:
    """P1, P2, ...: the passages that `answer` quotes, then others, best first, as many as fit; none when the answer
    quotes none of them."""
    quoted = [passage for passage in passages if quotes(answer, passage)]
    if not quoted:
        return []
    chosen = quoted[:MOST_PASSAGES]
    for passage in passages:
        size = sum(len(one.chunk.searchable()) for one in [*chosen, passage])
        if passage not in chosen and len(chosen) < MOST_PASSAGES and size <= MOST_CHARACTERS:
            chosen.append(passage)
    return chosen


def quotes(answer: Answer, passage: Passage) -> bool:
    """Whether `answer` quotes it."""
    return any(source.quote and _stands_in(source.quote, passage) for source in answer.citations)


def _stands_in(quote: str, passage: Passage) -> bool:
    chunk = passage.chunk
    return any(quote in text for text in (chunk.text, chunk.lead, *chunk.notes))


def prompts(question: str, papers: Sequence[Passage], language: str) -> list[Prompt]:
    """The messages that ask for `question` to be answered from `papers` in `language` ("en" or "es")."""
    said = {"language": [Part(LANGUAGES[language])], "question": [_quoted(question, "patient")], "papers": []}
    for number, passage in enumerate(papers, 1):
        above = "" if number == 1 else "\n\n"
        said["papers"] += [Part(f"{above}[P{number}]\n"), _quoted(passage.chunk.searchable(), "paper")]
    return [Prompt("system", _filled("answer.md", said)), Prompt("user", _filled("question.md", said))]


def _quoted(text: str, source: Source) -> Part:
    """Every line marked; whatever breaks a line for any reader is a line break here."""
    return Part("\n".join(f"| {line}" for line in text.splitlines()), source)


def _filled(file: str, said: Mapping[str, Sequence[Part]]) -> list[Part]:
    parts = [[Part(piece)] if at % 2 == 0 else list(said[piece]) for at, piece in enumerate(_PLACE.split(_read(file)))]
    return [part for several in parts for part in several if part.text]


@lru_cache(maxsize=2)
def _read(file: str) -> str:
    return files("app.answering").joinpath("prompts", file).read_text("utf-8").strip()
